-- In prob_row_key and prob_person_key, whose `told` has the rows or people by their numbers: what both must have alike to be compared at all.
-- Grain: number × blocking rule with a key.
SELECT number, 'name' AS rule, plain_name AS key
FROM told
UNION ALL
SELECT number, 'name_birth_year' AS rule, concat_ws('|', plain_name, year(birth_date)) AS key
FROM told
WHERE birth_date IS NOT NULL
UNION ALL
SELECT number, 'name_village' AS rule, concat_ws('|', plain_name, village) AS key
FROM told
WHERE village IS NOT NULL
UNION ALL
SELECT number, 'reading_birth_date' AS rule, concat_ws('|', reading, CAST(birth_date AS VARCHAR)) AS key
FROM told
WHERE birth_date IS NOT NULL
UNION ALL
SELECT number, 'reading_village' AS rule, concat_ws('|', reading, village) AS key
FROM told
WHERE village IS NOT NULL
UNION ALL
SELECT number, 'letters_birth_date' AS rule, concat_ws('|', letters, CAST(birth_date AS VARCHAR)) AS key
FROM told
WHERE birth_date IS NOT NULL
UNION ALL
SELECT number, 'birth_date_village' AS rule, concat_ws('|', CAST(birth_date AS VARCHAR), village) AS key
FROM told
WHERE birth_date IS NOT NULL AND village IS NOT NULL
