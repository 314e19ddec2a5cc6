/*
id: asset_vehicle
title: 名下有机动车
title_en: Member owns a vehicle
family: asset
severity: medium
status: stable
version: 2
subject: person
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 三（三）（B19）, asks: 重点核查低保家庭的车辆、住房、工商登记、养老保险、个税和存款}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第十四条, asks: 核查家庭财产，基本生活和治病谋生必需的财产可以豁免}
  - {document: 最低生活保障审核审批办法（试行）, number: 民发〔2012〕220号, clause: 第十七条, asks: 机动车辆计入家庭财产，残疾人功能性补偿代步的除外（2021年6月30日以前）}
requires: [benefit_roll, vehicles]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, disability_type, disability_grade]
  vehicles: [owner_name, owner_id_number, plate_number, plate_type, vehicle_type, brand_model, use_character, first_registered, status, value]
parameters: [exempt_vehicle_types]
amount: household_latest_month
false_positives:
  - 残疾人代步车、摩托车、电动车、农用车等小型车辆
  - 已卖出、报废或过户，登记尚未更新
  - 他人借名登记或车辆被盗抢
  - 治病、谋生必需的车辆，按当地规定豁免
review_steps:
  - 查看行驶证或登记证书，向车管所核对现状和过户情况
  - 入户看车辆由谁使用、做什么用，并拍照留存
  - 估算车辆现值，与家庭经济状况一并评估
closing_action: 属实且不属豁免的，按程序退出或调整，次月执行；属豁免的，写明理由和期限备案；已过户、报废的，附证明后销号。
*/
WITH owned AS (
    SELECT
        v.person_key,
        arg_max(v.tier, (v.confidence, v.ref)) AS tier,
        max(v.confidence) AS confidence,
        count(DISTINCT coalesce(v.plate_number, v.ref)) AS vehicles,
        string_agg(DISTINCT concat_ws('', v.vehicle_type, v.plate_number, '（', coalesce(v.status, '状态未填'), '）'), '、'
            ORDER BY concat_ws('', v.vehicle_type, v.plate_number, '（', coalesce(v.status, '状态未填'), '）')) AS vehicle_list,
        string_agg(DISTINCT v.ref, ' ' ORDER BY v.ref) AS refs
    FROM link_vehicles AS v
    INNER JOIN core_person AS p ON p.person_key = v.person_key
    CROSS JOIN core_ctx AS c
    LEFT JOIN param_exempt_vehicle_types AS e ON e.township_code = p.township_code AND e.value = v.vehicle_type
    WHERE v.on_roll
        AND v.confidence >= c.min_confidence
        AND e.value IS NULL
        AND coalesce(v.status, '') NOT IN ('注销', '报废', '转出', '灭失', '被盗抢', '退办')
    GROUP BY v.person_key
)

SELECT
    p.person_key AS subject_key,
    p.person_key,
    'medium' AS severity,
    o.tier AS match_tier,
    o.confidence AS match_confidence,
    concat_ws(' ', p.refs, o.refs) AS evidence,
    concat_ws('',
        p.benefit_type, '对象', coalesce(p.name, ''), '名下登记有', o.vehicles, '辆机动车：', o.vehicle_list,
        '，请入户核实车辆是否属实、由谁使用。'
    ) AS explanation
FROM owned AS o
INNER JOIN core_person AS p ON p.person_key = o.person_key
WHERE p.is_core
