-- One step outward: the people and heads of the households, their near relatives, whom filings name beside them, the accounts, and the
-- households all those belong to.
CREATE OR REPLACE TEMP TABLE scope_roll AS
SELECT DISTINCT person, head, account FROM roll_key WHERE household IN (SELECT household FROM scope_household);

CREATE OR REPLACE TEMP TABLE scope_paid AS
SELECT _row_id, account FROM payment_key WHERE household IN (SELECT household FROM scope_household);

CREATE OR REPLACE TABLE scope_account AS
SELECT account FROM scope_account
UNION
SELECT account FROM scope_roll WHERE account IS NOT NULL
UNION
SELECT account FROM scope_paid WHERE account IS NOT NULL;

CREATE OR REPLACE TABLE scope_person AS
SELECT person FROM scope_person
UNION
SELECT person FROM scope_roll WHERE person IS NOT NULL
UNION
SELECT head FROM scope_roll WHERE head IS NOT NULL
UNION
SELECT person FROM head_paid_key WHERE household IN (SELECT household FROM scope_household)
UNION
SELECT person FROM payee_key WHERE _row_id IN (SELECT _row_id FROM scope_paid);

CREATE OR REPLACE TABLE scope_person AS
WITH kin AS (
    SELECT b, b_person FROM kin_key WHERE a IN (SELECT person FROM scope_person)
    UNION ALL
    SELECT a, a_person FROM kin_key WHERE b IN (SELECT person FROM scope_person)
)
SELECT person FROM scope_person
UNION
SELECT b FROM kin WHERE b IS NOT NULL
UNION
SELECT b_person FROM kin WHERE b_person IS NOT NULL;

CREATE OR REPLACE TABLE scope_person AS
SELECT person FROM scope_person
UNION
SELECT beneficiary FROM filing_key WHERE official IN (SELECT person FROM scope_person) AND beneficiary IS NOT NULL
UNION
SELECT official FROM filing_key WHERE beneficiary IN (SELECT person FROM scope_person) AND official IS NOT NULL;

CREATE OR REPLACE TABLE scope_household AS
SELECT household FROM scope_household
UNION
SELECT household FROM roll_key
WHERE
    household IS NOT NULL
    AND (
        id_number IN (SELECT person FROM scope_person)
        OR head IN (SELECT person FROM scope_person)
        OR account IN (SELECT account FROM scope_account)
    )
UNION
SELECT household FROM head_paid_key WHERE person IN (SELECT person FROM scope_person) AND household IS NOT NULL
UNION
SELECT p.household FROM payment_key AS p
WHERE
    p.household IS NOT NULL
    AND (
        p.account IN (SELECT account FROM scope_account)
        OR p._row_id IN (SELECT _row_id FROM payee_key WHERE person IN (SELECT person FROM scope_person))
    );
