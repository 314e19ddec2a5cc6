-- Grain: person of the roll × blocking rule with a key some open row has.
WITH told AS (
    SELECT p.person_no, p.plain_name, p.birth_date, n.reading, n.letters, p.village
    FROM prob_person AS p
    INNER JOIN prob_name AS n ON n.plain_name = p.plain_name
),

keyed AS (
    SELECT person_no, 'name' AS rule, plain_name AS key
    FROM told
    UNION ALL
    SELECT person_no, 'name_birth_year' AS rule, concat_ws('|', plain_name, year(birth_date)) AS key
    FROM told
    WHERE birth_date IS NOT NULL
    UNION ALL
    SELECT person_no, 'name_village' AS rule, concat_ws('|', plain_name, village) AS key
    FROM told
    WHERE village IS NOT NULL
    UNION ALL
    SELECT person_no, 'reading_birth_date' AS rule, concat_ws('|', reading, CAST(birth_date AS VARCHAR)) AS key
    FROM told
    WHERE birth_date IS NOT NULL
    UNION ALL
    SELECT person_no, 'reading_village' AS rule, concat_ws('|', reading, village) AS key
    FROM told
    WHERE village IS NOT NULL
    UNION ALL
    SELECT person_no, 'letters_birth_date' AS rule, concat_ws('|', letters, CAST(birth_date AS VARCHAR)) AS key
    FROM told
    WHERE birth_date IS NOT NULL
    UNION ALL
    SELECT person_no, 'birth_date_village' AS rule, concat_ws('|', CAST(birth_date AS VARCHAR), village) AS key
    FROM told
    WHERE birth_date IS NOT NULL AND village IS NOT NULL
)

SELECT k.person_no, k.rule, k.key
FROM keyed AS k
SEMI JOIN prob_row_key AS r ON r.rule = k.rule AND r.key = k.key
