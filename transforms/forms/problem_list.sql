-- What 承德 annex 2 says of each rule, by its part ('monitor' or 'assistance'): households and persons found in the townships of $codes,
-- how many findings are closed, and the rule's closing action.
SELECT
    CASE WHEN r.rule_id IN ('missed_monitor_household', 'monitor_risk_removed_not_cleared', 'ledger_outside', 'recon_three_way')
        THEN 'monitor' ELSE 'assistance' END AS part,
    r.rule_id,
    r.title,
    r.status,
    r.closing_action,
    CASE r.severity WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END AS gravity,
    count(f.finding_id) AS findings,
    count(DISTINCT coalesce(f.household_id, f.subject_key)) FILTER (WHERE f.finding_id IS NOT NULL) AS households,
    count(DISTINCT coalesce(f.id_number, f.subject_key)) FILTER (WHERE f.finding_id IS NOT NULL) AS persons,
    count(f.finding_id) FILTER (WHERE f.state = 'decided') AS closed
FROM run_rule AS r
LEFT JOIN out_finding AS f ON f.rule_id = r.rule_id AND list_contains($codes, f.township_code)
WHERE r.rule_id IN ('missed_monitor_household', 'monitor_risk_removed_not_cleared', 'ledger_outside', 'recon_three_way', 'pay_late', 'grace_expired')
    OR r.family IN ('death', 'household', 'missed', 'tekun')
GROUP BY r.rule_id, r.title, r.status, r.closing_action, r.severity
ORDER BY part DESC, gravity, r.rule_id
