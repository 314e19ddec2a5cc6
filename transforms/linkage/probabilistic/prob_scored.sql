-- Grain: open row × person: the best of the person's names and places. odds: exact, so that sums do not depend on their order.
-- Only what bears on a pair that may be kept: whatever competes for its row, and whatever else speaks of its person. Of millions of
-- pairs hardly one is likely.
WITH likely AS (
    SELECT s.unique_id_l, q.person_key
    FROM prob_prediction AS s
    INNER JOIN prob_person AS q ON concat('p', q.person_no) = s.unique_id_r
    CROSS JOIN prob_competition AS m
    -- What competition and evidence leave is never more than this, and is rounded to four digits.
    WHERE s.match_probability > m.kept_from - 0.0001
),

likely_row AS (
    SELECT DISTINCT unique_id_l FROM likely
),

likely_person AS (
    SELECT DISTINCT concat('p', q.person_no) AS unique_id_r
    FROM prob_person AS q
    SEMI JOIN likely AS k ON k.person_key = q.person_key
),

heard AS (
    SELECT s.*
    FROM prob_prediction AS s
    LEFT JOIN likely_row AS l ON l.unique_id_l = s.unique_id_l
    LEFT JOIN likely_person AS p ON p.unique_id_r = s.unique_id_r
    WHERE l.unique_id_l IS NOT NULL OR p.unique_id_r IS NOT NULL
)

SELECT
    r.row_no,
    r.dataset,
    r.role,
    r._row_id,
    q.person_key,
    r.event_date,
    r.birth_date,
    r.name = q.name AS same_spelling,
    s.*,
    CAST(power(CAST(2 AS DOUBLE), least(greatest(s.match_weight, -20), 40)) AS DECIMAL(32, 9)) AS odds
FROM heard AS s
INNER JOIN prob_row AS r ON concat('r', r.row_no) = s.unique_id_l
INNER JOIN prob_person AS q ON concat('p', q.person_no) = s.unique_id_r
QUALIFY row_number() OVER (PARTITION BY r.row_no, q.person_key ORDER BY s.match_weight DESC, q.person_no) = 1
