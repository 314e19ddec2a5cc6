/*
id: single_person_ineligible
title: 单人保条件不符
title_en: Covered alone without a ground for it
family: household
severity: medium
status: stable
version: 2
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 一（一）（L08）, asks: 重病、重残及三级智力、精神残疾人符合条件的按单人保纳入}
  - {document: 承德高新区2021年大排查方案, number: 承高社管字〔2021〕29号, clause: 五（二）（D12）, asks: 低收入家庭的重病、残疾人可按单人户纳入低保}
  - {document: 城步县2017年“回头看”实施方案, clause: 二（一）二是（B04）, asks: 重度残疾人等列明的情形以外，一律按家庭施保}
  - {document: 启东市2021年度年检通知, clause: 附件7（Q34）, asks: 单独统计单人保户数和人数}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第八条, asks: 低保边缘家庭的一、二级重残和三级智力、精神残疾人以及重特大疾病患者等可单独申请}
requires: [benefit_roll, disability_register, severe_illness]
absence: [disability_register, severe_illness]
columns:
  benefit_roll: [single_person]
  disability_register: [status, valid_until]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, single_person, illness, disability_type, disability_grade]
  disability_register: [name, id_number, disability_type, disability_grade, valid_until, status]
amount: household_latest_month
false_positives:
  - 残疾证正在换发，或等级刚刚调整
  - 重病诊断尚未进入医保名单
  - 在宗教场所居住三年以上的教职人员
  - 本就只有一口人的家庭误填为单人保
review_steps:
  - 查看残疾证、诊断证明或门诊慢特病认定
  - 核对当初按单人保纳入的审批依据
closing_action: 有依据的补齐材料后维持；没有依据的改按整户核算，或按程序退出。
*/
WITH covered_alone AS (
    SELECT person_key, string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs, min(benefit_type) AS benefit_type
    FROM core_row
    WHERE active AND is_dibao AND single_person
    GROUP BY person_key
),

card AS (
    SELECT
        person_key,
        -- What the register does not say (no such column, no grade) is not held against the person.
        max(CASE WHEN coalesce(valid, TRUE) AND (severe OR disability_grade IS NULL) THEN 1 ELSE 0 END) AS qualifies,
        max(CASE WHEN coalesce(valid, TRUE) THEN concat_ws('', disability_type, disability_grade, '级') END) AS other_card,
        string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM core_card
    WHERE person_key IS NOT NULL
    GROUP BY person_key
),

ill AS (
    SELECT DISTINCT s.person_key
    FROM link_severe_illness AS s
    CROSS JOIN core_ctx AS c
    WHERE s.on_roll AND s.confidence >= c.min_confidence
)

SELECT
    p.person_key AS subject_key,
    p.person_key,
    'medium' AS severity,
    concat_ws(' ', a.refs, k.refs) AS evidence,
    concat_ws('',
        coalesce(p.name, '该对象'), '按单人保享受', a.benefit_type, '，但残联没有其有效的一、二级（或智力、精神三级）残疾证',
        CASE WHEN k.other_card IS NOT NULL THEN concat_ws('', '（现有', k.other_card, '）') END,
        '，医保重病名单中也没有记录，请核实纳入依据。'
    ) AS explanation
FROM covered_alone AS a
INNER JOIN core_person AS p ON p.person_key = a.person_key
LEFT JOIN card AS k ON k.person_key = a.person_key
LEFT JOIN ill AS i ON i.person_key = a.person_key
WHERE coalesce(k.qualifies, 0) = 0
    AND i.person_key IS NULL
