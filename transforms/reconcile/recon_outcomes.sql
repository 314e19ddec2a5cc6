-- Each active roll row has exactly one outcome: the gravest open finding about its person or household; decided when only settled ones
-- are left; clear only where every rule ran and the row's number lets it be compared; else not_evaluated.
WITH graded AS (
    SELECT
        about,
        min(CASE WHEN state = 'decided' THEN 4 WHEN severity = 'high' THEN 1 WHEN severity = 'medium' THEN 2 ELSE 3 END) AS grade
    FROM finding_about
    GROUP BY about
),

row_outcome AS (
    SELECT
        r._row_id,
        r.household_id,
        coalesce(r.township_code, '000000000') AS township_code,
        CASE least(coalesce(p.grade, 9), coalesce(h.grade, 9))
            WHEN 1 THEN 'high' WHEN 2 THEN 'medium' WHEN 3 THEN 'low' WHEN 4 THEN 'decided'
            ELSE CASE WHEN n.not_run > 0 OR NOT r.id_valid THEN 'not_evaluated' ELSE 'clear' END
        END AS outcome
    FROM core_row AS r
    LEFT JOIN graded AS p ON p.about = r.person_key
    LEFT JOIN graded AS h ON h.about = r.household_id
    CROSS JOIN (SELECT count(*) AS not_run FROM run_rule WHERE status <> 'evaluated') AS n
    WHERE r.active
),

households AS (
    SELECT o.township_code, o.household_id, o.outcome, count(*) AS roll_rows
    FROM row_outcome AS o
    GROUP BY o.township_code, o.household_id, o.outcome
)

SELECT 'household' AS level, t.county_code, h.township_code, h.household_id, h.outcome, CAST(h.roll_rows AS BIGINT) AS roll_rows
FROM households AS h INNER JOIN core_township AS t ON t.township_code = h.township_code
UNION ALL
SELECT 'township', t.county_code, h.township_code, NULL, h.outcome, CAST(sum(h.roll_rows) AS BIGINT)
FROM households AS h INNER JOIN core_township AS t ON t.township_code = h.township_code
GROUP BY t.county_code, h.township_code, h.outcome
UNION ALL
SELECT 'county', t.county_code, NULL, NULL, h.outcome, CAST(sum(h.roll_rows) AS BIGINT)
FROM households AS h INNER JOIN core_township AS t ON t.township_code = h.township_code
GROUP BY t.county_code, h.outcome
ORDER BY 1, 2, 3, 4, 5
