-- Grain: household named by the roll, the payments or the archives. Where it belongs: its active rows (lowest code), else its latest row,
-- else the archive's township when it is a known one, else the first nine digits of its number when they are a known township, else 000000000.
WITH ranked AS (
    SELECT
        household_id,
        township_code,
        village,
        head_name,
        head_id_number,
        row_number() OVER (
            PARTITION BY household_id
            ORDER BY CASE WHEN active THEN 0 ELSE 1 END, CASE WHEN active THEN township_code END, start_date DESC, _row_id
        ) AS place
    FROM core_row
),

from_roll AS (
    SELECT household_id, township_code, village, head_name, head_id_number FROM ranked WHERE place = 1
),

archived AS (
    SELECT
        household_id,
        min(nullif(township_of(township_code), '000000000')) AS township_code,
        min(head_name) AS head_name
    FROM stg_archives
    GROUP BY household_id
),

paid AS (
    -- A household whose head the roll names learns nothing from what it was paid.
    SELECT p.household_id, min(p.payee_name) AS head_name
    FROM stg_payments AS p
    ANTI JOIN (SELECT household_id FROM from_roll WHERE head_name IS NOT NULL) AS r ON r.household_id = p.household_id
    GROUP BY p.household_id
),

every_household AS (
    SELECT household_id FROM from_roll
    UNION
    SELECT household_id FROM archived
    UNION
    SELECT household_id FROM paid
)

SELECT
    h.household_id,
    coalesce(r.township_code, k.township_code, t.township_code, '000000000') AS township_code,
    r.village,
    coalesce(r.head_name, a.head_name, p.head_name) AS head_name,
    r.head_name AS roll_head_name,
    r.head_id_number AS roll_head_id_number,
    r.household_id IS NOT NULL AS on_roll
FROM every_household AS h
LEFT JOIN from_roll AS r ON r.household_id = h.household_id
LEFT JOIN archived AS a ON a.household_id = h.household_id
LEFT JOIN paid AS p ON p.household_id = h.household_id
LEFT JOIN core_township AS k ON k.township_code = a.township_code
LEFT JOIN core_township AS t ON t.township_code = substr(h.household_id, 1, 9)
WHERE h.household_id IS NOT NULL
