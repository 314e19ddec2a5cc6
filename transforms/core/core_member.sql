-- Grain: household × person on its active rows, living or not. Only of people on several rows is anything to be gathered.
SELECT
    r.household_id,
    r.person_key,
    r.id_number,
    coalesce(r.id_valid, FALSE) AS id_valid,
    r.name,
    r.is_dibao,
    r.is_tekun,
    r.is_low_income,
    r.is_core,
    coalesce(r.single_person, FALSE) AS single_person,
    NOT coalesce(d.dead, FALSE) AS living,
    r.ref
FROM core_row AS r
LEFT JOIN core_death AS d ON d.person_key = r.person_key
WHERE r.active AND NOT r.repeated
UNION ALL
SELECT
    r.household_id,
    r.person_key,
    min(r.id_number) AS id_number,
    max(CASE WHEN r.id_valid THEN 1 ELSE 0 END) = 1 AS id_valid,
    min(r.name) AS name,
    max(CASE WHEN r.is_dibao THEN 1 ELSE 0 END) = 1 AS is_dibao,
    max(CASE WHEN r.is_tekun THEN 1 ELSE 0 END) = 1 AS is_tekun,
    max(CASE WHEN r.is_low_income THEN 1 ELSE 0 END) = 1 AS is_low_income,
    max(CASE WHEN r.is_core THEN 1 ELSE 0 END) = 1 AS is_core,
    max(CASE WHEN r.single_person THEN 1 ELSE 0 END) = 1 AS single_person,
    max(CASE WHEN d.dead THEN 1 ELSE 0 END) = 0 AS living,
    min(r.ref) AS ref
FROM core_row AS r
LEFT JOIN core_death AS d ON d.person_key = r.person_key
WHERE r.active AND r.repeated
GROUP BY r.household_id, r.person_key
