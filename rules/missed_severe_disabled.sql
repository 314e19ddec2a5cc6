/*
id: missed_severe_disabled
title: 重残人员未纳入
title_en: Severely disabled person without assistance
family: missed
severity: medium
status: stable
version: 2
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 一（一）（L08）, asks: 重残及三级智力、精神残疾人符合条件的按单人保纳入}
  - {document: 承德高新区2021年大排查方案, number: 承高社管字〔2021〕29号, clause: 五（二）、附件2第2项（D11、D12、D14）, asks: 低收入家庭的残疾人按单人户纳入，应保尽保}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第八条, asks: 低保边缘家庭的重残人员和三级智力、精神残疾人可以单独申请}
requires: [benefit_roll, disability_register]
uses: [deaths, funerals]
absence: [benefit_roll]
columns:
  disability_register: [status, valid_until, monthly_income]
uses_columns:
  disability_register: [township_code]
parameters: [dibao_standard_rural, low_income_multiple]
evidence:
  benefit_roll: [benefit_type, household_id, name, start_date, status, end_date]
  disability_register: [name, card_no, disability_type, disability_grade, valid_until, status, township_code, monthly_income]
amount: none
false_positives:
  - 本人有稳定工作或养老金
  - 未成年人已享受儿童福利保障
  - 家庭财产明显超过规定
review_steps:
  - 查看残疾人证，入户了解家庭收入和照护情况
  - 说明单人保政策，询问本人或监护人是否申请
closing_action:
  - 符合条件的协助按单人保申请；不符合的书面说明理由
*/
WITH holder AS (
    SELECT
        k.ref,
        k.id_number,
        k.name,
        k.township_code,
        k.disability_type,
        k.disability_grade,
        k.monthly_income,
        k.person_key AS roll_key,
        k.tier,
        k.confidence,
        coalesce(k.person_key, CASE WHEN k.id_number_status = 'valid' THEN k.id_number END) AS subject_key,
        CAST(coalesce(s.rural, u.rural) * coalesce(m.value, n.value) AS DECIMAL(18, 2)) AS income_limit
    FROM core_card AS k
    INNER JOIN core_standard AS u ON u.township_code = ''
    INNER JOIN param_low_income_multiple AS n ON n.township_code = ''
    LEFT JOIN core_standard AS s ON s.township_code = k.township_code
    LEFT JOIN param_low_income_multiple AS m ON m.township_code = k.township_code
    WHERE k.valid AND k.severe AND k.monthly_income IS NOT NULL
),

missed AS (
    SELECT
        h.*,
        row_number() OVER (PARTITION BY h.subject_key ORDER BY h.confidence DESC, h.tier, h.disability_grade, h.ref) AS nth
    FROM holder AS h
    LEFT JOIN core_person AS p ON p.person_key = h.subject_key AND p.active
    LEFT JOIN core_death AS d ON d.person_key = h.subject_key AND d.dead
    WHERE h.subject_key IS NOT NULL AND h.monthly_income <= h.income_limit AND p.person_key IS NULL AND d.person_key IS NULL
),

seen AS (
    SELECT subject_key, string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM missed
    GROUP BY subject_key
)

SELECT
    m.subject_key,
    m.roll_key AS person_key,
    CASE WHEN m.roll_key IS NULL THEN m.name END AS name,
    CASE WHEN m.roll_key IS NULL THEN m.id_number END AS id_number,
    CASE WHEN m.roll_key IS NULL THEN m.township_code END AS township_code,
    coalesce(m.tier, 'id_exact') AS match_tier,
    coalesce(m.confidence, 1.0) AS match_confidence,
    concat_ws(' ', p.refs, n.refs) AS evidence,
    concat_ws('', coalesce(m.name, '该对象'), '持有', m.disability_type, '残疾', CAST(m.disability_grade AS VARCHAR), '级有效证件，家庭人均月收入',
        yuan(m.monthly_income), '元，不高于低收入家庭收入线', yuan(m.income_limit), '元，目前没有享受救助，请核实是否应当按单人保纳入。') AS explanation
FROM missed AS m
INNER JOIN seen AS n ON n.subject_key = m.subject_key
LEFT JOIN core_person AS p ON p.person_key = m.roll_key
WHERE m.nth = 1
