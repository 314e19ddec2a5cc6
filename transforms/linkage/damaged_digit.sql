-- Grain: damaged number × position: its character, the character's value (X at the end is 10; NULL = no digit) and weight.
SELECT
    n.id_number,
    p.i,
    p.weight,
    p.inverse,
    substr(n.id_number, p.i, 1) AS ch,
    CASE
        WHEN p.i = 18 AND substr(n.id_number, p.i, 1) = 'X' THEN 10
        WHEN substr(n.id_number, p.i, 1) IN ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9')
            THEN CAST(substr(n.id_number, p.i, 1) AS INTEGER)
    END AS digit
FROM damaged_number AS n
CROSS JOIN ref_id_position AS p
