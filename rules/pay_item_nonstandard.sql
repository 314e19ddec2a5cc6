/*
id: pay_item_nonstandard
title: 打卡名目不规范
title_en: Payment item not on the list
family: pay
severity: low
status: stable
version: 1
subject: household|pay_month
basis:
  - {document: 启东市2021年度年检通知, clause: 三（四是）（Q25）, asks: 治理打卡名目不规范的问题}
  - {document: 黔南州2021年度核查通知, clause: 二（G22）, asks: 惠农补贴资金按“一卡通”目录统一发放}
requires: [payments]
columns:
  payments: [item]
parameters: [benefit_items]
evidence:
  payments: [pay_month, household_id, payee_name, item, amount_paid, pay_date, result]
amount: none
false_positives:
  - 银行系统自动缩写名目
  - 当地目录新增了名目，参数尚未更新
review_steps:
  - 对照当地“一卡通”目录确认规范名目
  - 查明名目由财政、民政还是银行填写
closing_action:
  - 与财政、代发银行统一名目，下一批次起更正
*/
WITH odd AS (
    SELECT
        p.household_id,
        p.pay_month,
        min(coalesce(h.head_name, p.payee_name)) AS head_name,
        string_agg(DISTINCT p.item, '、' ORDER BY p.item) AS items,
        string_agg(DISTINCT p.ref, ' ' ORDER BY p.ref) AS refs
    FROM core_payment AS p
    LEFT JOIN param_benefit_items AS b ON b.township_code = coalesce(p.township_code, '') AND b.value = p.item
    LEFT JOIN core_household_place AS h ON h.household_id = p.household_id
    WHERE p.is_latest AND p.item IS NOT NULL AND b.value IS NULL
    GROUP BY p.household_id, p.pay_month
)

SELECT
    concat_ws('|', o.household_id, month_text(o.pay_month)) AS subject_key,
    o.household_id,
    o.refs AS evidence,
    concat_ws('', coalesce(o.head_name, '该'), '户', cn_month(o.pay_month), '的打卡名目为“', o.items,
        '”，不在规定的救助名目之内，请与财政和代发银行核对更正。') AS explanation
FROM odd AS o
