/*
id: missed_severe_illness
title: 重病人员未纳入
title_en: Seriously ill person without assistance
family: missed
severity: low
status: stable
version: 3
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 一（一）（L08）, asks: 符合条件的重病人员按单人保纳入}
  - {document: 承德高新区2021年大排查方案, number: 承高社管字〔2021〕29号, clause: 三（四）、五（二）（D05、D12）, asks: 掌握因病支出过大的困难家庭，低收入家庭的重病人员按单人户纳入}
requires: [benefit_roll, severe_illness]
uses: [deaths, funerals]
absence: [benefit_roll]
columns:
  severe_illness: [self_paid]
uses_columns:
  severe_illness: [township_code]
parameters: [ill_self_paid]
evidence:
  benefit_roll: [benefit_type, household_id, name, start_date, status, end_date]
  severe_illness: [name, illness, self_paid, township_code]
amount: none
false_positives:
  - 商业保险、慈善救助已承担大部分费用
  - 家庭收入和财产明显超过规定
review_steps:
  - 查看诊断证明、费用清单和报销凭证
  - 入户了解家庭收入和负担
closing_action:
  - 按情况协助申请单人保、临时救助或刚性支出困难家庭认定
*/
WITH patient AS (
    SELECT
        r.ref,
        r.id_number,
        r.name,
        r.illness,
        r.self_paid,
        substr(r.township_code, 1, 9) AS township_code,
        l.person_key AS roll_key,
        coalesce(l.tier, 'id_exact') AS tier,
        coalesce(l.confidence, 1.0) AS confidence,
        coalesce(l.person_key, CASE WHEN r.id_number_status = 'valid' THEN r.id_number END) AS subject_key,
        -- Off the roll a row is about somebody only where the names agree too; a row without a name agrees with any.
        coalesce(CASE WHEN l.person_key IS NULL THEN r.name END, '') AS own_name
    FROM stg_severe_illness AS r
    CROSS JOIN core_ctx AS c
    LEFT JOIN link_severe_illness AS l ON l._row_id = r._row_id AND l.on_roll AND l.confidence >= c.min_confidence
    WHERE r.self_paid IS NOT NULL
),

summed AS (
    SELECT
        n.subject_key,
        n.own_name,
        sum(r.self_paid) AS self_paid,
        max(r.roll_key) AS roll_key,
        -- The sum rests on every one of these links.
        arg_min(r.tier, (r.confidence, r.ref)) AS tier,
        min(r.confidence) AS confidence,
        min(r.name) AS name,
        min(r.id_number) AS id_number,
        min(r.township_code) AS township_code
    FROM (SELECT DISTINCT subject_key, own_name FROM patient WHERE subject_key IS NOT NULL) AS n
    INNER JOIN patient AS r ON r.subject_key = n.subject_key AND (r.own_name = n.own_name OR r.own_name = '')
    GROUP BY n.subject_key, n.own_name
),

missed AS (
    SELECT s.*, coalesce(t.value, u.value) AS threshold
    FROM summed AS s
    INNER JOIN param_ill_self_paid AS u ON u.township_code = ''
    LEFT JOIN param_ill_self_paid AS t ON t.township_code = s.township_code
    LEFT JOIN core_person AS p ON p.person_key = s.subject_key AND p.active
    LEFT JOIN core_death AS d ON d.person_key = s.subject_key AND d.dead
    WHERE s.self_paid >= coalesce(t.value, u.value) AND p.person_key IS NULL AND d.person_key IS NULL
    QUALIFY row_number() OVER (PARTITION BY s.subject_key ORDER BY s.self_paid DESC, s.own_name) = 1
),

-- Only what these people fell ill with is put into words.
told AS (
    SELECT
        m.subject_key,
        string_agg(DISTINCT r.illness, '、' ORDER BY r.illness) AS illness,
        string_agg(DISTINCT r.ref, ' ' ORDER BY r.ref) AS refs
    FROM missed AS m
    INNER JOIN patient AS r ON r.subject_key = m.subject_key AND (r.own_name = m.own_name OR r.own_name = '')
    GROUP BY m.subject_key
)

SELECT
    m.subject_key,
    m.roll_key AS person_key,
    CASE WHEN m.roll_key IS NULL THEN m.name END AS name,
    CASE WHEN m.roll_key IS NULL THEN m.id_number END AS id_number,
    CASE WHEN m.roll_key IS NULL THEN m.township_code END AS township_code,
    m.tier AS match_tier,
    m.confidence AS match_confidence,
    concat_ws(' ', p.refs, t.refs) AS evidence,
    concat_ws('', coalesce(m.name, '该对象'), '近十二个月', CASE WHEN t.illness IS NOT NULL THEN concat_ws('', '因', t.illness) END,
        '医疗费个人自付', yuan(m.self_paid), '元，达到', yuan(m.threshold), '元，目前没有享受救助，请入户了解家庭负担。') AS explanation
FROM missed AS m
INNER JOIN told AS t ON t.subject_key = m.subject_key
LEFT JOIN core_person AS p ON p.person_key = m.roll_key
