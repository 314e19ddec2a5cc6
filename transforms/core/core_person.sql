-- Grain: person on any roll row. Place = lowest township among the active rows, else the latest row. A row without a name has that of another.
-- Nearly everybody has one row, which says it all; only the others are ranked and gathered.
WITH gathered AS (
    SELECT
        r.person_key,
        max(CASE WHEN r.active THEN 1 ELSE 0 END) = 1 AS active,
        max(CASE WHEN r.active AND r.is_dibao THEN 1 ELSE 0 END) = 1 AS is_dibao,
        max(CASE WHEN r.active AND r.is_tekun THEN 1 ELSE 0 END) = 1 AS is_tekun,
        max(CASE WHEN r.active AND r.is_low_income THEN 1 ELSE 0 END) = 1 AS is_low_income,
        max(CASE WHEN r.active AND r.is_core THEN 1 ELSE 0 END) = 1 AS is_core,
        count(DISTINCT r.name) AS names,
        min(r.name) AS any_name,
        nullif(array_to_string(list_sort(list(CASE WHEN r.active THEN r.ref END)), ' '), '') AS active_refs,
        array_to_string(list_sort(list(r.ref)), ' ') AS all_refs
    FROM core_row AS r
    WHERE r.repeated
    GROUP BY r.person_key
),

ranked AS (
    SELECT
        r.person_key,
        r._row_id,
        row_number() OVER (
            PARTITION BY r.person_key
            ORDER BY CASE WHEN r.active THEN 0 ELSE 1 END, CASE WHEN r.active THEN r.township_code END, r.start_date DESC, r._row_id
        ) AS place
    FROM core_row AS r
    WHERE r.repeated
),

-- The row that says where each of the others belongs, with what all of their rows say.
placed AS (
    SELECT p._row_id, g.*
    FROM ranked AS p
    INNER JOIN gathered AS g ON g.person_key = p.person_key
    WHERE p.place = 1
),

flagged AS (
    SELECT
        r._row_id,
        coalesce(r.active, FALSE) AS active,
        coalesce(r.active AND r.is_dibao, FALSE) AS is_dibao,
        coalesce(r.active AND r.is_tekun, FALSE) AS is_tekun,
        coalesce(r.active AND r.is_low_income, FALSE) AS is_low_income,
        coalesce(r.active AND r.is_core, FALSE) AS is_core,
        CAST(CASE WHEN r.name IS NULL THEN 0 ELSE 1 END AS BIGINT) AS names,
        r.name AS any_name,
        r.ref AS refs
    FROM core_row AS r
    WHERE NOT r.repeated AND r.person_key IS NOT NULL
    UNION ALL
    SELECT _row_id, active, is_dibao, is_tekun, is_low_income, is_core, names, any_name, coalesce(active_refs, all_refs) AS refs
    FROM placed
)

SELECT
    r.person_key,
    r.id_number,
    r.id_valid,
    coalesce(r.name, f.any_name) AS name,
    r.sex,
    r.birth_date,
    CASE WHEN r.birth_date <= c.as_of THEN age_on(r.birth_date, c.as_of) END AS age,
    r.township_code,
    r.village,
    r.household_id,
    r.benefit_type,
    r.head_name,
    f.active,
    f.is_dibao,
    f.is_tekun,
    f.is_low_income,
    f.is_core,
    f.names,
    coalesce(NOT d.dead, TRUE) AS living,
    f.refs
FROM core_row AS r
INNER JOIN flagged AS f ON f._row_id = r._row_id
CROSS JOIN core_ctx AS c
LEFT JOIN core_death AS d ON d.person_key = r.person_key
