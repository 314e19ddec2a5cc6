-- Grain: kinship row. Who its two sides are (a_id, b_id: ID numbers; a_key, b_key: their first 17 digits, by which they are joined): the roll
-- person linked at 0.9 or better, by a repaired number too, else the bearer of the valid number. NULL where the number is
-- unusable, or a roll person's under quite another name. a_on_roll, b_on_roll: that number is somebody's on the roll.
WITH side AS (
    -- An exact link says what the row says itself.
    SELECT role, _row_id, tier, id_number, try_cast(substr(id_number, 1, 17) AS BIGINT) AS id_key
    FROM links_other
    WHERE
        dataset = 'kinship'
        AND tier <> 'id_exact'
        AND (confidence >= 0.9 OR tier = 'id_exact_name_conflict')
),

sided AS (
    SELECT
        k._row_id,
        CASE
            WHEN a.tier = 'id_exact_name_conflict' THEN NULL
            WHEN a.tier IS NOT NULL THEN a.id_number
            WHEN k.a_id_number_key IS NOT NULL THEN k.a_id_number
        END AS a_id,
        CASE
            WHEN b.tier = 'id_exact_name_conflict' THEN NULL
            WHEN b.tier IS NOT NULL THEN b.id_number
            WHEN k.b_id_number_key IS NOT NULL THEN k.b_id_number
        END AS b_id,
        CASE
            WHEN a.tier = 'id_exact_name_conflict' THEN NULL
            WHEN a.tier IS NOT NULL THEN a.id_key
            ELSE k.a_id_number_key
        END AS a_key,
        CASE
            WHEN b.tier = 'id_exact_name_conflict' THEN NULL
            WHEN b.tier IS NOT NULL THEN b.id_key
            ELSE k.b_id_number_key
        END AS b_key,
        k.a_name,
        k.b_name,
        r.relation,
        r.reverse,
        CASE WHEN r.relation = 'spouse' THEN k.end_date END AS ended
    FROM stg_kinship AS k
    LEFT JOIN side AS a ON a.role = 'a_id_number' AND a._row_id = k._row_id
    LEFT JOIN side AS b ON b.role = 'b_id_number' AND b._row_id = k._row_id
    LEFT JOIN ref_kin_relation AS r ON r.received = k.relation
)

SELECT
    s.*,
    pa.id_key IS NOT NULL AS a_on_roll,
    pb.id_key IS NOT NULL AS b_on_roll
FROM sided AS s
LEFT JOIN link_person AS pa ON pa.id_key = s.a_key
LEFT JOIN link_person AS pb ON pb.id_key = s.b_key
