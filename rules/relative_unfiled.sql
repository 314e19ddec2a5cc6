/*
id: relative_unfiled
title: 近亲属享受未备案
title_en: Near relative of an official, not filed
family: relative
severity: medium
status: stable
version: 5
subject: person|person
basis:
  - {document: 启东市2021年度年检通知, clause: 三（三是）、附件1（Q24、Q32）, asks: 经办人员和村（居）委会成员、民政协理员的近亲属享受低保的全面备案，并在汇总表中注明}
  - {document: 城步县2017年“回头看”实施方案, clause: 二（一）一是、三（四）（B02、B21）, asks: 对经办人员和村（居）干部近亲属享受低保严格清查、登记备案}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）、三（二）（L18、L25）, asks: 清理人情保，落实经办人员近亲属备案}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第十一条、第二十条, asks: 近亲属申请的单独登记备案，备案的由县级入户调查}
  - {document: 最低生活保障审核审批办法（试行）, number: 民发〔2012〕220号, clause: 第十四条, asks: 列明八类近亲属和经办人员的范围（2021年6月30日以前）}
  - {document: 民法典, clause: 第一千零四十五条, asks: 近亲属为配偶、父母、子女、兄弟姐妹、祖父母、外祖父母、孙子女、外孙子女}
requires: [benefit_roll, kinship, officials, relative_filings]
absence: [relative_filings]
uses_columns:
  kinship: [end_date]
  officials: [start_date, end_date]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, village, start_date]
  kinship: [a_name, a_id_number, relation, b_name, b_id_number, end_date]
  officials: [name, id_number, unit, post, township_code, start_date, end_date]
amount: none
false_positives:
  - 已备案，备案表未报送或号码填错
  - 干部已离任，名册未更新
  - 婚姻已经终止，登记未更新
review_steps:
  - 核对亲属关系证明和备案表
  - 未备案的由县级入户复核，有关人员回避
closing_action: 是近亲属不等于违规：补办备案并由县级入户复核，符合条件的继续享受，不符合的按程序退出。
*/
-- An official on the roll is whom the row is linked to, by a repaired number too; one on no row is the bearer of the valid number.
WITH official AS (
    SELECT
        coalesce(o.person_key, CASE WHEN o.id_number_status = 'valid' THEN o.id_number END) AS id_number,
        o.person_key,
        o.name,
        concat_ws('', o.unit, o.post) AS duty,
        coalesce(l.tier, 'id_exact') AS tier,
        coalesce(l.confidence, 1.0) AS confidence,
        o.ref
    FROM core_official AS o
    LEFT JOIN link_officials AS l ON l.ref = o.ref AND l.person_key = o.person_key
    WHERE o.serving
),

relative AS (
    SELECT k.a_person_key, k.b_id, k.relation, k.refs, k.tier, k.confidence
    FROM core_kin AS k
    SEMI JOIN official AS o ON o.id_number = k.b_id
    WHERE k.a_person_key IS NOT NULL AND k.current AND k.a_person_key <> k.b_id
),

-- What the kinship rows call these officials: of one on no row, the row that makes him a relative must know his name.
told AS (
    SELECT s.b_id_number AS id_number, s.b_name AS name, s.ref
    FROM stg_kinship AS s
    SEMI JOIN relative AS r ON r.b_id = s.b_id_number
    UNION ALL
    SELECT s.a_id_number AS id_number, s.a_name AS name, s.ref
    FROM stg_kinship AS s
    SEMI JOIN relative AS r ON r.b_id = s.a_id_number
),

related AS (
    SELECT
        k.a_person_key AS person_key,
        o.id_number AS official_id,
        max(o.name) AS official_name,
        max(o.person_key) AS official_key,
        string_agg(DISTINCT o.duty, '、' ORDER BY o.duty) AS post_list,
        string_agg(DISTINCT o.ref, ' ' ORDER BY o.ref) AS official_refs,
        min(k.relation) AS relation,
        -- Kin and office are a link each; any relation and any of the official's rows will do.
        arg_max(
            weaker_tier(k.tier, k.confidence, o.tier, o.confidence),
            (least(k.confidence, o.confidence), weaker_tier(k.tier, k.confidence, o.tier, o.confidence))
        ) AS tier,
        max(least(k.confidence, o.confidence)) AS confidence,
        string_agg(DISTINCT k.refs, ' ' ORDER BY k.refs) AS kin_refs
    FROM relative AS k
    INNER JOIN official AS o ON o.id_number = k.b_id
    LEFT JOIN told AS t
        ON t.id_number = k.b_id
        AND concat(' ', k.refs, ' ') LIKE concat('% ', t.ref, ' %')
        AND (t.name = o.name OR t.name IS NULL OR o.name IS NULL)
    WHERE o.person_key IS NOT NULL OR t.ref IS NOT NULL
    GROUP BY k.a_person_key, o.id_number
)

SELECT
    concat_ws('|', r.person_key, r.official_id) AS subject_key,
    r.person_key,
    r.official_key AS also_keys,
    'medium' AS severity,
    r.tier AS match_tier,
    r.confidence AS match_confidence,
    concat_ws(' ', p.refs, r.kin_refs, r.official_refs) AS evidence,
    concat_ws('',
        p.benefit_type, '对象', coalesce(p.name, ''), '是', r.post_list, coalesce(r.official_name, ''), '的近亲属（',
        coalesce(r.official_name, '对方'), '是其',
        CASE r.relation WHEN 'spouse' THEN '配偶' WHEN 'parent' THEN '父母' WHEN 'child' THEN '子女'
            WHEN 'sibling' THEN '兄弟姐妹' WHEN 'grandparent' THEN '祖父母或外祖父母' ELSE '孙子女或外孙子女' END,
        '），未见备案，请补办备案并安排复核。'
    ) AS explanation
FROM related AS r
INNER JOIN core_person AS p ON p.person_key = r.person_key
LEFT JOIN stg_relative_filings AS f
    ON f.beneficiary_id_number = p.id_number AND f.official_id_number = r.official_id
WHERE p.is_core AND f.ref IS NULL
