-- Grain: damaged number × roll person whose valid number is one substitution, one swap of neighbouring digits or the rounded
-- tail away from it. Programs that round to 15 or 16 digits round the double nearest to the number (held), and one after the other:
-- from 450 on it is rounded up.
WITH near AS (
    SELECT
        c.id_number,
        c.how,
        c.whole,
        p.person_key,
        p.id_number AS valid_number,
        CAST(CAST(try_cast(p.id_number AS BIGINT) AS DOUBLE) AS BIGINT) AS held
    FROM rounded_candidate AS c
    INNER JOIN link_person AS p ON try_cast(substr(p.id_number, 1, 15) AS BIGINT) = c.head
    WHERE p.id_key IS NOT NULL
),

found AS (
    SELECT c.id_number, p.person_key, c.how
    FROM repair_candidate AS c
    INNER JOIN link_person AS p ON p.id_key = c.candidate_key AND p.id_number = c.candidate
    UNION ALL
    SELECT id_number, person_key, how
    FROM near
    WHERE
        CASE how
            WHEN 'cut' THEN TRUE
            WHEN 'rounded_up' THEN substr(valid_number, 16, 1) IN ('5', '6', '7', '8', '9') OR whole - held <= 550
            ELSE held = CAST(CAST(whole AS DOUBLE) AS BIGINT) OR (whole % 100 = 0 AND abs(whole - held) <= 50)
        END
)

SELECT id_number, person_key, min(how) AS how
FROM found
GROUP BY id_number, person_key
