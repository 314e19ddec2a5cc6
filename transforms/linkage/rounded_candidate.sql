-- Grain: damaged number × first 15 digits its original may have had. A spreadsheet keeps 15 significant digits: it cuts the
-- rest to 000, or rounds, and then the 15th digit (with carry) is one higher than the original's. A program that holds the number
-- as a binary double gives back the double, a multiple of 16 (numbers from 11) to 128 (from 58), or the fewest digits, zeros behind
-- them, that mean that double and no other, or its first 16 digits.
WITH numeric_number AS (
    SELECT id_number, try_cast(id_number AS BIGINT) AS whole, try_cast(substr(id_number, 1, 15) AS BIGINT) AS head
    FROM damaged_number
    WHERE try_cast(id_number AS BIGINT) IS NOT NULL
),

numeric_image AS (
    SELECT id_number, whole, head, CAST(CAST(whole AS DOUBLE) AS BIGINT) AS exact
    FROM numeric_number
)

SELECT id_number, 'cut' AS how, whole, head
FROM numeric_number
WHERE whole % 1000 = 0
UNION ALL
SELECT id_number, 'rounded_up' AS how, whole, head - 1 AS head
FROM numeric_number
WHERE whole % 1000 = 0
UNION ALL
SELECT n.id_number, 'binary' AS how, n.whole, n.head + s.step AS head
FROM numeric_image AS n
CROSS JOIN (VALUES (-1), (0), (1)) AS s(step)
WHERE
    n.whole % 1000 <> 0
    AND (n.whole = n.exact OR n.whole % 100 = 0 OR (n.whole % 10 = 0 AND abs(n.whole - n.exact) <= 5))
