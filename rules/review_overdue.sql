/*
id: review_overdue
title: 定期复核逾期
title_en: Periodic review overdue
family: review
severity: medium
status: stable
version: 3
subject: household
basis:
  - {document: 城步县2017年“回头看”实施方案, clause: 三（五）、二（一）三是（B05、B25）, asks: 兜底对象每年上门一次，收入不固定或有劳动能力的家庭每半年一次}
  - {document: 启东市2021年度年检通知, clause: 一（Q01）, asks: 对全部在享低保、特困和低收入对象开展年检和复核}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L20）, asks: 坚持逢进必核、定期复核}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第三十一条, asks: 收入稳定的每年核查一次，收入变化的每半年核查一次}
requires: [benefit_roll]
columns:
  benefit_roll: [last_check_date, care_class]
evidence:
  benefit_roll: [benefit_type, household_id, head_name, name, care_class, last_check_date]
amount: none
false_positives:
  - 已复核但未录入系统
  - 因疫情、灾害等经批准延期
  - 批准享受不足一个复核周期，入户日期漏填
review_steps:
  - 查看入户调查记录和签字日期
  - 核对管理类别（A、B、C）是否正确
closing_action:
  - 限期完成入户复核并录入日期；家庭情况有变化的同步调整待遇
*/
WITH household AS (
    SELECT
        household_id,
        -- A visit is to the household, whichever of its benefits it is noted at; how often it is due goes by the core ones.
        max(last_check_date) AS last_check,
        min(CASE WHEN is_core AND NOT has_last_check_date THEN 0 ELSE 1 END) AS check_known,
        min(CASE WHEN is_core AND NOT has_care_class THEN 0 ELSE 1 END) AS class_known,
        max(CASE WHEN is_tekun THEN 1 ELSE 0 END) AS any_tekun,
        max(CASE WHEN is_core AND care_class = 'A' THEN 1 ELSE 0 END) AS any_a,
        -- Tekun are checked yearly whatever their class; a stricter class counts where it is another benefit's.
        max(CASE WHEN is_core AND care_class IN ('B', 'C') AND NOT is_tekun THEN 1 ELSE 0 END) AS any_strict
    FROM core_row
    WHERE active
    GROUP BY household_id
    HAVING max(CASE WHEN is_core THEN 1 ELSE 0 END) = 1
),

period AS (
    SELECT
        h.*,
        CASE WHEN h.any_strict = 1 THEN 6 WHEN h.any_a = 1 OR h.any_tekun = 1 OR h.class_known = 0 THEN 12 ELSE 6 END AS months
    FROM household AS h
),

overdue AS (
    SELECT p.*
    FROM period AS p
    CROSS JOIN core_ctx AS c
    WHERE p.check_known = 1 AND (p.last_check IS NULL OR add_months(p.last_check, p.months) < c.as_of)
),

seen AS (
    SELECT r.household_id, string_agg(DISTINCT r.ref, ' ' ORDER BY r.ref) AS refs
    FROM core_row AS r
    INNER JOIN overdue AS o ON o.household_id = r.household_id
    WHERE r.active AND r.is_core
    GROUP BY r.household_id
)

SELECT
    p.household_id AS subject_key,
    p.household_id,
    add_months(p.last_check, p.months) AS event_date,
    s.refs AS evidence,
    concat_ws('', coalesce(h.head_name, '该'), '户应', CASE WHEN p.months = 12 THEN '每年' ELSE '每半年' END, '复核一次，', CASE
            WHEN p.last_check IS NULL THEN '名册没有可用的入户核查日期（未填或无法识别）'
            ELSE concat_ws('', '名册记载最近一次核查在', cn_date(p.last_check), '，已超过', CAST(p.months AS VARCHAR), '个月') END,
        '，请尽快入户复核。') AS explanation
FROM overdue AS p
INNER JOIN seen AS s ON s.household_id = p.household_id
INNER JOIN core_household AS h ON h.household_id = p.household_id
