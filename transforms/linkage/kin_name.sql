-- Grain: person in a kinship row with somebody on or near the roll whose name the roll does not tell: the number, and the first of the
-- names in those rows.
WITH side AS (
    SELECT k.a_key AS id_key, k.a_id AS id_number, k.a_name AS name, k.a_on_roll AS on_roll, k.b_key AS other_key, k.b_on_roll AS other_on_roll
    FROM kin_row AS k
    WHERE k.a_key <> k.b_key AND k.relation IS NOT NULL
    UNION ALL
    SELECT k.b_key AS id_key, k.b_id AS id_number, k.b_name AS name, k.b_on_roll AS on_roll, k.a_key AS other_key, k.a_on_roll AS other_on_roll
    FROM kin_row AS k
    WHERE k.a_key <> k.b_key AND k.relation IS NOT NULL
),

nameless AS (
    SELECT id_key FROM link_person WHERE name IS NULL
)

SELECT s.id_key, min(s.id_number) AS id_number, min(s.name) AS name
FROM side AS s
LEFT JOIN nameless AS u ON u.id_key = s.id_key
LEFT JOIN kin_near AS n ON n.id_key = s.id_key
LEFT JOIN kin_near AS o ON o.id_key = s.other_key
WHERE (NOT s.on_roll OR u.id_key IS NOT NULL)
    AND (s.on_roll OR s.other_on_roll OR n.id_key IS NOT NULL OR o.id_key IS NOT NULL)
GROUP BY s.id_key
