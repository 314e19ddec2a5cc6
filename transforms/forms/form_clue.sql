-- Grain: household with a finding: its open and its confirmed ones as words. A ground bears on who is entitled; the rest is to be put right.
CREATE OR REPLACE TEMP TABLE form_clue AS
WITH held AS (
    SELECT DISTINCT d.finding_id
    FROM current_decision AS d
    CROSS JOIN form_ctx AS c
    WHERE d.outcome = '属实' AND (d.expires_on IS NULL OR d.expires_on > c.as_of)
),

finding AS (
    SELECT
        f.household_id,
        f.rule_title,
        CASE f.severity WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END AS gravity,
        r.family IN ('death', 'asset', 'income', 'supporter', 'household') OR f.rule_id = 'grace_expired' AS ground,
        h.finding_id IS NOT NULL AS confirmed,
        f.state <> 'decided' AND h.finding_id IS NULL AS still_open
    FROM out_finding AS f
    INNER JOIN run_rule AS r ON r.rule_id = f.rule_id
    LEFT JOIN held AS h ON h.finding_id = f.finding_id
    WHERE f.household_id IS NOT NULL
),

titled AS (
    SELECT
        household_id, rule_title, min(gravity) AS gravity, bool_or(ground) AS ground, bool_or(confirmed) AS confirmed, bool_or(still_open) AS still_open
    FROM finding
    GROUP BY household_id, rule_title
)

SELECT
    household_id,
    string_agg(rule_title, '、' ORDER BY gravity, rule_title) FILTER (WHERE confirmed) AS confirmed,
    string_agg(rule_title, '、' ORDER BY gravity, rule_title) FILTER (WHERE confirmed AND ground AND gravity < 3) AS confirmed_grounds,
    string_agg(rule_title, '、' ORDER BY gravity, rule_title) FILTER (WHERE still_open AND ground AND gravity = 1) AS high_grounds,
    string_agg(rule_title, '、' ORDER BY gravity, rule_title) FILTER (WHERE still_open AND ground AND gravity = 2) AS medium_grounds,
    string_agg(rule_title, '、' ORDER BY gravity, rule_title) FILTER (WHERE still_open AND NOT (ground AND gravity < 3)) AS other_clues,
    string_agg(rule_title, '、' ORDER BY gravity, rule_title) FILTER (WHERE still_open AND gravity < 3) AS open_clues
FROM titled
GROUP BY household_id
