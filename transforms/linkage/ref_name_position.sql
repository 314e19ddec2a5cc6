-- The positions 1 to 60 of a name (minority names with their dots stay well below).
SELECT tens.n * 10 + ones.n + 1 AS i
FROM (VALUES (0), (1), (2), (3), (4), (5)) AS tens(n)
CROSS JOIN (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS ones(n)
