-- Grain: person with more than 20 children or more than 6 parents in the kinship register (adoptive and step-parents allowed for): a
-- number used for many people by mistake. Their rows stand as given, but nothing is concluded through them; the run reports
-- how many there are.
SELECT
    a_id AS id_number,
    count(DISTINCT CASE WHEN relation = 'child' THEN b_id END) AS children,
    count(DISTINCT CASE WHEN relation = 'parent' THEN b_id END) AS parents
FROM kin_edge
GROUP BY a_id
HAVING
    count(DISTINCT CASE WHEN relation = 'child' THEN b_id END) > 20
    OR count(DISTINCT CASE WHEN relation = 'parent' THEN b_id END) > 6
