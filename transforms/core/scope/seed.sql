-- What the findings of a place are about: its households by the roll, the archives and the payments, what was found or
-- answered there before, and the people its registers name. More than belongs to it does no harm; anything less would.
CREATE OR REPLACE TABLE scope_household AS
SELECT household FROM (
    SELECT key_of(household_id) AS household FROM stg_benefit_roll WHERE township_code LIKE getvariable('scope_below')
    UNION
    SELECT key_of(household_id) FROM stg_archives
    WHERE township_code LIKE getvariable('scope_below') OR household_id LIKE getvariable('scope_below')
    UNION
    SELECT key_of(household_id) FROM stg_payments WHERE household_id LIKE getvariable('scope_below')
    UNION
    SELECT household FROM scope_before
    UNION
    SELECT subject FROM scope_before
) WHERE household IS NOT NULL;

CREATE OR REPLACE TABLE scope_account AS
SELECT subject AS account FROM scope_before WHERE subject IS NOT NULL;

CREATE OR REPLACE TEMP TABLE scope_register AS
SELECT 'poverty_registry' AS dataset, _row_id, id_number FROM stg_poverty_registry
WHERE township_code LIKE getvariable('scope_below')
UNION ALL
SELECT 'severe_illness', _row_id, id_number FROM stg_severe_illness WHERE township_code LIKE getvariable('scope_below')
UNION ALL
SELECT 'disability_register', _row_id, id_number FROM stg_disability_register
WHERE township_code LIKE getvariable('scope_below')
UNION ALL
SELECT 'officials', _row_id, id_number FROM stg_officials WHERE township_code LIKE getvariable('scope_below');

CREATE OR REPLACE TABLE scope_person AS
SELECT person FROM (
    SELECT key_of(id_number) AS person FROM scope_register
    UNION
    SELECT key_of(l.person_key)
    FROM links AS l
    SEMI JOIN scope_register AS r ON r.dataset = l.dataset AND r._row_id = l._row_id
    WHERE l.dataset IN ('poverty_registry', 'severe_illness', 'disability_register', 'officials')
    UNION
    SELECT subject FROM scope_before
) WHERE person IS NOT NULL;
