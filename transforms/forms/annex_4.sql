-- The lines of 启东 annex 4 for one township ($township): low-income households with members, by type.
WITH archive AS (
    SELECT household_id, string_agg(DISTINCT archive_no, '、' ORDER BY archive_no) AS archive_no FROM stg_archives GROUP BY household_id
),

archives AS (
    SELECT count(*) AS known FROM stg_archives
),

line AS (
    SELECT
        h.*,
        r.name, r.id_number, r.relation_to_head, r.sex, r.illness, r.disability_type, r.disability_grade, r.id_valid, r.start_date AS member_start,
        r.illness_from_register, r.disability_from_register, r.place_in_household, r._row_id,
        row_number() OVER (PARTITION BY h.household_id, h.low_type ORDER BY r.place_in_household, r._row_id) = 1 AS first,
        count(*) OVER (PARTITION BY h.household_id, h.low_type) AS members,
        count(r.illness) OVER (PARTITION BY h.household_id, h.low_type) AS ill
    FROM form_household AS h
    INNER JOIN form_row AS r ON r.household_id = h.household_id AND r.benefit_type = h.benefit_type AND r.low_type = h.low_type
    WHERE h.kind = 'low' AND r.current AND h.township_code = $township
)

SELECT
    l.first,
    l.members,
    l.ill,
    l.household_id,
    concat(year(l.member_start), '年', CASE quarter(l.member_start) WHEN 1 THEN '一' WHEN 2 THEN '二' WHEN 3 THEN '三' ELSE '四' END, '季度') AS since,
    dense_rank() OVER (
        ORDER BY CASE l.low_type WHEN '大重疾病医疗' THEN 1 WHEN '一户多残' THEN 2 WHEN '依老养残' THEN 3 ELSE 4 END, coalesce(l.village, ''), l.household_id,
            l.low_type
    ) AS number,
    nullif(l.low_type, '') AS type,
    l.name,
    l.relation_to_head AS relation,
    l.sex,
    nullif(concat_ws('；', nullif(concat_ws('', l.disability_type, l.disability_grade), ''), l.illness), '') AS condition,
    l.illness_from_register,
    l.disability_from_register,
    l.id_number,
    l.id_valid,
    coalesce(l.address, l.village) AS address,
    nullif(concat_ws('；',
        CASE WHEN a.household_id IS NOT NULL THEN concat_ws('，', '有纸质档案', a.archive_no) WHEN n.known > 0 THEN '未见纸质档案' END,
        CASE
            WHEN l.authorisation_date IS NOT NULL THEN concat(cn_date(l.authorisation_date), '签署核对授权书')
            WHEN l.has_authorisation_date THEN '未见核对授权书'
        END
    ), '') AS papers,
    l.phone,
    CASE WHEN l.change_text IS NOT NULL OR k.confirmed IS NOT NULL THEN concat_ws('；',
        l.change_text, CASE WHEN k.confirmed IS NOT NULL THEN concat('核实属实：', k.confirmed) END
    ) END AS change,
    l.unchecked,
    k.* EXCLUDE (household_id)
FROM line AS l
CROSS JOIN archives AS n
LEFT JOIN archive AS a ON a.household_id = l.household_id
LEFT JOIN form_clue AS k ON k.household_id = l.household_id
ORDER BY number, l.place_in_household, l._row_id
