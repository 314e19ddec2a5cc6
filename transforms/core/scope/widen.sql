-- One step outward: the people of the households, their near relatives, the accounts, and the households those belong to.
-- An account's text is compared as it is: account_of() gives that text or nothing, and works a pattern on every row of the register.
CREATE OR REPLACE TEMP TABLE scope_roll AS
SELECT DISTINCT
    household_id, account_of(bank_account) AS account,
    person_key_of(id_number_status, id_number, household_id, name) AS person_key
FROM stg_benefit_roll
WHERE household_id IN (SELECT household_id FROM scope_household);

CREATE OR REPLACE TEMP TABLE scope_paid AS
SELECT DISTINCT _row_id, account_of(bank_account) AS account
FROM stg_payments
WHERE household_id IN (SELECT household_id FROM scope_household);

CREATE OR REPLACE TABLE scope_account AS
SELECT account FROM scope_account
UNION
SELECT account FROM scope_roll WHERE account IS NOT NULL
UNION
SELECT account FROM scope_paid WHERE account IS NOT NULL;

CREATE OR REPLACE TABLE scope_person AS
SELECT person_key FROM scope_person
UNION
SELECT person_key FROM scope_roll WHERE person_key IS NOT NULL
UNION
SELECT person_key FROM links WHERE dataset = 'payments' AND _row_id IN (SELECT _row_id FROM scope_paid);

CREATE OR REPLACE TABLE scope_person AS
WITH kin AS (
    SELECT b_id, b_person_key FROM kin_closed WHERE a_id IN (SELECT person_key FROM scope_person)
    UNION ALL
    SELECT a_id, a_person_key FROM kin_closed WHERE b_id IN (SELECT person_key FROM scope_person)
)
SELECT person_key FROM scope_person
UNION
SELECT b_id FROM kin
UNION
SELECT b_person_key FROM kin WHERE b_person_key IS NOT NULL;

CREATE OR REPLACE TABLE scope_household AS
SELECT household_id FROM scope_household
UNION
SELECT household_id FROM stg_benefit_roll WHERE id_number IN (SELECT person_key FROM scope_person)
UNION
SELECT household_id FROM stg_benefit_roll WHERE bank_account IN (SELECT account FROM scope_account)
UNION
SELECT household_id FROM stg_payments WHERE bank_account IN (SELECT account FROM scope_account)
UNION
SELECT p.household_id FROM stg_payments AS p
SEMI JOIN (SELECT _row_id FROM links WHERE dataset = 'payments' AND person_key IN (SELECT person_key FROM scope_person)) AS l
    ON l._row_id = p._row_id;
