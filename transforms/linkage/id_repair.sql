-- Grain: damaged number × roll person whose valid number is one substitution, one swap of neighbouring digits or the rounded
-- tail away from it.
WITH found AS (
    SELECT c.id_number, p.person_key, c.how
    FROM repair_candidate AS c
    INNER JOIN link_person AS p ON p.id_key = c.candidate_key AND p.id_number = c.candidate
    UNION ALL
    SELECT c.id_number, p.person_key, c.how
    FROM rounded_candidate AS c
    INNER JOIN link_person AS p ON try_cast(substr(p.id_number, 1, 15) AS BIGINT) = c.head
    WHERE
        p.id_key IS NOT NULL
        AND CASE c.how
            WHEN 'cut' THEN TRUE
            WHEN 'rounded_up' THEN substr(p.id_number, 16, 1) IN ('5', '6', '7', '8', '9')
            ELSE CAST(try_cast(p.id_number AS BIGINT) AS DOUBLE) = CAST(c.whole AS DOUBLE)
        END
)

SELECT id_number, person_key, min(how) AS how
FROM found
GROUP BY id_number, person_key
