/*
id: id_name_conflict
title: 同一身份证号姓名不一致
title_en: ID number known under another name
family: identity
severity: medium
status: stable
version: 2
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L18）, asks: 清理救助人员身份信息错误}
  - {document: 城步县2017年“回头看”实施方案, clause: 二（一）四是（B08）, asks: 救助系统数据要准确并及时更新}
requires: [benefit_roll, population]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, sex, village]
  population: [name, id_number, sex, birth_date, township_code]
amount: none
false_positives:
  - 改过名字，花名册仍用曾用名
  - 少数民族姓名译写不同，或生僻字无法录入
  - 花名册打错同音字
review_steps:
  - 查看身份证或户口簿，必要时请派出所出具更名记录
  - 确认实际领款人就是号码的持有人
closing_action: 属笔误或更名的，更正姓名；号码属于另一在世的人的，查清冒用情况，查清以前不据此号码作其他判断。
*/
WITH known AS (
    SELECT
        q.person_key,
        string_agg(DISTINCT q.name, '、' ORDER BY q.name) AS name_list,
        arg_max(q.tier, (q.confidence, q.ref)) AS tier,
        max(q.confidence) AS confidence,
        string_agg(DISTINCT q.ref, ' ' ORDER BY q.ref) AS refs
    FROM link_population AS q
    WHERE q.on_roll
        AND q.tier IN ('id_exact', 'id_exact_name_conflict')
        AND q.name_relation IN ('alike', 'one_off', 'conflict')
    GROUP BY q.person_key
)

SELECT
    p.person_key AS subject_key,
    p.person_key,
    'medium' AS severity,
    k.tier AS match_tier,
    k.confidence AS match_confidence,
    concat_ws(' ', p.refs, k.refs) AS evidence,
    concat_ws('',
        '花名册上的', p.name, '，其身份证号在户籍人口信息中登记的姓名是', k.name_list, '，请核对证件确认是否同一人。'
    ) AS explanation
FROM known AS k
INNER JOIN core_person AS p ON p.person_key = k.person_key
WHERE p.active AND p.id_valid
