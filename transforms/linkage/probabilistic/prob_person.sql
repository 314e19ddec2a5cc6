-- Grain: person_key × name × township × village of the roll. Right side of the model; a person's best row speaks.
WITH place AS (
    SELECT person_key, township_code, village
    FROM link_person_place
    UNION ALL
    SELECT DISTINCT person_key, township_code, village
    FROM roll_person_row
    WHERE id_key IS NULL
)

SELECT
    row_number() OVER (ORDER BY n.person_key, n.name, l.township_code, l.village) AS person_no,
    n.person_key,
    replace(n.name, '·', '') AS plain_name,
    n.name,
    n.sex,
    n.birth_date,
    year(n.birth_date) * 10000 + month(n.birth_date) * 100 + day(n.birth_date) AS birth_ymd,
    l.township_code,
    l.village,
    CASE WHEN n.id_key IS NOT NULL THEN n.id_number END AS id_number
FROM link_person_name AS n
INNER JOIN place AS l ON l.person_key = n.person_key
WHERE length(n.name) >= 2
