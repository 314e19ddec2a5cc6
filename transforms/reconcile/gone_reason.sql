-- What became of each row of evidence, and from that why the finding is gone. Grain: finding.
CREATE OR REPLACE TABLE gone_reason AS
WITH placed AS (
    SELECT
        i.*,
        EXISTS (SELECT 1 FROM row_here AS t WHERE t.dataset = i.dataset AND t.shown = i.shown) AS row_came,
        EXISTS (SELECT 1 FROM row_held AS q WHERE q.dataset = i.dataset AND q.shown = i.shown) AS held,
        EXISTS (SELECT 1 FROM sheet_here AS h WHERE h.dataset = i.dataset AND h.file = i.file AND h.sheet = i.sheet) AS sheet_came,
        i.month IS NULL OR NOT i.changed
            OR EXISTS (SELECT 1 FROM month_here AS m WHERE m.dataset = i.dataset AND m.month = i.month) AS month_came
    FROM gone_item AS i
),

judged AS (
    SELECT
        finding_id, dataset, month, valid_until,
        -- Its sheet is not among today's while fewer came, its month is in no file, or it is quarantined: it did not come, nobody took it out. A month
        -- that was one person's alone is gone with his rows; one nobody was paid in is missing.
        (short AND NOT sheet_came) OR (NOT month_came AND (NOT sheet_came OR dataset = 'payments'))
            OR (changed AND NOT row_came AND held) AS absent,
        changed AND NOT row_came AS corrected
    FROM placed
),

summed AS (
    SELECT
        finding_id, bool_or(absent) AS absent, bool_or(corrected) AS corrected, max(month) AS last_month, max(valid_until) AS valid_until,
        bool_or(dataset = 'benefit_roll') AS of_the_roll
    FROM judged
    GROUP BY finding_id
)

SELECT
    g.finding_id, g.run_id,
    CASE
        WHEN g.reason IS NOT NULL THEN g.reason
        WHEN coalesce(s.last_month, strftime(g.event_date, '%Y-%m')) < r.since THEN 'time'
        WHEN s.absent THEN 'missing'
        WHEN s.corrected THEN 'corrected'
        WHEN r.short THEN 'missing'
        WHEN NOT r.changed THEN CASE WHEN r.moved THEN 'time' ELSE 'unknown' END
        -- Of people off the roll: they have been taken on since.
        WHEN NOT s.of_the_roll AND (p.person_key IS NOT NULL OR h.household_id IS NOT NULL) THEN 'corrected'
        WHEN r.fades OR s.valid_until < x.as_of OR g.match_tier NOT IN ('', 'id_exact') THEN 'unknown'
        ELSE 'corrected'
    END AS reason
FROM gone_explained AS g
CROSS JOIN core_ctx AS x
LEFT JOIN gone_rule AS r ON r.run_id = g.run_id AND r.rule_id = g.rule_id
LEFT JOIN summed AS s ON s.finding_id = g.finding_id
LEFT JOIN core_person AS p ON p.person_key = g.subject_key AND p.active
LEFT JOIN core_household AS h ON h.household_id = g.subject_key;

DROP TABLE gone_explained;
DROP TABLE gone_finding
