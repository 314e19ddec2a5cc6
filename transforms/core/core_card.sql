-- Grain: disability card row. valid is NULL where the row's file lacks the column that would decide it (status, valid_until).
-- severe: grade 1-2 of any kind, grade 3 of 智力 or 精神 (多重 grade 3 is not enough). person_key: the linked person on the roll, if any.
WITH linked AS (
    SELECT l._row_id, l.person_key, l.tier, l.confidence
    FROM link_disability_register AS l
    CROSS JOIN core_ctx AS c
    WHERE l.on_roll AND l.confidence >= c.min_confidence
)

SELECT
    d.* EXCLUDE (township_code),
    substr(d.township_code, 1, 9) AS township_code,
    l.person_key,
    l.tier,
    l.confidence,
    CASE
        WHEN d.status IS NOT NULL AND d.status <> '有效' THEN FALSE
        -- A card valid until a month is valid to that month's end.
        WHEN CASE WHEN d.valid_until_month_only THEN month_end(month_index(d.valid_until)) ELSE d.valid_until END < c.as_of THEN FALSE
        WHEN NOT d.has_status OR NOT d.has_valid_until THEN NULL
        ELSE TRUE
    END AS valid,
    coalesce(d.disability_grade IN (1, 2) OR (d.disability_grade = 3 AND d.disability_type IN ('智力', '精神')), FALSE) AS severe
FROM stg_disability_register AS d
CROSS JOIN core_ctx AS c
LEFT JOIN linked AS l ON l._row_id = d._row_id
