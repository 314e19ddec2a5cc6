-- The lines of 城步's 农村低保调整花名册 for one township ($township): what changed since the month before, then what is to be looked at.
WITH line AS (
    SELECT
        h.*,
        k.* EXCLUDE (household_id),
        h.direction IS DISTINCT FROM '维持' AND h.direction IS NOT NULL AS changed
    FROM form_household AS h
    LEFT JOIN form_clue AS k ON k.household_id = h.household_id
    WHERE h.kind = 'dibao' AND h.benefit_type = '农村低保' AND h.township_code = $township
),

listed AS (
    SELECT
        *,
        CASE WHEN changed THEN CASE direction WHEN '新增' THEN 1 WHEN '停' THEN 2 WHEN '减' THEN 3 ELSE 4 END ELSE 5 END AS place
    FROM line
    WHERE changed OR confirmed_grounds IS NOT NULL OR high_grounds IS NOT NULL
)

SELECT
    row_number() OVER (ORDER BY place, coalesce(village, ''), household_id) AS number,
    village, head_name, head_id_number AS id_number, address, persons_before, yuan_before,
    CASE place WHEN 1 THEN '新增' WHEN 2 THEN '清退' WHEN 3 THEN '减发' WHEN 4 THEN '增发' ELSE '拟调整' END AS kind,
    CASE
        WHEN changed THEN change_text
        WHEN confirmed_grounds IS NOT NULL THEN concat('核实属实：', confirmed_grounds)
        ELSE concat('待核线索：', high_grounds)
    END AS reason,
    CASE WHEN changed THEN persons_after END AS persons_after,
    CASE WHEN changed THEN yuan_after END AS yuan_after,
    changed,
    unchecked,
    confirmed_grounds, high_grounds, medium_grounds, other_clues
FROM listed
ORDER BY number
