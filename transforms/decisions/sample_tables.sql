-- What the spot checks found, from loaded_visit. Grain of sample_result: household of a township's list of a draw.
CREATE OR REPLACE TABLE sample_result AS
SELECT
    v.draw_id, v.run_id, v.run_as_of, v.township_code, v.household_id, v.benefit_types, v.method, v.flagged, v.checked_on,
    v.result, v.problem_kind,
    coalesce(v.result IN ('符合', '不符合'), FALSE) AS reviewed,
    coalesce(v.result = '不符合', FALSE) AS problem,
    -- Villages checked whole were chosen for being what they are: they say nothing of the others.
    v.method <> '整村必查' AS by_chance,
    -- Those drawn on top are clean ones only: with them the share of all households would come out too small.
    v.method IN ('随机抽取', '整村抽取') AS for_all
FROM loaded_visit AS v
WHERE v.run_as_of <= CAST($as_of AS DATE)
ORDER BY v.run_as_of, v.draw_id, v.township_code, v.household_id;

-- A household with several benefits counts in each of them, and once in ''. Misses: households drawn by chance without any finding in the
-- run they were drawn from (clean), in which the visit found a problem all the same.
CREATE OR REPLACE TABLE sample_estimate AS
WITH counted AS (
    SELECT
        substr(township_code, 1, 6) AS county_code,
        township_code,
        unnest(list_append(string_split(benefit_types, '、'), '')) AS benefit_type,
        *  EXCLUDE (township_code)
    FROM sample_result
),

summed AS (
    SELECT
        CASE WHEN grouping(township_code) = 0 THEN 'township' ELSE 'county' END AS level,
        county_code, township_code, benefit_type,
        count(*) AS drawn,
        count(*) FILTER (reviewed AND for_all) AS reviewed,
        count(*) FILTER (problem AND for_all) AS problems,
        count(*) FILTER (by_chance AND NOT flagged) AS clean_drawn,
        count(*) FILTER (reviewed AND by_chance AND NOT flagged) AS clean_reviewed,
        count(*) FILTER (problem AND by_chance AND NOT flagged) AS misses,
        count(*) FILTER (problem AND by_chance AND NOT flagged AND problem_kind = '应退未退') AS misses_to_end,
        count(*) FILTER (reviewed AND by_chance AND flagged) AS flagged_reviewed,
        count(*) FILTER (problem AND by_chance AND flagged) AS flagged_problems,
        count(*) FILTER (reviewed AND NOT by_chance) AS whole_reviewed,
        count(*) FILTER (problem AND NOT by_chance) AS whole_problems
    FROM counted
    GROUP BY GROUPING SETS ((county_code, township_code, benefit_type), (county_code, benefit_type))
)

SELECT
    *,
    wilson_low(problems, reviewed) AS low, wilson_high(problems, reviewed) AS high,
    wilson_low(misses, clean_reviewed) AS miss_low, wilson_high(misses, clean_reviewed) AS miss_high
FROM summed
ORDER BY level, county_code, township_code, benefit_type;
