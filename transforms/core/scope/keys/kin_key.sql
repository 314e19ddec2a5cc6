-- Grain: ordered pair of near relatives.
SELECT key_of(a_id) AS a, key_of(a_person_key) AS a_person, key_of(b_id) AS b, key_of(b_person_key) AS b_person
FROM kin_closed
