-- Who can be drawn. Grain: township × benefit type × household with active roll rows there. The draw hangs on the seed and the household's
-- number alone: neither the order of the rows nor the other households move it.
CREATE OR REPLACE TEMP TABLE sample_village AS
SELECT
    substr(township_code, 1, 9) AS township_code,
    regexp_replace(coalesce(village, ''), '\s', '', 'g') AS village
FROM stg_townships
WHERE full_check
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE sample_population AS
WITH households AS (
    SELECT
        coalesce(r.township_code, '000000000') AS township_code,
        r.household_id,
        r.benefit_type,
        min(min(regexp_replace(coalesce(r.village, ''), '\s', '', 'g')))
            OVER (PARTITION BY coalesce(r.township_code, '000000000'), r.household_id) AS village
    FROM core_row AS r
    WHERE r.active
    GROUP BY coalesce(r.township_code, '000000000'), r.household_id, r.benefit_type
),

flagged AS (
    SELECT household_id FROM raw_finding
    UNION
    SELECT unnest(string_split(also_keys, ' ')) FROM raw_finding
    UNION
    SELECT m.household_id
    FROM core_member AS m
    INNER JOIN (
        SELECT person_key FROM raw_finding
        UNION
        SELECT unnest(string_split(also_keys, ' ')) FROM raw_finding
    ) AS f ON f.person_key = m.person_key
)

SELECT
    h.township_code, h.benefit_type, h.household_id, h.village,
    EXISTS (SELECT 1 FROM sample_village AS v WHERE v.township_code = h.township_code AND v.village IN (h.village, '')) AS full_check,
    f.household_id IS NOT NULL AS flagged,
    md5(concat_ws('|', $seed, h.household_id)) AS lot,
    -- Where a village starts in the systematic draw, between 0 and 1: without it one-household villages would never be drawn.
    md5_number_lower(concat_ws('|', $seed, h.township_code, h.benefit_type, h.village)) / 18446744073709551616.0 AS village_start
FROM households AS h
LEFT JOIN flagged AS f ON f.household_id = h.household_id;
