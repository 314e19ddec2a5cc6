/*
id: pay_not_on_roll
title: 发放对象不在册
title_en: Paid to a household that is on no roll
family: pay
severity: high
status: stable
version: 2
subject: household
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（二）、二（四）（L17、L22）, asks: 档案、系统、财务台账一致，严查虚报冒领}
  - {document: 启东市2021年度年检通知, clause: 三（四是）（Q27）, asks: 查经办中虚报冒领救助金的问题}
requires: [benefit_roll, payments]
absence: [benefit_roll]
columns:
  payments: [result|pay_date]
evidence:
  payments: [pay_month, household_id, payee_name, payee_id_number, bank_account, account_name, item, amount_paid, pay_date, result]
amount: rule
false_positives:
  - 台账户编号录错，该户在册上另有编号
  - 补发以前年度资金，名册已不再列出
  - 名册缺交了部分镇街或类别
review_steps:
  - 按领款人姓名和身份证号在系统中查有无审批记录
  - 调取审批档案和发放批次依据
  - 向银行核实账户开户人和取款情况
closing_action:
  - 无审批依据的立即停发、追回资金并移交；编号错误的更正台账
*/
WITH paid AS (
    SELECT
        p.household_id,
        min(p.pay_month) AS first_month,
        max(p.pay_month) AS last_month,
        count(DISTINCT p.pay_month) AS months,
        sum(p.amount_paid) AS amount,
        min(p.payee_name) AS payee_name,
        min(p.payee_id_number) AS payee_id_number,
        min(p.township_code) AS township_code,
        string_agg(DISTINCT p.ref, ' ' ORDER BY p.ref) AS refs
    FROM core_payment AS p
    WHERE p.in_last_12 AND p.succeeded AND NOT p.on_roll_household
    GROUP BY p.household_id
)

SELECT
    p.household_id AS subject_key,
    p.household_id,
    p.payee_name AS name,
    p.payee_id_number AS id_number,
    p.township_code,
    CAST(p.amount AS DECIMAL(18, 2)) AS amount_at_risk,
    p.refs AS evidence,
    concat_ws('', '户编号', p.household_id, '（领款人', coalesce(p.payee_name, '不详'), '）不在任何救助名册上，但', cn_month(p.first_month),
        CASE WHEN p.last_month > p.first_month THEN concat_ws('', '至', cn_month(p.last_month)) END, '有', CAST(p.months AS VARCHAR),
        '个月向其发放成功，共', yuan(p.amount), '元，请核实审批依据。') AS explanation
FROM paid AS p
