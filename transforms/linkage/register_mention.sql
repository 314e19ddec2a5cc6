-- One person column of one register; the runner writes this SELECT for each from its contract.
-- Grain of the table: register row × role, only of rows that name a known person's number (person_key set) or whose own
-- number is unusable and that say enough to look further. A valid number nobody is known to hold may be a rounded one: of those
-- one in eleven passes the check digit. plain_relation: names compared with the person's first name;
-- NULL = they differ, name_relation knows. What describes a person otherwise (but the day the age
-- holds on) is kept of rows without a usable number only.
SELECT
    '$dataset' AS dataset,
    '$role' AS role,
    r._row_id,
    $id_number AS id_number,
    coalesce($id_status, 'empty') AS id_status,
    $name AS name,
    p.person_key,
    p.household_id,
    p.on_roll,
    CASE
        WHEN p.person_key IS NULL THEN NULL
        WHEN $name IS NULL OR p.name IS NULL THEN 'missing'
        WHEN $name = p.name THEN 'equal'
    END AS plain_relation,
    CASE WHEN p.person_key IS NULL THEN $sex END AS sex,
    CASE WHEN p.person_key IS NULL THEN $birth_date END AS birth_date,
    CASE WHEN p.person_key IS NULL THEN $birth_month_only END AS birth_month_only,
    CASE WHEN p.person_key IS NULL THEN $age END AS age,
    $age_on AS age_on,
    CASE WHEN p.person_key IS NULL THEN $address END AS address,
    CASE WHEN p.person_key IS NULL THEN $relative_name END AS relative_name
FROM stg_$dataset AS r
LEFT JOIN known_person AS p ON p.id_key = $id_key AND $people
WHERE
    p.person_key IS NOT NULL
    OR ($name IS NOT NULL AND CASE WHEN $id_key IS NULL THEN $look_further ELSE $id_number LIKE '%000' END)
