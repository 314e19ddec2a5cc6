/*
id: disability_unverified
title: 残疾信息与残联不符
title_en: Disability on the roll not confirmed by the register
family: review
severity: low
status: stable
version: 2
subject: person
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 二（一）四是、三（三）（B06、B19）, asks: 核查病残证明是否真实办理}
  - {document: 黔南州2021年度核查通知, clause: 一（二是）（G02）, asks: 与残联等部门数据比对后准确落实分类救助}
requires: [benefit_roll, disability_register]
absence: [disability_register]
columns:
  benefit_roll: [disability_grade]
  disability_register: [status, valid_until]
evidence:
  benefit_roll: [benefit_type, household_id, name, disability_type, disability_grade]
  disability_register: [name, card_no, disability_type, disability_grade, valid_until, status]
amount: none
false_positives:
  - 残疾证正在换发或在外地办理，残联名单未收录
  - 名册身份证号有误，因此比对不上
  - 刚重新评定等级，名册尚未更新
review_steps:
  - 查看残疾人证原件，核对等级和有效期
  - 向残联查询证件状态
  - 核对按残疾等级享受的分类救助是否正确
closing_action:
  - 按有效证件更正名册；证件失效又不再符合条件的，重新核定待遇
*/
WITH stated AS (
    SELECT person_key, disability_grade AS grade, min(id_number) AS id_number, min(CASE WHEN id_valid THEN 1 ELSE 0 END) AS id_valid
    FROM core_row
    WHERE active AND disability_grade IS NOT NULL
    GROUP BY person_key, disability_grade
),

-- A card without an end date outlasts every other.
latest_card AS (
    SELECT person_key, disability_grade AS grade, valid_until, tier, confidence, ref
    FROM core_card
    WHERE valid AND person_key IS NOT NULL
    QUALIFY rank() OVER (PARTITION BY person_key ORDER BY coalesce(valid_until, CAST('9999-12-31' AS DATE)) DESC) = 1
),

-- A card of unknown validity, or one without a grade, may be the one that confirms the roll.
confirmed AS (
    SELECT s.person_key, s.grade
    FROM stated AS s
    INNER JOIN latest_card AS l ON l.person_key = s.person_key
    WHERE l.grade IS NULL OR l.grade = s.grade
    UNION
    SELECT s.person_key, s.grade
    FROM stated AS s
    INNER JOIN core_card AS k ON k.person_key = s.person_key
    WHERE k.valid IS NULL AND (k.disability_grade IS NULL OR k.disability_grade = s.grade)
),

hit AS (
    SELECT s.person_key, min(s.grade) AS grade, min(s.id_valid) AS id_valid
    FROM stated AS s
    LEFT JOIN confirmed AS f ON f.person_key = s.person_key AND f.grade = s.grade
    WHERE f.person_key IS NULL
    GROUP BY s.person_key
),

card AS (
    SELECT
        k.person_key,
        max(l.grade) AS grade,
        arg_max(k.tier, (l.ref IS NOT NULL, k.confidence, k.ref)) AS tier,
        arg_max(k.confidence, (l.ref IS NOT NULL, k.confidence, k.ref)) AS confidence,
        string_agg(DISTINCT k.ref, ' ' ORDER BY k.ref) AS refs
    FROM core_card AS k
    LEFT JOIN latest_card AS l ON l.person_key = k.person_key AND l.ref = k.ref
    WHERE k.person_key IS NOT NULL
    GROUP BY k.person_key
)

SELECT
    h.person_key AS subject_key,
    h.person_key,
    d.tier AS match_tier,
    d.confidence AS match_confidence,
    -- A card expires without its row changing.
    coalesce(CAST(d.grade AS VARCHAR), CASE WHEN d.person_key IS NOT NULL THEN '证件已失效' END) AS besides,
    concat_ws(' ', p.refs, d.refs) AS evidence,
    concat_ws('', coalesce(p.name, '该对象'), '在名册上登记为残疾', CAST(h.grade AS VARCHAR), '级，', CASE
            WHEN d.grade IS NOT NULL THEN concat_ws('', '残联有效证件为', CAST(d.grade AS VARCHAR), '级')
            WHEN d.person_key IS NOT NULL THEN '残联登记的证件已失效'
            ELSE '残联名单中没有其有效证件' END,
        CASE WHEN h.id_valid = 0 THEN '（名册身份证号有误，可能因此比对不上）' END, '，请查看残疾人证原件后更正。') AS explanation
FROM hit AS h
INNER JOIN core_person AS p ON p.person_key = h.person_key
LEFT JOIN card AS d ON d.person_key = h.person_key
