-- Grain: payment row.
SELECT _row_id, key_of(household_id) AS household, key_of(account_of(bank_account)) AS account
FROM stg_payments
