-- Findings that came, changed or went since the last published run, and why.
WITH came AS (
    SELECT
        f.township_code, f.household_id, f.finding_id, f.rule_id, f.subject_key, f.severity,
        CASE WHEN p.finding_id IS NULL AND f.state IN ('continuing', 'changed', 'decided') THEN 'returned' ELSE f.state END AS change,
        CASE WHEN f.state = 'reopened' AND e.evidence_hash = f.evidence_hash THEN '核查结果到期'
            WHEN p.finding_id IS NULL AND f.state IN ('continuing', 'decided') THEN '以前发现过，证据没有变化'
            WHEN p.finding_id IS NULL AND f.state = 'changed' THEN '以前发现过，证据有变化'
            WHEN f.state IN ('new', 'changed') AND p.rule_version IS NOT NULL AND p.rule_version <> f.rule_version THEN '规则变更'
            WHEN f.state = 'new' THEN '新出现的事实' ELSE '证据有变化' END AS reason,
        -- What was answered is compared with what it was answered on, which may be many runs ago.
        CASE WHEN f.state = 'reopened' THEN e.evidence_before ELSE p.evidence END AS evidence_before, f.evidence AS evidence_now
    FROM out_finding AS f
    LEFT JOIN previous_suspect AS p ON p.finding_id = f.finding_id
    LEFT JOIN decision_evidence AS e ON e.finding_id = f.finding_id
    WHERE (p.finding_id IS NULL OR f.state IN ('new', 'changed', 'reopened'))
        AND (f.state <> 'reopened' OR p.finding_id IS NULL OR p.state <> 'reopened' OR p.evidence_hash <> f.evidence_hash)
        AND EXISTS (SELECT 1 FROM previous_finding)
),

gone AS (
    SELECT
        p.township_code, p.household_id, p.finding_id, p.rule_id, p.subject_key, p.severity, 'gone' AS change,
        CASE g.reason
            WHEN 'not_evaluated' THEN '数据缺失，规则未评估'
            WHEN 'missing' THEN '数据缺失，所依据的数据本次未到齐'
            WHEN 'rule' THEN '规则变更'
            WHEN 'parameter' THEN '规则参数变更'
            WHEN 'time' THEN '因核对日期推移不再列入'
            WHEN 'unknown' THEN '依据未变，原因待核实'
            ELSE CASE WHEN d.outcome IN ('属实', '不属实') THEN '核查结果已处理' ELSE '源头已更正' END
        END AS reason,
        p.evidence AS evidence_before, CAST(NULL AS VARCHAR) AS evidence_now
    FROM previous_suspect AS p
    LEFT JOIN gone_reason AS g ON g.finding_id = p.finding_id
    LEFT JOIN current_decision AS d ON d.finding_id = p.finding_id
    WHERE NOT EXISTS (SELECT 1 FROM out_finding AS f WHERE f.finding_id = p.finding_id)
)

SELECT
    'household' AS level, coalesce(t.county_code, substr(c.township_code, 1, 6)) AS county_code, c.township_code, c.household_id,
    c.finding_id, c.rule_id, c.subject_key, c.severity, c.change, c.reason, c.evidence_before, c.evidence_now
FROM (SELECT * FROM came UNION ALL SELECT * FROM gone) AS c
LEFT JOIN core_township AS t ON t.township_code = c.township_code
ORDER BY c.township_code, c.rule_id, c.subject_key
