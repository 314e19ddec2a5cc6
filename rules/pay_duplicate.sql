/*
id: pay_duplicate
title: 同月重复发放
title_en: Paid twice in one month
family: pay
severity: high
status: stable
version: 1
subject: household|pay_month
basis:
  - {document: 启东市2021年度年检通知, clause: 三（四是）（Q26、Q27）, asks: 梳理发放台账，追缴不当取得的资金}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L17）, asks: 档案、系统、财务台账三者一致}
requires: [payments]
columns:
  payments: [item, result|pay_date]
evidence:
  payments: [pay_month, household_id, payee_name, bank_account, item, amount_due, amount_paid, pay_date, result]
amount: rule
false_positives:
  - 其中一笔是补发以前月份，台账月份填错
  - 调标补差单独成批发放
  - 第一笔被银行退回，状态未更新
review_steps:
  - 向银行核对每笔是否实际到账
  - 核对各批次的用途说明和审批依据
closing_action:
  - 确属重复的，书面告知并从后续资金中扣回或追回多发部分
*/
WITH repeated AS (
    SELECT
        household_id,
        pay_month,
        item,
        count(*) AS payments,
        sum(amount_paid) AS amount,
        sum(amount_paid) - max(amount_paid) AS excess
    FROM core_payment
    WHERE in_last_12 AND succeeded AND has_item
    GROUP BY household_id, pay_month, item
    HAVING count(*) >= 2
),

said AS (
    SELECT
        household_id,
        pay_month,
        sum(excess) AS excess,
        string_agg(concat_ws('', coalesce(item, '未注明名目'), CAST(payments AS VARCHAR), '笔共', yuan(amount), '元'), '、' ORDER BY item)
            AS facts
    FROM repeated
    GROUP BY household_id, pay_month
),

seen AS (
    SELECT
        r.household_id,
        r.pay_month,
        min(p.payee_name) AS payee_name,
        string_agg(DISTINCT p.ref, ' ' ORDER BY p.ref) AS refs
    FROM repeated AS r
    INNER JOIN core_payment AS p ON p.household_id = r.household_id AND p.pay_month = r.pay_month
        AND coalesce(p.item, '') = coalesce(r.item, '')
    WHERE p.succeeded AND p.has_item
    GROUP BY r.household_id, r.pay_month
)

SELECT
    concat_ws('|', s.household_id, month_text(s.pay_month)) AS subject_key,
    s.household_id,
    CAST(s.excess AS DECIMAL(18, 2)) AS amount_at_risk,
    e.refs AS evidence,
    concat_ws('', coalesce(h.head_name, e.payee_name, '该'), '户', cn_month(s.pay_month), '同一名目重复发放：', s.facts, '，可能多发',
        yuan(s.excess), '元，请核实是否补发或重复。') AS explanation
FROM said AS s
INNER JOIN seen AS e ON e.household_id = s.household_id AND e.pay_month = s.pay_month
LEFT JOIN core_household_place AS h ON h.household_id = s.household_id
