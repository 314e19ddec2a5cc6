/*
id: asset_business
title: 名下有工商登记
title_en: Member registered with a business
family: asset
severity: medium
status: stable
version: 2
subject: person
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 三（三）（B19）, asks: 重点核查低保家庭的车辆、住房、工商登记、养老保险、个税和存款}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第十三条、第十四条, asks: 经营收入计入家庭收入，市场主体登记作为财产核查内容}
requires: [benefit_roll, business_licenses]
columns:
  business_licenses: [role]
uses_columns:
  business_licenses: [registered_capital]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number]
  business_licenses: [credit_code, entity_name, entity_type, person_name, person_id_number, role, share_ratio, registered_capital, established, status, end_date]
parameters: [micro_business_capital]
amount: household_latest_month
false_positives:
  - 农民专业合作社的普通成员，或随帮扶项目带入合作社
  - 注册资本很小的个体小店，以实际收入为准
  - 已停业未注销，或被他人冒名登记
  - 因村（居）集体职务挂名
review_steps:
  - 查看营业执照和登记档案，核对本人是否知情
  - 实地查看是否经营，估算净收入
  - 已停业的，请其提供注销或零申报材料
closing_action: 按实际净收入重新核算后维持、调整或退出；冒名或已停业的，附证明销号并督促办理注销。
*/
WITH held AS (
    SELECT
        b.person_key,
        arg_max(b.tier, (b.confidence, b.ref)) AS tier,
        max(b.confidence) AS confidence,
        string_agg(DISTINCT concat_ws('', b.entity_name, '（', concat_ws('，', b.entity_type, b.role, b.status), '）'), '、'
            ORDER BY concat_ws('', b.entity_name, '（', concat_ws('，', b.entity_type, b.role, b.status), '）')) AS entity_list,
        string_agg(DISTINCT b.ref, ' ' ORDER BY b.ref) AS refs
    FROM link_business_licenses AS b
    INNER JOIN core_person AS p ON p.person_key = b.person_key
    CROSS JOIN core_ctx AS c
    LEFT JOIN param_micro_business_capital AS m ON m.township_code = p.township_code
    WHERE b.on_roll
        AND b.confidence >= c.min_confidence
        AND b.status IN ('存续', '在业', '开业', '正常')
        -- Without the role column nobody can tell a plain member of a co-operative from the one who runs it.
        AND NOT (coalesce(b.entity_type, '') = '农民专业合作社' AND (coalesce(b.role, '') = '成员' OR NOT b.has_role))
        AND NOT (coalesce(b.entity_type, '') = '个体工商户' AND coalesce(b.registered_capital < m.value, FALSE))
    GROUP BY b.person_key
)

SELECT
    p.person_key AS subject_key,
    p.person_key,
    'medium' AS severity,
    h.tier AS match_tier,
    h.confidence AS match_confidence,
    concat_ws(' ', p.refs, h.refs) AS evidence,
    concat_ws('',
        p.benefit_type, '对象', coalesce(p.name, ''), '在市场主体登记中有记录：', h.entity_list,
        '，请核实是否实际经营及收入情况。'
    ) AS explanation
FROM held AS h
INNER JOIN core_person AS p ON p.person_key = h.person_key
WHERE p.is_core
