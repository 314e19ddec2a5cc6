-- A share of the households without any finding that no other draw took: what is found there is what the rules missed.
INSERT INTO sample_drawn
WITH clean AS (
    SELECT
        p.township_code, p.benefit_type, p.household_id,
        row_number() OVER (PARTITION BY p.township_code, p.benefit_type ORDER BY md5(concat_ws('|', 'unflagged', p.lot)), p.household_id) AS place,
        count(*) OVER (PARTITION BY p.township_code, p.benefit_type) AS households
    FROM sample_population AS p
    WHERE NOT p.flagged AND NOT EXISTS (
        SELECT 1 FROM sample_drawn AS d WHERE d.township_code = p.township_code AND d.household_id = p.household_id
    )
)

SELECT DISTINCT c.township_code, c.household_id, '补充抽取' AS method
FROM clean AS c
INNER JOIN sample_fraction AS s ON s.township_code = c.township_code
WHERE c.place <= ceil(c.households * s.fraction);
