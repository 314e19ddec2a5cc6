-- Grain: open row × blocking rule with a key: what it must share with a person to be compared at all.
WITH told AS (
    SELECT r.row_no, r.plain_name, r.birth_date, n.reading, n.letters, a.village
    FROM prob_row AS r
    INNER JOIN prob_name AS n ON n.plain_name = r.plain_name
    LEFT JOIN prob_address AS a ON a.address = r.address
)

SELECT row_no, 'name' AS rule, plain_name AS key
FROM told
UNION ALL
SELECT row_no, 'name_birth_year' AS rule, concat_ws('|', plain_name, year(birth_date)) AS key
FROM told
WHERE birth_date IS NOT NULL
UNION ALL
SELECT row_no, 'name_village' AS rule, concat_ws('|', plain_name, village) AS key
FROM told
WHERE village IS NOT NULL
UNION ALL
SELECT row_no, 'reading_birth_date' AS rule, concat_ws('|', reading, CAST(birth_date AS VARCHAR)) AS key
FROM told
WHERE birth_date IS NOT NULL
UNION ALL
SELECT row_no, 'reading_village' AS rule, concat_ws('|', reading, village) AS key
FROM told
WHERE village IS NOT NULL
UNION ALL
SELECT row_no, 'letters_birth_date' AS rule, concat_ws('|', letters, CAST(birth_date AS VARCHAR)) AS key
FROM told
WHERE birth_date IS NOT NULL
UNION ALL
SELECT row_no, 'birth_date_village' AS rule, concat_ws('|', CAST(birth_date AS VARCHAR), village) AS key
FROM told
WHERE birth_date IS NOT NULL AND village IS NOT NULL
