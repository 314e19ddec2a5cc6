-- Grain: plain name in a scored pair. toned = pinyin with tones; blanked = the name with one character behind the surname blanked
-- (two names that share one differ by that character); shortened = with one such character taken out (names of four and more).
WITH asked AS (
    SELECT r.plain_name FROM prob_pair AS p INNER JOIN prob_row AS r ON r.row_no = p.row_no
    UNION
    SELECT q.plain_name FROM prob_pair AS p INNER JOIN prob_person AS q ON q.person_no = p.person_no
),

long AS (
    SELECT
        a.plain_name,
        length(a.plain_name) AS n,
        CASE WHEN c.surname IS NOT NULL AND length(a.plain_name) > 2 THEN 2 ELSE 1 END AS surname_length
    FROM asked AS a
    LEFT JOIN ref_compound_surname AS c ON c.surname = substr(a.plain_name, 1, 2)
)

SELECT
    s.plain_name,
    string_agg(
        CASE
            WHEN p.i = 1 THEN coalesce(t.surname_toned, t.toned, substr(s.plain_name, 1, 1))
            ELSE coalesce(t.toned, substr(s.plain_name, p.i, 1))
        END, ' ' ORDER BY p.i
    ) AS toned,
    list(
        CASE
            WHEN s.n >= 3 AND p.i > s.surname_length
                THEN concat(substr(s.plain_name, 1, p.i - 1), '?', substr(s.plain_name, p.i + 1))
        END
    ) AS blanked,
    list(
        CASE
            WHEN s.n >= 4 AND p.i > s.surname_length
                THEN concat(substr(s.plain_name, 1, p.i - 1), substr(s.plain_name, p.i + 1))
        END
    ) AS shortened
FROM long AS s
INNER JOIN ref_name_position AS p ON p.i <= s.n
LEFT JOIN prob_tone AS t ON t.ch = substr(s.plain_name, p.i, 1)
GROUP BY s.plain_name
