-- Grain: plain name in a scored pair: how many in how many bear it, so that 张秀英 weighs less than 欧阳姝羽. Counted over the roll and the
-- open rows, and drawn towards a middling name by prior_records records of which prior_records × prior_share bear it: one county's
-- list says little about a name seen once.
WITH seen AS (
    SELECT plain_name, count(DISTINCT person_key) AS n FROM prob_person GROUP BY plain_name
    UNION ALL
    SELECT plain_name, count(*) AS n FROM prob_row GROUP BY plain_name
),

total AS (
    SELECT CAST(coalesce(sum(n), 0) AS DOUBLE) AS n FROM seen
),

counted AS (
    SELECT plain_name, CAST(sum(n) AS DOUBLE) AS n FROM seen GROUP BY plain_name
)

SELECT
    c.plain_name,
    (c.n + m.prior_records * m.prior_share) / (t.n + m.prior_records) AS tf_plain_name
FROM counted AS c
SEMI JOIN prob_spelling AS s ON s.plain_name = c.plain_name
CROSS JOIN total AS t
CROSS JOIN prob_frequency AS m
