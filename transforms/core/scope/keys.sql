-- The keys of the large registers as numbers, read once: each step outward would read their texts again. Equal texts have equal numbers; that
-- two others once might have costs a household too many, which does no harm.
CREATE OR REPLACE MACRO key_of(text) AS CASE WHEN text IS NOT NULL THEN hash(text) END;

-- What account_of() leaves out because strangers share it; its pattern, worked on every row, would cost as much as all the rest.
CREATE OR REPLACE TEMP MACRO account_key_of(text) AS
CASE WHEN NOT (length(text) >= 16 AND text LIKE '%0000') THEN hash(text) END;

CREATE OR REPLACE TEMP TABLE roll_key AS
SELECT
    key_of(household_id) AS household,
    key_of(id_number) AS id_number,
    key_of(person_key_of(id_number_status, id_number, household_id, name)) AS person,
    account_key_of(bank_account) AS account
FROM stg_benefit_roll;

CREATE OR REPLACE TEMP TABLE payment_key AS
SELECT _row_id, key_of(household_id) AS household, account_key_of(bank_account) AS account
FROM stg_payments;

CREATE OR REPLACE TEMP TABLE payee_key AS
SELECT _row_id, key_of(person_key) AS person
FROM links_payments;

CREATE OR REPLACE TEMP TABLE kin_key AS
SELECT key_of(a_id) AS a, key_of(a_person_key) AS a_person, key_of(b_id) AS b, key_of(b_person_key) AS b_person
FROM kin_closed;
