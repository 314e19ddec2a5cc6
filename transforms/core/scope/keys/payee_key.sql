-- Grain: payment row × person it is linked to.
SELECT _row_id, key_of(person_key) AS person
FROM links_payments
