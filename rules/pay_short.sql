/*
id: pay_short
title: 实发少于应发
title_en: Paid less than due
family: pay
severity: medium
status: stable
version: 1
subject: household|pay_month
basis:
  - {document: 黔南州2021年度核查通知, clause: 二（一是）（G18）, asks: 各项救助资金按月及时足额发放}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 一（四）、二（四）（L15、L17）, asks: 足额发放救助金，系统与财务台账一致}
  - {document: 启东市2021年度年检通知, clause: 三（四是）（Q27）, asks: 查截留、克扣救助金的问题}
requires: [payments]
columns:
  payments: [amount_due, result|pay_date]
evidence:
  payments: [pay_month, household_id, payee_name, item, amount_due, amount_paid, pay_date, result]
amount: rule
false_positives:
  - 按决定扣回以前多发的资金
  - 差额已在其他批次补发
  - 当月刚调整标准，台账应发数未更新
review_steps:
  - 核对发放批次文件与银行到账明细
  - 查有无扣回决定、补发记录
  - 询问该户实际到账金额
closing_action:
  - 补足差额；无依据扣减的追查责任
*/
WITH short AS (
    SELECT
        p.household_id,
        p.pay_month,
        sum(p.amount_due) AS amount_due,
        sum(p.amount_paid) AS amount_paid,
        sum(p.amount_due - p.amount_paid) AS difference,
        min(coalesce(h.head_name, p.payee_name)) AS head_name,
        string_agg(DISTINCT p.ref, ' ' ORDER BY p.ref) AS refs
    FROM core_payment AS p
    LEFT JOIN core_household_place AS h ON h.household_id = p.household_id
    WHERE p.in_last_12 AND p.succeeded AND p.amount_paid < p.amount_due - CAST(0.01 AS DECIMAL(18, 2))
    GROUP BY p.household_id, p.pay_month
)

SELECT
    concat_ws('|', s.household_id, month_text(s.pay_month)) AS subject_key,
    s.household_id,
    CAST(s.difference AS DECIMAL(18, 2)) AS amount_at_risk,
    s.refs AS evidence,
    concat_ws('', coalesce(s.head_name, '该'), '户', cn_month(s.pay_month), '应发', yuan(s.amount_due), '元，实发', yuan(s.amount_paid),
        '元，少发', yuan(s.difference), '元，请核实有无扣回或补发，属漏发的予以补足。') AS explanation
FROM short AS s
