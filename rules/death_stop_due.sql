/*
id: death_stop_due
title: 当月死亡次月待停发
title_en: Died this month, stop from the next
family: death
severity: low
status: stable
version: 1
subject: person
basis:
  - {document: 黔南州2021年度核查通知, clause: 三（一是）（G10）, asks: 对死亡人员领取补贴做到监测、报告、处置不断线}
  - {document: 启东市2021年度年检通知, clause: 三（二是）（Q23）, asks: 与殡葬等信息比对，及时清退不符合条件的对象}
  - {document: 特困人员认定办法, number: 民发〔2021〕43号, clause: 第二十六条, asks: 终止供养的，自下月起停发}
requires: [benefit_roll]
any_of: [deaths, funerals]
uses_columns:
  funerals: [id_number, birth_date, address, death_date]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, status]
  deaths: [name, id_number, death_date, register_date, source]
  funerals: [name, id_number, birth_date, death_date, cremation_date, funeral_home]
amount: none
false_positives:
  - 死亡登记错误或已撤销，本人健在
  - 火化登记的身份证号写错，实为他人
review_steps:
  - 向家属或村（居）委会确认死亡日期
  - 在下一次发放名册制作前完成减员
closing_action: 死亡当月照发，自次月起停发本人部分；家庭还有其他成员的，重新核定人数和金额；是户主的，同时变更户主和发放账号。
*/
SELECT
    p.person_key AS subject_key,
    p.person_key,
    'low' AS severity,
    d.best_date AS event_date,
    d.tier AS match_tier,
    d.confidence AS match_confidence,
    d.contradictions,
    concat_ws(' ', p.refs, d.refs) AS evidence,
    concat_ws('',
        '登记显示', coalesce(p.name, '该对象'), '已于', cn_date(d.best_date),
        CASE WHEN d.best_source = '火化日期' THEN '火化' ELSE '死亡' END,
        '，当月的', p.benefit_type, '可照发，请核实后从', cn_month(d.best_month + 1), '起停发。'
    ) AS explanation
FROM core_person AS p
INNER JOIN core_death AS d ON d.person_key = p.person_key
CROSS JOIN core_ctx AS c
WHERE p.active
    AND d.confidence >= c.min_confidence
    AND d.best_month = c.as_of_month
