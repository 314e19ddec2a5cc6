-- Grain: register row × role × roll person of the same name, sex and birth date whose township or village the address names.
-- Only rows without a usable number: none, one the person's agrees with as far as it shows, or one wrong in a way nothing repairs (then its
-- last four characters must at least be the person's, or it speaks for somebody else).
-- An address that names another township of the list in full names a village (or a stem) of that township, not the person's.
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
    SELECT
        a.*,
        concat('|', translate(a.address, '省市县区旗州盟镇乡道园场处 ', '||||||||||||||')) AS anchored_address
    FROM pair AS a
    ANTI JOIN pair_repaired AS b ON b.dataset = a.dataset AND b.role = a.role AND b._row_id = a._row_id
),

elsewhere AS (
    SELECT DISTINCT a.dataset, a.role, a._row_id, a.person_key
    FROM unrepaired AS a
    INNER JOIN township_name AS t ON contains(a.address, t.township_name)
    ANTI JOIN link_person_place AS l ON l.person_key = a.person_key AND l.township_code = t.township_code
),

named AS (
    SELECT
        a.dataset,
        a.role,
        a._row_id,
        a.person_key,
        max(CASE WHEN w.strong THEN 1 ELSE 0 END) AS strong,
        max(CASE WHEN w.kind = 'village' THEN 1 ELSE 0 END) AS village
    FROM unrepaired AS a
    INNER JOIN link_person_place AS l ON l.person_key = a.person_key
    INNER JOIN place_word AS w
        ON w.township_code = l.township_code
        AND w.village = coalesce(l.village, '')
        AND contains(CASE WHEN w.anchored THEN a.anchored_address ELSE a.address END, w.word)
    GROUP BY a.dataset, a.role, a._row_id, a.person_key
)

SELECT n.dataset, n.role, n._row_id, n.person_key, CASE WHEN n.village = 1 THEN 2 ELSE 1 END AS place
FROM named AS n
LEFT JOIN elsewhere AS e
    ON e.dataset = n.dataset AND e.role = n.role AND e._row_id = n._row_id AND e.person_key = n.person_key
WHERE n.strong = 1 OR e.person_key IS NULL
