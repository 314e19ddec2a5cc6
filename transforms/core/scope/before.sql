-- What was found or answered at a place before, and who lived there by the roll before this one.
CREATE OR REPLACE TEMP TABLE scope_before AS
SELECT key_of(subject_key) AS subject, key_of(household_id) AS household FROM previous_suspect
WHERE township_code LIKE getvariable('scope_below')
UNION ALL
SELECT key_of(subject_key), NULL FROM decision_history
WHERE township_code LIKE getvariable('scope_below') OR owner_township_code LIKE getvariable('scope_below')
UNION ALL
SELECT NULL, key_of(household_id) FROM previous_roll WHERE township_code LIKE getvariable('scope_below');
