-- Grain: blocking rule × key both sides have. compared: the block is small enough; a name half the county bears, or a village with a
-- thousand people of it, is left to the narrower rules.
WITH people AS (
    SELECT rule, key, count(*) AS people FROM prob_person_key GROUP BY rule, key
),

rows_of AS (
    SELECT rule, key, count(*) AS open_rows FROM prob_row_key GROUP BY rule, key
)

SELECT
    p.rule,
    p.key,
    r.open_rows,
    p.people,
    p.people <= m.max_people AND r.open_rows * p.people <= m.max_pairs AS compared
FROM people AS p
INNER JOIN rows_of AS r ON r.rule = p.rule AND r.key = p.key
INNER JOIN prob_blocking AS m ON m.rule = p.rule
