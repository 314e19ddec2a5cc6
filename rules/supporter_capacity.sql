/*
id: supporter_capacity
title: 赡养抚养义务人有能力
title_en: A supporter with means
family: supporter
severity: medium
status: stable
version: 3
subject: household|supporter id_number
basis:
  - {document: 启东市2021年度年检通知, clause: 三（二是）（Q22）, asks: 重点关注在保对象的赡养、抚养、扶养义务人的收入和财产}
  - {document: 城步县2017年“回头看”实施方案, clause: 三（二）, asks: 复核时一并了解子女（包括孙子女）家庭的情况}
  - {document: 特困人员认定办法, number: 民发〔2021〕43号, clause: 第八条, asks: 法定义务人是否具备履行义务能力的认定情形}
requires: [benefit_roll, kinship]
any_of: [vehicles, business_licenses, housing]
uses: [deaths, funerals]
absence: [benefit_roll]
columns:
  vehicles: [value]
  business_licenses: [role, share_ratio]
  housing: [use, status]
uses_columns:
  kinship: [end_date]
parameters: [supporter_vehicle_value, exempt_vehicle_types]
evidence:
  benefit_roll: [benefit_type, household_id, name, start_date, status]
  kinship: [a_name, relation, b_name, end_date]
  vehicles: [owner_name, plate_number, vehicle_type, status, value]
  business_licenses: [entity_name, entity_type, person_name, role, share_ratio, status]
  housing: [owner_name, certificate_no, address, use, status]
amount: none
false_positives:
  - 义务人本人是重度残疾人、高龄低收入或在服刑，无力赡养
  - 义务人失联多年，有村（居）委会或公安机关证明
  - 车辆为贷款谋生工具，公司为挂名或已停止经营
review_steps:
  - 上门或电话向义务人了解收入、家庭负担和实际赡养情况
  - 核对赡养协议和赡养费支付记录
  - 家庭此前申报无义务人的，补齐关系证明
closing_action:
  - 按当地办法核定赡养费并计入家庭收入重新核算；义务人的财产不计入本户财产
*/
WITH supporter AS (
    SELECT m.household_id, k.b_id, coalesce(k.b_person_key, k.b_id) AS supporter_key
    FROM core_kin AS k
    INNER JOIN core_member AS m ON m.person_key = k.a_person_key
    LEFT JOIN core_person AS a ON a.person_key = coalesce(k.b_person_key, k.b_id) AND a.active
    LEFT JOIN core_death AS d ON d.person_key = coalesce(k.b_person_key, k.b_id) AND d.dead
    WHERE (m.is_dibao OR m.is_tekun) AND k.relation IN ('parent', 'child', 'spouse') AND k.current
        AND k.b_id IS NOT NULL AND a.person_key IS NULL AND d.person_key IS NULL
),

vehicle AS (
    SELECT
        s.household_id, s.b_id, v.ref, v.tier, v.confidence,
        concat_ws('', v.vehicle_type, v.plate_number, '（价值', yuan(v.value), '元）') AS fact
    FROM supporter AS s
    INNER JOIN core_household AS h ON h.household_id = s.household_id
    INNER JOIN link_vehicles AS v ON v.person_key = s.supporter_key
    CROSS JOIN core_ctx AS c
    INNER JOIN param_supporter_vehicle_value AS p ON p.township_code = coalesce(h.township_code, '')
    LEFT JOIN param_exempt_vehicle_types AS x ON x.township_code = coalesce(h.township_code, '') AND x.value = v.vehicle_type
    WHERE v.confidence >= c.min_confidence AND v.value >= p.value AND x.value IS NULL
        AND coalesce(v.status, '正常') NOT IN ('注销', '报废', '转出', '灭失', '被盗抢', '退办')
),

business AS (
    SELECT
        s.household_id, s.b_id, b.ref, b.tier, b.confidence,
        concat_ws('', b.entity_name, '（', b.role,
            CASE WHEN b.role = '股东' THEN concat_ws('', '，出资比例', CAST(b.share_ratio AS VARCHAR), '%') END, '）') AS fact
    FROM supporter AS s
    INNER JOIN link_business_licenses AS b ON b.person_key = s.supporter_key
    CROSS JOIN core_ctx AS c
    WHERE b.confidence >= c.min_confidence AND b.status IN ('存续', '在业', '开业', '正常')
        AND b.entity_type NOT IN ('个体工商户', '农民专业合作社')
        AND (b.role = '法定代表人' OR (b.role = '股东' AND b.share_ratio >= 10))
),

