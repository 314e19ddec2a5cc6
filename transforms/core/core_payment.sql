-- Grain: payments row. Success is what the bank said; where no file has the result column, a pay date stands for it.
SELECT
    p.*,
    coalesce(p.result = '成功', FALSE) OR (NOT c.payment_results_known AND p.pay_date IS NOT NULL) AS succeeded,
    coalesce(p.result = '失败', FALSE) AS failed,
    p.pay_month BETWEEN c.first_month AND c.as_of_month AS in_last_12,
    coalesce(p.pay_month = c.latest_pay_month, FALSE) AS is_latest,
    h.on_roll AS on_roll_household,
    h.township_code,
    -- Success cannot be known: the row's file has no result column while others have it. Never to be read as 'not paid'.
    NOT p.has_result AND (c.payment_results_known OR NOT p.has_pay_date) AS outcome_unknown,
    account_of(p.bank_account) AS account
FROM stg_payments AS p
CROSS JOIN core_ctx AS c
INNER JOIN core_household_place AS h ON h.household_id = p.household_id
