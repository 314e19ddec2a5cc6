-- Grain: person_key or household_id a finding is about × severity × state.
SELECT DISTINCT about, severity, state FROM (
    SELECT unnest(string_split(r.person_key, chr(31))) AS about, o.severity, o.state
    FROM raw_finding AS r
    INNER JOIN out_finding AS o ON o.rule_id = r.rule_id AND o.subject_key = r.subject_key
    UNION ALL
    SELECT r.household_id AS about, o.severity, o.state
    FROM raw_finding AS r
    INNER JOIN out_finding AS o ON o.rule_id = r.rule_id AND o.subject_key = r.subject_key
    WHERE o.subject_kind LIKE 'household%' OR o.subject_kind = 'bank_account'
    UNION ALL
    SELECT unnest(string_split(r.also_keys, ' ')) AS about, o.severity, o.state
    FROM raw_finding AS r
    INNER JOIN out_finding AS o ON o.rule_id = r.rule_id AND o.subject_key = r.subject_key
) WHERE about IS NOT NULL
