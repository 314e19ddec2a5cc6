-- Grain: open row of a register of deaths or cremations. Left side of the model. plain_name: without the dots of minority names.
-- event_ymd: the day the stated age holds on, as a number, so that an age is (event_ymd - birth_ymd) // 10000.
SELECT
    row_number() OVER (ORDER BY o.dataset, o.role, o._row_id) AS row_no,
    o.dataset,
    o.role,
    o._row_id,
    replace(o.name, '·', '') AS plain_name,
    o.name,
    o.sex,
    o.birth_date,
    o.birth_month_only,
    CASE WHEN o.age BETWEEN 0 AND 120 THEN o.age END AS age,
    o.age_on AS event_date,
    year(o.age_on) * 10000 + month(o.age_on) * 100 + day(o.age_on) AS event_ymd,
    o.address,
    o.relative_name,
    o.shown_number
FROM open_row AS o
SEMI JOIN prob_register AS r ON r.dataset = o.dataset AND r.role = o.role
WHERE length(o.name) >= 2
