/*
id: missed_monitor_household
title: 监测对象未纳入救助
title_en: Monitored household without assistance
family: missed
severity: medium
status: stable
version: 2
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 一（一）、一（二）（L07、L11）, asks: 把符合条件的返贫人口和边缘人口纳入低保或临时救助}
  - {document: 黔南州2021年度核查通知, clause: 一（一是）（G01）, asks: 把脱贫不稳定户、边缘易致贫户列入核查范围，做到应保尽保}
  - {document: 承德高新区2021年大排查方案, number: 承高社管字〔2021〕29号, clause: 三（二）、附件2第1项（D02、D13）, asks: 排查防返贫监测对象，有风险的及时纳入}
  - {document: 启东市2021年度年检通知, clause: 附件5（Q36）, asks: 采集脱贫监测户的返贫风险和帮扶措施}
requires: [benefit_roll, poverty_registry]
uses: [deaths, funerals]
absence: [benefit_roll]
columns:
  poverty_registry: [risk_removed, monthly_income]
parameters: [dibao_standard_rural]
evidence:
  benefit_roll: [benefit_type, household_id, name, start_date, status, end_date]
  poverty_registry: [household_id, name, category, township_code, village, risk, measures, monthly_income, risk_removed]
amount: none
false_positives:
  - 风险靠产业、就业或教育帮扶即可消除
  - 已在申请或公示中
  - 已迁往外地或由外地救助
review_steps:
  - 入户了解收入、支出和帮扶措施落实情况
  - 与乡村振兴部门核对监测状态是否最新
closing_action:
  - 符合条件的启动申请程序；不符合的写明理由并继续监测
*/
WITH monitored AS (
    SELECT
        r.ref,
        r.id_number,
        r.name,
        r.category,
        substr(r.township_code, 1, 9) AS township_code,
        r.village,
        r.monthly_income,
        l.person_key AS roll_key,
        l.tier,
        l.confidence,
        coalesce(l.person_key, CASE WHEN r.id_number_status = 'valid' THEN r.id_number END) AS subject_key,
        coalesce(s.rural, u.rural) AS standard
    FROM stg_poverty_registry AS r
    CROSS JOIN core_ctx AS c
    INNER JOIN core_standard AS u ON u.township_code = ''
    LEFT JOIN core_standard AS s ON s.township_code = substr(r.township_code, 1, 9)
    LEFT JOIN link_poverty_registry AS l ON l._row_id = r._row_id AND l.on_roll AND l.confidence >= c.min_confidence
    WHERE r.category IN ('脱贫不稳定户', '边缘易致贫户', '突发严重困难户')
        AND r.has_risk_removed AND coalesce(r.risk_removed, FALSE) = FALSE AND r.has_monthly_income
),

missed AS (
    SELECT
        m.*,
        row_number() OVER (PARTITION BY m.subject_key ORDER BY m.confidence DESC, m.tier, m.ref) AS nth
    FROM monitored AS m
    LEFT JOIN core_person AS p ON p.person_key = m.subject_key AND p.active
    LEFT JOIN core_death AS d ON d.person_key = m.subject_key AND d.dead
    WHERE m.subject_key IS NOT NULL AND (m.monthly_income IS NULL OR m.monthly_income <= m.standard)
        AND p.person_key IS NULL AND d.person_key IS NULL
),

seen AS (
    SELECT subject_key, string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM missed
    GROUP BY subject_key
)

SELECT
    m.subject_key,
    m.roll_key AS person_key,
    CASE WHEN m.roll_key IS NULL THEN m.name END AS name,
    CASE WHEN m.roll_key IS NULL THEN m.id_number END AS id_number,
    CASE WHEN m.roll_key IS NULL THEN m.township_code END AS township_code,
    CASE WHEN m.roll_key IS NULL THEN m.village END AS village,
    coalesce(m.tier, 'id_exact') AS match_tier,
    coalesce(m.confidence, 1.0) AS match_confidence,
    concat_ws(' ', p.refs, n.refs) AS evidence,
    concat_ws('', coalesce(m.name, '该对象'), CASE WHEN m.village IS NOT NULL THEN concat_ws('', '（', m.village, '）') END, '属', m.category, '，风险未消除，', CASE
            WHEN m.monthly_income IS NULL THEN '家庭收入未填报'
            ELSE concat_ws('', '家庭人均月收入', yuan(m.monthly_income), '元，不高于低保标准', yuan(m.standard), '元') END,
        '，目前没有享受救助，请入户核实是否应当纳入。') AS explanation
FROM missed AS m
INNER JOIN seen AS n ON n.subject_key = m.subject_key
LEFT JOIN core_person AS p ON p.person_key = m.roll_key
WHERE m.nth = 1
