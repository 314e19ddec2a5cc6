-- Grain: address of an open row: the one township and the one village it names, the surest reading first (a full name behind its larger
-- unit, then the longer word; of villages one that lies in the township named). An address that names a county of the list names a township and a
-- village of that county. NULL: it names none of the list.
WITH township AS (
    SELECT w.address, w.township_code
    FROM prob_address_word AS w
    LEFT JOIN address_county AS c ON c.address = w.address
    WHERE w.kind = 'township' AND coalesce(c.county_code = substr(w.township_code, 1, 6), TRUE)
    QUALIFY row_number() OVER (
        PARTITION BY w.address
        ORDER BY w.strong DESC, CASE w.spelling WHEN 'plain' THEN 1 ELSE 0 END, w.word_length DESC, w.township_code
    ) = 1
),

place AS (
    SELECT DISTINCT township_code, village, word, spelling FROM place_word WHERE kind = 'village'
),

home AS (
    SELECT DISTINCT village, substr(township_code, 1, 6) AS county_code FROM place
),

village AS (
    SELECT w.address, w.village
    FROM prob_address_word AS w
    LEFT JOIN township AS t ON t.address = w.address
    LEFT JOIN place AS p
        ON p.township_code = t.township_code
        AND p.village = w.village
        AND p.word = w.word
        AND p.spelling = w.spelling
    LEFT JOIN address_county AS c ON c.address = w.address
    LEFT JOIN home AS h ON h.village = w.village AND h.county_code = c.county_code
    WHERE w.kind = 'village' AND w.village <> '' AND (c.county_code IS NULL OR h.county_code IS NOT NULL)
    QUALIFY row_number() OVER (
        PARTITION BY w.address
        ORDER BY
            CASE WHEN p.village IS NULL THEN 0 ELSE 1 END DESC,
            CASE w.spelling WHEN 'plain' THEN 1 ELSE 0 END, w.word_length DESC, w.village
    ) = 1
),

address AS (
    SELECT DISTINCT address FROM prob_row WHERE address IS NOT NULL
)

SELECT a.address, t.township_code, v.village
FROM address AS a
LEFT JOIN township AS t ON t.address = a.address
LEFT JOIN village AS v ON v.address = a.address
