/*
id: missed_disability_subsidy
title: 困难残疾人生活补贴漏享
title_en: Disabled person on dibao without the living subsidy
family: missed
severity: low
status: stable
version: 2
subject: person
basis:
  - {document: 黔南州2021年度核查通知, clause: 一（二是）（G02）, asks: 与残联数据比对，困难残疾人生活补贴全部发放到位}
  - {document: 承德高新区2021年大排查方案, number: 承高社管字〔2021〕29号, clause: 三（三）（D03）, asks: 查残疾人两项补贴是否发放到位}
requires: [benefit_roll, disability_register, disability_subsidies]
absence: [disability_subsidies]
columns:
  disability_register: [status, valid_until]
  disability_subsidies: [status]
evidence:
  benefit_roll: [benefit_type, household_id, name, disability_type, disability_grade, start_date]
  disability_register: [name, card_no, disability_type, disability_grade, valid_until, status]
  disability_subsidies: [name, kind, status]
amount: none
false_positives:
  - 已选择工伤护理、养老服务等不能同时享受的补贴
  - 正在申请，下月起发
  - 证件刚办理或被冻结
review_steps:
  - 查看残疾人证，询问是否申请过、在哪里领取
  - 与残联核对补贴名册
closing_action:
  - 符合条件的协助申请，按规定补发；不符合的写明理由
*/
WITH held AS (
    SELECT person_key, disability_grade, disability_type, tier, confidence, ref
    FROM core_card
    WHERE valid AND person_key IS NOT NULL
),

-- One card is told of: the one most surely the person's, of those the gravest.
card AS (
    SELECT person_key, tier, confidence, disability_grade AS grade, disability_type AS kind
    FROM held
    QUALIFY row_number() OVER (PARTITION BY person_key ORDER BY confidence DESC, tier, disability_grade, ref) = 1
),

seen AS (
    SELECT person_key, string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM held
    GROUP BY person_key
),

subsidised AS (
    -- A status the file does not give may be 在享.
    SELECT DISTINCT s.person_key
    FROM link_disability_subsidies AS s
    CROSS JOIN core_ctx AS c
    WHERE s.on_roll AND s.confidence >= c.min_confidence
        AND s.kind = '困难残疾人生活补贴' AND (s.status IS NULL OR s.status = '在享')
),

other_subsidy AS (
    SELECT s.person_key, string_agg(DISTINCT s.ref, ' ' ORDER BY s.ref) AS refs
    FROM link_disability_subsidies AS s
    CROSS JOIN core_ctx AS c
    WHERE s.on_roll AND s.confidence >= c.min_confidence
    GROUP BY s.person_key
)

SELECT
    p.person_key AS subject_key,
    p.person_key,
    k.tier AS match_tier,
    k.confidence AS match_confidence,
    concat_ws(' ', p.refs, h.refs, o.refs) AS evidence,
    concat_ws('', coalesce(p.name, '该对象'), '享受低保，持有', k.kind, '残疾', CASE WHEN k.grade IS NOT NULL THEN concat_ws('', CAST(k.grade AS VARCHAR), '级') END,
        '有效证件，但不在困难残疾人生活补贴发放名册中，请核实是否漏享并协助申请。') AS explanation
FROM core_person AS p
INNER JOIN card AS k ON k.person_key = p.person_key
INNER JOIN seen AS h ON h.person_key = p.person_key
LEFT JOIN subsidised AS s ON s.person_key = p.person_key
LEFT JOIN other_subsidy AS o ON o.person_key = p.person_key
WHERE p.is_dibao AND s.person_key IS NULL
