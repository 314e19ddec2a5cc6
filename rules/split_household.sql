/*
id: split_household
title: 拆户保
title_en: One family split over several households
family: household
severity: medium
status: stable
version: 3
subject: person|person
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 三（二）（B15）, asks: 夫妻之间、未成年子女与父母之间不得分户施保}
  - {document: 城步县2017年“回头看”实施方案, clause: 二（一）二是（B03）, asks: 低保以家庭为单位，不得不按家庭施保}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第七条、第八条, asks: 配偶和未成年子女属共同生活的家庭成员；符合规定的可以单独提出申请}
requires: [benefit_roll, kinship]
columns:
  benefit_roll: [single_person]
uses_columns:
  kinship: [end_date]
evidence:
  benefit_roll: [benefit_type, household_id, head_name, name, id_number, relation_to_head, single_person]
  kinship: [a_name, a_id_number, relation, b_name, b_id_number, end_date]
amount: none
false_positives:
  - 其中一人按单人保单独纳入
  - 已离婚，婚姻登记尚未更新
  - 一方服刑，或有法院确认的分居
review_steps:
  - 核对户口簿、结婚证或离婚证
  - 入户查看是否共同生活
closing_action: 应合户的，合并为一户并按全家收入重新核算；已离婚或属单人保的，附证明后销号并更新登记。
*/
WITH dibao AS (
    SELECT DISTINCT person_key, household_id
    FROM core_row
    WHERE active AND is_dibao
),

-- Where the file had no such column nobody knows whether the person was covered alone.
alone AS (
    SELECT DISTINCT person_key
    FROM core_row
    WHERE is_dibao AND (coalesce(single_person, FALSE) OR NOT has_single_person)
),

pair AS (
    SELECT
        least(k.a_person_key, k.b_person_key) AS first_key,
        greatest(k.a_person_key, k.b_person_key) AS second_key,
        k.relation,
        k.tier,
        k.confidence,
        k.refs
    FROM core_kin AS k
    INNER JOIN core_person AS b ON b.person_key = k.b_person_key
    WHERE k.a_person_key IS NOT NULL
        AND ((k.relation = 'spouse' AND k.current) OR (k.relation = 'child' AND b.age < 18))
),

together AS (
    SELECT DISTINCT r.first_key, r.second_key
    FROM pair AS r
    INNER JOIN dibao AS x ON x.person_key = r.first_key
    INNER JOIN dibao AS y ON y.person_key = r.second_key AND y.household_id = x.household_id
),

related AS (
    SELECT
        r.first_key,
        r.second_key,
        max(CASE WHEN r.relation = 'spouse' THEN 1 ELSE 0 END) AS married,
        arg_max(r.tier, (r.confidence, r.tier)) AS tier,
        max(r.confidence) AS confidence,
        string_agg(DISTINCT r.refs, ' ' ORDER BY r.refs) AS refs
    FROM pair AS r
    LEFT JOIN together AS t ON t.first_key = r.first_key AND t.second_key = r.second_key
    WHERE t.first_key IS NULL
    GROUP BY r.first_key, r.second_key
)

SELECT
    concat_ws('|', r.first_key, r.second_key) AS subject_key,
    p.person_key,
    q.person_key AS also_keys,
    'medium' AS severity,
    r.tier AS match_tier,
    r.confidence AS match_confidence,
    concat_ws(' ', p.refs, q.refs, r.refs) AS evidence,
    concat_ws('',
        coalesce(p.name, '该对象'), '（户编号', p.household_id, '）与', coalesce(q.name, '该对象'), '（户编号', q.household_id, '）是',
        CASE WHEN r.married = 1 THEN '夫妻' ELSE '父母与未成年子女' END,
        '，却分在不同的户享受低保，请核实是否应合为一户。'
    ) AS explanation
FROM related AS r
INNER JOIN core_person AS p ON p.person_key = r.first_key
INNER JOIN core_person AS q ON q.person_key = r.second_key
LEFT JOIN alone AS u ON u.person_key = r.first_key
LEFT JOIN alone AS w ON w.person_key = r.second_key
WHERE p.is_dibao
    AND q.is_dibao
    AND u.person_key IS NULL
    AND w.person_key IS NULL
