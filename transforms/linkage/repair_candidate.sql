-- Grain: damaged number × number it may have been. One substitution: at each position the check sum leaves at most one digit
-- that makes the number right, so there are at most 18; one swap of neighbours: at most 17. The join on the 64-bit key of
-- these few numbers costs the same however large the roll is.
WITH total AS (
    SELECT
        id_number,
        sum(coalesce(weight * digit, 0)) AS weighted,
        sum(CASE WHEN digit IS NULL THEN 1 ELSE 0 END) AS no_digits
    FROM damaged_digit
    GROUP BY id_number
),

needed AS (
    SELECT
        d.id_number,
        d.i,
        (((1 - (t.weighted - coalesce(d.weight * d.digit, 0))) % 11 + 11) % 11) * d.inverse % 11 AS digit
    FROM damaged_digit AS d
    INNER JOIN total AS t ON t.id_number = d.id_number
    WHERE t.no_digits = CASE WHEN d.digit IS NULL THEN 1 ELSE 0 END
),

candidate AS (
    SELECT
        id_number,
        'substituted' AS how,
        concat(
            substr(id_number, 1, i - 1),
            CASE WHEN digit = 10 THEN 'X' ELSE CAST(digit AS VARCHAR) END,
            substr(id_number, i + 1)
        ) AS candidate
    FROM needed
    WHERE digit < 10 OR i = 18
    UNION ALL
    SELECT
        id_number,
        'swapped' AS how,
        concat(substr(id_number, 1, i - 1), substr(id_number, i + 1, 1), ch, substr(id_number, i + 2)) AS candidate
    FROM damaged_digit
    WHERE i < 18 AND ch <> substr(id_number, i + 1, 1)
)

SELECT id_number, how, candidate, try_cast(substr(candidate, 1, 17) AS BIGINT) AS candidate_key
FROM candidate
