-- Grain: household × benefit × low-income type × person. Everybody on the roll now, and everybody of a household that was on it in the month
-- before and no longer is (current is false). form_roll: the roll's rows now; form_before: its rows of the month before.
CREATE OR REPLACE TEMP TABLE form_row AS
WITH gone AS (
    SELECT b.*
    FROM form_before AS b
    WHERE NOT EXISTS (
        SELECT 1 FROM form_roll AS n WHERE n.active AND n.household_id = b.household_id AND n.benefit_type = b.benefit_type
    )
),

both_sides AS (
    SELECT *, TRUE AS current FROM form_roll WHERE active
    UNION ALL
    SELECT *, FALSE AS current FROM gone
),

-- A column where only 是 is ever written is a column of ticks: blank means no. Where 否 occurs too, blank means unknown.
tick_file AS (
    SELECT _file
    FROM form_roll
    GROUP BY _file
    HAVING coalesce(bool_or(single_person), FALSE) AND NOT coalesce(bool_or(NOT single_person), FALSE)
),

card AS (
    SELECT person_key, disability_type, disability_grade
    FROM core_card
    WHERE person_key IS NOT NULL AND valid
    QUALIFY row_number() OVER (PARTITION BY person_key ORDER BY disability_grade, disability_type, _row_id) = 1
),

ill AS (
    SELECT l.person_key, min(l.illness) AS illness
    FROM link_severe_illness AS l
    CROSS JOIN form_ctx AS c
    WHERE l.on_roll AND l.confidence >= c.min_confidence AND l.illness IS NOT NULL
    GROUP BY l.person_key
)

SELECT
    b.* EXCLUDE (township_code, single_person, illness, disability_type, disability_grade, sex, relation_to_head),
    coalesce(t.township_code, '000000000') AS township_code,
    coalesce(b.single_person, CASE WHEN k._file IS NOT NULL THEN FALSE END) AS single_person,
    coalesce(b.illness, i.illness) AS illness,
    b.illness IS NULL AND i.illness IS NOT NULL AS illness_from_register,
    coalesce(b.disability_type, d.disability_type) AS disability_type,
    CASE coalesce(b.disability_grade, CASE WHEN b.disability_type IS NULL OR b.disability_type = d.disability_type THEN d.disability_grade END)
        WHEN 1 THEN '一级' WHEN 2 THEN '二级' WHEN 3 THEN '三级' WHEN 4 THEN '四级' END AS disability_grade,
    b.disability_type IS NULL AND d.disability_type IS NOT NULL AS disability_from_register,
    coalesce(b.sex, CASE WHEN b.id_valid THEN CASE WHEN CAST(substr(b.id_number, 17, 1) AS INTEGER) % 2 = 1 THEN '男' ELSE '女' END END) AS sex,
    coalesce(r.standard_relation, b.relation_to_head) AS relation_to_head,
    CASE
        WHEN b.relation_to_head IN ('户主', '本人', '申请人') OR b.id_number = b.head_id_number THEN 0
        WHEN b.relation_to_head IS NULL AND b.name = b.head_name THEN 0
        ELSE 1
    END AS place_in_household
FROM both_sides AS b
LEFT JOIN core_household_place AS p ON p.household_id = b.household_id
LEFT JOIN core_township AS t ON t.township_code = coalesce(p.township_code, b.township_code)
LEFT JOIN tick_file AS k ON k._file = b._file
LEFT JOIN card AS d ON d.person_key = b.person_key
LEFT JOIN ill AS i ON i.person_key = b.person_key
-- GB/T 4761 words for everyday ones.
LEFT JOIN (
    VALUES ('申请人', '本人'), ('丈夫', '夫'), ('妻子', '妻'), ('爱人', '配偶'), ('儿子', '子'), ('长子', '子'), ('次子', '子'), ('女儿', '女'),
        ('长女', '女'), ('次女', '女'), ('爸爸', '父亲'), ('父', '父亲'), ('妈妈', '母亲'), ('母', '母亲'), ('媳妇', '儿媳'), ('爷爷', '祖父'), ('奶奶', '祖母')
) AS r (everyday, standard_relation) ON r.everyday = b.relation_to_head
QUALIFY row_number() OVER (PARTITION BY b.household_id, b.benefit_type, b.low_type, b.person_key ORDER BY b._row_id) = 1
