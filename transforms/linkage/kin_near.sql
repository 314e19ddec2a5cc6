-- Grain: person on the roll, or one kinship row away from one (id_key: first 17 digits). From them two steps reach all that matters.
SELECT id_key, TRUE AS on_roll
FROM link_person
WHERE id_key IS NOT NULL
UNION ALL
SELECT n.id_key, FALSE AS on_roll
FROM (
    SELECT k.b_key AS id_key
    FROM kin_row AS k
    SEMI JOIN link_person AS p ON p.id_key = k.a_key
    WHERE k.a_key <> k.b_key AND k.relation IS NOT NULL
    UNION
    SELECT k.a_key AS id_key
    FROM kin_row AS k
    SEMI JOIN link_person AS p ON p.id_key = k.b_key
    WHERE k.a_key <> k.b_key AND k.relation IS NOT NULL
) AS n
ANTI JOIN link_person AS p ON p.id_key = n.id_key
