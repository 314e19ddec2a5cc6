-- Grain: name to compare. reading = toneless pinyin, the usual reading of each character; surname_reading = the same with the reading
-- the first character has as a surname (单 shan, 曾 zeng …); surname = the first character, or two of a compound surname.
-- A character without a reading (a middle dot, a Latin letter) stands for itself.
WITH asked AS (
    SELECT name FROM name_question
    UNION
    SELECT person_name AS name FROM name_question
),

spelled AS (
    SELECT
        a.name,
        string_agg(coalesce(r.syllable, substr(a.name, p.i, 1)), ' ' ORDER BY p.i) AS reading,
        string_agg(
            CASE
                WHEN p.i = 1 THEN coalesce(r.surname_syllable, r.syllable, substr(a.name, p.i, 1))
                ELSE coalesce(r.syllable, substr(a.name, p.i, 1))
            END, ' ' ORDER BY p.i
        ) AS surname_reading
    FROM asked AS a
    INNER JOIN ref_name_position AS p ON p.i <= length(a.name)
    LEFT JOIN ref_pinyin AS r ON r.ch = substr(a.name, p.i, 1)
    GROUP BY a.name
)

SELECT
    s.name,
    s.reading,
    s.surname_reading,
    CASE WHEN c.surname IS NULL THEN substr(s.name, 1, 1) ELSE c.surname END AS surname
FROM spelled AS s
LEFT JOIN ref_compound_surname AS c ON c.surname = substr(s.name, 1, 2) AND length(s.name) > 2
