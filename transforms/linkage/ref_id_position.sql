-- One row per position of an 18-character ID number: i, its weight in the ISO 7064 MOD 11-2 sum of GB 11643 (the number is
-- right when the weighted sum leaves 1 modulo 11; X counts 10) and the weight's inverse modulo 11, which solves for one
-- unknown digit.
SELECT i, weight, inverse
FROM (VALUES
    (1, 7, 8), (2, 9, 5), (3, 10, 10), (4, 5, 9), (5, 8, 7), (6, 4, 3), (7, 2, 6), (8, 1, 1), (9, 6, 2),
    (10, 3, 4), (11, 7, 8), (12, 9, 5), (13, 10, 10), (14, 5, 9), (15, 8, 7), (16, 4, 3), (17, 2, 6), (18, 1, 1)
) AS p(i, weight, inverse)
