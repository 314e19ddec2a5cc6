-- Findings by rule and severity. A finding belongs to one household (none: people off the roll) and one township, so sums foot.
WITH households AS (
    SELECT
        t.county_code,
        f.township_code,
        f.household_id,
        f.rule_id,
        f.severity,
        count(*) AS findings,
        count(DISTINCT CASE WHEN f.subject_kind NOT LIKE 'household%' AND f.subject_kind <> 'bank_account' THEN coalesce(f.id_number, f.subject_key) END) AS persons,
        count(DISTINCT f.household_id) AS households,
        coalesce(sum(f.amount_at_risk), 0) AS amount_at_risk,
        count(*) FILTER (WHERE f.state = 'new') AS new,
        count(*) FILTER (WHERE f.state = 'continuing') AS continuing,
        count(*) FILTER (WHERE f.state = 'changed') AS changed,
        count(*) FILTER (WHERE f.state = 'decided') AS decided,
        count(*) FILTER (WHERE f.state = 'reopened') AS reopened,
        coalesce(sum(v.reviewed), 0) AS reviewed,
        coalesce(sum(v.confirmed), 0) AS confirmed
    FROM out_finding AS f
    INNER JOIN core_township AS t ON t.township_code = f.township_code
    LEFT JOIN finding_review AS v ON v.finding_id = f.finding_id
    GROUP BY t.county_code, f.township_code, f.household_id, f.rule_id, f.severity
),

townships AS (
    SELECT
        county_code, township_code, rule_id, severity, sum(findings) AS findings, sum(persons) AS persons, sum(households) AS households,
        sum(amount_at_risk) AS amount_at_risk, sum(new) AS new, sum(continuing) AS continuing, sum(changed) AS changed,
        sum(decided) AS decided, sum(reopened) AS reopened, sum(reviewed) AS reviewed, sum(confirmed) AS confirmed
    FROM households
    GROUP BY county_code, township_code, rule_id, severity
),

leveled AS (
    SELECT 'household' AS level, county_code, township_code, household_id, * EXCLUDE (county_code, township_code, household_id) FROM households
    UNION ALL
    SELECT 'township', county_code, township_code, NULL, * EXCLUDE (county_code, township_code) FROM townships
    UNION ALL
    SELECT
        'county', county_code, NULL, NULL, rule_id, severity, sum(findings), sum(persons), sum(households), sum(amount_at_risk), sum(new),
        sum(continuing), sum(changed), sum(decided), sum(reopened), sum(reviewed), sum(confirmed)
    FROM townships
    GROUP BY county_code, rule_id, severity
)

SELECT
    level, county_code, township_code, household_id, rule_id, severity,
    CAST(findings AS BIGINT) AS findings, CAST(persons AS BIGINT) AS persons, CAST(households AS BIGINT) AS households,
    CAST(amount_at_risk AS DECIMAL(18, 2)) AS amount_at_risk, CAST(new AS BIGINT) AS new, CAST(continuing AS BIGINT) AS continuing,
    CAST(changed AS BIGINT) AS changed, CAST(decided AS BIGINT) AS decided, CAST(reopened AS BIGINT) AS reopened,
    CAST(reviewed AS BIGINT) AS reviewed, CAST(confirmed AS BIGINT) AS confirmed
FROM leveled
ORDER BY level, county_code, township_code, rule_id, severity, household_id
