/*
id: pay_missing
title: 在册未发放
title_en: On the roll but not paid
family: pay
severity: medium
status: stable
version: 3
subject: household
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 一（四）（L15）, asks: 及时足额发放救助金}
  - {document: 黔南州2021年度核查通知, clause: 二（一是）（G18）, asks: 各项救助资金按月及时足额发放}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第二十一条, asks: 自确认次月起发放}
requires: [benefit_roll, payments]
absence: [payments]
columns:
  payments: [result|pay_date]
uses_columns:
  payments: [repaid_date]
evidence:
  benefit_roll: [benefit_type, household_id, head_name, name, household_amount, start_date, status]
  payments: [pay_month, household_id, payee_name, item, amount_due, amount_paid, result, repaid_date]
amount: rule
false_positives:
  - 发放台账缺交了部分批次
  - 该户已按决定暂停发放，名册状态未更新
  - 台账户编号录错，资金已到该户账户
review_steps:
  - 询问该户最近一次到账时间
  - 核对发放批次文件和银行退回清单
  - 查有无暂停或调整决定
closing_action:
  - 属漏发的立即补发；应停发的更新名册状态并告知
*/
WITH benefit AS (
    SELECT r.household_id, r.benefit_type, min(r.start_date) AS since, max(r.household_amount) AS amount
    FROM core_row AS r
    WHERE r.active AND r.is_core
    GROUP BY r.household_id, r.benefit_type
),

entitled AS (
    SELECT household_id, min(since) AS since, sum(amount) AS amount
    FROM benefit
    GROUP BY household_id
),

month_row AS (
    SELECT
        household_id,
        -- A result or a repayment the file does not give at all is unknown, not missing.
        max(CASE WHEN succeeded OR repaid_date IS NOT NULL OR outcome_unknown OR NOT has_repaid_date THEN 1 ELSE 0 END)
            AS may_be_paid
    FROM core_payment
    WHERE is_latest
    GROUP BY household_id
),

seen AS (
    SELECT p.household_id, string_agg(DISTINCT p.ref, ' ' ORDER BY p.ref) AS refs
    FROM core_payment AS p
    INNER JOIN month_row AS m ON m.household_id = p.household_id
    WHERE p.is_latest AND m.may_be_paid = 0
    GROUP BY p.household_id
)

SELECT
    e.household_id AS subject_key,
    e.household_id,
    month_start(c.latest_pay_month) AS event_date,
    CAST(e.amount AS DECIMAL(18, 2)) AS amount_at_risk,
    -- No row tells of the month that is missing: an answer about one month is none about the next.
    month_text(c.latest_pay_month) AS besides,
    concat_ws(' ', h.refs, s.refs) AS evidence,
    concat_ws('', coalesce(h.head_name, '该'), '户自', cn_date(e.since), '起享受救助，每月', yuan(e.amount), '元，但',
        cn_month(c.latest_pay_month), CASE WHEN m.household_id IS NULL THEN '的发放台账中没有该户'
            ELSE '没有发放成功，也没有补发' END, '，请核实是否漏发。') AS explanation
FROM entitled AS e
CROSS JOIN core_ctx AS c
INNER JOIN core_household AS h ON h.household_id = e.household_id
LEFT JOIN month_row AS m ON m.household_id = e.household_id
LEFT JOIN seen AS s ON s.household_id = e.household_id
WHERE e.since < month_start(c.latest_pay_month) AND coalesce(m.may_be_paid, 0) = 0
