-- Grain: officials row. Serving on the check date: begun (or no start given) and not yet ended; NULL where the row's file lacks a date column that
-- other files have. So it is with the township: empty, an official counts in every one, but not where his file has no column for it.
SELECT
    o.* EXCLUDE (township_code),
    substr(o.township_code, 1, 9) AS township_code,
    CASE
        WHEN o.start_date > c.as_of OR o.end_date <= c.as_of THEN FALSE
        WHEN (k.starts AND NOT o.has_start_date) OR (k.ends AND NOT o.has_end_date) THEN NULL
        ELSE TRUE
    END AS serving,
    k.townships AND NOT o.has_township_code AS township_unknown,
    l.person_key
FROM stg_officials AS o
CROSS JOIN core_ctx AS c
CROSS JOIN (
    SELECT
        coalesce(bool_or(has_start_date), FALSE) AS starts,
        coalesce(bool_or(has_end_date), FALSE) AS ends,
        coalesce(bool_or(has_township_code), FALSE) AS townships
    FROM stg_officials
) AS k
LEFT JOIN (
    SELECT _row_id, min(person_key) AS person_key
    FROM links_officials
    CROSS JOIN core_ctx
    WHERE on_roll AND confidence >= min_confidence
    GROUP BY _row_id
) AS l ON l._row_id = o._row_id
