/*
id: grace_expired
title: 缓退期满未退
title_en: Grace period over, still on the roll
family: review
severity: medium
status: stable
version: 1
subject: household
basis:
  - {document: 启东市2021年度年检通知, clause: 附件6（Q33）, asks: 逐月汇总低保缓退户数和人数}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 一（一）（L06）, asks: 渐退期有一定期限，期满应当处理}
  - {document: 城步县2017年“回头看”实施方案, clause: 三（五）（B24）, asks: 及时准确地增发、减发或停发}
  - {document: 关于进一步做好社会救助兜底保障工作的通知, number: 民发〔2022〕83号, clause: 渐退期, asks: 渐退期一般不超过六个月（2022年10月20日起）}
requires: [benefit_roll]
columns:
  benefit_roll: [grace_start]
parameters: [grace_months]
evidence:
  benefit_roll: [benefit_type, household_id, head_name, name, status, grace_start, household_amount, declared_income]
amount: household_since_event
false_positives:
  - 已重新审核并继续享受，名册状态未更新
  - 缓退开始时间漏填，实际仍在期限内
review_steps:
  - 核对渐退审批表的起止时间
  - 重新核算家庭收入，判断继续享受、转低收入或退出
closing_action:
  - 期满且不符合条件的办理退出并书面告知；符合低收入条件的转入低收入管理
*/
WITH grace AS (
    -- The start is said once per household and benefit, on whichever of its rows.
    SELECT
        r.household_id,
        r.benefit_type,
        min(r.grace_start) AS grace_start,
        max(g.value) AS months,
        min(CASE WHEN r.has_grace_start THEN 1 ELSE 0 END) AS known,
        string_agg(DISTINCT r.ref, ' ' ORDER BY r.ref) AS refs
    FROM core_row AS r
    INNER JOIN param_grace_months AS g ON g.township_code = coalesce(r.township_code, '')
    WHERE r.active AND r.status = '缓退'
    GROUP BY r.household_id, r.benefit_type
),

expired AS (
    SELECT
        g.household_id,
        min(g.grace_start) AS grace_start,
        min(add_months(g.grace_start, g.months)) AS grace_end,
        max(g.months) AS months,
        string_agg(DISTINCT g.refs, ' ' ORDER BY g.refs) AS refs
    FROM grace AS g
    CROSS JOIN core_ctx AS c
    WHERE add_months(g.grace_start, g.months) <= c.as_of OR (g.grace_start IS NULL AND g.known = 1)
    GROUP BY g.household_id
)

SELECT
    e.household_id AS subject_key,
    e.household_id,
    e.grace_end AS event_date,
    e.refs AS evidence,
    concat_ws('', coalesce(h.head_name, '该'), '户处于缓退，', CASE WHEN e.grace_start IS NULL THEN '名册没有登记缓退开始时间'
            ELSE concat_ws('', '自', cn_date(e.grace_start), '起算，', CAST(CAST(e.months AS INTEGER) AS VARCHAR), '个月的缓退期已于',
                cn_date(e.grace_end), '届满') END, '，目前仍在册，请重新核定后办理退出或续批。') AS explanation
FROM expired AS e
INNER JOIN core_household AS h ON h.household_id = e.household_id
