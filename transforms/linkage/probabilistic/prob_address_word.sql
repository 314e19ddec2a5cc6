-- Grain: address of an open row × word of place_word it names, or name of a township where nobody on the roll lives. Found by looking up the address's substrings, so that the work grows with
-- the addresses and not with the number of villages.
WITH address AS (
    SELECT DISTINCT
        address,
        concat('|', translate(address, '省市县区旗州盟镇乡道园场处 ', '||||||||||||||')) AS anchored_address
    FROM prob_row
    WHERE address IS NOT NULL
),

listed AS (
    SELECT kind, township_code, village, word, anchored, strong
    FROM place_word
    UNION
    SELECT 'township' AS kind, township_code, '' AS village, township_name AS word, FALSE AS anchored, TRUE AS strong
    FROM township_name
    WHERE length(township_name) >= 3
),

word AS (
    SELECT DISTINCT word, anchored FROM listed
),

word_length AS (
    SELECT DISTINCT length(word) AS n, anchored FROM word
),

piece AS (
    SELECT DISTINCT a.address, w.anchored, substr(a.anchored_address, p.i, w.n) AS word
    FROM address AS a
    INNER JOIN ref_name_position AS p ON p.i <= length(a.anchored_address)
    INNER JOIN word_length AS w ON w.anchored AND p.i + w.n - 1 <= length(a.anchored_address)
    WHERE substr(a.anchored_address, p.i, 1) = '|'
    UNION
    SELECT DISTINCT a.address, w.anchored, substr(a.address, p.i, w.n) AS word
    FROM address AS a
    INNER JOIN ref_name_position AS p ON p.i <= length(a.address)
    INNER JOIN word_length AS w ON NOT w.anchored AND p.i + w.n - 1 <= length(a.address)
),

found AS (
    SELECT p.address, p.word, p.anchored
    FROM piece AS p
    SEMI JOIN word AS w ON w.word = p.word AND w.anchored = p.anchored
)

SELECT DISTINCT
    f.address,
    w.kind,
    w.township_code,
    CASE WHEN w.kind = 'village' THEN w.village END AS village,
    w.anchored,
    w.strong,
    length(w.word) AS word_length
FROM found AS f
INNER JOIN listed AS w ON w.word = f.word AND w.anchored = f.anchored
