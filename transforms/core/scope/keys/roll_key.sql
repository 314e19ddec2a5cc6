-- Grain: roll row.
SELECT
    key_of(household_id) AS household,
    key_of(id_number) AS id_number,
    key_of(person_key_of(id_number_status, id_number, household_id, name)) AS person,
    key_of(head_id_number) AS head,
    key_of(account_of(bank_account)) AS account
FROM stg_benefit_roll
