-- The active roll against the one before it (previous_roll: household_id, township_code, benefit_type, persons, yuan), by household and benefit.
WITH now_roll AS (
    SELECT
        household_id,
        benefit_type,
        count(person_key) FILTER (WHERE NOT repeated) + count(DISTINCT person_key) FILTER (WHERE repeated) AS persons,
        max(household_amount) AS yuan
    FROM core_row
    WHERE active
    GROUP BY household_id, benefit_type
),

moved AS (
    SELECT
        coalesce(n.household_id, p.household_id) AS household_id,
        coalesce(n.benefit_type, p.benefit_type) AS benefit_type,
        coalesce(h.township_code, p.township_code, '000000000') AS township_code,
        coalesce(n.persons, p.persons) AS persons,
        coalesce(n.yuan, 0) - coalesce(p.yuan, 0) AS yuan,
        CASE WHEN p.household_id IS NULL THEN 'joined' WHEN n.household_id IS NULL THEN 'left' WHEN n.yuan > p.yuan THEN 'raised'
            WHEN n.yuan < p.yuan THEN 'lowered' ELSE 'unchanged' END AS how
    FROM now_roll AS n
    FULL OUTER JOIN previous_roll AS p ON p.household_id = n.household_id AND p.benefit_type = n.benefit_type
    LEFT JOIN core_household_place AS h ON h.household_id = coalesce(n.household_id, p.household_id)
    WHERE (SELECT known FROM previous_roll_known)
),

placed AS (
    SELECT t.county_code, t.township_code, m.* EXCLUDE (township_code)
    FROM moved AS m
    INNER JOIN core_township AS t ON t.township_code = m.township_code
    UNION ALL
    SELECT o.county_code, '000000000', m.* EXCLUDE (township_code)
    FROM moved AS m
    CROSS JOIN (SELECT county_code FROM core_township WHERE township_code = '000000000') AS o
    WHERE m.township_code NOT IN (SELECT township_code FROM core_township)
),

leveled AS (
    SELECT 'household' AS level, county_code, township_code, household_id, benefit_type, how, persons, yuan FROM placed
    UNION ALL
    SELECT 'township', county_code, township_code, NULL, benefit_type, how, persons, yuan FROM placed
    UNION ALL
    SELECT 'county', county_code, NULL, NULL, benefit_type, how, persons, yuan FROM placed
)

SELECT
    level, county_code, township_code, household_id, benefit_type,
    count(*) FILTER (WHERE how = 'joined') AS joined, count(*) FILTER (WHERE how = 'left') AS "left",
    count(*) FILTER (WHERE how = 'raised') AS raised, count(*) FILTER (WHERE how = 'lowered') AS lowered,
    count(*) FILTER (WHERE how = 'unchanged') AS unchanged,
    CAST(coalesce(sum(persons) FILTER (WHERE how = 'joined'), 0) AS BIGINT) AS joined_persons,
    CAST(coalesce(sum(persons) FILTER (WHERE how = 'left'), 0) AS BIGINT) AS left_persons,
    CAST(coalesce(sum(persons) FILTER (WHERE how = 'raised'), 0) AS BIGINT) AS raised_persons,
    CAST(coalesce(sum(persons) FILTER (WHERE how = 'lowered'), 0) AS BIGINT) AS lowered_persons,
    CAST(coalesce(sum(persons) FILTER (WHERE how = 'unchanged'), 0) AS BIGINT) AS unchanged_persons,
    CAST(coalesce(sum(yuan) FILTER (WHERE how = 'joined'), 0) AS DECIMAL(18, 2)) AS joined_yuan,
    CAST(coalesce(sum(yuan) FILTER (WHERE how = 'left'), 0) AS DECIMAL(18, 2)) AS left_yuan,
    CAST(coalesce(sum(yuan) FILTER (WHERE how = 'raised'), 0) AS DECIMAL(18, 2)) AS raised_yuan,
    CAST(coalesce(sum(yuan) FILTER (WHERE how = 'lowered'), 0) AS DECIMAL(18, 2)) AS lowered_yuan,
    CAST(0 AS DECIMAL(18, 2)) AS unchanged_yuan
FROM leveled
GROUP BY level, county_code, township_code, household_id, benefit_type
ORDER BY level, county_code, township_code, benefit_type, household_id
