/*
id: income_pension
title: 职工养老保险缴费或领取
title_en: Pays into or draws an employee pension
family: income
severity: medium
status: stable
version: 1
subject: person
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 三（三）（B19）, asks: 通过核对系统逐户查对低保家庭成员的养老保险缴存情况，防止隐瞒收入}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第十三条, asks: 家庭收入包括工资性收入和领取的养老金；国家确定的城乡居民基础养老金不计入}
requires: [benefit_roll, pensions]
columns:
  pensions: [monthly_amount]
uses_columns:
  pensions: [month]
parameters: [dibao_standard_rural, dibao_standard_urban]
evidence:
  benefit_roll: [benefit_type, household_id, name, start_date, status, declared_income]
  pensions: [name, scheme, kind, monthly_amount, month]
amount: household_latest_month
false_positives:
  - 以灵活就业身份自己缴费或由政府代缴，本人并无工作
  - 一次性补缴往年欠费，当前没有收入
  - 在公益性岗位上班或处于渐退期，收入已经核算过
review_steps:
  - 向本人和社保经办机构核对参保身份、缴费单位和待遇核定单
  - 有单位的，取得近十二个月工资单，重新核算家庭收入
  - 核对名册上的申报收入是否已包含这笔养老金或工资
closing_action:
  - 按重新核算的收入调整补助、给予渐退期或按程序退出；不属实的注明原因维持
*/
WITH covered AS (
    -- Someone covered under two standards is measured against the lower one.
    SELECT person_key, min(standard) AS standard, string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM core_row
    WHERE active AND (is_dibao OR is_tekun)
    GROUP BY person_key
),

insured AS (
    SELECT person_key, scheme, kind, max(month) AS month, sum(monthly_amount) AS monthly_amount
    FROM core_pension
    WHERE scheme IN ('企业职工养老保险', '机关事业养老保险') AND kind IN ('缴费', '领取')
    GROUP BY person_key, scheme, kind
),

hit AS (
    SELECT i.person_key, i.scheme, i.kind, i.month, i.monthly_amount, c.standard
    FROM insured AS i
    INNER JOIN covered AS c ON c.person_key = i.person_key
    WHERE i.kind = '缴费' OR i.monthly_amount > c.standard
),

register_row AS (
    SELECT p.person_key, p.ref, p.tier, p.confidence
    FROM core_pension AS p
    INNER JOIN hit AS h ON h.person_key = p.person_key AND h.scheme = p.scheme AND h.kind = p.kind
),

strongest AS (
    SELECT person_key, tier, confidence
    FROM register_row
    QUALIFY row_number() OVER (PARTITION BY person_key ORDER BY confidence DESC, tier, ref) = 1
),

said AS (
    SELECT
        person_key,
        max(standard) AS standard,
        string_agg(
            concat_ws('', cn_month(month), CASE WHEN kind = '缴费' THEN '参加' ELSE '领取' END, scheme,
                CASE WHEN kind = '缴费' THEN concat_ws('', '（缴费基数', coalesce(yuan(monthly_amount), '不详'), '元）')
                    ELSE concat_ws('', '待遇每月', yuan(monthly_amount), '元') END),
            '，' ORDER BY scheme, kind
        ) AS facts
    FROM hit
    GROUP BY person_key
),

seen AS (
    SELECT person_key, string_agg(DISTINCT ref, ' ' ORDER BY ref) AS evidence
    FROM (
        SELECT r.person_key, r.ref
        FROM core_row AS r
        INNER JOIN said AS s ON s.person_key = r.person_key
        WHERE r.active AND (r.is_dibao OR r.is_tekun)
        UNION ALL
        SELECT person_key, ref FROM register_row
    ) AS e
    GROUP BY person_key
)

SELECT
    s.person_key AS subject_key,
    s.person_key,
    t.tier AS match_tier,
    t.confidence AS match_confidence,
    e.evidence,
    concat_ws('', coalesce(p.name, '该对象'), '：', s.facts, '，当地低保标准为每人每月', yuan(s.standard),
        '元，请核实是否有工作或稳定养老待遇，并重新核算家庭收入。') AS explanation
FROM said AS s
INNER JOIN strongest AS t ON t.person_key = s.person_key
INNER JOIN seen AS e ON e.person_key = s.person_key
INNER JOIN core_person AS p ON p.person_key = s.person_key
