-- Grain: two kinship edges over one middle person that make a relation (ref_kin_step), from a person on the roll.
SELECT x.a_key, y.b_key, x.b_key AS through_key, s.relation, x._row_id AS first_row, y._row_id AS second_row
FROM kin_edge AS x
INNER JOIN ref_kin_step AS s ON s.first_step = x.relation
INNER JOIN kin_edge AS y ON y.a_key = x.b_key AND y.relation = s.second_step AND y.b_key <> x.a_key
ANTI JOIN kin_overloaded AS o ON o.id_key = x.b_key
WHERE x.a_on_roll
