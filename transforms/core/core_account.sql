-- Grain: bank account on an active roll row that the bank reported on. idle_since: the last withdrawal, or where never drawn the earliest start
-- of its active rows. Accounts whose file has no last_withdrawal column are left out: unknown is not 'never drawn'.
WITH holder AS (
    SELECT
        account,
        min(household_id) AS household_id,
        min(start_date) AS since,
        array_to_string(list_sort(list(DISTINCT household_id)), ' ') AS households,
        array_to_string(list_sort(list(ref)), ' ') AS roll_refs
    FROM core_row
    WHERE active AND account IS NOT NULL
    GROUP BY account
),

reported AS (
    SELECT
        account_of(bank_account) AS account,
        max(last_withdrawal) AS last_withdrawal,
        max(balance) AS balance,
        min(account_name) AS account_name,
        min(CASE WHEN has_last_withdrawal THEN 1 ELSE 0 END) AS known,
        array_to_string(list_sort(list(ref)), ' ') AS bank_refs
    FROM stg_account_activity
    GROUP BY account_of(bank_account)
)

SELECT
    h.account,
    h.household_id,
    h.households,
    h.since,
    r.last_withdrawal,
    coalesce(r.last_withdrawal, h.since) AS idle_since,
    r.balance,
    r.account_name,
    concat_ws(' ', r.bank_refs, h.roll_refs) AS refs
FROM holder AS h
INNER JOIN reported AS r ON r.account = h.account
WHERE r.known = 1