dwelling AS (
    SELECT s.household_id, s.b_id, h.ref, h.tier, h.confidence, coalesce(h.certificate_no, h.ref) AS certificate_no
    FROM supporter AS s
    INNER JOIN link_housing AS h ON h.person_key = s.supporter_key
    CROSS JOIN core_ctx AS c
    WHERE h.confidence >= c.min_confidence AND h.use IN ('住宅', '成套住宅')
        AND h.has_status AND coalesce(h.status, '现势') = '现势'
),

title AS (
    SELECT household_id, b_id, certificate_no, arg_max(tier, (confidence, ref)) AS tier, max(confidence) AS confidence
    FROM dwelling
    GROUP BY household_id, b_id, certificate_no
),

-- Strongest links first, the third makes them many.
many_dwellings AS (
    SELECT
        household_id, b_id, tier, confidence,
        concat_ws('', '住宅', CAST(count(*) OVER (PARTITION BY household_id, b_id) AS VARCHAR), '套') AS fact
    FROM title
    QUALIFY row_number() OVER (PARTITION BY household_id, b_id ORDER BY confidence DESC, tier, certificate_no) = 3
),

asset AS (
    SELECT household_id, b_id, ref, tier, confidence, fact FROM vehicle
    UNION ALL
    SELECT household_id, b_id, ref, tier, confidence, fact FROM business
    UNION ALL
    SELECT d.household_id, d.b_id, d.ref, n.tier, n.confidence, n.fact
    FROM dwelling AS d
    INNER JOIN many_dwellings AS n ON n.household_id = d.household_id AND n.b_id = d.b_id
),

strongest AS (
    SELECT household_id, b_id, tier, confidence
    FROM asset
    QUALIFY row_number() OVER (PARTITION BY household_id, b_id ORDER BY confidence DESC, tier, ref) = 1
),

said AS (
    SELECT household_id, b_id, string_agg(DISTINCT fact, '、' ORDER BY fact) AS facts
    FROM asset
    GROUP BY household_id, b_id
),

-- Only of those who own something: what makes them supporters. Any member and relation will do.
kin AS (
    SELECT
        s.household_id,
        s.b_id,
        min(k.b_name) AS supporter_name,
        min(m.name) AS member_name,
        min(k.relation) AS relation,
        arg_max(k.tier, (k.confidence, k.tier)) AS tier,
        max(k.confidence) AS confidence
    FROM said AS s
    INNER JOIN core_member AS m ON m.household_id = s.household_id
    INNER JOIN core_kin AS k ON k.a_person_key = m.person_key AND k.b_id = s.b_id
    WHERE (m.is_dibao OR m.is_tekun) AND k.relation IN ('parent', 'child', 'spouse') AND k.current
    GROUP BY s.household_id, s.b_id
),

seen AS (
    SELECT household_id, b_id, string_agg(DISTINCT ref, ' ' ORDER BY ref) AS evidence
    FROM (
        SELECT household_id, b_id, ref FROM asset
        UNION ALL
        SELECT s.household_id, s.b_id, k.refs AS ref
        FROM said AS s
        INNER JOIN core_member AS m ON m.household_id = s.household_id
        INNER JOIN core_kin AS k ON k.a_person_key = m.person_key AND k.b_id = s.b_id
        WHERE k.relation IN ('parent', 'child', 'spouse') AND k.current
        UNION ALL
        SELECT s.household_id, s.b_id, m.ref
        FROM said AS s
        INNER JOIN core_member AS m ON m.household_id = s.household_id
        WHERE m.is_dibao OR m.is_tekun
    ) AS e
    GROUP BY household_id, b_id
)

SELECT
    concat_ws('|', s.household_id, s.b_id) AS subject_key,
    s.household_id,
    -- What makes him a supporter is one link, what he owns another.
    weaker_tier(t.tier, t.confidence, s.tier, s.confidence) AS match_tier,
    least(t.confidence, s.confidence) AS match_confidence,
    e.evidence,
    concat_ws('', s.member_name, '的', CASE s.relation WHEN 'parent' THEN '父亲或母亲' WHEN 'child' THEN '子女' ELSE '配偶' END,
        coalesce(s.supporter_name, '（未登记姓名）'), '不在享受名册内，名下有', f.facts, '，请核实其赡养、抚养、扶养能力；这些财产不计入本户。') AS explanation
FROM said AS f
INNER JOIN kin AS s ON s.household_id = f.household_id AND s.b_id = f.b_id
INNER JOIN strongest AS t ON t.household_id = f.household_id AND t.b_id = f.b_id
INNER JOIN seen AS e ON e.household_id = f.household_id AND e.b_id = f.b_id
