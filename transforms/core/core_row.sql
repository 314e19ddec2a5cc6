-- Grain: one roll row. What the roll says, with what depends on the check date and the region worked out once.
-- repeated: the person is on another row as well.
SELECT
    r.* EXCLUDE (township_code),
    township_of(r.township_code) AS township_code,
    r.id_number_status = 'valid' AS id_valid,
    CASE WHEN r.id_number_status = 'valid' THEN birth_of(r.id_number) END AS birth_date,
    r.start_date <= c.as_of AND (r.end_date IS NULL OR r.end_date > c.as_of) AS in_force,
    r.start_date <= c.as_of AND (r.end_date IS NULL OR r.end_date > c.as_of)
        AND r.status IN ('在享', '缓退') AS active,
    coalesce(r.benefit_type IN ('城市低保', '农村低保'), FALSE) AS is_dibao,
    coalesce(r.benefit_type = '特困供养', FALSE) AS is_tekun,
    coalesce(r.benefit_type = '低收入家庭', FALSE) AS is_low_income,
    coalesce(r.benefit_type IN ('城市低保', '农村低保', '特困供养', '低收入家庭'), FALSE) AS is_core,
    account_of(r.bank_account) AS account,
    CASE WHEN r.benefit_type = '城市低保' THEN 'urban' ELSE 'rural' END AS area,
    CASE WHEN r.benefit_type = '城市低保' THEN s.urban ELSE s.rural END AS standard,
    m.person_key IS NOT NULL AS repeated
FROM (SELECT *, person_key_of(id_number_status, id_number, household_id, name) AS person_key FROM stg_benefit_roll) AS r
CROSS JOIN core_ctx AS c
LEFT JOIN core_standard AS s ON s.township_code = township_of(r.township_code)
LEFT JOIN core_repeated AS m ON m.person_key = r.person_key
