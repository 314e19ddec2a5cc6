-- Grain: person_key × name, on the roll and off it (there person_key is the ID number).
SELECT person_key, name
FROM link_person_name
UNION ALL
SELECT DISTINCT m.id_number AS person_key, m.name
FROM off_roll_mention AS m
ANTI JOIN link_person AS p ON p.id_key = m.id_key
WHERE m.name IS NOT NULL
