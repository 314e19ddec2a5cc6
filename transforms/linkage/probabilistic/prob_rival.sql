-- Grain: open row × person some other row speaks of too, who dies but once: odds = what speaks for the other rows, as far as they cannot
-- be the same death (dates more than one_death_days apart, or two birth dates). A sure link of a stronger tier to another death leaves
-- nothing to this row.
WITH sure AS (
    SELECT DISTINCT l.person_key, r.age_on AS event_date
    FROM links_other AS l
    INNER JOIN prob_register AS d ON d.dataset = l.dataset AND d.role = l.role
    INNER JOIN register_row AS r ON r.dataset = l.dataset AND r.role = l.role AND r._row_id = l._row_id
    WHERE l.confidence >= 0.9 AND r.age_on IS NOT NULL
    UNION
    SELECT r.person_key, r.age_on AS event_date
    FROM register_row AS r
    INNER JOIN prob_register AS d ON d.dataset = r.dataset AND d.role = r.role
    WHERE r.plain_relation IS NOT NULL AND r.age_on IS NOT NULL
),

other AS (
    SELECT a.row_no, a.person_key, b.odds
    FROM prob_scored AS a
    INNER JOIN prob_scored AS b ON b.person_key = a.person_key AND b.row_no <> a.row_no
    CROSS JOIN prob_competition AS m
    WHERE
        (
            a.event_date IS NOT NULL AND b.event_date IS NOT NULL
            AND NOT abs(datediff('day', a.event_date, b.event_date)) <= m.one_death_days
        )
        OR (a.birth_date IS NOT NULL AND b.birth_date IS NOT NULL AND a.birth_date <> b.birth_date)
    UNION ALL
    SELECT a.row_no, a.person_key, CAST(1000000000000000 AS DECIMAL(32, 9)) AS odds
    FROM prob_scored AS a
    INNER JOIN sure AS s ON s.person_key = a.person_key
    CROSS JOIN prob_competition AS m
    WHERE abs(datediff('day', a.event_date, s.event_date)) > m.one_death_days
)

SELECT row_no, person_key, sum(odds) AS odds
FROM other
GROUP BY row_no, person_key
