-- Grain: village name: the share of the roll's people who live in a village of that name; a busy village says less about a person.
WITH total AS (
    SELECT CAST(count(*) AS DOUBLE) AS n FROM prob_person
)

SELECT p.village, CAST(count(*) AS DOUBLE) / t.n AS tf_village
FROM prob_person AS p
CROSS JOIN total AS t
WHERE p.village IS NOT NULL
GROUP BY p.village, t.n
