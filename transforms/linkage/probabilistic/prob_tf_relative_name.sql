-- Grain: relative's name of an open row in a scored pair: what share of the people on the roll bears it; as prob_tf_name.
WITH wanted AS (
    SELECT DISTINCT r.relative_name
    FROM prob_row AS r
    SEMI JOIN prob_pair AS p ON p.row_no = r.row_no
    WHERE r.relative_name IS NOT NULL
),

total AS (
    SELECT CAST(count(DISTINCT person_key) AS DOUBLE) AS n FROM prob_person
)

SELECT
    w.relative_name,
    (CAST(count(DISTINCT q.person_key) AS DOUBLE) + m.prior_records * m.prior_share)
    / (t.n + m.prior_records) AS tf_relative_name
FROM wanted AS w
LEFT JOIN prob_person AS q ON q.name = w.relative_name
CROSS JOIN total AS t
CROSS JOIN prob_frequency AS m
GROUP BY w.relative_name, t.n, m.prior_records, m.prior_share
