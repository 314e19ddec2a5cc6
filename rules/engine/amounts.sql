-- Money at risk, month by month from what was paid; where no payment file came, the standard in force in each month stands for it.
-- person_since_event: the person's share of every payment of the household for months after the event's month.
-- household_since_event: the whole of these payments. household_latest_month: what the household was paid in the latest pay month.
CREATE OR REPLACE TEMP TABLE wanted_amount AS
SELECT f.rule_id, f.subject_key, f.household_id, f.benefit_type, f.township_code, c.amount, month_index(f.event_date) AS event_month
FROM placed_finding AS f
INNER JOIN finding_rule AS c ON c.rule_id = f.rule_id
WHERE c.amount IN ('person_since_event', 'household_since_event', 'household_latest_month') AND f.household_id IS NOT NULL;

CREATE OR REPLACE TEMP TABLE paid_amount AS
SELECT w.rule_id, w.subject_key, sum(
    CASE WHEN w.amount = 'person_since_event'
        THEN CAST(p.amount_paid / CASE WHEN p.persons > 0 THEN p.persons ELSE h.share_of END AS DECIMAL(18, 2))
        ELSE p.amount_paid END) AS amount
FROM wanted_amount AS w
INNER JOIN (
    SELECT household_id, greatest(max(head_count), 1) AS share_of FROM core_household GROUP BY household_id
) AS h ON h.household_id = w.household_id
INNER JOIN core_payment AS p ON p.household_id = w.household_id AND p.succeeded
CROSS JOIN core_ctx AS c
WHERE (w.amount = 'household_latest_month' AND p.is_latest)
    OR (w.amount <> 'household_latest_month' AND p.pay_month > w.event_month AND p.pay_month <= c.as_of_month)
GROUP BY w.rule_id, w.subject_key;

CREATE OR REPLACE TEMP TABLE standard_amount AS
SELECT w.rule_id, w.subject_key, sum(
    CASE WHEN w.benefit_type = '城市低保' THEN s.urban ELSE s.rural END
    * CASE WHEN w.amount = 'person_since_event' THEN 1 ELSE greatest(h.head_count, 1) END) AS amount
FROM wanted_amount AS w
INNER JOIN core_household AS h ON h.household_id = w.household_id
CROSS JOIN core_ctx AS c
INNER JOIN core_standard_month AS s ON s.township_code = w.township_code
    AND ((w.amount = 'household_latest_month' AND s.month = c.as_of_month)
        OR (w.amount <> 'household_latest_month' AND s.month > w.event_month AND s.month <= c.as_of_month))
WHERE c.latest_pay_month IS NULL
GROUP BY w.rule_id, w.subject_key;
