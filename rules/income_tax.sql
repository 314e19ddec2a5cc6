/*
id: income_tax
title: 有工资薪金申报
title_en: Declared wages above the standard
family: income
severity: medium
status: stable
version: 2
subject: person
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 三（三）（B19）, asks: 核对低保家庭成员缴纳个人所得税的情况，有收入的重新核算}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第十三条, asks: 工资薪金和劳务报酬计入家庭收入，必要的就业成本可以扣减}
requires: [benefit_roll, income_tax]
parameters: [dibao_standard_rural, dibao_standard_urban]
evidence:
  benefit_roll: [benefit_type, household_id, name, start_date, status, declared_income]
  income_tax: [name, month, income, employer]
amount: household_latest_month
false_positives:
  - 身份被单位冒用申报，本人并未领取工资
  - 一次性劳务报酬或学生假期兼职，不是稳定收入
  - 扣减必要就业成本后不超过标准，或正处于渐退期
review_steps:
  - 请本人用个人所得税手机应用出示收入明细，向扣缴单位核实
  - 核对名册申报收入是否已包含这笔工资
  - 按十二个月平均重新计算家庭人均收入
closing_action:
  - 按重新核算的收入调整补助、给予渐退期或按程序退出；被冒用的协助申诉并维持
*/
WITH covered AS (
    -- Someone covered under two standards is measured against the lower one.
    SELECT person_key, min(standard) AS standard
    FROM core_row
    WHERE active AND (is_dibao OR is_tekun)
    GROUP BY person_key
),

filed AS (
    SELECT t.person_key, t.ref, t.month, t.income, t.tier, t.confidence
    FROM link_income_tax AS t
    CROSS JOIN core_ctx AS c
    WHERE t.on_roll AND t.confidence >= c.min_confidence
        AND t.month BETWEEN c.as_of_month - 12 AND c.as_of_month - 1
),

earned AS (
    SELECT
        f.person_key,
        v.standard,
        sum(f.income) AS income,
        count(DISTINCT f.month) AS months,
        min(f.month) AS first_month,
        max(f.month) AS last_month
    FROM filed AS f
    INNER JOIN covered AS v ON v.person_key = f.person_key
    GROUP BY f.person_key, v.standard
    -- Twelve times the standard instead of a twelfth of the income: no rounding at the edge.
    HAVING sum(f.income) > 12 * v.standard
),

weakest AS (
    SELECT person_key, tier, confidence
    FROM filed
    QUALIFY row_number() OVER (PARTITION BY person_key ORDER BY confidence, tier DESC, ref) = 1
),

seen AS (
    SELECT person_key, string_agg(DISTINCT ref, ' ' ORDER BY ref) AS evidence
    FROM (
        SELECT r.person_key, r.ref
        FROM core_row AS r
        INNER JOIN earned AS n ON n.person_key = r.person_key
        WHERE r.active AND (r.is_dibao OR r.is_tekun)
        UNION ALL
        SELECT person_key, ref FROM filed
    ) AS e
    GROUP BY person_key
)

SELECT
    n.person_key AS subject_key,
    n.person_key,
    w.tier AS match_tier,
    w.confidence AS match_confidence,
    e.evidence,
    concat_ws('', coalesce(p.name, '该对象'), '在', cn_month(n.first_month), '至', cn_month(n.last_month), '有', CAST(n.months AS VARCHAR),
        '个月个税申报，收入合计', yuan(n.income), '元，按十二个月平均每月', yuan(cents(CAST(n.income AS DOUBLE) / 12)), '元，高于当地低保标准', yuan(n.standard),
        '元，请核实收入并重新核算。') AS explanation
FROM earned AS n
INNER JOIN weakest AS w ON w.person_key = n.person_key
INNER JOIN seen AS e ON e.person_key = n.person_key
INNER JOIN core_person AS p ON p.person_key = n.person_key
