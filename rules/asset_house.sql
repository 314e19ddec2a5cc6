/*
id: asset_house
title: 多套住房或经营用房
title_en: Household holds several dwellings or commercial property
family: asset
severity: medium
status: stable
version: 3
subject: household
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 三（三）（B19）, asks: 重点核查低保家庭的车辆、住房、工商登记、养老保险、个税和存款}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第十四条, asks: 房屋等不动产计入家庭财产，维持基本生活必需的可以豁免}
requires: [benefit_roll, housing]
columns:
  housing: [use, status]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number]
  housing: [owner_name, owner_id_number, certificate_no, address, area, use, registered_date, status]
amount: household_latest_month
false_positives:
  - 不住人的危房、祖屋，或农村宅基地与安置房重叠登记
  - 易地搬迁、拆迁安置房
  - 已出售但未办注销，或仅占少量份额、继承未分割
review_steps:
  - 核对不动产权证书，入户看房屋现状和实际居住人
  - 问清房屋来源：购买、安置、继承还是共有
  - 计算人均面积，与当地规定比较
closing_action: 属实且超过当地规定的，按程序退出或调整；属安置、危房等情形的，写明理由维持；已出售的，附证明后销号。
*/
WITH held AS (
    SELECT
        m.household_id,
        m.name,
        h.tier,
        h.confidence,
        h.ref,
        h.use,
        h.address,
        coalesce(h.certificate_no, h.ref) AS certificate,
        h.use IN ('住宅', '成套住宅') AS dwelling
    FROM link_housing AS h
    INNER JOIN core_member AS m ON m.person_key = h.person_key
    CROSS JOIN core_ctx AS c
    WHERE h.on_roll
        AND h.confidence >= c.min_confidence
        AND h.has_use
        AND h.use IN ('住宅', '成套住宅', '商业', '商铺', '办公')
        AND h.has_status
        AND coalesce(h.status, '现势') = '现势'
),

title AS (
    SELECT
        household_id,
        dwelling,
        certificate,
        arg_max(tier, (confidence, ref)) AS tier,
        max(confidence) AS confidence
    FROM held
    GROUP BY household_id, dwelling, certificate
),

-- Strongest links first, the second dwelling or the first commercial property is the one too many.
ranked AS (
    SELECT
        t.*,
        row_number() OVER (PARTITION BY household_id, dwelling ORDER BY confidence DESC, tier, certificate)
            = CASE WHEN dwelling THEN 2 ELSE 1 END AS too_many
    FROM title AS t
),

counted AS (
    SELECT
        household_id,
        count(CASE WHEN dwelling THEN certificate END) AS dwellings,
        count(CASE WHEN NOT dwelling THEN certificate END) AS commercial,
        arg_max(tier, (too_many, confidence, certificate)) AS tier,
        arg_max(confidence, (too_many, confidence, certificate)) AS confidence
    FROM ranked
    GROUP BY household_id
    HAVING bool_or(too_many)
),

-- Only what these few households hold is put into words.
told AS (
    SELECT
        h.household_id,
        string_agg(DISTINCT h.name, '、' ORDER BY h.name) AS owners,
        string_agg(DISTINCT concat_ws('', h.use, '：', coalesce(h.address, '坐落未填')), '；'
            ORDER BY concat_ws('', h.use, '：', coalesce(h.address, '坐落未填'))) AS title_list,
        string_agg(DISTINCT h.ref, ' ' ORDER BY h.ref) AS refs
    FROM held AS h
    INNER JOIN counted AS n ON n.household_id = h.household_id
    GROUP BY h.household_id
)

SELECT
    f.household_id AS subject_key,
    f.household_id,
    'medium' AS severity,
    n.tier AS match_tier,
    n.confidence AS match_confidence,
    concat_ws(' ', f.refs, t.refs) AS evidence,
    concat_ws('',
        '户主', coalesce(f.head_name, '（未填）'), '家庭的', t.owners, '名下现有',
        CASE WHEN n.dwellings > 0 THEN concat_ws('', '住房', n.dwellings, '套') END,
        CASE WHEN n.dwellings > 0 AND n.commercial > 0 THEN '、' END,
        CASE WHEN n.commercial > 0 THEN concat_ws('', '经营用房', n.commercial, '处') END,
        '（', t.title_list, '），请核实房屋来源和使用情况。'
    ) AS explanation
FROM counted AS n
INNER JOIN told AS t ON t.household_id = n.household_id
INNER JOIN core_household AS f ON f.household_id = n.household_id
WHERE f.is_core
