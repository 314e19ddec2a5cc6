/*
id: asset_deposit
title: 金融资产超标
title_en: Household's financial assets above the limit
family: asset
severity: medium
status: stable
version: 3
subject: household
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 三（三）（B19）, asks: 重点核查低保家庭的车辆、住房、工商登记、养老保险、个税和存款}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第十四条, asks: 存款、证券等金融资产计入家庭财产，限额由各地规定}
requires: [benefit_roll, bank_assets]
columns:
  bank_assets: [as_of]
uses_columns:
  benefit_roll: [persons_covered]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, persons_covered]
  bank_assets: [name, id_number, as_of, total]
parameters: [asset_multiple, dibao_standard_rural, dibao_standard_urban]
amount: household_latest_month
false_positives:
  - 多年救助金的积累
  - 拆迁、赔偿、丧葬补助等专项款，或治病借款暂存
  - 与他人共有或代管的账户
review_steps:
  - 请对象说明款项来源，核对银行流水
  - 扣除按规定不计入的款项后重新计算人均金额
closing_action: 扣除后仍超过限额的，按程序退出或调整；未超过的，写明来源后维持。
*/
WITH told AS (
    SELECT
        m.household_id,
        m.person_key,
        m.name,
        b.ref,
        b.total,
        b.tier,
        b.confidence,
        rank() OVER (PARTITION BY m.household_id, m.person_key ORDER BY coalesce(b.as_of, DATE '1900-01-01') DESC) AS day_rank
    FROM link_bank_assets AS b
    INNER JOIN core_member AS m ON m.person_key = b.person_key
    CROSS JOIN core_ctx AS c
    WHERE b.on_roll
        AND b.confidence >= c.min_confidence
        AND b.has_as_of
),

summed AS (
    SELECT household_id, CAST(sum(total) AS DECIMAL(18, 2)) AS total
    FROM told
    WHERE day_rank = 1
    GROUP BY household_id
),

-- Only what is over the limit is put into words. Multiplied out: a division would round the boundary.
over_limit AS (
    SELECT s.household_id, s.total, CAST(a.value AS DECIMAL(10, 4)) * 12 * CAST(f.standard AS DECIMAL(10, 2)) AS limit_per_head
    FROM summed AS s
    INNER JOIN core_household AS f ON f.household_id = s.household_id
    INNER JOIN param_asset_multiple AS a ON a.township_code = f.township_code
    WHERE (f.is_dibao OR f.is_low_income)
        AND s.total > CAST(a.value AS DECIMAL(10, 4)) * 12 * CAST(f.standard AS DECIMAL(10, 2)) * CAST(f.head_count AS DECIMAL(6, 0))
),

held AS (
    SELECT
        t.household_id,
        -- The total rests on every one of these links.
        arg_min(t.tier, (t.confidence, t.ref)) AS tier,
        min(t.confidence) AS confidence,
        string_agg(DISTINCT t.name, '、' ORDER BY t.name) AS owners,
        string_agg(DISTINCT t.ref, ' ' ORDER BY t.ref) AS refs
    FROM told AS t
    INNER JOIN over_limit AS o ON o.household_id = t.household_id
    WHERE t.day_rank = 1
    GROUP BY t.household_id
)

SELECT
    f.household_id AS subject_key,
    f.household_id,
    'medium' AS severity,
    s.tier AS match_tier,
    s.confidence AS match_confidence,
    concat_ws(' ', f.refs, s.refs) AS evidence,
    concat_ws('',
        '户主', coalesce(f.head_name, '（未填）'), '家庭的', s.owners, '最近一次核对的金融资产合计', yuan(o.total), '元，按',
        f.head_count, '人计人均', yuan(cents(CAST(o.total AS DOUBLE) / f.head_count)), '元，超过每人',
        yuan(o.limit_per_head), '元的限额，请核实款项来源。'
    ) AS explanation
FROM over_limit AS o
INNER JOIN held AS s ON s.household_id = o.household_id
INNER JOIN core_household AS f ON f.household_id = o.household_id
