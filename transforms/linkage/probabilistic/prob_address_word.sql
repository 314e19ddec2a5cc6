-- Grain: address of an open row × word of place_word it names, or name of a township where nobody on the roll lives (township_code of
-- townships only). Found by looking up the address's substrings, so that the work grows with the addresses and not with the
-- number of villages.
WITH address AS (
    SELECT s.address, s.spelling, s.spelled
    FROM address_spelling AS s
    SEMI JOIN prob_row AS r ON r.address = s.address
),

listed AS (
    SELECT kind, township_code, village, word, spelling, strong
    FROM place_word
    UNION
    SELECT 'township' AS kind, township_code, '' AS village, township_name AS word, 'plain' AS spelling, TRUE AS strong
    FROM township_name
    WHERE whole AND length(township_name) >= 3
    UNION
    SELECT 'township' AS kind, township_code, '' AS village, concat('|', stem) AS word, 'below_county' AS spelling, FALSE AS strong
    FROM township_name
    WHERE length(stem) >= 2 AND stem <> county_stem
),

-- No word is shorter than two characters: with which two it begins settles nearly every place of an address.
word AS (
    SELECT DISTINCT word, spelling, length(word) AS n, substr(word, 1, 2) AS beginning FROM listed
),

piece AS (
    SELECT a.address, a.spelling, a.spelled, p.i
    FROM address AS a
    INNER JOIN ref_name_position AS p ON p.i < length(a.spelled)
    WHERE a.spelling = 'plain' OR substr(a.spelled, p.i, 1) = '|'
),

found AS (
    SELECT DISTINCT p.address, w.word, w.spelling
    FROM piece AS p
    INNER JOIN word AS w ON w.beginning = substr(p.spelled, p.i, 2) AND w.spelling = p.spelling
    WHERE substr(p.spelled, p.i, w.n) = w.word
)

SELECT DISTINCT
    f.address,
    w.kind,
    CASE WHEN w.kind = 'township' THEN w.township_code END AS township_code,
    CASE WHEN w.kind = 'village' THEN w.village END AS village,
    f.word,
    w.spelling,
    w.strong,
    length(f.word) AS word_length
FROM found AS f
INNER JOIN (
    -- A village's name is borne in many townships: which of them is meant is asked once the address's township is known.
    SELECT DISTINCT
        kind,
        CASE WHEN kind = 'township' THEN township_code END AS township_code,
        CASE WHEN kind = 'village' THEN village END AS village,
        word,
        spelling,
        strong
    FROM listed
) AS w ON w.word = f.word AND w.spelling = f.spelling
