/*
id: pay_after_exit
title: 停保后仍发放
title_en: Paid for months outside the time on the roll
family: pay
severity: high
status: stable
version: 2
subject: household
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 三（五）（B24）, asks: 随家庭变化及时准确地增发、减发或停发}
  - {document: 启东市2021年度年检通知, clause: 三（四是）（Q26）, asks: 追缴非法获取的低保资金}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第三十二条, asks: 停发须按程序作出决定并告知理由}
requires: [benefit_roll, payments]
absence: [benefit_roll]
columns:
  benefit_roll: [end_date]
  payments: [result|pay_date]
evidence:
  benefit_roll: [benefit_type, household_id, name, start_date, status, end_date]
  payments: [pay_month, household_id, payee_name, item, amount_paid, pay_date, result]
amount: rule
false_positives:
  - 补发停保以前月份的资金，台账记在了补发当月
  - 停发时间登记有误，实际仍在渐退期
  - 停保当月已进入发放批次，次月已扣回
review_steps:
  - 核对退出审批表的日期与名册停发时间
  - 核对各月发放批次与到账情况
  - 查有无追回或冲抵记录
closing_action:
  - 立即停发，书面告知并追回多发资金；停发时间有误的更正名册
*/
-- The months in which a row is in force on some day: begun by the month's end, and ending after both its first day and the row's own start.
WITH in_force_months AS (
    SELECT DISTINCT
        household_id,
        month_index(start_date) AS from_month,
        CASE WHEN end_date IS NULL THEN 999999 WHEN day(end_date) = 1 THEN month_index(end_date) - 1 ELSE month_index(end_date) END AS to_month
    FROM core_row
    WHERE end_date IS NULL OR end_date > start_date
),

steady AS (
    SELECT DISTINCT m.household_id
    FROM in_force_months AS m
    INNER JOIN core_ctx AS c ON m.from_month <= c.first_month AND m.to_month >= c.as_of_month
),

-- Nearly every household is in force all along: only the others are looked at month by month.
looked_at AS (
    SELECT p.household_id, p.pay_month, p.amount_paid, p.ref
    FROM core_payment AS p
    LEFT JOIN steady AS s ON s.household_id = p.household_id
    WHERE p.in_last_12 AND p.succeeded AND p.on_roll_household AND s.household_id IS NULL
),

outside AS (
    SELECT p.household_id, p.pay_month, p.amount_paid, p.ref
    FROM looked_at AS p
    WHERE NOT EXISTS (
        SELECT 1
        FROM in_force_months AS m
        WHERE m.household_id = p.household_id AND p.pay_month BETWEEN m.from_month AND m.to_month
    )
),

paid AS (
    SELECT
        household_id,
        min(pay_month) AS first_month,
        max(pay_month) AS last_month,
        count(DISTINCT pay_month) AS months,
        sum(amount_paid) AS amount,
        string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM outside
    GROUP BY household_id
),

stay AS (
    SELECT
        r.household_id,
        min(r.start_date) AS since,
        CASE WHEN max(CASE WHEN r.end_date IS NULL THEN 1 ELSE 0 END) = 0 THEN max(r.end_date) END AS until,
        string_agg(DISTINCT r.ref, ' ' ORDER BY r.ref) AS refs
    FROM core_row AS r
    INNER JOIN paid AS p ON p.household_id = r.household_id
    GROUP BY r.household_id
)

SELECT
    p.household_id AS subject_key,
    p.household_id,
    s.until AS event_date,
    CAST(p.amount AS DECIMAL(18, 2)) AS amount_at_risk,
    concat_ws(' ', s.refs, p.refs) AS evidence,
    concat_ws('', coalesce(h.head_name, '该'), '户名册上', CASE WHEN s.until IS NOT NULL
            THEN concat_ws('', '已于', cn_date(s.until), '停保') ELSE concat_ws('', '自', cn_date(s.since), '起享受') END, '，但',
        cn_month(p.first_month), CASE WHEN p.last_month > p.first_month THEN concat_ws('', '至', cn_month(p.last_month)) END, '有',
        CAST(p.months AS VARCHAR), '个不在享受期内的月份仍发放成功，共', yuan(p.amount), '元，请核实是否停发和追回。') AS explanation
FROM paid AS p
INNER JOIN stay AS s ON s.household_id = p.household_id
INNER JOIN core_household AS h ON h.household_id = p.household_id
