-- Grain: person with a death fact (on the roll: person_key; off it: ID number). What the death and cremation registers together say.
-- Best date: the earliest death_date of the deaths register, else of the cremations, else the earliest cremation_date.
-- Rows linked strongly speak alone; weaker ones only where there is no strong one.
WITH strongest AS (
    SELECT r.person_key, max(r.confidence) AS confidence
    FROM core_death_row AS r
    GROUP BY r.person_key
),

speaking AS (
    SELECT r.*, s.confidence AS best_confidence
    FROM core_death_row AS r
    INNER JOIN strongest AS s ON s.person_key = r.person_key
    CROSS JOIN core_ctx AS c
    WHERE r.confidence >= c.min_confidence OR s.confidence < c.min_confidence
),

best_tier AS (
    SELECT person_key, tier
    FROM speaking
    QUALIFY row_number() OVER (
        PARTITION BY person_key
        ORDER BY confidence DESC, CASE tier WHEN 'id_exact' THEN 1 WHEN 'id_repaired' THEN 2 WHEN 'name_birth_place' THEN 3
            WHEN 'probabilistic' THEN 4 ELSE 5 END, ref
    ) = 1
),

fact AS (
    SELECT
        person_key,
        max(CASE WHEN on_roll THEN 1 ELSE 0 END) = 1 AS on_roll,
        max(best_confidence) AS confidence,
        count(DISTINCT register) AS register_count,
        min(CASE WHEN register = 'deaths' THEN register_death_date END) AS from_deaths,
        min(CASE WHEN register = 'funerals' THEN register_death_date END) AS from_funerals,
        min(cremation_date) AS from_cremation,
        min(CASE WHEN register = 'deaths' THEN month_index(death_date) END) AS deaths_month,
        max(CASE WHEN register = 'deaths' THEN month_index(death_date) END) AS deaths_month_last,
        min(CASE WHEN register = 'funerals' THEN month_index(death_date) END) AS funerals_month,
        max(CASE WHEN register = 'funerals' THEN month_index(death_date) END) AS funerals_month_last,
        max(CASE WHEN name_relation IN ('equal', 'missing') THEN 1 ELSE 0 END) AS name_agrees,
        max(CASE WHEN name_relation = 'alike' THEN 1 ELSE 0 END) AS name_alike,
        string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM speaking
    GROUP BY person_key
),

dated AS (
    SELECT
        f.*,
        coalesce(f.from_deaths, f.from_funerals, f.from_cremation) AS best_date,
        CASE WHEN f.from_deaths IS NOT NULL THEN '死亡登记' WHEN f.from_funerals IS NOT NULL THEN '火化登记的死亡日期'
            ELSE '火化日期' END AS best_source
    FROM fact AS f
),

roll AS (
    SELECT person_key, max(last_check_date) AS last_check_date, min(name) AS one_name, max(name) AS other_name
    FROM core_row
    GROUP BY person_key
)

SELECT
    d.person_key,
    d.on_roll,
    d.best_date,
    month_index(d.best_date) AS best_month,
    d.best_source,
    d.confidence,
    t.tier,
    d.confidence >= c.min_confidence AND d.best_date <= c.as_of AS dead,
    d.register_count,
    nullif(concat_ws('；',
        CASE WHEN d.name_agrees = 0 AND d.name_alike = 1 THEN '登记姓名与花名册仅读音相同'
            WHEN d.name_agrees = 0 THEN '登记姓名与花名册相差一字或不一致' END,
        CASE WHEN d.deaths_month_last - d.funerals_month > 1 OR d.funerals_month_last - d.deaths_month > 1
            OR d.deaths_month_last - d.deaths_month > 1 OR d.funerals_month_last - d.funerals_month > 1
            THEN '各登记的死亡月份相差超过一个月' END,
        CASE WHEN v.one_name <> v.other_name THEN concat_ws('', '同一身份证号在花名册上有不同姓名：', v.one_name, '、', v.other_name) END,
        CASE WHEN v.last_check_date > d.best_date
            THEN concat_ws('', '花名册记载', cn_date(v.last_check_date), '曾入户核查，晚于登记的死亡日期') END
    ), '') AS contradictions,
    d.refs
FROM dated AS d
INNER JOIN best_tier AS t ON t.person_key = d.person_key
CROSS JOIN core_ctx AS c
LEFT JOIN roll AS v ON v.person_key = d.person_key
