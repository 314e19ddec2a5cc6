-- Grain: person_key × township × village, of every roll row of people with a valid number.
SELECT DISTINCT person_key, township_code, village
FROM roll_person_row
WHERE id_key IS NOT NULL
