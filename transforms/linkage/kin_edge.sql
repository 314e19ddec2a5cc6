-- Grain: kinship row × direction (b is a's <relation>), of people on the roll and of those one step from them: what two steps
-- from a roll person can reach.
WITH direction AS (
    SELECT a_id, b_id, a_name, b_name, relation, ended, ref
    FROM kin_row
    WHERE a_id <> b_id AND relation IS NOT NULL
    UNION ALL
    SELECT b_id AS a_id, a_id AS b_id, b_name AS a_name, a_name AS b_name, reverse AS relation, ended, ref
    FROM kin_row
    WHERE a_id <> b_id AND relation IS NOT NULL
),

near AS (
    SELECT id_number FROM link_person WHERE id_key IS NOT NULL
    UNION
    SELECT d.b_id AS id_number
    FROM direction AS d
    SEMI JOIN link_person AS p ON p.id_number = d.a_id AND p.id_key IS NOT NULL
)

SELECT d.*
FROM direction AS d
SEMI JOIN near AS n ON n.id_number = d.a_id
