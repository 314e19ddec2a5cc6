/*
id: clue_unhandled
title: 历年存疑未处理
title_en: Earlier doubt not dealt with
family: review
severity: medium
status: stable
version: 3
subject: person
basis:
  - {document: 启东市2021年度年检通知, clause: 一（一）3、一（一）9、三（四是）（Q03、Q09）, asks: 清查2018年以来省级核对反馈的存疑数据，重点存疑对象优先清理}
  - {document: 启东市2021年度年检通知, clause: 二4（Q20）, asks: 对前三年专项治理遗留问题集中攻关}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（一）（L21）, asks: 建立问题清单，逐条整改，对账销号}
requires: [benefit_roll, doubtful_history]
columns:
  doubtful_history: [handled]
uses_columns:
  doubtful_history: [key_case]
parameters: [exit_lookback_start]
evidence:
  benefit_roll: [benefit_type, household_id, name, start_date, status]
  doubtful_history: [name, doubt_type, feedback_date, key_case, handled, result]
amount: none
false_positives:
  - 已核实处理，结果未回填
  - 与已办结的同一疑点重复反馈
review_steps:
  - 调阅历次核对报告和入户核实材料
  - 对照疑点类型重新比对现有数据
closing_action:
  - 写明核实结果和处理措施并附佐证，对账销号
*/
WITH doubt AS (
    SELECT d.person_key, d.doubt_type, d.feedback_date, d.key_case, d.tier, d.confidence, d.ref
    FROM link_doubtful_history AS d
    CROSS JOIN core_ctx AS c
    INNER JOIN core_person AS p ON p.person_key = d.person_key
    INNER JOIN param_exit_lookback_start AS s ON s.township_code = coalesce(p.township_code, '')
    WHERE d.on_roll AND d.confidence >= c.min_confidence AND p.active
        AND d.has_handled AND coalesce(d.handled, FALSE) = FALSE
        AND d.feedback_date >= s.value
),

open_doubt AS (
    SELECT
        person_key,
        count(DISTINCT concat_ws('|', doubt_type, CAST(feedback_date AS VARCHAR))) AS doubts,
        count(DISTINCT CASE WHEN key_case THEN concat_ws('|', doubt_type, CAST(feedback_date AS VARCHAR)) END) AS key_doubts,
        min(feedback_date) AS first_feedback,
        string_agg(DISTINCT doubt_type, '、' ORDER BY doubt_type) AS doubt_types,
        -- Any one of them is enough; what makes the finding high is a key one.
        arg_max(tier, (coalesce(key_case, FALSE), confidence, ref)) AS tier,
        arg_max(confidence, (coalesce(key_case, FALSE), confidence, ref)) AS confidence,
        string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM doubt
    GROUP BY person_key
)

SELECT
    o.person_key AS subject_key,
    o.person_key,
    CASE WHEN o.key_doubts > 0 THEN 'high' ELSE 'medium' END AS severity,
    o.first_feedback AS event_date,
    o.tier AS match_tier,
    o.confidence AS match_confidence,
    concat_ws(' ', p.refs, o.refs) AS evidence,
    concat_ws('', coalesce(p.name, '该对象'), '在', cn_date(o.first_feedback), CASE WHEN o.doubts > 1
            THEN concat_ws('', '以来有', CAST(o.doubts AS VARCHAR), '条') ELSE '有' END, CASE WHEN o.key_doubts = o.doubts THEN '重点' END, '存疑反馈（',
        o.doubt_types, CASE WHEN o.key_doubts BETWEEN 1 AND o.doubts - 1 THEN concat_ws('', '；其中重点', CAST(o.key_doubts AS VARCHAR), '条') END, '），至今没有处理记录，请核实后对账销号。') AS explanation
FROM open_doubt AS o
INNER JOIN core_person AS p ON p.person_key = o.person_key
