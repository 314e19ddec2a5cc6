/*
id: death_still_on_roll
title: 死亡人员仍在册
title_en: Dead person still on the roll
family: death
severity: high
status: stable
version: 1
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L18）, asks: 清理死亡人员仍领取救助的问题}
  - {document: 城步县2017年“回头看”实施方案, clause: 二（一）三是、三（五）（B05、B23）, asks: 纠正死亡保，查清在保对象中的死亡人员}
  - {document: 黔南州2021年度核查通知, clause: 三（一是）（G10）, asks: 对死亡人员领取补贴做到监测、报告、处置不断线}
  - {document: 特困人员认定办法, number: 民发〔2021〕43号, clause: 第二十六条, asks: 终止供养的，自下月起停发}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第三十二条, asks: 减发、停发须有法定事由，按程序作出并告知理由}
requires: [benefit_roll]
any_of: [deaths, funerals]
uses_columns:
  funerals: [id_number, birth_date, address, death_date]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, start_date, status, last_check_date]
  deaths: [name, id_number, death_date, register_date, source]
  funerals: [name, id_number, birth_date, death_date, cremation_date, funeral_home]
amount: person_since_event
false_positives:
  - 死亡登记错误或已撤销，本人健在
  - 火化登记的身份证号写错，实为他人
  - 本月已办理减员，系统尚未更新
review_steps:
  - 核对死亡医学证明、火化证明或户口注销证明
  - 向家属和村（居）委会确认本人是否在世及死亡日期
  - 登记之间有矛盾的，先查清再处理
closing_action: 属实的，自次月起停发本人部分，重新核定其余家庭成员的人数和金额；已多发的按程序追回；不属实的，注明依据后销号。
*/
SELECT
    p.person_key AS subject_key,
    p.person_key,
    CASE WHEN d.contradictions IS NULL THEN 'high' ELSE 'medium' END AS severity,
    d.best_date AS event_date,
    d.tier AS match_tier,
    d.confidence AS match_confidence,
    d.contradictions,
    concat_ws(' ', p.refs, d.refs) AS evidence,
    concat_ws('',
        '登记显示', coalesce(p.name, '该对象'), '已于', cn_date(d.best_date),
        CASE WHEN d.best_source = '火化日期' THEN '火化' ELSE '死亡' END,
        CASE WHEN d.register_count > 1 THEN '（死亡登记与火化登记均有记录）'
            ELSE concat_ws('', '（依据', d.best_source, '）') END,
        '，截至', cn_date(c.as_of), '仍在', p.benefit_type, '花名册上在享，',
        CASE WHEN d.contradictions IS NULL THEN '请核实后停发。' ELSE '但登记信息之间有矛盾，请先入户核实本人是否在世。' END
    ) AS explanation
FROM core_person AS p
INNER JOIN core_death AS d ON d.person_key = p.person_key
CROSS JOIN core_ctx AS c
WHERE p.active
    AND d.confidence >= c.min_confidence
    AND d.best_month < c.as_of_month
