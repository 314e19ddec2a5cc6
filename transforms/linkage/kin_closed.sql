-- Grain: ordered pair a → b × relation (b is a's spouse, parent, child, sibling, grandparent or grandchild), one of them at least on the
-- roll: what the kinship rows say in either direction and what follows in two steps. refs: the kinship rows it rests on.
-- ended: the last end date any row of the marriage gives.
WITH person AS (
    SELECT id_number, person_key, name
    FROM link_person
    WHERE id_key IS NOT NULL
),

said AS (
    SELECT a_id, b_id, relation, ended, ref FROM kin_edge
    UNION ALL
    SELECT a_id, b_id, relation, CAST(NULL AS DATE) AS ended, first_ref AS ref FROM kin_two_step
    UNION ALL
    SELECT a_id, b_id, relation, CAST(NULL AS DATE) AS ended, second_ref AS ref FROM kin_two_step
    UNION ALL
    SELECT b_id AS a_id, a_id AS b_id, reverse AS relation, CAST(NULL AS DATE) AS ended, first_ref AS ref FROM kin_two_step
    UNION ALL
    SELECT b_id AS a_id, a_id AS b_id, reverse AS relation, CAST(NULL AS DATE) AS ended, second_ref AS ref FROM kin_two_step
),

said_once AS (
    SELECT a_id, b_id, relation, ref, max(ended) AS ended
    FROM said
    GROUP BY a_id, b_id, relation, ref
),

counted AS (
    SELECT a_id, b_id, relation, max(ended) AS ended, count(*) AS rows_used, min(ref) AS first_ref, max(ref) AS last_ref
    FROM said_once
    GROUP BY a_id, b_id, relation
),

-- Nearly every pair rests on one or two rows; sorting text per group is kept for the rest.
many AS (
    SELECT s.a_id, s.b_id, s.relation, string_agg(s.ref, ' ' ORDER BY s.ref) AS refs
    FROM said_once AS s
    SEMI JOIN counted AS c
        ON c.a_id = s.a_id AND c.b_id = s.b_id AND c.relation = s.relation AND c.rows_used > 2
    GROUP BY s.a_id, s.b_id, s.relation
),

closed AS (
    SELECT
        c.a_id,
        c.b_id,
        c.relation,
        c.ended,
        CASE c.rows_used
            WHEN 1 THEN c.first_ref
            WHEN 2 THEN concat_ws(' ', c.first_ref, c.last_ref)
            ELSE m.refs
        END AS refs
    FROM counted AS c
    LEFT JOIN many AS m ON m.a_id = c.a_id AND m.b_id = c.b_id AND m.relation = c.relation
),

off_roll_name AS (
    SELECT id_number, min(name) AS name
    FROM (
        SELECT a_id AS id_number, a_name AS name FROM kin_edge
        UNION ALL
        SELECT b_id AS id_number, b_name AS name FROM kin_edge
    ) AS n
    GROUP BY id_number
)

SELECT
    c.a_id,
    c.b_id,
    coalesce(pa.name, na.name) AS a_name,
    coalesce(pb.name, nb.name) AS b_name,
    pa.person_key AS a_person_key,
    pb.person_key AS b_person_key,
    c.relation,
    c.ended,
    c.refs
FROM closed AS c
LEFT JOIN person AS pa ON pa.id_number = c.a_id
LEFT JOIN person AS pb ON pb.id_number = c.b_id
LEFT JOIN off_roll_name AS na ON na.id_number = c.a_id
LEFT JOIN off_roll_name AS nb ON nb.id_number = c.b_id
WHERE pa.person_key IS NOT NULL OR pb.person_key IS NOT NULL
