-- Grain: kinship row × direction (b is a's <relation>), from people on the roll (a_on_roll) and from those one step from them.
WITH direction AS (
    SELECT a_key, b_key, relation, ended, _row_id, a_on_roll
    FROM kin_row
    WHERE a_key <> b_key AND relation IS NOT NULL
    UNION ALL
    SELECT b_key AS a_key, a_key AS b_key, reverse AS relation, ended, _row_id, b_on_roll AS a_on_roll
    FROM kin_row
    WHERE a_key <> b_key AND relation IS NOT NULL
)

SELECT d.a_key, d.b_key, d.relation, d.ended, d._row_id, d.a_on_roll
FROM direction AS d
LEFT JOIN kin_near AS n ON n.id_key = d.a_key
WHERE d.a_on_roll OR n.id_key IS NOT NULL
