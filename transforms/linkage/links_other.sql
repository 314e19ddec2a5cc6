-- Grain: register row × role × person, the best tier only (docs/architecture.md section 4), of the rows that are not in links_exact.
-- Tiers and confidences are those of the linkage specification; of several people who fit equally well none reaches 0.9.
WITH same_number AS (
    SELECT r.*, n.name_relation
    FROM register_row AS r
    LEFT JOIN name_relation AS n ON n.person_key = r.person_key AND n.name = r.name
    WHERE r.person_key IS NOT NULL AND r.plain_relation IS NULL
),

best_place AS (
    SELECT *
    FROM pair_birth_place
    QUALIFY rank() OVER (PARTITION BY dataset, role, _row_id ORDER BY place DESC) = 1
),

otherwise AS (
    SELECT
        dataset,
        role,
        _row_id,
        person_key,
        'equal' AS name_relation,
        'id_repaired' AS tier,
        CASE count(*) OVER (PARTITION BY dataset, role, _row_id) WHEN 1 THEN 0.97 WHEN 2 THEN 0.7 ELSE 0.4 END AS confidence
    FROM pair_repaired
    UNION ALL
    SELECT
        dataset,
        role,
        _row_id,
        person_key,
        'equal' AS name_relation,
        'name_birth_place' AS tier,
        CASE count(*) OVER (PARTITION BY dataset, role, _row_id) WHEN 1 THEN 0.96 WHEN 2 THEN 0.7 ELSE 0.4 END AS confidence
    FROM best_place
)

SELECT
    dataset,
    role,
    _row_id,
    person_key,
    household_id,
    id_number,
    on_roll,
    CASE name_relation WHEN 'conflict' THEN 'id_exact_name_conflict' ELSE 'id_exact' END AS tier,
    CAST(
        CASE
            WHEN name_relation IN ('equal', 'missing') THEN 1.0
            WHEN name_relation IN ('alike', 'one_off') THEN 0.95
            ELSE 0.6
        END AS DOUBLE
    ) AS confidence,
    name_relation
FROM same_number
WHERE on_roll OR name_relation IN ('equal', 'missing')
UNION ALL
SELECT
    o.dataset,
    o.role,
    o._row_id,
    o.person_key,
    p.household_id,
    p.id_number,
    TRUE AS on_roll,
    o.tier,
    CAST(o.confidence AS DOUBLE) AS confidence,
    o.name_relation
FROM otherwise AS o
INNER JOIN register_row AS r ON r.dataset = o.dataset AND r.role = o.role AND r._row_id = o._row_id
INNER JOIN link_person AS p ON p.person_key = o.person_key
