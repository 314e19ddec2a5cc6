-- Grain: person with more than 20 children or more than 6 parents in the kinship register (adoptive and step-parents allowed for): a
-- number used for many people by mistake. Their rows stand as given, but nothing is concluded through them; the run reports
-- how many there are.
WITH crowded AS (
    -- Rows are counted before people, which costs far more and is needed for few.
    SELECT a_key
    FROM kin_edge
    GROUP BY a_key
    HAVING
        sum(CASE WHEN relation = 'child' THEN 1 ELSE 0 END) > 20
        OR sum(CASE WHEN relation = 'parent' THEN 1 ELSE 0 END) > 6
),

counted AS (
    SELECT
        e.a_key,
        count(DISTINCT CASE WHEN e.relation = 'child' THEN e.b_key END) AS children,
        count(DISTINCT CASE WHEN e.relation = 'parent' THEN e.b_key END) AS parents
    FROM kin_edge AS e
    SEMI JOIN crowded AS c ON c.a_key = e.a_key
    GROUP BY e.a_key
)

SELECT coalesce(p.id_number, n.id_number) AS id_number, c.a_key AS id_key, c.children, c.parents
FROM counted AS c
LEFT JOIN link_person AS p ON p.id_key = c.a_key
LEFT JOIN kin_name AS n ON n.id_key = c.a_key
WHERE c.children > 20 OR c.parents > 6
