-- Grain: death or cremation row × person it is linked to (confidence 0.5 and up).
SELECT
    'deaths' AS register,
    d.person_key,
    d.on_roll,
    d.tier,
    d.confidence,
    d.name_relation,
    d.ref,
    d.name,
    d.death_date,
    d.death_date AS register_death_date,
    CAST(NULL AS DATE) AS cremation_date,
    coalesce(d.death_date_month_only, FALSE) AS month_only
FROM link_deaths AS d
WHERE d.confidence >= 0.5
UNION ALL
SELECT
    'funerals' AS register,
    f.person_key,
    f.on_roll,
    f.tier,
    f.confidence,
    f.name_relation,
    f.ref,
    f.name,
    coalesce(f.death_date, f.cremation_date) AS death_date,
    f.death_date AS register_death_date,
    f.cremation_date,
    coalesce(CASE WHEN f.death_date IS NULL THEN f.cremation_date_month_only ELSE f.death_date_month_only END, FALSE) AS month_only
FROM link_funerals AS f
WHERE f.confidence >= 0.5
