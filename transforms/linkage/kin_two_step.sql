-- Grain: two kinship edges over one middle person that make a relation (ref_kin_step), from a person on the roll.
SELECT
    x.a_id,
    y.b_id,
    x.b_id AS through_id,
    s.relation,
    s.reverse,
    x.ref AS first_ref,
    y.ref AS second_ref
FROM kin_edge AS x
INNER JOIN ref_kin_step AS s ON s.first_step = x.relation
INNER JOIN kin_edge AS y ON y.a_id = x.b_id AND y.relation = s.second_step AND y.b_id <> x.a_id
SEMI JOIN link_person AS p ON p.id_number = x.a_id AND p.id_key IS NOT NULL
ANTI JOIN kin_overloaded AS o ON o.id_number = x.b_id
