-- Grain: register row × role × roll person of the same name, sex and birth date whose township or village the address names.
-- Only rows without a usable number: none, one the person's agrees with as far as it shows, or one wrong in a way nothing repairs (then its
-- last four characters must at least be the person's, or it speaks for somebody else).
-- An address that names another county of the list and not the person's is elsewhere, whatever else it says: towns of two counties bear one name.
-- One that names another township of the list in full, or the stem of one and nothing of the person's, names a village (or a stem) of that
-- township, not the person's.
-- place: 2 the village is named, 1 only the township.
WITH pair AS (
    SELECT r.dataset, r.role, r._row_id, r.address, p.person_key
    FROM register_row AS r
    INNER JOIN link_person_name AS p ON p.name = r.name AND p.birth_date = r.birth_date AND p.sex = r.sex
    WHERE
        r.person_key IS NULL
        AND r.address IS NOT NULL
        AND NOT r.birth_month_only
        AND p.id_key IS NOT NULL
        AND (
            r.shown_number IS NULL
            OR p.id_number LIKE replace(r.shown_number, '*', '%')
            OR (
                r.id_status = 'invalid'
                AND NOT contains(r.shown_number, '*')
                AND substr(p.id_number, 15, 4) = substr(r.shown_number, length(r.shown_number) - 3, 4)
            )
        )
),

unrepaired AS (
    SELECT a.*
    FROM pair AS a
    ANTI JOIN pair_repaired AS b ON b.dataset = a.dataset AND b.role = a.role AND b._row_id = a._row_id
),

named AS (
    SELECT
        a.dataset,
        a.role,
        a._row_id,
        a.address,
        a.person_key,
        max(CASE WHEN w.strong THEN 1 ELSE 0 END) AS strong,
        max(CASE WHEN w.kind = 'township' THEN 1 ELSE 0 END) AS township,
        max(CASE WHEN w.kind = 'village' THEN 1 ELSE 0 END) AS village
    FROM unrepaired AS a
    INNER JOIN link_person_place AS l ON l.person_key = a.person_key
    INNER JOIN address_spelling AS s ON s.address = a.address
    INNER JOIN place_word AS w
        ON w.township_code = l.township_code
        AND w.village = coalesce(l.village, '')
        AND w.spelling = s.spelling
        AND contains(s.spelled, w.word)
    GROUP BY a.dataset, a.role, a._row_id, a.address, a.person_key
),

county_named AS (
    SELECT
        n.dataset,
        n.role,
        n._row_id,
        n.person_key,
        max(CASE WHEN l.person_key IS NULL THEN 0 ELSE 1 END) AS own
    FROM named AS n
    INNER JOIN address_county AS c ON c.address = n.address
    LEFT JOIN link_person_place AS l ON l.person_key = n.person_key AND substr(l.township_code, 1, 6) = c.county_code
    GROUP BY n.dataset, n.role, n._row_id, n.person_key
),

other_township AS (
    SELECT DISTINCT n.dataset, n.role, n._row_id, n.person_key
    FROM named AS n
    INNER JOIN township_name AS t ON t.whole AND contains(n.address, t.township_name)
    ANTI JOIN link_person_place AS l ON l.person_key = n.person_key AND l.township_code = t.township_code
    WHERE n.strong = 0
    UNION
    -- A village may bear the name of the township next to it.
    SELECT n.dataset, n.role, n._row_id, n.person_key
    FROM named AS n
    INNER JOIN address_spelling AS s ON s.address = n.address AND s.spelling = 'below_county'
    INNER JOIN township_name AS t
        ON length(t.stem) >= 2
        AND t.stem <> t.county_stem
        AND (contains(s.spelled, concat('|', t.stem)) OR (length(t.county_stem) >= 2 AND contains(n.address, concat(t.county_stem, t.stem))))
    ANTI JOIN link_person_place AS l
        ON l.person_key = n.person_key AND (l.township_code = t.township_code OR contains(l.village, t.stem))
    WHERE n.township = 0
)

SELECT n.dataset, n.role, n._row_id, n.person_key, CASE WHEN n.village = 1 THEN 2 ELSE 1 END AS place
FROM named AS n
ANTI JOIN county_named AS c
    ON c.own = 0 AND c.dataset = n.dataset AND c.role = n.role AND c._row_id = n._row_id AND c.person_key = n.person_key
ANTI JOIN other_township AS t
    ON t.dataset = n.dataset AND t.role = n.role AND t._row_id = n._row_id AND t.person_key = n.person_key
