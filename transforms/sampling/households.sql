-- A share of each benefit type, spread over the villages in proportion to their households; villages checked whole stand outside.
CREATE OR REPLACE TEMP TABLE sample_drawn AS
WITH placed AS (
    SELECT
        p.*,
        (row_number() OVER (PARTITION BY p.township_code, p.benefit_type, p.village ORDER BY p.lot, p.household_id) - 1 + p.village_start)
            / count(*) OVER (PARTITION BY p.township_code, p.benefit_type, p.village) AS position,
        count(*) OVER (PARTITION BY p.township_code, p.benefit_type) AS households
    FROM sample_population AS p
    WHERE NOT p.full_check
),

ranked AS (
    SELECT
        q.*,
        row_number() OVER (PARTITION BY q.township_code, q.benefit_type ORDER BY q.position, q.lot, q.household_id) AS place
    FROM placed AS q
)

SELECT DISTINCT r.township_code, r.household_id, '随机抽取' AS method
FROM ranked AS r
INNER JOIN sample_fraction AS s ON s.township_code = r.township_code
WHERE r.place <= ceil(r.households * s.fraction);
