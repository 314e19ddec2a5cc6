-- Grain: person_key × register name: how the name stands to the nearest of the person's names.
WITH compared AS (
    SELECT
        q.person_key,
        q.name,
        CASE
            WHEN q.name = q.person_name THEN 1
            WHEN a.reading = b.reading OR a.surname_reading = b.surname_reading THEN 2
            WHEN o.name IS NOT NULL THEN 3
            ELSE 4
        END AS distance
    FROM name_question AS q
    INNER JOIN name_reading AS a ON a.name = q.name
    INNER JOIN name_reading AS b ON b.name = q.person_name
    LEFT JOIN name_one_off AS o ON o.name = q.name AND o.person_name = q.person_name
)

SELECT
    person_key,
    name,
    CASE min(distance) WHEN 1 THEN 'equal' WHEN 2 THEN 'alike' WHEN 3 THEN 'one_off' ELSE 'conflict' END AS name_relation
FROM compared
GROUP BY person_key, name
