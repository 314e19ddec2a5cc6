-- Grain: address of an open row: the one township and the one village it names, the surest reading first (a full name behind its larger
-- unit, then the longer word; of villages one that lies in the township named). NULL: it names none of the list.
WITH township AS (
    SELECT address, township_code
    FROM prob_address_word
    WHERE kind = 'township'
    QUALIFY row_number() OVER (
        PARTITION BY address ORDER BY strong DESC, anchored DESC, word_length DESC, township_code
    ) = 1
),

place AS (
    SELECT DISTINCT township_code, village, word, anchored FROM place_word WHERE kind = 'village'
),

village AS (
    SELECT w.address, w.village
    FROM prob_address_word AS w
    LEFT JOIN township AS t ON t.address = w.address
    LEFT JOIN place AS p
        ON p.township_code = t.township_code
        AND p.village = w.village
        AND p.word = w.word
        AND p.anchored = w.anchored
    WHERE w.kind = 'village' AND w.village <> ''
    QUALIFY row_number() OVER (
        PARTITION BY w.address
        ORDER BY
            CASE WHEN p.village IS NULL THEN 0 ELSE 1 END DESC,
            w.anchored DESC, w.word_length DESC, w.village
    ) = 1
),

address AS (
    SELECT DISTINCT address FROM prob_row WHERE address IS NOT NULL
)

SELECT a.address, t.township_code, v.village
FROM address AS a
LEFT JOIN township AS t ON t.address = a.address
LEFT JOIN village AS v ON v.address = a.address
