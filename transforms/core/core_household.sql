-- Grain: household on any roll row. Several values in one household: the strictest care class, the largest persons_covered and
-- declared_income, and each benefit's amount once.
WITH amounts AS (
    SELECT household_id, benefit_type, max(household_amount) AS amount
    FROM core_row
    WHERE active
    GROUP BY household_id, benefit_type
),

paid AS (
    SELECT household_id, sum(amount) AS household_amount
    FROM amounts
    GROUP BY household_id
),

flags AS (
    SELECT
        household_id,
        max(CASE WHEN active THEN 1 ELSE 0 END) = 1 AS active,
        max(CASE WHEN active AND is_dibao THEN 1 ELSE 0 END) = 1 AS is_dibao,
        max(CASE WHEN active AND is_tekun THEN 1 ELSE 0 END) = 1 AS is_tekun,
        max(CASE WHEN active AND is_low_income THEN 1 ELSE 0 END) = 1 AS is_low_income,
        max(CASE WHEN active AND is_core THEN 1 ELSE 0 END) = 1 AS is_core,
        count(person_key) FILTER (WHERE active AND NOT repeated) + count(DISTINCT person_key) FILTER (WHERE active AND repeated) AS members,
        max(CASE WHEN active THEN persons_covered END) AS persons_covered,
        max(CASE WHEN active THEN declared_income END) AS declared_income,
        max(CASE WHEN active AND is_dibao THEN standard END) AS dibao_row_standard,
        max(CASE WHEN active THEN standard END) AS active_standard,
        max(standard) AS any_standard,
        max(CASE WHEN active AND area = 'urban' THEN 1 ELSE 0 END) = 1 AS urban,
        max(CASE WHEN active THEN CASE WHEN care_class = 'A' THEN 1 WHEN care_class IN ('B', 'C') THEN 2 END END) AS class_rank,
        max(CASE WHEN active AND care_class = 'C' THEN 1 ELSE 0 END) AS has_c,
        nullif(array_to_string(list_sort(list(ref) FILTER (WHERE active)), ' '), '') AS active_refs,
        array_to_string(list_sort(list(ref) FILTER (WHERE NOT coalesce(active, FALSE))), ' ') AS other_refs
    FROM core_row
    GROUP BY household_id
)

SELECT
    f.household_id,
    p.township_code,
    p.village,
    p.roll_head_name AS head_name,
    p.roll_head_id_number AS head_id_number,
    f.active,
    f.is_dibao,
    f.is_tekun,
    f.is_low_income,
    f.is_core,
    f.members,
    f.persons_covered,
    CASE WHEN f.persons_covered > 0 THEN f.persons_covered ELSE f.members END AS head_count,
    f.declared_income,
    a.household_amount,
    coalesce(f.dibao_row_standard, f.active_standard, f.any_standard) AS standard,
    CASE WHEN f.urban THEN 'urban' ELSE 'rural' END AS area,
    CASE WHEN f.class_rank = 2 AND f.has_c = 1 THEN 'C' WHEN f.class_rank = 2 THEN 'B' WHEN f.class_rank = 1 THEN 'A' END AS care_class,
    coalesce(f.active_refs, f.other_refs) AS refs
FROM flags AS f
INNER JOIN core_household_place AS p ON p.household_id = f.household_id
LEFT JOIN paid AS a ON a.household_id = f.household_id
