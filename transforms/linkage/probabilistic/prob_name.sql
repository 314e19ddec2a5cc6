-- Grain: plain name of either side. reading = toneless pinyin, the first character as a surname; letters = its characters in order of
-- code point, which two swapped characters leave as they are.
WITH asked AS (
    SELECT plain_name FROM prob_row
    UNION
    SELECT plain_name FROM prob_person
)

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
GROUP BY a.plain_name
