-- Grain: pair of names of three or more characters that differ by one substitution, insertion or deletion behind the same
-- surname. Written without an edit distance: those count bytes on one engine and characters on the other.
WITH pair AS (
    SELECT DISTINCT
        q.name,
        q.person_name,
        length(a.surname) AS surname_length,
        length(q.name) AS name_length,
        length(q.person_name) AS person_length
    FROM name_question AS q
    INNER JOIN name_reading AS a ON a.name = q.name
    INNER JOIN name_reading AS b ON b.name = q.person_name AND b.surname = a.surname
    WHERE
        length(q.name) >= 3
        AND length(q.person_name) >= 3
        AND abs(length(q.name) - length(q.person_name)) <= 1
        AND q.name <> q.person_name
)

SELECT DISTINCT n.name, n.person_name
FROM pair AS n
INNER JOIN ref_name_position AS p ON p.i > n.surname_length AND p.i <= greatest(n.name_length, n.person_length)
WHERE
    (
        n.name_length = n.person_length
        AND substr(n.name, 1, p.i - 1) = substr(n.person_name, 1, p.i - 1)
        AND substr(n.name, p.i + 1) = substr(n.person_name, p.i + 1)
    )
    OR (
        n.name_length > n.person_length
        AND concat(substr(n.name, 1, p.i - 1), substr(n.name, p.i + 1)) = n.person_name
    )
    OR (
        n.name_length < n.person_length
        AND concat(substr(n.person_name, 1, p.i - 1), substr(n.person_name, p.i + 1)) = n.name
    )
