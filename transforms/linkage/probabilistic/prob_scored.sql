-- Grain: open row × person: the best of the person's names and places. odds: exact, so that sums do not depend on their order.
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
FROM prob_prediction AS s
INNER JOIN prob_row AS r ON concat('r', r.row_no) = s.unique_id_l
INNER JOIN prob_person AS q ON concat('p', q.person_no) = s.unique_id_r
QUALIFY row_number() OVER (PARTITION BY r.row_no, q.person_key ORDER BY s.match_weight DESC, q.person_no) = 1
