/*
id: missed_exited_recheck
title: 退出对象应复核
title_en: Former recipient to be looked at again
family: missed
severity: low
status: stable
version: 2
subject: person
basis:
  - {document: 启东市2021年度年检通知, clause: 一（一）8、附件8（Q08、Q35）, asks: 复核2018年以来退出低保的对象，符合现行条件的重新纳入}
  - {document: 黔南州2021年度核查通知, clause: 一（一是）（G01）, asks: 把2020年1月以来退出的对象列入核查范围}
  - {document: 承德高新区2021年大排查方案, number: 承高社管字〔2021〕29号, clause: 五（一）（D08）, asks: 避免漏保、错保、错退}
requires: [benefit_roll, poverty_registry]
uses: [deaths, funerals]
absence: [benefit_roll]
columns:
  benefit_roll: [end_date]
  poverty_registry: [risk_removed, monthly_income]
parameters: [exit_lookback_start, dibao_standard_rural, dibao_standard_urban]
evidence:
  benefit_roll: [benefit_type, household_id, name, start_date, status, end_date]
  poverty_registry: [household_id, name, category, township_code, village, risk, monthly_income, risk_removed]
amount: none
false_positives:
  - 已迁出本地或在服刑
  - 退出后收入稳定，登记信息未更新
  - 已复核过并有记录
review_steps:
  - 查退出原因和当时的收入核算
  - 入户了解现在的收入和困难情况
closing_action:
  - 符合条件的重新纳入并列入汇总；仍不符合的写明理由维持退出
*/
WITH exited AS (
    SELECT r.person_key, r.end_date, r.benefit_type, r.standard
    FROM core_row AS r
    INNER JOIN param_exit_lookback_start AS s ON s.township_code = coalesce(r.township_code, '')
    WHERE r.is_dibao AND r.status IN ('停发', '退出') AND r.end_date >= s.value
),

registered AS (
    SELECT l.person_key, l.category, l.monthly_income, l.tier, l.confidence, l.ref
    FROM link_poverty_registry AS l
    CROSS JOIN core_ctx AS c
    WHERE l.on_roll AND l.confidence >= c.min_confidence
        AND l.has_risk_removed AND coalesce(l.risk_removed, FALSE) = FALSE AND l.has_monthly_income
),

hit AS (
    SELECT e.person_key, e.end_date, e.standard, g.category, g.monthly_income, g.tier, g.confidence, g.ref
    FROM exited AS e
    INNER JOIN registered AS g ON g.person_key = e.person_key
    WHERE g.monthly_income IS NULL OR g.monthly_income <= e.standard
    QUALIFY row_number() OVER (PARTITION BY e.person_key ORDER BY g.confidence DESC, g.tier, e.end_date DESC, e.standard DESC, g.ref) = 1
)

SELECT
    h.person_key AS subject_key,
    h.person_key,
    h.end_date AS event_date,
    h.tier AS match_tier,
    h.confidence AS match_confidence,
    concat_ws(' ', p.refs, h.ref) AS evidence,
    concat_ws('', coalesce(p.name, '该对象'), '于', cn_date(h.end_date), '退出低保，现为', h.category, '，风险未消除，', CASE
            WHEN h.monthly_income IS NULL THEN '家庭收入未填报'
            ELSE concat_ws('', '家庭人均月收入', yuan(h.monthly_income), '元，不高于低保标准', yuan(h.standard), '元') END,
        '，请复核是否应当重新纳入。') AS explanation
FROM hit AS h
INNER JOIN core_person AS p ON p.person_key = h.person_key
WHERE NOT p.active AND p.living
