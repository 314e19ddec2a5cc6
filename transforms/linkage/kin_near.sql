-- Grain: person who is not on the roll, one kinship row away from one who is (id_key: first 17 digits). From these and the roll two steps
-- reach all that matters.
SELECT DISTINCT CASE WHEN a_on_roll THEN b_key ELSE a_key END AS id_key
FROM kin_row
WHERE a_key <> b_key AND relation IS NOT NULL AND a_on_roll <> b_on_roll
