-- The lines of 启东 annex 1 for one township ($township): households with persons, single-person ones first.
WITH screen AS (
    SELECT coalesce(bool_or(status = 'evaluated'), FALSE) AS ran FROM run_rule WHERE rule_id = 'relative_unfiled'
),

filed AS (
    SELECT DISTINCT beneficiary_id_number AS id_number FROM stg_relative_filings WHERE beneficiary_id_number_status = 'valid'
),

hit AS (
    SELECT DISTINCT id_number FROM out_finding WHERE rule_id = 'relative_unfiled' AND id_number IS NOT NULL
),

line AS (
    SELECT
        h.*,
        r.name, r.person_key, r.id_number, r.relation_to_head, r.illness, r.disability_type, r.disability_grade, r.id_valid, r.current,
        r.illness_from_register, r.disability_from_register, r.place_in_household, r._row_id,
        coalesce(r.address, h.village) AS live_at,
        row_number() OVER (
            PARTITION BY h.household_id, h.benefit_type ORDER BY r.place_in_household, r._row_id
        ) = 1 AS first
    FROM form_household AS h
    INNER JOIN form_row AS r ON r.household_id = h.household_id AND r.benefit_type = h.benefit_type AND r.low_type = h.low_type
    WHERE h.kind = 'dibao' AND h.township_code = $township
)

SELECT
    l.first,
    l.current,
    l.household_id,
    l.benefit_type,
    dense_rank() OVER (
        ORDER BY coalesce(l.single_person, FALSE) DESC, coalesce(l.village, '') , l.household_id, l.benefit_type
    ) AS number,
    l.live_at AS address,
    l.name,
    l.relation_to_head AS relation,
    l.id_number,
    l.persons_before,
    l.yuan_before,
    l.illness,
    l.disability_type,
    l.disability_grade,
    l.illness_from_register,
    l.disability_from_register,
    nullif(concat_ws('；',
        CASE WHEN l.declared_income IS NOT NULL THEN concat('家庭月人均收入', yuan(l.declared_income), '元') END,
        CASE WHEN l.ill_persons > 0 THEN concat('重病', l.ill_persons, '人') END,
        CASE WHEN l.disabled_persons > 0 THEN concat('残疾', l.disabled_persons, '人') END,
        CASE WHEN l.care_class IS NOT NULL THEN concat('核查类别', l.care_class) END,
        CASE WHEN k.open_clues IS NOT NULL THEN concat('待核线索：', k.open_clues) END
    ), '') AS situation,
    CASE WHEN l.change_text IS NOT NULL OR l.grace_persons > 0 OR k.confirmed IS NOT NULL THEN concat_ws('；',
        l.change_text,
        CASE WHEN l.grace_persons > 0 THEN concat('缓退', CASE WHEN l.grace_start IS NOT NULL THEN concat('，自', cn_date(l.grace_start), '起') END) END,
        CASE WHEN k.confirmed IS NOT NULL THEN concat('核实属实：', k.confirmed) END
    ) END AS change,
    CASE
        WHEN EXISTS (SELECT 1 FROM filed AS f WHERE f.id_number = l.id_number) OR EXISTS (SELECT 1 FROM hit AS t WHERE t.id_number = l.id_number) THEN '是'
        WHEN s.ran AND l.id_valid THEN '否'
    END AS relative,
    l.persons_after,
    l.yuan_after,
    CASE WHEN l.single_person THEN '是' WHEN NOT l.single_person THEN '否' END AS single,
    CASE WHEN l.single_person THEN '单人保' END AS remark,
    l.direction,
    l.covered,
    l.grace_persons,
    l.id_valid
FROM line AS l
CROSS JOIN screen AS s
LEFT JOIN form_clue AS k ON k.household_id = l.household_id
ORDER BY number, l.place_in_household, l._row_id
