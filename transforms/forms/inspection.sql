-- What 承德 annex 1 counts, per township of $codes. Monitored households count while their risk is not removed.
WITH registry AS (
    SELECT
        township_code,
        count(*) FILTER (WHERE category IN ('脱贫户', '脱贫不稳定户')) AS filed_households,
        CASE WHEN bool_and(persons IS NOT NULL) FILTER (WHERE category IN ('脱贫户', '脱贫不稳定户'))
            THEN sum(persons) FILTER (WHERE category IN ('脱贫户', '脱贫不稳定户')) END AS filed_persons,
        count(*) FILTER (WHERE category = '脱贫不稳定户' AND NOT risk_removed) AS unstable_households,
        CASE WHEN bool_and(persons IS NOT NULL) FILTER (WHERE category = '脱贫不稳定户' AND NOT risk_removed)
            THEN sum(persons) FILTER (WHERE category = '脱贫不稳定户' AND NOT risk_removed) END AS unstable_persons,
        count(*) FILTER (WHERE category = '边缘易致贫户' AND NOT risk_removed) AS edge_households,
        CASE WHEN bool_and(persons IS NOT NULL) FILTER (WHERE category = '边缘易致贫户' AND NOT risk_removed)
            THEN sum(persons) FILTER (WHERE category = '边缘易致贫户' AND NOT risk_removed) END AS edge_persons
    FROM form_monitor
    GROUP BY township_code
),

uncovered AS (
    SELECT f.township_code, count(DISTINCT coalesce(f.id_number, f.subject_key)) AS persons
    FROM out_finding AS f
    INNER JOIN run_rule AS r ON r.rule_id = f.rule_id
    WHERE r.family = 'missed' AND f.rule_id <> 'missed_disability_subsidy' AND f.state <> 'decided'
    GROUP BY f.township_code
),

subsidised AS (
    SELECT p.township_code, count(DISTINCT p.person_key) AS persons
    FROM link_disability_subsidies AS s
    CROSS JOIN form_ctx AS c
    INNER JOIN core_person AS p ON p.person_key = s.person_key
    WHERE s.on_roll AND s.confidence >= c.min_confidence AND p.active AND p.living
        AND (s.status IS NULL OR NOT regexp_matches(s.status, '停|退|注销|终止'))
    GROUP BY p.township_code
),

pensioned AS (
    SELECT p.township_code, count(DISTINCT p.person_key) AS persons
    FROM core_pension AS n
    CROSS JOIN form_ctx AS c
    INNER JOIN core_person AS p ON p.person_key = n.person_key
    WHERE n.kind = '领取' AND n.confidence >= c.min_confidence AND p.active AND p.living
    GROUP BY p.township_code
),

given AS (
    SELECT
        (SELECT count(*) FROM stg_poverty_registry) > 0 AS registry,
        (SELECT count(*) FROM stg_disability_subsidies) > 0 AS subsidies,
        (SELECT count(*) FROM stg_pensions) > 0 AS pensions,
        (SELECT coalesce(bool_or(status = 'evaluated'), FALSE) FROM run_rule WHERE family = 'missed') AS missed
)

SELECT
    t.nth AS number,
    t.township_name AS region,
    CASE WHEN g.registry THEN coalesce(r.filed_households, 0) END AS filed_households,
    CASE WHEN g.registry THEN CASE WHEN coalesce(r.filed_households, 0) = 0 THEN 0 ELSE r.filed_persons END END AS filed_persons,
    CASE WHEN g.registry THEN coalesce(r.unstable_households, 0) END AS unstable_households,
    CASE WHEN g.registry THEN CASE WHEN coalesce(r.unstable_households, 0) = 0 THEN 0 ELSE r.unstable_persons END END AS unstable_persons,
    CASE WHEN g.registry THEN coalesce(r.edge_households, 0) END AS edge_households,
    CASE WHEN g.registry THEN CASE WHEN coalesce(r.edge_households, 0) = 0 THEN 0 ELSE r.edge_persons END END AS edge_persons,
    CASE WHEN g.missed THEN coalesce(u.persons, 0) END AS uncovered,
    CASE WHEN g.subsidies THEN coalesce(s.persons, 0) END AS subsidised,
    CASE WHEN g.pensions THEN coalesce(n.persons, 0) END AS pensioned
FROM (SELECT unnest($codes) AS township_code, unnest($names) AS township_name, generate_subscripts($codes, 1) AS nth) AS t
CROSS JOIN given AS g
LEFT JOIN registry AS r ON r.township_code = t.township_code
LEFT JOIN uncovered AS u ON u.township_code = t.township_code
LEFT JOIN subsidised AS s ON s.township_code = t.township_code
LEFT JOIN pensioned AS n ON n.township_code = t.township_code
ORDER BY t.nth
