-- Rows of evidence of the findings that no change of a rule, its parameters or whole registers explains. Grain: finding × row of evidence.
CREATE OR REPLACE TEMP TABLE gone_explained AS
SELECT
    g.*,
    CASE
        WHEN r.rule_id IS NULL OR r.status <> 'evaluated' THEN 'not_evaluated'
        WHEN r.version <> g.rule_version THEN 'rule'
        WHEN EXISTS (
            SELECT 1 FROM gone_parameter AS p
            WHERE p.run_id = g.run_id AND p.rule_id = g.rule_id AND starts_with(g.township_code, p.region)
        ) THEN 'parameter'
        WHEN c.lost THEN 'missing'
    END AS reason
FROM gone_finding AS g
LEFT JOIN run_rule AS r ON r.rule_id = g.rule_id
LEFT JOIN gone_rule AS c ON c.run_id = g.run_id AND c.rule_id = g.rule_id;

CREATE OR REPLACE TEMP TABLE gone_item AS
SELECT
    i.finding_id, i.rule_id, i.dataset, i.file, i.sheet, i.shown, d.changed, d.short,
    coalesce(i.shown ->> '$.pay_month', i.shown ->> '$.month') AS month,
    TRY_CAST(i.shown ->> '$.valid_until' AS DATE) AS valid_until
FROM (
    SELECT
        finding_id, run_id, rule_id, item ->> '$.dataset' AS dataset, item ->> '$.file' AS file, item ->> '$.sheet' AS sheet,
        CAST(item -> '$.values' AS VARCHAR) AS shown
    FROM (SELECT finding_id, run_id, rule_id, unnest(CAST(evidence AS JSON[])) AS item FROM gone_explained WHERE reason IS NULL)
) AS i
INNER JOIN gone_dataset AS d ON d.run_id = i.run_id AND d.dataset = i.dataset
