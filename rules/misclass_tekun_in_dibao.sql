/*
id: misclass_tekun_in_dibao
title: 符合特困而享受低保
title_en: On dibao, seems to qualify for tekun
family: household
severity: low
status: stable
version: 4
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 一（一）（L01）, asks: 查有无把应享特困供养的人纳入城乡低保}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 一（三）（L12）, asks: 特困供养人员底数要清楚}
  - {document: 承德高新区2021年大排查方案, number: 承高社管字〔2021〕29号, clause: 附件2第2项（D14）, asks: 失能老人、孤儿、残疾人应保尽保}
  - {document: 特困人员认定办法, number: 民发〔2021〕43号, clause: 第四条、第五条、第八条, asks: 无劳动能力、无生活来源且无法定义务人或义务人无履行能力的，认定为特困人员}
requires: [benefit_roll, kinship]
uses: [deaths, funerals]
absence: [kinship]
uses_columns:
  kinship: [end_date]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, relation_to_head, start_date]
  kinship: [a_name, relation, b_name, b_id_number, end_date]
amount: none
false_positives:
  - 配偶、父母或子女不在现有亲属数据中（数据中没有不等于没有）
  - 本人有收入或财产，不符合特困条件
  - 本人知情并选择继续享受低保
review_steps:
  - 由村（居）出具赡养、抚养义务人情况说明
  - 核对本人收入、财产和自理能力，征求本人意愿
closing_action: 符合特困条件且本人同意的，转办特困供养；不符合的，写明理由继续享受低保。
*/
WITH alone AS (
    SELECT household_id, min(person_key) AS person_key
    FROM core_member
    GROUP BY household_id
    HAVING count(*) = 1 AND max(CASE WHEN is_dibao THEN 1 ELSE 0 END) = 1
),

person AS (
    SELECT DISTINCT a.person_key
    FROM alone AS a
    INNER JOIN core_person AS p ON p.person_key = a.person_key
    WHERE p.age >= 60 OR p.age < 16
),

kin AS (
    SELECT
        k.a_person_key AS person_key,
        max(CASE WHEN k.current AND d.person_key IS NULL THEN 1 ELSE 0 END) AS has_living,
        string_agg(DISTINCT k.refs, ' ' ORDER BY k.refs) AS refs
    FROM core_kin AS k
    INNER JOIN person AS a ON a.person_key = k.a_person_key
    LEFT JOIN core_death AS d ON d.person_key = coalesce(k.b_person_key, k.b_id) AND d.dead
    WHERE k.relation IN ('spouse', 'parent', 'child')
    GROUP BY k.a_person_key
)

SELECT
    p.person_key AS subject_key,
    p.person_key,
    'low' AS severity,
    concat_ws(' ', p.refs, k.refs) AS evidence,
    concat_ws('',
        coalesce(p.name, '该对象'), '现年', p.age, '岁，一人一户享受', p.benefit_type,
        CASE WHEN k.person_key IS NULL THEN '，亲属数据中未见其配偶、父母或子女'
            ELSE '，亲属数据中的配偶、父母、子女均已去世或婚姻已终止' END,
        '，请核实是否符合特困供养条件。'
    ) AS explanation
FROM person AS a
INNER JOIN core_person AS p ON p.person_key = a.person_key
LEFT JOIN kin AS k ON k.person_key = p.person_key
WHERE coalesce(k.has_living, 0) = 0
