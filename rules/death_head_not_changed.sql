/*
id: death_head_not_changed
title: 户主死亡次月未变更户主和账号
title_en: Dead head of household not replaced by the end of the next month
family: death
severity: high
status: stable
version: 3
subject: household
basis:
  - {document: 黔南州2021年度核查通知, clause: 二（三是）（G08）, asks: 户主死亡的，次月内办完户主变更并更换发放账号}
  - {document: 黔南州2021年度核查通知, clause: 三（一是）（G10）, asks: 对死亡人员领取补贴做到监测、报告、处置不断线}
  - {document: 关于进一步做好社会救助兜底保障工作的通知, number: 民发〔2022〕83号, clause: 一（三）, asks: 家庭成员死亡后三个月内对其家庭状况进行核查（2022年10月20日起）}
requires: [benefit_roll]
any_of: [deaths, funerals]
columns:
  benefit_roll: [head_id_number]
uses_columns:
  funerals: [id_number, birth_date, address, death_date]
evidence:
  benefit_roll: [household_id, head_name, head_id_number, name, relation_to_head, status, bank_account, account_name]
  deaths: [name, id_number, death_date, register_date, source]
  funerals: [name, id_number, birth_date, death_date, cremation_date]
amount: household_since_event
false_positives:
  - 户主和账号已变更，花名册尚未更新
  - 镇街得知死亡较晚且有书面记录的，自得知之日起另计
  - 死亡登记错误，户主健在
review_steps:
  - 核对户口簿新户主页和变更审批表
  - 核对新开立的一卡通账户，确认原账户是否仍在收款
  - 同时核实该户现有人口和收入
closing_action: 办理户主变更和账号更换，重新核定其余成员的人数和金额；在世成员应享的份额不追回，原账户停止收款。
*/
-- What the registers say of the number of somebody on no row; it bears the names of whoever mentions it, kinship or officials too.
WITH registered AS (
    SELECT DISTINCT r.person_key, r.name
    FROM core_death_row AS r
    CROSS JOIN core_ctx AS c
    WHERE NOT r.on_roll AND r.confidence >= c.min_confidence
),

dead_head AS (
    SELECT
        r.household_id,
        r.head_id_number AS head_key,
        max(r.head_name) AS head_name,
        max(d.best_date) AS best_date,
        max(d.best_month) AS best_month,
        max(d.tier) AS tier,
        max(d.confidence) AS confidence,
        max(d.contradictions) AS contradictions,
        max(d.refs) AS death_refs,
        string_agg(DISTINCT r.ref, ' ' ORDER BY r.ref) AS roll_refs
    FROM core_row AS r
    INNER JOIN core_death AS d ON d.person_key = r.head_id_number
    CROSS JOIN core_ctx AS c
    LEFT JOIN registered AS n
        ON n.person_key = d.person_key AND (n.name = r.head_name OR n.name IS NULL OR r.head_name IS NULL)
    WHERE r.active
        AND (d.on_roll OR n.person_key IS NOT NULL)
        AND r.head_id_number_status NOT IN ('empty', 'scientific')
        AND d.confidence >= c.min_confidence
        AND month_end(d.best_month + 1) < c.as_of
    GROUP BY r.household_id, r.head_id_number
),

survivors AS (
    SELECT h.household_id, h.head_key, count(*) AS people, min(m.name) AS one_name
    FROM dead_head AS h
    INNER JOIN core_member AS m ON m.household_id = h.household_id
    WHERE m.living AND m.person_key <> h.head_key
    GROUP BY h.household_id, h.head_key
)

SELECT
    h.household_id AS subject_key,
    h.household_id,
    'high' AS severity,
    h.best_date AS event_date,
    h.tier AS match_tier,
    h.confidence AS match_confidence,
    h.contradictions,
    -- Whoever of them has died is in no row of the evidence.
    concat_ws(' ', s.one_name, s.people) AS besides,
    concat_ws(' ', h.roll_refs, h.death_refs) AS evidence,
    concat_ws('',
        '户主', coalesce(h.head_name, ''), '登记为', cn_date(h.best_date), '死亡，应在', cn_month(h.best_month + 1),
        '底前变更户主和发放账号，花名册至今未变更；该户还有', coalesce(s.one_name, ''), '等', s.people, '名在世成员。'
    ) AS explanation
FROM dead_head AS h
INNER JOIN survivors AS s ON s.household_id = h.household_id AND s.head_key = h.head_key
QUALIFY row_number() OVER (PARTITION BY h.household_id ORDER BY h.best_date, h.head_key) = 1
