-- Grain: benefit_roll row. The person it is about (person_key: the cleaned ID number, also a wrong one; household_id:name
-- where it is empty or in scientific notation, which identifies nobody) and what linkage needs of the row.
SELECT
    r._row_id,
    CASE
        WHEN r.id_number IS NULL OR r.id_number_status IN ('empty', 'scientific')
            THEN concat_ws(':', r.household_id, coalesce(r.name, ''))
        ELSE r.id_number
    END AS person_key,
    r.id_number,
    r.id_number_status AS id_status,
    r.id_number_key AS id_key,
    r.name,
    r.sex,
    substr(r.township_code, 1, 9) AS township_code,
    r.village,
    r.household_id,
    CASE WHEN r.status IN ('在享', '缓退') THEN 1 ELSE 0 END AS receiving,
    r.start_date
FROM stg_benefit_roll AS r
