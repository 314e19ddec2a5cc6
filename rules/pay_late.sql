/*
id: pay_late
title: 未按规定日期发放
title_en: Paid after the day it is due
family: pay
severity: low
status: stable
version: 1
subject: household|pay_month
basis:
  - {document: 黔南州2021年度核查通知, clause: 二（一是）（G05、G18）, asks: 基本生活资金每月20日前发放完毕}
  - {document: 启东市2021年度年检通知, clause: 三（四是）（Q25）, asks: 治理资金发放不及时的问题}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 一（四）（L15）, asks: 及时足额发放救助金}
  - {document: 最低生活保障审核审批办法（试行）, number: 民发〔2012〕220号, clause: 第三十一条, asks: 按月发放的在每月10日前发到户（2021年6月30日以前）}
requires: [payments]
columns:
  payments: [pay_date, result|pay_date]
parameters: [pay_day]
evidence:
  payments: [pay_month, household_id, payee_name, item, amount_paid, pay_date, result]
amount: none
false_positives:
  - 首次发放失败，当月内已补发
  - 新批准对象的首月资金
  - 发放日遇法定节假日，按当地规定顺延
review_steps:
  - 核对代发银行批次日期与财政拨付日期
  - 统计是个别户还是整批迟发，查明卡在哪个环节
closing_action:
  - 说明原因并纠正发放流程；整批迟发的由民政、财政共同整改
*/
WITH late AS (
    SELECT
        p.household_id,
        p.pay_month,
        max(p.pay_date) AS pay_date,
        max(d.value) AS pay_day,
        min(coalesce(h.head_name, p.payee_name)) AS head_name,
        string_agg(DISTINCT p.ref, ' ' ORDER BY p.ref) AS refs
    FROM core_payment AS p
    INNER JOIN param_pay_day AS d ON d.township_code = coalesce(p.township_code, '') AND d.pay_month = p.pay_month
    LEFT JOIN core_household_place AS h ON h.household_id = p.household_id
    -- Compared by month and day, so that a due day beyond a short month's end is that month's last day.
    WHERE p.in_last_12 AND p.succeeded
        AND (month_index(p.pay_date) > p.pay_month OR (month_index(p.pay_date) = p.pay_month AND day(p.pay_date) > d.value))
    GROUP BY p.household_id, p.pay_month
)

SELECT
    concat_ws('|', l.household_id, month_text(l.pay_month)) AS subject_key,
    l.household_id,
    l.pay_date AS event_date,
    l.refs AS evidence,
    concat_ws('', coalesce(l.head_name, '该'), '户', cn_month(l.pay_month), '的救助资金到', cn_date(l.pay_date), '才发放，规定为当月',
        CAST(CAST(l.pay_day AS INTEGER) AS VARCHAR), '日前，请查明迟发原因。') AS explanation
FROM late AS l
