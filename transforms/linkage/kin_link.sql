-- Grain: pair a → b × relation (a on the roll, as kin_closed has it) that no way tells of whose rows are all plainly their people's: the link
-- the surest way rests on, which is its weakest. Pairs that are not here are exact. Few are.
WITH doubtful AS (
    SELECT _row_id, arg_min(tier, (confidence, tier)) AS tier, min(confidence) AS confidence
    FROM links_other
    WHERE dataset = 'kinship' AND confidence >= 0.9 AND confidence < 1
    GROUP BY _row_id
),

way AS (
    SELECT a_key, b_key, relation, _row_id AS first_row, _row_id AS second_row FROM kin_edge WHERE a_on_roll
    UNION ALL
    SELECT a_key, b_key, relation, first_row, second_row FROM kin_two_step
),

touched AS (
    SELECT w.a_key, w.b_key, w.relation FROM way AS w SEMI JOIN doubtful AS d ON d._row_id = w.first_row
    UNION
    SELECT w.a_key, w.b_key, w.relation FROM way AS w SEMI JOIN doubtful AS d ON d._row_id = w.second_row
),

weakest AS (
    SELECT
        w.a_key,
        w.b_key,
        w.relation,
        CASE WHEN coalesce(y.confidence, 1) < coalesce(x.confidence, 1) THEN y.tier ELSE coalesce(x.tier, 'id_exact') END AS tier,
        CAST(least(coalesce(x.confidence, 1), coalesce(y.confidence, 1)) AS DOUBLE) AS confidence
    FROM way AS w
    SEMI JOIN touched AS t ON t.a_key = w.a_key AND t.b_key = w.b_key AND t.relation = w.relation
    LEFT JOIN doubtful AS x ON x._row_id = w.first_row
    LEFT JOIN doubtful AS y ON y._row_id = w.second_row
),

surest AS (
    SELECT a_key, b_key, relation, arg_max(tier, (confidence, tier)) AS tier, max(confidence) AS confidence
    FROM weakest
    GROUP BY a_key, b_key, relation
    HAVING max(confidence) < 1
)

SELECT
    pa.person_key AS a_person_key,
    coalesce(pb.id_number, nb.id_number) AS b_id,
    s.relation,
    s.tier,
    s.confidence
FROM surest AS s
INNER JOIN link_person AS pa ON pa.id_key = s.a_key
LEFT JOIN link_person AS pb ON pb.id_key = s.b_key
LEFT JOIN kin_name AS nb ON nb.id_key = s.b_key
