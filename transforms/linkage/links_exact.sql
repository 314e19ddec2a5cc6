-- Grain: register row × role × person: the number is the person's and so is the name, or one of the two has none. Nearly all links are
-- these, and nothing else is asked of their rows.
SELECT
    dataset,
    role,
    _row_id,
    person_key,
    household_id,
    id_number,
    on_roll,
    'id_exact' AS tier,
    CAST(1.0 AS DOUBLE) AS confidence,
    plain_relation AS name_relation
FROM register_mention
WHERE plain_relation IS NOT NULL
