-- Grain: open row × person worth keeping, in the columns of links.
SELECT
    c.dataset,
    c.role,
    c._row_id,
    c.person_key,
    p.household_id,
    p.id_number,
    TRUE AS on_roll,
    'probabilistic' AS tier,
    c.confidence,
    c.name_relation
FROM prob_candidate AS c
INNER JOIN open_row AS o ON o.dataset = c.dataset AND o.role = c.role AND o._row_id = c._row_id
INNER JOIN link_person AS p ON p.person_key = c.person_key
CROSS JOIN prob_competition AS m
WHERE c.confidence >= m.kept_from
