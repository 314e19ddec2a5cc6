-- What a township's findings are about: its households by the roll, the archives and the payments, what was found or
-- answered before, and the people its registers name. More than belongs to it does no harm; anything less would.
CREATE OR REPLACE TEMP TABLE scope_before AS
SELECT subject_key, household_id FROM previous_suspect WHERE township_code = getvariable('scope_township')
UNION ALL
SELECT subject_key, NULL FROM decision_history
WHERE getvariable('scope_township') IN (township_code, owner_township_code);

CREATE OR REPLACE TABLE scope_household AS
SELECT household_id FROM stg_benefit_roll WHERE township_code LIKE getvariable('scope_below')
UNION
SELECT household_id FROM stg_archives WHERE township_code LIKE getvariable('scope_below')
UNION
SELECT household_id FROM stg_archives WHERE household_id LIKE getvariable('scope_below')
UNION
SELECT household_id FROM stg_payments WHERE household_id LIKE getvariable('scope_below')
UNION
SELECT household_id FROM scope_before WHERE household_id IS NOT NULL
UNION
SELECT subject_key FROM scope_before
UNION
SELECT household_id FROM previous_roll WHERE township_code = getvariable('scope_township');

CREATE OR REPLACE TABLE scope_account AS
SELECT subject_key AS account FROM scope_before;

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
SELECT person_key FROM (
    SELECT id_number AS person_key FROM scope_register
    UNION
    SELECT l.person_key FROM links AS l SEMI JOIN scope_register AS r ON r.dataset = l.dataset AND r._row_id = l._row_id
    WHERE l.dataset IN ('poverty_registry', 'severe_illness', 'disability_register', 'officials')
    UNION
    SELECT subject_key FROM scope_before
) WHERE person_key IS NOT NULL;
