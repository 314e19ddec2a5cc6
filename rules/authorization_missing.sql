/*
id: authorization_missing
title: 缺核对授权书
title_en: No authorisation to check the household
family: review
severity: low
status: stable
version: 1
subject: household
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 三（三）、二（一）四是（B06、B18）, asks: 全部低保对象填写核对授权委托书并附直系亲属身份证复印件}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第十七条, asks: 取得授权后开展家庭经济状况信息核对}
requires: [benefit_roll]
columns:
  benefit_roll: [authorisation_date]
evidence:
  benefit_roll: [benefit_type, household_id, head_name, name, start_date, authorisation_date]
amount: none
false_positives:
  - 授权书在纸质档案中，日期未录入系统
  - 失联或无民事行为能力成员由监护人代签并有说明
review_steps:
  - 翻阅该户档案，查有无授权书和签字日期
  - 核对共同生活的成年成员是否都已签字
closing_action:
  - 补签授权书并录入日期；补签之前不对该户开展线上核对
*/
WITH household AS (
    SELECT
        household_id,
        max(CASE WHEN is_dibao OR is_low_income THEN 1 ELSE 0 END) AS concerned,
        max(CASE WHEN authorisation_date IS NOT NULL OR NOT has_authorisation_date THEN 1 ELSE 0 END) AS may_be_there,
        min(CASE WHEN is_dibao OR is_low_income THEN start_date END) AS since
    FROM core_row
    WHERE active
    GROUP BY household_id
),

seen AS (
    SELECT r.household_id, string_agg(DISTINCT r.ref, ' ' ORDER BY r.ref) AS refs
    FROM core_row AS r
    INNER JOIN household AS h ON h.household_id = r.household_id
    WHERE r.active AND h.concerned = 1 AND h.may_be_there = 0
    GROUP BY r.household_id
)

SELECT
    h.household_id AS subject_key,
    h.household_id,
    s.refs AS evidence,
    concat_ws('', coalesce(k.head_name, '该'), '户自', cn_date(h.since),
        '起享受救助，名册上全户都没有核对授权书签署日期，请查档或补签授权书。') AS explanation
FROM household AS h
INNER JOIN seen AS s ON s.household_id = h.household_id
INNER JOIN core_household AS k ON k.household_id = h.household_id
WHERE h.concerned = 1 AND h.may_be_there = 0
