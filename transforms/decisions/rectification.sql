-- 整改台账: every finding ever confirmed (属实), until it is put right. Grain: finding. Columns of the lead are as issued with its last 属实.
CREATE OR REPLACE TABLE rectification AS
WITH confirmed AS (
    SELECT *
    FROM decision_history
    WHERE outcome = '属实'
    QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY run_as_of DESC, run_id DESC,
        CASE WHEN township_code = owner_township_code THEN 0 ELSE 1 END, id DESC) = 1
),

followed AS (
    SELECT
        c.*,
        d.outcome AS current_outcome,
        d.decided_on AS current_decided_on,
        f.finding_id IS NOT NULL AS still_found,
        g.reason AS gone_because,
        p.closed_on AS closed_before,
        -- What it was in the run that last had it: later ones tell by it why it is gone.
        coalesce(f.run_id, p.seen_run_id, c.run_id) AS seen_run_id,
        coalesce(f.rule_version, p.seen_version, c.rule_version) AS seen_version,
        coalesce(f.evidence, p.seen_evidence, c.evidence) AS seen_evidence,
        coalesce(f.event_date, p.event_date) AS event_date
    FROM confirmed AS c
    INNER JOIN current_decision AS d ON d.finding_id = c.finding_id
    LEFT JOIN out_finding AS f ON f.finding_id = c.finding_id
    LEFT JOIN gone_reason AS g ON g.finding_id = c.finding_id
    LEFT JOIN previous_rectification AS p ON p.finding_id = c.finding_id
),

judged AS (
    -- Gone counts as put right only where that is known (transforms/reconcile/gone.py); what was closed stays so until it is found again.
    SELECT
        *,
        CASE
            WHEN current_outcome IN ('不属实', '属实但豁免') THEN concat_ws('', '复核结论为', current_outcome)
            WHEN still_found THEN NULL
            WHEN closed_before IS NOT NULL OR gone_because = 'corrected' THEN '源头数据已更正'
        END AS closed_because
    FROM followed
)

SELECT
    finding_id, rule_id, owner_township_code AS township_code,
    CAST(lead AS JSON) ->> '$.rule_title' AS rule_title,
    CAST(lead AS JSON) ->> '$.severity' AS severity,
    CAST(lead AS JSON) ->> '$.village' AS village,
    CAST(lead AS JSON) ->> '$.household_id' AS household_id,
    CAST(lead AS JSON) ->> '$.head_name' AS head_name,
    CAST(lead AS JSON) ->> '$.name' AS name,
    CAST(lead AS JSON) ->> '$.id_number' AS id_number,
    CAST(lead AS JSON) ->> '$.explanation' AS explanation,
    checked_by, checked_on, decided_on, measures, due, note,
    CASE WHEN closed_because IS NOT NULL THEN 'closed' WHEN due < CAST($as_of AS DATE) THEN 'overdue' ELSE 'open' END AS status,
    CASE WHEN closed_because LIKE '复核结论%' THEN current_decided_on
        WHEN closed_because IS NOT NULL THEN coalesce(closed_before, CAST($as_of AS DATE)) END AS closed_on,
    coalesce(closed_because, CASE gone_because
        WHEN 'not_evaluated' THEN '本次缺少数据未能核对'
        WHEN 'missing' THEN '本次缺少数据未能核对'
        WHEN 'rule' THEN '规则已变更，请人工确认是否整改到位'
        WHEN 'parameter' THEN '规则参数已变更，请人工确认是否整改到位'
        WHEN 'time' THEN '因核对日期推移不再列入，请人工确认是否整改到位'
        WHEN 'unknown' THEN '依据数据未变而不再列入，请人工确认是否整改到位' END) AS remark,
    subject_key, match_tier, event_date, seen_run_id, seen_version, seen_evidence, run_id, file_name
FROM judged
ORDER BY township_code, household_id, rule_id, finding_id;
