-- Grain: person on any roll row. Place = lowest township among the active rows, else the latest row.
WITH ranked AS (
    SELECT
        r.*,
        row_number() OVER (
            PARTITION BY r.person_key
            ORDER BY CASE WHEN r.active THEN 0 ELSE 1 END, CASE WHEN r.active THEN r.township_code END, r.start_date DESC, r._row_id
        ) AS place
    FROM core_row AS r
),

flags AS (
    SELECT
        person_key,
        max(CASE WHEN active THEN 1 ELSE 0 END) = 1 AS active,
        max(CASE WHEN active AND is_dibao THEN 1 ELSE 0 END) = 1 AS is_dibao,
        max(CASE WHEN active AND is_tekun THEN 1 ELSE 0 END) = 1 AS is_tekun,
        max(CASE WHEN active AND is_low_income THEN 1 ELSE 0 END) = 1 AS is_low_income,
        max(CASE WHEN active AND is_core THEN 1 ELSE 0 END) = 1 AS is_core,
        count(DISTINCT name) AS names,
        string_agg(DISTINCT CASE WHEN active THEN ref END, ' ' ORDER BY CASE WHEN active THEN ref END) AS active_refs,
        string_agg(DISTINCT ref, ' ' ORDER BY ref) AS all_refs
    FROM core_row
    GROUP BY person_key
)

SELECT
    r.person_key,
    r.id_number,
    r.id_valid,
    r.name,
    r.sex,
    r.birth_date,
    age_on(r.birth_date, c.as_of) AS age,
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
    coalesce(f.active_refs, f.all_refs) AS refs
FROM ranked AS r
INNER JOIN flags AS f ON f.person_key = r.person_key
CROSS JOIN core_ctx AS c
LEFT JOIN core_death AS d ON d.person_key = r.person_key
WHERE r.place = 1
