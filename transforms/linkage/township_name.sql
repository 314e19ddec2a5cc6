-- Grain: township_code (9 digits) × name. The towns and streets of the bureau's list.
SELECT substr(township_code, 1, 9) AS township_code, township_name, max(county_name) AS county_name
FROM stg_townships
WHERE township_name IS NOT NULL
GROUP BY substr(township_code, 1, 9), township_name
