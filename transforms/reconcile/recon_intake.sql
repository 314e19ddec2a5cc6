-- Two kinds of rows. kind 'file' (level county): what became of every row of every file. kind 'quality' (household, township, county): the two
-- rates the notices ask for, from counts that foot: 信息入库准确率 = roll rows without an identity or code finding, 校验通过率 = roll rows that
-- passed every contract check (row_check) and bear a valid ID number.
WITH identity_finding AS (
    SELECT DISTINCT r.person_key
    FROM raw_finding AS r
    WHERE r.rule_id LIKE 'id\_%' ESCAPE '\'
),

households AS (
    SELECT
        t.county_code,
        c.township_code,
        c.household_id,
        count(*) AS roll_rows,
        count(*) FILTER (WHERE i.person_key IS NULL AND coalesce(k.code_ok, TRUE)) AS accurate_rows,
        count(*) FILTER (WHERE coalesce(k.passed, TRUE) AND c.id_valid) AS passed_rows
    FROM core_row AS c
    INNER JOIN core_township AS t ON t.township_code = coalesce(c.township_code, '000000000')
    LEFT JOIN identity_finding AS i ON i.person_key = c.person_key
    LEFT JOIN row_check AS k ON k._row_id = c._row_id
    GROUP BY t.county_code, c.township_code, c.household_id
),

quality AS (
    SELECT 'household' AS level, * FROM households
    UNION ALL
    SELECT 'township', county_code, township_code, NULL, sum(roll_rows), sum(accurate_rows), sum(passed_rows)
    FROM households GROUP BY county_code, township_code
    UNION ALL
    SELECT 'county', county_code, NULL, NULL, sum(roll_rows), sum(accurate_rows), sum(passed_rows)
    FROM households GROUP BY county_code
),

ignored AS (
    SELECT dataset, file, to_json(map(list(reason ORDER BY reason), list(rows ORDER BY reason))) AS reasons
    FROM run_ignored GROUP BY dataset, file
)

SELECT
    'file' AS kind, 'county' AS level, m.county_code, CAST(NULL AS VARCHAR) AS township_code, CAST(NULL AS VARCHAR) AS household_id,
    f.dataset, f.file, f.status, f.received, f.loaded, f.quarantined, f.ignored, CAST(i.reasons AS VARCHAR) AS ignored_by_reason,
    CAST(NULL AS BIGINT) AS roll_rows, CAST(NULL AS BIGINT) AS accurate_rows, CAST(NULL AS BIGINT) AS passed_rows,
    CAST(NULL AS DOUBLE) AS accuracy_rate, CAST(NULL AS DOUBLE) AS pass_rate
FROM run_input AS f
CROSS JOIN (SELECT county_code FROM core_township WHERE township_code = '000000000') AS m
LEFT JOIN ignored AS i ON i.dataset = f.dataset AND i.file = f.file
UNION ALL
SELECT
    'quality', level, county_code, township_code, household_id, 'benefit_roll', NULL, NULL, NULL, NULL, NULL, NULL, NULL,
    CAST(roll_rows AS BIGINT), CAST(accurate_rows AS BIGINT), CAST(passed_rows AS BIGINT), accurate_rows / roll_rows, passed_rows / roll_rows
FROM quality
ORDER BY 1, 2, 3, 4, 5, 6, 7
