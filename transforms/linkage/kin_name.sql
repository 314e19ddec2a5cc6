-- Grain: person in a kinship row with somebody on or near the roll whose name the roll does not tell: the number, and the first of the
-- names in those rows.
SELECT s.id_key, min(s.id_number) AS id_number, min(s.name) AS name
FROM (
    SELECT k.a_key AS id_key, k.a_id AS id_number, k.a_name AS name, k.b_key AS other_key, k.relation
    FROM kin_row AS k
    UNION ALL
    SELECT k.b_key AS id_key, k.b_id AS id_number, k.b_name AS name, k.a_key AS other_key, k.relation
    FROM kin_row AS k
) AS s
ANTI JOIN link_person AS p ON p.id_key = s.id_key AND p.name IS NOT NULL
LEFT JOIN kin_near AS n ON n.id_key = s.id_key
LEFT JOIN kin_near AS o ON o.id_key = s.other_key
WHERE s.id_key <> s.other_key AND s.relation IS NOT NULL AND (n.id_key IS NOT NULL OR o.id_key IS NOT NULL)
GROUP BY s.id_key
