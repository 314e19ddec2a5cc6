-- Grain: valid ID number (id_key) of everybody a register row may be about: the roll first, then the people off it.
-- name is one of the person's names; known_name has all.
SELECT id_key, person_key, id_number, household_id, name, TRUE AS on_roll
FROM link_person
WHERE id_key IS NOT NULL
UNION ALL
SELECT
    m.id_key,
    min(m.id_number) AS person_key,
    min(m.id_number) AS id_number,
    CAST(NULL AS VARCHAR) AS household_id,
    min(m.name) AS name,
    FALSE AS on_roll
FROM off_roll_mention AS m
ANTI JOIN link_person AS p ON p.id_key = m.id_key
GROUP BY m.id_key
