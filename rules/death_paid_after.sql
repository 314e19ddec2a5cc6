/*
id: death_paid_after
title: 死亡后仍发放
title_en: Paid after death
family: death
severity: high
status: stable
version: 3
subject: person
basis:
  - {document: 启东市2021年度年检通知, clause: 三（二是）（Q23）, asks: 与殡葬等信息比对，及时清退不符合条件的对象}
  - {document: 城步县2017年“回头看”实施方案, clause: 前言、二（一）三是、三（五）（B01、B05、B23）, asks: 纠正死亡保，查清在保对象中的死亡人员}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L18）, asks: 清理死亡人员仍领取救助的问题}
  - {document: 黔南州2021年度核查通知, clause: 二（三是）、三（一是）（G09、G10）, asks: 全面排查向死亡人员账户发钱的问题，坚决杜绝死亡补贴}
  - {document: 特困人员认定办法, number: 民发〔2021〕43号, clause: 第二十六条, asks: 终止供养的，自下月起停发}
requires: [payments, benefit_roll]
any_of: [deaths, funerals]
columns:
  payments: [result|pay_date]
uses_columns:
  benefit_roll: [head_id_number]
  funerals: [id_number, birth_date, address, death_date]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, status, end_date]
  deaths: [name, id_number, death_date, register_date, source]
  funerals: [name, id_number, birth_date, death_date, cremation_date]
  payments: [pay_month, household_id, payee_name, payee_id_number, bank_account, item, amount_paid, pay_date]
amount: rule
false_positives:
  - 补发死亡以前月份的资金，或丧葬补贴等一次性款项
  - 户内其他在世成员的份额仍由原账户领取（应变更领款人，不属多领）
  - 银行退回但台账未更新
  - 死亡登记错误，本人健在
review_steps:
  - 核对死亡证明和逐月银行流水
  - 单人户计全部金额，多人户只计死亡人员的份额
  - 查清实际支取人和支取日期
closing_action: 次月起停发；核定多发的月份和金额，由家属签字退回或从账户余额扣回；有意隐瞒的移交处理；其余成员应享部分改发新账户。
*/
WITH dead AS (
    SELECT d.person_key, d.on_roll, d.best_month
    FROM core_death AS d
    CROSS JOIN core_ctx AS c
    WHERE d.confidence >= c.min_confidence
),

-- A head the roll names by number is on it too, though he has no row of his own.
head AS (
    SELECT
        r.head_id_number AS id_number,
        max(r.head_name) AS name,
        string_agg(DISTINCT r.ref, ' ' ORDER BY r.ref) AS refs
    FROM core_row AS r
    INNER JOIN dead AS d ON d.person_key = r.head_id_number
    WHERE r.head_id_number_status = 'valid' AND NOT d.on_roll
    GROUP BY r.head_id_number
),

linked AS (
    SELECT
        l._row_id,
        min(l.person_key) AS person_key,
        arg_max(l.tier, (l.confidence, l.person_key)) AS tier,
        max(l.confidence) AS confidence
    FROM link_payments AS l
    INNER JOIN dead AS d ON d.person_key = l.person_key
    CROSS JOIN core_ctx AS c
    WHERE l.on_roll AND l.confidence >= c.min_confidence
    GROUP BY l._row_id
),

payee AS (
    SELECT y.ref, y.household_id, y.pay_month, y.amount_paid, l.person_key, l.tier, l.confidence
    FROM core_payment AS y
    INNER JOIN linked AS l ON l._row_id = y._row_id
    WHERE y.succeeded
    UNION ALL
    SELECT y.ref, y.household_id, y.pay_month, y.amount_paid, h.id_number AS person_key, 'id_exact' AS tier, CAST(1.0 AS DOUBLE) AS confidence
    FROM core_payment AS y
    INNER JOIN head AS h
        ON h.id_number = y.payee_id_number AND (h.name = y.payee_name OR h.name IS NULL OR y.payee_name IS NULL)
    LEFT JOIN linked AS l ON l._row_id = y._row_id
    WHERE y.succeeded AND l._row_id IS NULL
),

paid AS (
    SELECT
        y.person_key,
        min(y.household_id) AS household_id,
        count(DISTINCT y.pay_month) AS months,
        sum(y.amount_paid) AS amount,
        string_agg(DISTINCT month_text(y.pay_month), '、' ORDER BY month_text(y.pay_month)) AS month_list,
        arg_max(y.tier, (y.confidence, y.ref)) AS tier,
        max(y.confidence) AS confidence,
        string_agg(DISTINCT y.ref, ' ' ORDER BY y.ref) AS refs
    FROM payee AS y
    INNER JOIN dead AS d ON d.person_key = y.person_key
    WHERE y.pay_month > d.best_month
    GROUP BY y.person_key
)

SELECT
    paid.person_key AS subject_key,
    p.person_key,
    CASE WHEN p.person_key IS NULL THEN paid.household_id END AS household_id,
    CASE WHEN p.person_key IS NULL THEN h.name END AS name,
    CASE WHEN p.person_key IS NULL THEN paid.person_key END AS id_number,
    'high' AS severity,
    d.best_date AS event_date,
    CAST(paid.amount AS DECIMAL(18, 2)) AS amount_at_risk,
    weaker_tier(d.tier, d.confidence, paid.tier, paid.confidence) AS match_tier,
    least(d.confidence, paid.confidence) AS match_confidence,
    d.contradictions,
    concat_ws(' ', coalesce(p.refs, h.refs), d.refs, paid.refs) AS evidence,
    concat_ws('',
        '登记显示', coalesce(p.name, h.name, '该对象'), '已于', cn_date(d.best_date),
        CASE WHEN d.best_source = '火化日期' THEN '火化' ELSE '死亡' END,
        '，此后仍以其名义成功发放', paid.months, '个月（', paid.month_list, '），合计',
        yuan(paid.amount), '元，请核实并追回多发部分。'
    ) AS explanation
FROM paid
INNER JOIN core_death AS d ON d.person_key = paid.person_key
LEFT JOIN core_person AS p ON p.person_key = paid.person_key
LEFT JOIN head AS h ON h.id_number = paid.person_key
