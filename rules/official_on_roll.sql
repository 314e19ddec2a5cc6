/*
id: official_on_roll
title: 经办人员或村干部本人享受
title_en: Serving official on the roll
family: relative
severity: high
status: stable
version: 2
subject: person
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 二（三）（B13）, asks: 查经办人有无套取、冒领、克扣低保金}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L18）, asks: 清理人情保和错保}
  - {document: 启东市2021年度年检通知, clause: 三（三是）（Q24）, asks: 纠正优亲厚友等违规纳入}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第十一条, asks: 近亲属申请的须单独登记备案；对经办人员本人享受没有专门条文，按从严复核处理}
requires: [benefit_roll, officials]
uses_columns:
  officials: [start_date, end_date]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, village, start_date, status]
  officials: [name, id_number, unit, post, township_code, start_date, end_date]
amount: household_latest_month
false_positives:
  - 已经离任，名册未更新
  - 报酬很低的村组人员或公益岗位，经审批确属困难
  - 名册身份证号填错
review_steps:
  - 核对任职起止时间和报酬
  - 由县级入户复核，经办环节须回避
closing_action: 不符合条件的按程序退出并追回；确属困难的，由县级复核后备案；名册有误的更正后销号。
*/
WITH holding AS (
    SELECT
        o.person_key,
        string_agg(DISTINCT concat_ws('', o.unit, o.post), '、' ORDER BY concat_ws('', o.unit, o.post)) AS post_list,
        arg_max(l.tier, (l.confidence, l.ref)) AS tier,
        max(l.confidence) AS confidence,
        string_agg(DISTINCT o.ref, ' ' ORDER BY o.ref) AS refs
    FROM core_official AS o
    INNER JOIN link_officials AS l ON l.ref = o.ref AND l.person_key = o.person_key
    WHERE o.serving
    GROUP BY o.person_key
)

SELECT
    p.person_key AS subject_key,
    p.person_key,
    'high' AS severity,
    h.tier AS match_tier,
    h.confidence AS match_confidence,
    concat_ws(' ', p.refs, h.refs) AS evidence,
    concat_ws('',
        coalesce(p.name, '该对象'), '现任', CASE WHEN h.post_list <> '' THEN h.post_list ELSE '经办或村（居）职务' END,
        '，同时本人享受', p.benefit_type, '，请由县级入户复核。'
    ) AS explanation
FROM holding AS h
INNER JOIN core_person AS p ON p.person_key = h.person_key
WHERE p.is_core
