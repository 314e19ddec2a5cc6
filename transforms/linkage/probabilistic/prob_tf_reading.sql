-- Grain: toneless reading of a name in a scored pair: what share of the roll and the open rows sounds like it; as prob_tf_name.
WITH seen AS (
    SELECT plain_name, count(DISTINCT person_key) AS n FROM prob_person GROUP BY plain_name
    UNION ALL
    SELECT plain_name, count(*) AS n FROM prob_row GROUP BY plain_name
),

total AS (
    SELECT CAST(coalesce(sum(n), 0) AS DOUBLE) AS n FROM seen
),

wanted AS (
    SELECT DISTINCT n.reading
    FROM prob_spelling AS s
    INNER JOIN prob_name AS n ON n.plain_name = s.plain_name
),

counted AS (
    SELECT n.reading, CAST(sum(s.n) AS DOUBLE) AS n
    FROM seen AS s
    INNER JOIN prob_name AS n ON n.plain_name = s.plain_name
    GROUP BY n.reading
)

SELECT
    c.reading,
    (c.n + m.prior_records * m.prior_share) / (t.n + m.prior_records) AS tf_reading
FROM counted AS c
SEMI JOIN wanted AS w ON w.reading = c.reading
CROSS JOIN total AS t
CROSS JOIN prob_frequency AS m
