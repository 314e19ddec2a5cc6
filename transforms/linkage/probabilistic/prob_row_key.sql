-- Grain: open row × blocking rule with a key.
WITH told AS (
    SELECT r.row_no AS number, r.plain_name, r.birth_date, n.reading, n.letters, a.village
    FROM prob_row AS r
    INNER JOIN prob_name AS n ON n.plain_name = r.plain_name
    LEFT JOIN prob_address AS a ON a.address = r.address
),

keyed AS (
    $keys
)

SELECT k.number AS row_no, k.rule, k.key
FROM keyed AS k
