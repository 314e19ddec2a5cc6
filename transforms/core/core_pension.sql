-- Grain: pensions row that counts, linked to a person on the roll. Per person and scheme the latest month, if not before the twelfth month
-- before the check date's; a row without a month counts where no dated one does. Identical rows are each a fact.
WITH linked AS (
    SELECT
        p.person_key,
        p.scheme,
        p.kind,
        p.month,
        p.monthly_amount,
        p.tier,
        p.confidence,
        p.ref,
        max(p.month) OVER (PARTITION BY p.person_key, p.scheme) AS latest_month,
        c.as_of_month - 12 AS oldest_month
    FROM link_pensions AS p
    CROSS JOIN core_ctx AS c
    WHERE p.on_roll AND p.confidence >= c.min_confidence
)

SELECT person_key, scheme, kind, month, monthly_amount, tier, confidence, ref
FROM linked
WHERE (month = latest_month AND latest_month >= oldest_month)
    OR (month IS NULL AND (latest_month IS NULL OR latest_month < oldest_month))
