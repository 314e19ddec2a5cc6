-- Findings this run does not have: of the last run, and confirmed ones that went before it and are not closed. Grain: finding, with what it
-- was in the run that last had it.
CREATE OR REPLACE TEMP TABLE gone_finding AS
WITH last_seen AS (
    SELECT
        finding_id, $previous AS run_id, rule_id, rule_version, subject_key, township_code, match_tier, event_date, evidence, 1 AS place
    FROM previous_suspect
    UNION ALL
    SELECT finding_id, seen_run_id, rule_id, seen_version, subject_key, township_code, match_tier, event_date, seen_evidence, 2
    FROM previous_rectification
    WHERE closed_on IS NULL AND seen_run_id IS NOT NULL
    UNION ALL
    -- Gone before anybody kept account of it: as its list had it.
    SELECT finding_id, run_id, rule_id, rule_version, subject_key, owner_township_code, match_tier, NULL, evidence, 3
    FROM decision_history
    WHERE outcome = '属实'
    QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY run_as_of DESC, run_id DESC, id DESC) = 1
)
SELECT * EXCLUDE (place)
FROM (SELECT * FROM last_seen $only) AS s
WHERE NOT EXISTS (SELECT 1 FROM out_finding AS f WHERE f.finding_id = s.finding_id)
QUALIFY row_number() OVER (PARTITION BY finding_id ORDER BY place) = 1
