-- Grain: township. The bureau's own list, codes the roll uses beyond it, and 000000000 for what belongs nowhere.
WITH listed AS (
    SELECT
        township_of(township_code) AS township_code,
        min(township_name) AS township_name,
        min(county_name) AS county_name
    FROM stg_townships
    WHERE township_of(township_code) <> '000000000'
    GROUP BY township_of(township_code)
),

county AS (
    SELECT substr(township_code, 1, 6) AS county_code, min(county_name) AS county_name
    FROM listed
    GROUP BY substr(township_code, 1, 6)
),

main_county AS (
    SELECT coalesce(max(county_code), '000000') AS county_code
    FROM (
        SELECT substr(township_code, 1, 6) AS county_code
        FROM core_ctx_township
        GROUP BY substr(township_code, 1, 6)
        ORDER BY sum(roll_rows) DESC, substr(township_code, 1, 6)
        LIMIT 1
    ) AS most_rows
),

every_code AS (
    SELECT township_code, township_name FROM listed
    UNION ALL
    SELECT u.township_code, '代码表外镇街' AS township_name
    FROM core_ctx_township AS u
    LEFT JOIN listed AS l ON l.township_code = u.township_code
    WHERE l.township_code IS NULL
),

placed AS (
    SELECT e.township_code, e.township_name, substr(e.township_code, 1, 6) AS county_code
    FROM every_code AS e
    UNION ALL
    SELECT '000000000' AS township_code, '未定' AS township_name, m.county_code
    FROM main_county AS m
)

SELECT p.township_code, p.township_name, p.county_code, coalesce(k.county_name, p.county_code) AS county_name
FROM placed AS p
LEFT JOIN county AS k ON k.county_code = p.county_code
