-- Grain: plain name of either side. reading = toneless pinyin, the first character as a surname; letters = its characters in order of
-- code point, which two swapped characters leave as they are.
WITH asked AS (
    SELECT plain_name FROM prob_row
    UNION
    SELECT plain_name FROM prob_person
),

-- Nearly every name is no longer than four characters: those are read side by side, the others position by position.
short AS (
    SELECT
        plain_name,
        substr(plain_name, 1, 1) AS c1, substr(plain_name, 2, 1) AS c2, substr(plain_name, 3, 1) AS c3, substr(plain_name, 4, 1) AS c4
    FROM asked
    WHERE length(plain_name) BETWEEN 1 AND 4
)

SELECT
    s.plain_name,
    concat_ws(' ',
        coalesce(r1.surname_syllable, r1.syllable, s.c1),
        coalesce(r2.syllable, nullif(s.c2, '')), coalesce(r3.syllable, nullif(s.c3, '')), coalesce(r4.syllable, nullif(s.c4, ''))
    ) AS reading,
    array_to_string(list_sort([s.c1, s.c2, s.c3, s.c4]), '') AS letters
FROM short AS s
LEFT JOIN ref_pinyin AS r1 ON r1.ch = s.c1
LEFT JOIN ref_pinyin AS r2 ON r2.ch = s.c2
LEFT JOIN ref_pinyin AS r3 ON r3.ch = s.c3
LEFT JOIN ref_pinyin AS r4 ON r4.ch = s.c4
UNION ALL
SELECT
    a.plain_name,
    string_agg(
        CASE
            WHEN p.i = 1 THEN coalesce(r.surname_syllable, r.syllable, substr(a.plain_name, 1, 1))
            ELSE coalesce(r.syllable, substr(a.plain_name, p.i, 1))
        END, ' ' ORDER BY p.i
    ) AS reading,
    string_agg(substr(a.plain_name, p.i, 1), '' ORDER BY substr(a.plain_name, p.i, 1)) AS letters
FROM asked AS a
INNER JOIN ref_name_position AS p ON p.i <= length(a.plain_name)
LEFT JOIN ref_pinyin AS r ON r.ch = substr(a.plain_name, p.i, 1)
WHERE length(a.plain_name) > 4
GROUP BY a.plain_name
