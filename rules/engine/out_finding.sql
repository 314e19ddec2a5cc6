-- The flagged-suspect list, one row per finding, in the order lists are read.
CREATE OR REPLACE TABLE out_finding AS
WITH shown AS (
    SELECT
        rule_id,
        subject_key,
        to_json(list({'dataset': dataset, 'file': file, 'sheet': sheet, 'row': row, 'values': shown} ORDER BY dataset, file, sheet, row)) AS evidence,
        -- File, sheet and row are left out: the same fact in another file is the same evidence, and in two files as well.
        md5(string_agg(DISTINCT fact, chr(10) ORDER BY fact)) AS facts
    FROM (SELECT *, concat(dataset, shown, CASE WHEN copy > 1 THEN copy END) AS fact FROM evidence_item) AS i
    GROUP BY rule_id, subject_key
),

assembled AS (
    SELECT
        f.rule_id,
        c.rule_version,
        c.rule_title,
        -- What may only seem so because a file was refused stops nobody's money.
        CASE WHEN c.caveat IS NOT NULL AND coalesce(f.severity, c.default_severity) = 'high' THEN 'medium'
            ELSE coalesce(f.severity, c.default_severity) END AS severity,
        c.subject AS subject_kind,
        f.subject_key,
        f.township_code,
        t.township_name,
        f.village,
        f.household_id,
        f.head_name,
        f.id_number,
        f.name,
        f.benefit_type,
        f.match_tier,
        f.match_confidence,
        CASE WHEN c.amount = 'rule' THEN f.amount_at_risk
            WHEN c.amount <> 'none' THEN coalesce(f.amount_at_risk, p.amount, s.amount, 0) END AS amount_at_risk,
        f.event_date,
        coalesce(e.evidence, '[]') AS evidence,
        CASE WHEN f.contradictions IS NULL AND c.caveat IS NULL THEN CAST([] AS VARCHAR[])
            ELSE string_split(concat_ws('；', f.contradictions, c.caveat), '；') END AS contradictions,
        f.explanation,
        upper(substr(md5(concat_ws('|', f.rule_id, f.subject_key)), 1, 16)) AS finding_id,
        -- The caveat is left out: what was answered holds again when the refused file has been sent anew.
        md5(concat_ws('|', coalesce(f.severity, c.default_severity), coalesce(f.contradictions, ''), coalesce(e.facts, ''), f.besides))
            AS evidence_hash,
        coalesce(a.also_townships, CAST([] AS VARCHAR[])) AS also_townships
    FROM placed_finding AS f
    INNER JOIN finding_rule AS c ON c.rule_id = f.rule_id
    LEFT JOIN core_township AS t ON t.township_code = f.township_code
    LEFT JOIN shown AS e ON e.rule_id = f.rule_id AND e.subject_key = f.subject_key
    LEFT JOIN also_township AS a ON a.rule_id = f.rule_id AND a.subject_key = f.subject_key
    LEFT JOIN paid_amount AS p ON p.rule_id = f.rule_id AND p.subject_key = f.subject_key
    LEFT JOIN standard_amount AS s ON s.rule_id = f.rule_id AND s.subject_key = f.subject_key
)

SELECT
    a.rule_id, a.rule_version, a.rule_title, a.severity, a.subject_kind, a.subject_key, a.township_code, a.township_name, a.village,
    a.household_id, a.head_name, a.id_number, a.name, a.benefit_type, a.match_tier, a.match_confidence,
    CAST(a.amount_at_risk AS DECIMAL(18, 2)) AS amount_at_risk, a.event_date, CAST(a.evidence AS VARCHAR) AS evidence, a.contradictions, a.explanation,
    -- A decision holds while the evidence is the same and until it expires; after that the finding is open again. 待查 settles nothing.
    CASE
        WHEN d.outcome <> '待查' AND d.evidence_hash = a.evidence_hash AND d.expires_on >= x.as_of THEN 'decided'
        WHEN d.outcome <> '待查' THEN 'reopened'
        WHEN p.finding_id IS NULL THEN 'new'
        WHEN p.evidence_hash <> a.evidence_hash THEN 'changed'
        ELSE 'continuing'
    END AS state,
    coalesce(p.first_seen, x.as_of) AS first_seen,
    a.finding_id, a.evidence_hash, a.also_townships, x.as_of, getvariable('run_id') AS run_id
FROM assembled AS a
CROSS JOIN core_ctx AS x
LEFT JOIN previous_finding AS p ON p.finding_id = a.finding_id
LEFT JOIN current_decision AS d ON d.finding_id = a.finding_id
ORDER BY a.township_code, CASE a.severity WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END, a.household_id, a.rule_id, a.subject_key
