-- Grain: officials row. Serving on the check date: begun (or no start given) and not yet ended.
SELECT
    o.* EXCLUDE (township_code),
    substr(o.township_code, 1, 9) AS township_code,
    (o.start_date IS NULL OR o.start_date <= c.as_of) AND (o.end_date IS NULL OR o.end_date > c.as_of) AS serving,
    l.person_key
FROM stg_officials AS o
CROSS JOIN core_ctx AS c
LEFT JOIN (
    SELECT _row_id, min(person_key) AS person_key
    FROM links_officials
    CROSS JOIN core_ctx
    WHERE on_roll AND confidence >= min_confidence
    GROUP BY _row_id
) AS l ON l._row_id = o._row_id
