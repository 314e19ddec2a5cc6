-- Grain: mention of somebody a rule asks about who may be on no roll row (roles as in rules.yaml: supporters and relatives,
-- officials, heads, people who may have been missed), with a valid ID number. Parents, children and spouses are one kinship
-- row away; nothing is read about remoter relatives.
SELECT k.b_id_number_key AS id_key, k.b_id_number AS id_number, k.b_name AS name
FROM stg_kinship AS k
INNER JOIN link_person AS p ON p.id_key = k.a_id_number_key
WHERE k.b_id_number_key IS NOT NULL
UNION ALL
SELECT k.a_id_number_key AS id_key, k.a_id_number AS id_number, k.a_name AS name
FROM stg_kinship AS k
INNER JOIN link_person AS p ON p.id_key = k.b_id_number_key
WHERE k.a_id_number_key IS NOT NULL
UNION ALL
SELECT head_id_number_key AS id_key, head_id_number AS id_number, head_name AS name
FROM stg_benefit_roll
WHERE head_id_number_key IS NOT NULL
UNION ALL
SELECT id_number_key AS id_key, id_number, name
FROM stg_officials
WHERE id_number_key IS NOT NULL
UNION ALL
SELECT id_number_key AS id_key, id_number, name
FROM stg_poverty_registry
WHERE id_number_key IS NOT NULL
UNION ALL
SELECT id_number_key AS id_key, id_number, name
FROM stg_disability_register
WHERE id_number_key IS NOT NULL
UNION ALL
SELECT id_number_key AS id_key, id_number, name
FROM stg_severe_illness
WHERE id_number_key IS NOT NULL
