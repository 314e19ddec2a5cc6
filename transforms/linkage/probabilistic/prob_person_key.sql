-- Grain: person of the roll × blocking rule with a key some open row has.
WITH told AS (
    SELECT p.person_no AS number, p.plain_name, p.birth_date, n.reading, n.letters, p.village
    FROM prob_person AS p
    INNER JOIN prob_name AS n ON n.plain_name = p.plain_name
),

keyed AS (
    $keys
)

SELECT k.number AS person_no, k.rule, k.key
FROM keyed AS k
SEMI JOIN prob_row_key AS r ON r.rule = k.rule AND r.key = k.key
