/*
id: relative_filing_stale
title: 备案对象已不在享
title_en: Filing out of date
family: relative
severity: low
status: stable
version: 4
subject: person|person
basis:
  - {document: 启东市2021年度年检通知, clause: 三（三是）（Q24）, asks: 近亲属备案全面、及时}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 三（二）（L25）, asks: 完善经办人员近亲属备案制度}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第十一条, asks: 近亲属申请的单独登记备案}
requires: [benefit_roll, officials, relative_filings]
absence: [benefit_roll, officials]
uses_columns:
  officials: [start_date, end_date]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, status, end_date]
  officials: [name, id_number, unit, post, start_date, end_date]
  relative_filings: [official_id_number, beneficiary_id_number, relation, filed_date]
amount: none
false_positives:
  - 备案表上的身份证号填错
  - 干部调任其他经办岗位，名册未更新
review_steps:
  - 核对备案表与花名册、干部名册
closing_action: 更新或注销备案；号码有误的更正后重新比对。
*/
WITH filing AS (
    SELECT
        beneficiary_id_number AS beneficiary_id,
        official_id_number AS official_id,
        max(relation) AS relation,
        min(filed_date) AS filed_date,
        string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM stg_relative_filings
    WHERE beneficiary_id_number_status NOT IN ('empty', 'scientific') AND official_id_number_status NOT IN ('empty', 'scientific')
    GROUP BY beneficiary_id_number, official_id_number
),

-- Only the officials named in a filing; one on the roll is whom the row is linked to, by a repaired number too.
official AS (
    SELECT
        f.official_id AS id_number,
        max(o.name) AS name,
        max(CASE WHEN o.serving OR o.serving IS NULL THEN 1 ELSE 0 END) AS serving,
        max(o.end_date) AS end_date,
        min(o.township_code) AS township_code,
        string_agg(DISTINCT o.ref, ' ' ORDER BY o.ref) AS refs
    FROM core_official AS o
    INNER JOIN (SELECT DISTINCT official_id FROM filing) AS f
        ON f.official_id = coalesce(o.person_key, CASE WHEN o.id_number_status = 'valid' THEN o.id_number END)
    GROUP BY f.official_id
)

SELECT
    concat_ws('|', f.beneficiary_id, f.official_id) AS subject_key,
    p.person_key,
    CASE WHEN p.person_key IS NULL THEN f.beneficiary_id END AS id_number,
    CASE WHEN p.person_key IS NULL THEN o.township_code END AS township_code,
    'low' AS severity,
    concat_ws(' ', p.refs, o.refs, f.refs) AS evidence,
    concat_ws('',
        coalesce(cn_date(f.filed_date), ''), '备案的享受对象', coalesce(p.name, '（不在花名册上）'), '与经办或村（居）干部',
        coalesce(o.name, '（不在干部名册上）'),
        CASE WHEN coalesce(p.active, FALSE) THEN '：' ELSE '：享受对象目前已不在享' END,
        CASE WHEN NOT coalesce(p.active, FALSE) AND coalesce(o.serving, 0) = 0 THEN '，且' END,
        CASE WHEN o.id_number IS NULL THEN '该干部不在现有名册中' WHEN o.serving = 0 THEN '该干部已不在任' END,
        '，请更新备案。'
    ) AS explanation
FROM filing AS f
LEFT JOIN core_person AS p ON p.person_key = f.beneficiary_id
LEFT JOIN official AS o ON o.id_number = f.official_id
WHERE NOT coalesce(p.active, FALSE) OR coalesce(o.serving, 0) = 0
