/*
id: pay_failed_unresolved
title: 发放失败未补发
title_en: Failed payment not made good by the month's end
family: pay
severity: medium
status: stable
version: 2
subject: household|pay_month
basis:
  - {document: 黔南州2021年度核查通知, clause: 二（一是）（G05）, asks: 发放失败的限期查清，当月底前补发到位}
requires: [payments]
absence: [payments]
columns:
  payments: [result, repaid_date]
uses_columns:
  payments: [item]
evidence:
  payments: [pay_month, household_id, payee_name, bank_account, item, amount_due, amount_paid, pay_date, result, repaid_date]
amount: rule
false_positives:
  - 领款人已死亡，按规定停发
  - 账户由本人注销或变更，正在办理新账户
  - 补发记录在另一本台账，尚未汇总
review_steps:
  - 查看银行退回原因和正确账号
  - 询问该户是否已收到补发资金
  - 核对是否应当停发
closing_action:
  - 更正账户后当月底前补发到位；应停发的办理停发手续
*/
WITH failed AS (
    SELECT p.*
    FROM core_payment AS p
    CROSS JOIN core_ctx AS c
    WHERE p.in_last_12 AND p.failed AND p.has_repaid_date
        AND (p.repaid_date IS NULL OR p.repaid_date > month_end(p.pay_month))
        AND month_end(p.pay_month) < c.as_of
),

-- An item the file does not give, or an outcome it does not give, may be the very success that is missing.
made_good AS (
    SELECT DISTINCT f.ref
    FROM failed AS f
    INNER JOIN core_payment AS s ON s.household_id = f.household_id AND s.pay_month = f.pay_month
    WHERE (s.succeeded OR s.outcome_unknown)
        AND (coalesce(s.item, '') = coalesce(f.item, '') OR NOT s.has_item OR NOT f.has_item)
),

unresolved AS (
    SELECT
        f.household_id,
        f.pay_month,
        count(*) AS payments,
        sum(coalesce(nullif(f.amount_paid, 0), f.amount_due)) AS amount,
        max(f.repaid_date) AS repaid_date,
        max(CASE WHEN f.repaid_date IS NULL THEN 1 ELSE 0 END) AS still_open,
        min(coalesce(h.head_name, f.payee_name)) AS head_name,
        string_agg(DISTINCT f.ref, ' ' ORDER BY f.ref) AS refs
    FROM failed AS f
    LEFT JOIN made_good AS m ON m.ref = f.ref
    LEFT JOIN core_household_place AS h ON h.household_id = f.household_id
    WHERE m.ref IS NULL
    GROUP BY f.household_id, f.pay_month
)

SELECT
    concat_ws('|', u.household_id, month_text(u.pay_month)) AS subject_key,
    u.household_id,
    month_end(u.pay_month) AS event_date,
    CAST(u.amount AS DECIMAL(18, 2)) AS amount_at_risk,
    u.refs AS evidence,
    concat_ws('', coalesce(u.head_name, '该'), '户', cn_month(u.pay_month), '的救助资金', CASE WHEN u.amount IS NOT NULL THEN concat_ws('', yuan(u.amount), '元') END,
        '发放失败，', CASE WHEN u.still_open = 1 THEN '至今没有补发记录'
            ELSE concat_ws('', '到', cn_date(u.repaid_date), '才补发') END, '，按要求应在当月底前补发到位，请尽快核实。') AS explanation
FROM unresolved AS u
