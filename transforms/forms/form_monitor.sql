-- Grain: household of the poverty registry. persons is known where the registry lists members (some household of the file has several rows),
-- else from the roll where the household's person is on it, else NULL.
CREATE OR REPLACE TEMP TABLE form_monitor AS
WITH member_file AS (
    SELECT DISTINCT _file
    FROM (SELECT _file, household_id FROM stg_poverty_registry GROUP BY _file, household_id HAVING count(*) > 1)
),

-- One place on the roll per registry row: the surest link, the active household before an old one.
linked AS (
    SELECT l._row_id, h.household_id, h.active, h.head_count
    FROM link_poverty_registry AS l
    CROSS JOIN form_ctx AS c
    INNER JOIN core_person AS p ON p.person_key = l.person_key
    INNER JOIN core_household AS h ON h.household_id = p.household_id
    WHERE l.on_roll AND l.confidence >= c.min_confidence
    QUALIFY row_number() OVER (PARTITION BY l._row_id ORDER BY h.active DESC, l.confidence DESC, h.household_id) = 1
),

benefit AS (
    SELECT household_id, string_agg(DISTINCT benefit_type, '、' ORDER BY benefit_type) AS benefits FROM core_row WHERE active GROUP BY household_id
)

SELECT
    g.household_id,
    arg_min(g.category, g._row_id) AS category,
    coalesce(bool_and(g.risk_removed), FALSE) AS risk_removed,
    coalesce(t.township_code, '000000000') AS township_code,
    arg_min(g.village, g._row_id) AS village,
    arg_min(g.name, g._row_id) AS name,
    arg_min(g.id_number, g._row_id) AS id_number,
    CASE WHEN bool_or(m._file IS NOT NULL) THEN count(*) ELSE max(l.head_count) FILTER (WHERE l.active) END AS persons,
    string_agg(DISTINCT g.risk, '、' ORDER BY g.risk) AS risk,
    concat_ws('；',
        string_agg(DISTINCT g.measures, '、' ORDER BY g.measures),
        CASE WHEN max(b.benefits) IS NOT NULL THEN concat('享受', max(b.benefits)) END
    ) AS measures
FROM stg_poverty_registry AS g
LEFT JOIN core_township AS t ON t.township_code = substr(g.township_code, 1, 9)
LEFT JOIN member_file AS m ON m._file = g._file
LEFT JOIN linked AS l ON l._row_id = g._row_id
LEFT JOIN benefit AS b ON b.household_id = l.household_id
WHERE g.household_id IS NOT NULL
GROUP BY g.household_id, coalesce(t.township_code, '000000000')
