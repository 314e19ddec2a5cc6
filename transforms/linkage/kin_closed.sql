-- Grain: ordered pair a → b × relation (b is a's spouse, parent, child, sibling, grandparent or grandchild), one of them at least on the
-- roll: what the kinship rows say in either direction and what follows in two steps. refs: the kinship rows it rests on.
-- ended: the last end date any row of the marriage gives.
-- Whatever is said of a roll person a and b reads back from b to a over the same rows: pairs are gathered from the roll's side only.
WITH said AS (
    SELECT a_key, b_key, relation, ended, _row_id FROM kin_edge WHERE a_on_roll
    UNION ALL
    SELECT a_key, b_key, relation, CAST(NULL AS DATE) AS ended, first_row AS _row_id FROM kin_two_step
    UNION ALL
    SELECT a_key, b_key, relation, CAST(NULL AS DATE) AS ended, second_row AS _row_id FROM kin_two_step
),

counted AS (
    SELECT a_key, b_key, relation, max(ended) AS ended, count(*) AS mentions, min(_row_id) AS first_row, max(_row_id) AS last_row
    FROM said
    GROUP BY a_key, b_key, relation
),

-- Nearly every pair rests on one or two rows; sorting text per group is kept for the rest.
many AS (
    SELECT
        s.a_key,
        s.b_key,
        s.relation,
        string_agg(DISTINCT concat('kinship:', s._row_id), ' ' ORDER BY concat('kinship:', s._row_id)) AS refs
    FROM said AS s
    SEMI JOIN counted AS c
        ON c.a_key = s.a_key AND c.b_key = s.b_key AND c.relation = s.relation AND c.mentions > 2 AND c.first_row <> c.last_row
    GROUP BY s.a_key, s.b_key, s.relation
),

named AS (
    SELECT
        pa.id_number AS a_id,
        coalesce(pb.id_number, nb.id_number) AS b_id,
        coalesce(pa.name, na.name) AS a_name,
        coalesce(pb.name, nb.name) AS b_name,
        pa.person_key AS a_person_key,
        pb.person_key AS b_person_key,
        c.relation,
        c.ended,
        CASE
            WHEN c.first_row = c.last_row THEN concat('kinship:', c.first_row)
            WHEN c.mentions > 2 THEN m.refs
            ELSE concat_ws(' ',
                least(concat('kinship:', c.first_row), concat('kinship:', c.last_row)),
                greatest(concat('kinship:', c.first_row), concat('kinship:', c.last_row)))
        END AS refs
    FROM counted AS c
    INNER JOIN link_person AS pa ON pa.id_key = c.a_key
    LEFT JOIN link_person AS pb ON pb.id_key = c.b_key
    LEFT JOIN kin_name AS na ON na.id_key = c.a_key
    LEFT JOIN kin_name AS nb ON nb.id_key = c.b_key
    LEFT JOIN many AS m ON m.a_key = c.a_key AND m.b_key = c.b_key AND m.relation = c.relation
),

reversed AS (
    SELECT DISTINCT relation, reverse FROM ref_kin_relation
),

-- Relatives whose number is unusable, or another's by its name: nobody can say more of them than that they are there.
unnumbered AS (
    SELECT a_key, b_name, relation, ended, _row_id FROM kin_row WHERE a_on_roll AND b_key IS NULL AND relation IS NOT NULL
    UNION ALL
    SELECT b_key AS a_key, a_name AS b_name, reverse AS relation, ended, _row_id
    FROM kin_row
    WHERE b_on_roll AND a_key IS NULL AND relation IS NOT NULL
)

SELECT a_id, b_id, a_name, b_name, a_person_key, b_person_key, relation, ended, refs
FROM named
UNION ALL
SELECT
    n.b_id AS a_id,
    n.a_id AS b_id,
    n.b_name AS a_name,
    n.a_name AS b_name,
    n.b_person_key AS a_person_key,
    n.a_person_key AS b_person_key,
    r.reverse AS relation,
    n.ended,
    n.refs
FROM named AS n
INNER JOIN reversed AS r ON r.relation = n.relation
WHERE n.b_person_key IS NULL
UNION ALL
SELECT
    p.id_number AS a_id,
    CAST(NULL AS VARCHAR) AS b_id,
    p.name AS a_name,
    u.b_name,
    p.person_key AS a_person_key,
    CAST(NULL AS VARCHAR) AS b_person_key,
    u.relation,
    u.ended,
    concat('kinship:', u._row_id) AS refs
FROM unnumbered AS u
INNER JOIN link_person AS p ON p.id_key = u.a_key
