-- Grain: person row in a scored pair, in the columns the model compares; the same columns as prob_left.
WITH person AS (
    SELECT p.*
    FROM prob_person AS p
    SEMI JOIN prob_pair AS q ON q.person_no = p.person_no
),

-- Only a row that names a relative asks who else is in the household.
asked AS (
    SELECT DISTINCT q.person_no
    FROM prob_pair AS q
    INNER JOIN prob_row AS r ON r.row_no = q.row_no
    WHERE r.relative_name IS NOT NULL
),

household AS (
    SELECT DISTINCT p.person_key, h.household_id
    FROM person AS p
    SEMI JOIN asked AS a ON a.person_no = p.person_no
    INNER JOIN roll_person_row AS h ON h.person_key = p.person_key
),

mate AS (
    SELECT DISTINCT h.person_key, m.name
    FROM household AS h
    INNER JOIN roll_person_row AS m ON m.household_id = h.household_id AND m.person_key <> h.person_key
    WHERE m.name IS NOT NULL
),

mates AS (
    SELECT person_key, list(name) AS household_names FROM mate GROUP BY person_key
)

SELECT
    concat('p', p.person_no) AS unique_id,
    p.plain_name,
    n.reading,
    n.letters,
    s.toned,
    s.blanked,
    s.shortened,
    p.sex,
    p.birth_date,
    FALSE AS birth_month_only,
    CAST(p.birth_ymd AS BIGINT) AS birth_ymd,
    CAST(NULL AS INTEGER) AS age,
    CAST(NULL AS BIGINT) AS event_ymd,
    p.township_code IS NOT NULL OR p.village IS NOT NULL AS has_place,
    p.township_code,
    p.village,
    CAST(NULL AS VARCHAR) AS relative_name,
    m.household_names,
    p.id_number
FROM person AS p
INNER JOIN prob_name AS n ON n.plain_name = p.plain_name
INNER JOIN prob_spelling AS s ON s.plain_name = p.plain_name
LEFT JOIN mates AS m ON m.person_key = p.person_key
