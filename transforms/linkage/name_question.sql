-- Grain: person_key × register name × one of the person's names, where the numbers are equal (or repaired) and the names were not
-- seen to be equal: the few pairs whose names are compared further.
WITH asked AS (
    SELECT person_key, name
    FROM register_row
    WHERE person_key IS NOT NULL AND plain_relation IS NULL
    UNION
    SELECT i.person_key, r.name
    FROM register_row AS r
    INNER JOIN id_repair AS i ON i.id_number = r.shown_number
    WHERE r.name IS NOT NULL
)

SELECT a.person_key, a.name, n.name AS person_name
FROM asked AS a
INNER JOIN known_name AS n ON n.person_key = a.person_key
