-- Grain: person_key, everybody on any roll row. Nothing here depends on as_of: the household and place are those of the row
-- with the lowest township among the rows in receipt (在享, 缓退), of the latest row where there is none.
-- A row without a name takes it from another row of the same number: the person has one. id_key, birth_date: only of valid numbers. sex: the ID number's (17th digit, GB 11643), else the roll's.
WITH repeated AS (
    SELECT person_key
    FROM roll_person_row
    GROUP BY person_key
    HAVING count(*) > 1
),

-- Nearly everybody has one row, which says it all; only the others are ranked.
best AS (
    SELECT r.*
    FROM roll_person_row AS r
    ANTI JOIN repeated AS m ON m.person_key = r.person_key
    UNION ALL
    SELECT r.*
    FROM roll_person_row AS r
    SEMI JOIN repeated AS m ON m.person_key = r.person_key
    QUALIFY row_number() OVER (
        PARTITION BY r.person_key
        ORDER BY
            r.receiving DESC,
            CASE WHEN r.receiving = 1 THEN r.township_code END NULLS LAST,
            r.start_date DESC NULLS LAST,
            r.township_code NULLS LAST,
            r.household_id NULLS LAST,
            r._row_id
    ) = 1
),

named AS (
    SELECT r.person_key, min(r.name) AS name
    FROM roll_person_row AS r
    SEMI JOIN repeated AS m ON m.person_key = r.person_key
    GROUP BY r.person_key
)

SELECT
    b.person_key,
    b.id_number,
    b.id_status,
    b.id_key,
    coalesce(b.name, n.name) AS name,
    CASE
        WHEN b.id_key IS NULL THEN b.sex
        WHEN substr(b.id_number, 17, 1) IN ('1', '3', '5', '7', '9') THEN '男'
        ELSE '女'
    END AS sex,
    CASE
        WHEN b.id_key IS NOT NULL
            THEN try_cast(
                concat_ws('-', substr(b.id_number, 7, 4), substr(b.id_number, 11, 2), substr(b.id_number, 13, 2)) AS DATE
            )
    END AS birth_date,
    b.township_code,
    b.village,
    b.household_id
FROM best AS b
LEFT JOIN named AS n ON n.person_key = b.person_key
