/*
id: income_over_standard
title: 家庭人均收入超标
title_en: Household income per head above the limit
family: income
severity: medium
status: stable
version: 2
subject: household
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 二（一）三是、三（五）（B05、B30）, asks: 纠正不计算收入、不按标准施保的问题}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 一（一）（L04、L06）, asks: 按家庭收入差额救助；收入超过标准但在两倍以内的给予一定渐退期}
  - {document: 黔南州2021年度核查通知, clause: 三（三是）（G14）, asks: 不再符合低保但收入在标准一至两倍、财产符合规定的，转为低收入对象管理}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第十三条、第三十三条, asks: 家庭人均收入按规定项目核算；超过标准的按程序渐退或退出}
requires: [benefit_roll]
uses: [income_tax, pensions]
columns:
  benefit_roll: [declared_income]
  pensions: [monthly_amount]
uses_columns:
  benefit_roll: [persons_covered, grace_start]
  pensions: [month]
parameters: [dibao_standard_rural, dibao_standard_urban, low_income_multiple, grace_multiple, grace_months]
evidence:
  benefit_roll: [benefit_type, household_id, name, persons_covered, declared_income, status, grace_start]
  income_tax: [name, month, income, employer]
  pensions: [name, scheme, kind, monthly_amount, month]
amount: household_latest_month
false_positives:
  - 优待抚恤、奖学金、政府救助款、国家确定的基础养老金等按规定不计入收入
  - 重病、残疾、就业成本等支出按规定可以扣减
  - 保障人口登记有误，实际共同生活人数更多
review_steps:
  - 逐项核对工资、经营、财产、转移收入及可扣减项目，请家庭成员在收入核算表上签字
  - 核对共同生活人口与名册保障人口是否一致
  - 收入在标准一倍以上、两倍以内的，同时评估渐退或转低收入
closing_action:
  - 按重新核算结果调整补助、给予渐退期、转低收入或退出，书面告知理由
*/
WITH household AS (
    SELECT
        r.household_id,
        min(CASE WHEN r.is_dibao THEN r.standard END) AS dibao_standard,
        min(CASE WHEN r.is_low_income THEN r.standard * l.value END) AS low_income_limit,
        min(r.standard * g.value) AS grace_limit,
        -- A grace start the file does not give at all may be a recent one: unknown is not expired.
        max(CASE WHEN r.status = '缓退' AND (NOT r.has_grace_start OR add_months(r.grace_start, m.value) > c.as_of) THEN 1 ELSE 0 END)
            AS in_grace
    FROM core_row AS r
    CROSS JOIN core_ctx AS c
    INNER JOIN param_low_income_multiple AS l ON l.township_code = coalesce(r.township_code, '')
    INNER JOIN param_grace_multiple AS g ON g.township_code = coalesce(r.township_code, '')
    INNER JOIN param_grace_months AS m ON m.township_code = coalesce(r.township_code, '')
    WHERE r.active AND (r.is_dibao OR r.is_low_income)
    GROUP BY r.household_id
),

register_row AS (
    SELECT t.person_key, t.ref, t.tier, t.confidence, t.income AS year_income
    FROM link_income_tax AS t
    CROSS JOIN core_ctx AS c
    WHERE t.on_roll AND t.confidence >= c.min_confidence
        AND t.month BETWEEN c.as_of_month - 12 AND c.as_of_month - 1
    UNION ALL
    SELECT p.person_key, p.ref, p.tier, p.confidence, p.monthly_amount * 12 AS year_income
    FROM core_pension AS p
    WHERE p.kind = '领取'
),

member_income AS (
    SELECT m.household_id, r.ref, r.tier, r.confidence, r.year_income
    FROM core_member AS m
    INNER JOIN household AS h ON h.household_id = m.household_id
    INNER JOIN register_row AS r ON r.person_key = m.person_key
),

registered AS (
    SELECT household_id, sum(year_income) AS year_income
    FROM member_income
    GROUP BY household_id
),

income AS (
    -- Yearly income of the whole household, so that nothing is divided before it is compared.
    SELECT
        h.household_id,
        h.dibao_standard,
        h.low_income_limit,
        h.grace_limit,
        h.in_grace,
        k.township_code,
        k.head_name,
        k.declared_income,
        CAST(12 * k.head_count AS DECIMAL(18, 2)) AS head_months,
        coalesce(g.year_income, 0) AS registered_income,
        greatest(coalesce(g.year_income, 0), coalesce(k.declared_income, 0) * 12 * k.head_count) AS year_income
    FROM household AS h
    INNER JOIN core_household AS k ON k.household_id = h.household_id
    LEFT JOIN registered AS g ON g.household_id = h.household_id
    WHERE k.head_count > 0
),

hit AS (
    SELECT
        i.*,
        i.dibao_standard IS NOT NULL AND i.year_income > i.dibao_standard * i.head_months AS over_dibao,
        i.registered_income > coalesce(i.declared_income, 0) * i.head_months AS by_register
    FROM income AS i
    WHERE (i.year_income > i.dibao_standard * i.head_months OR i.year_income > i.low_income_limit * i.head_months)
        AND NOT (i.in_grace = 1 AND i.year_income <= i.grace_limit * i.head_months)
),

weakest AS (
    SELECT household_id, tier, confidence
    FROM member_income
    QUALIFY row_number() OVER (PARTITION BY household_id ORDER BY confidence, tier DESC, ref) = 1
),

seen AS (
    SELECT household_id, string_agg(DISTINCT ref, ' ' ORDER BY ref) AS evidence
    FROM (
        SELECT r.household_id, r.ref
        FROM core_row AS r
        INNER JOIN hit AS h ON h.household_id = r.household_id
        WHERE r.active
        UNION ALL
        SELECT household_id, ref FROM member_income
    ) AS e
    GROUP BY household_id
)

SELECT
    h.household_id AS subject_key,
    h.household_id,
    CASE WHEN h.over_dibao AND h.year_income > 2 * h.dibao_standard * h.head_months THEN 'high' ELSE 'medium' END AS severity,
    CASE WHEN h.by_register THEN w.tier END AS match_tier,
    CASE WHEN h.by_register THEN w.confidence END AS match_confidence,
    e.evidence,
    concat_ws('', coalesce(h.head_name, '该'), '户家庭人均月收入', yuan(cents(CAST(h.year_income AS DOUBLE) / h.head_months)), '元（',
        CASE WHEN h.by_register THEN '按个税申报和养老金领取记录折算' ELSE '按名册申报' END, '），高于',
        CASE WHEN h.over_dibao THEN concat_ws('', '当地低保标准', yuan(h.dibao_standard), '元')
            ELSE concat_ws('', '当地低收入家庭收入线', yuan(h.low_income_limit), '元') END,
        CASE WHEN h.in_grace = 1 THEN '，且超出缓退允许的收入范围' END, '，请重新核算家庭收入。') AS explanation
FROM hit AS h
INNER JOIN seen AS e ON e.household_id = h.household_id
LEFT JOIN weakest AS w ON w.household_id = h.household_id
