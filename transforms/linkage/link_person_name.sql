-- Grain: person_key × name. The names one number bears on the roll; agreement with any of them counts. sex, birth_date: as in link_person,
-- so that name, sex and birth date can be one join key.
SELECT DISTINCT r.person_key, r.name, p.sex, p.birth_date, p.id_key, p.id_number
FROM roll_person_row AS r
INNER JOIN link_person AS p ON p.person_key = r.person_key
WHERE r.name IS NOT NULL
