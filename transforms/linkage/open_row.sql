-- Grain: register row × role without a usable number that no tier here linked to anybody, of registers that describe the person
-- otherwise (birth date, age, address, relative): what a probabilistic tier is fed with, beside link_person.
SELECT
    r.dataset,
    r.role,
    r._row_id,
    r.shown_number,
    r.id_status,
    r.name,
    r.sex,
    r.birth_date,
    r.birth_month_only,
    r.age,
    r.age_on,
    r.address,
    r.relative_name
FROM register_row AS r
ANTI JOIN links_other AS l ON l.dataset = r.dataset AND l.role = r.role AND l._row_id = r._row_id
WHERE
    r.person_key IS NULL
    AND r.id_status <> 'valid'
    AND coalesce(CAST(r.birth_date AS VARCHAR), CAST(r.age AS VARCHAR), r.address, r.relative_name) IS NOT NULL
