/*
id: death_date_conflict
title: 死亡日期多源不一致
title_en: Registers disagree about the date of death
family: death
severity: low
status: stable
version: 2
subject: person
basis:
  - {document: 启东市2021年度年检通知, clause: 三（二是）（Q23）, asks: 与殡葬等信息比对，及时清退不符合条件的对象}
  - {document: 城步县2017年“回头看”实施方案, clause: 三（五）（B23）, asks: 查清在保对象中的死亡人员}
  - {document: 黔南州2021年度核查通知, clause: 三（一是）（G10）, asks: 对死亡人员领取补贴做到监测、报告、处置不断线}
requires: [benefit_roll]
any_of: [deaths, funerals]
columns:
  funerals: [death_date]
uses_columns:
  funerals: [id_number, birth_date, address]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, status]
  deaths: [name, id_number, death_date, register_date, source]
  funerals: [name, id_number, death_date, cremation_date, funeral_home]
amount: none
false_positives:
  - 因案件或等待家属，遗体保存较久后火化
  - 户口注销登记较晚，误把注销日期当作死亡日期
  - 登记时年份或月份写错
review_steps:
  - 调取死亡医学证明或火化证明原件
  - 向家属确认死亡日期
closing_action: 以最早且有书面依据的死亡日期为准，注明采用的来源，并通知登记有误的部门更正。
*/
WITH told AS (
    -- A date known to the month only may be any of its days: it conflicts only when none of them fits.
    SELECT
        l.person_key, l.ref, l.tier, l.confidence,
        l.death_date AS earliest,
        CASE WHEN l.death_date_month_only THEN month_end(month_index(l.death_date)) ELSE l.death_date END AS latest,
        CAST(NULL AS DATE) AS cremated,
        CAST(NULL AS DATE) AS cremated_latest
    FROM link_deaths AS l
    CROSS JOIN core_ctx AS c
    WHERE l.on_roll AND l.confidence >= c.min_confidence
    UNION ALL
    SELECT
        l.person_key, l.ref, l.tier, l.confidence,
        l.death_date AS earliest,
        CASE WHEN l.death_date_month_only THEN month_end(month_index(l.death_date)) ELSE l.death_date END AS latest,
        l.cremation_date AS cremated,
        CASE WHEN l.cremation_date_month_only THEN month_end(month_index(l.cremation_date)) ELSE l.cremation_date END AS cremated_latest
    FROM link_funerals AS l
    CROSS JOIN core_ctx AS c
    WHERE l.on_roll AND l.confidence >= c.min_confidence
),

compared AS (
    SELECT
        person_key,
        min(earliest) AS first_date,
        max(earliest) AS last_date,
        coalesce(max(earliest) > min(latest) + INTERVAL 31 DAY, FALSE) AS apart,
        min(CASE WHEN cremated_latest < earliest THEN cremated END) AS early_cremation,
        max(CASE WHEN cremated_latest < earliest THEN earliest END) AS death_after_it,
        string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM told
    GROUP BY person_key
),

so_far AS (
    SELECT
        t.person_key, t.ref, t.tier, t.confidence,
        coalesce(t.cremated_latest < t.earliest, FALSE) AS by_itself,
        max(t.earliest) OVER (PARTITION BY t.person_key ORDER BY t.confidence DESC, t.tier, t.ref ROWS UNBOUNDED PRECEDING) AS last_date,
        min(t.latest) OVER (PARTITION BY t.person_key ORDER BY t.confidence DESC, t.tier, t.ref ROWS UNBOUNDED PRECEDING) AS first_date
    FROM told AS t
    INNER JOIN compared AS x ON x.person_key = t.person_key
    WHERE x.apart OR x.early_cremation IS NOT NULL
),

-- Strongest links first, the one that brings the contradiction: two rows contradict each other no more surely than the weaker is the person's.
contradicting AS (
    SELECT person_key, tier, confidence
    FROM so_far
    WHERE by_itself OR last_date > first_date + INTERVAL 31 DAY
    QUALIFY row_number() OVER (PARTITION BY person_key ORDER BY confidence DESC, tier, ref) = 1
)

SELECT
    p.person_key AS subject_key,
    p.person_key,
    'low' AS severity,
    x.first_date AS event_date,
    l.tier AS match_tier,
    l.confidence AS match_confidence,
    concat_ws(' ', p.refs, x.refs) AS evidence,
    concat_ws('',
        coalesce(p.name, '该对象'),
        CASE WHEN x.apart
            THEN concat_ws('', '的死亡日期各登记相差超过31天（最早', cn_date(x.first_date), '，最晚', cn_date(x.last_date), '）') END,
        CASE WHEN x.apart AND x.early_cremation IS NOT NULL THEN '，且' END,
        CASE WHEN x.early_cremation IS NOT NULL
            THEN concat_ws('', '的火化日期', cn_date(x.early_cremation), '早于登记的死亡日期', cn_date(x.death_after_it)) END,
        '，请查证确切的死亡日期。'
    ) AS explanation
FROM compared AS x
INNER JOIN contradicting AS l ON l.person_key = x.person_key
INNER JOIN core_person AS p ON p.person_key = x.person_key
