-- The Wilson score interval (1927) of confirmed of reviewed; (0, 1) where nothing was reviewed. transforms/decisions/precision.py says the same.
CREATE OR REPLACE TEMP MACRO wilson_low(confirmed, reviewed) AS CASE WHEN reviewed = 0 THEN 0.0 ELSE greatest(0.0,
    (confirmed / reviewed + $z * $z / (2 * reviewed)
        - $z * sqrt(confirmed / reviewed * (1 - confirmed / reviewed) / reviewed + $z * $z / (4.0 * reviewed * reviewed)))
    / (1 + $z * $z / reviewed)) END;
CREATE OR REPLACE TEMP MACRO wilson_high(confirmed, reviewed) AS CASE WHEN reviewed = 0 THEN 1.0 ELSE least(1.0,
    (confirmed / reviewed + $z * $z / (2 * reviewed)
        + $z * sqrt(confirmed / reviewed * (1 - confirmed / reviewed) / reviewed + $z * $z / (4.0 * reviewed * reviewed)))
    / (1 + $z * $z / reviewed)) END;

-- What a run needs of the decisions, from loaded_decision: all of them, in the order they were recorded.
-- A run only knows answers to lists of its own date or before: a check of last year is not changed by what was found out this year.
CREATE OR REPLACE TABLE decision_history AS
SELECT l.* FROM loaded_decision AS l WHERE l.run_as_of <= CAST($as_of AS DATE) ORDER BY l.id;

-- The answer to the latest list counts; of one list, the owner's before that of a township also concerned; of one township, its last word.
CREATE OR REPLACE TEMP TABLE ranked_decision AS
SELECT
    h.*,
    row_number() OVER (PARTITION BY h.finding_id ORDER BY h.run_as_of DESC, h.run_id DESC,
        CASE WHEN h.township_code = h.owner_township_code THEN 0 ELSE 1 END, h.id DESC) AS place,
    row_number() OVER (PARTITION BY h.finding_id, h.evidence_hash ORDER BY h.run_as_of DESC, h.run_id DESC,
        CASE WHEN h.township_code = h.owner_township_code THEN 0 ELSE 1 END, h.id DESC) AS place_for_evidence
FROM decision_history AS h;

CREATE OR REPLACE TABLE current_decision AS
SELECT finding_id, outcome, evidence_hash, decided_on, expires_on
FROM ranked_decision WHERE place = 1 ORDER BY finding_id;

CREATE OR REPLACE TABLE decision_evidence AS
SELECT finding_id, outcome, checked_by, decided_on, evidence_hash, evidence AS evidence_before
FROM ranked_decision WHERE place = 1 ORDER BY finding_id;

CREATE OR REPLACE TABLE finding_review AS
SELECT
    finding_id,
    CASE WHEN outcome <> '待查' THEN 1 ELSE 0 END AS reviewed,
    CASE WHEN outcome IN ('属实', '属实但豁免') THEN 1 ELSE 0 END AS confirmed
FROM current_decision;

-- One review per finding and state of its evidence: answering the same thing again is no second review.
CREATE OR REPLACE TABLE measured_precision AS
WITH counted AS (
    SELECT
        rule_id,
        coalesce(match_tier, '') AS match_tier,
        owner_township_code AS township_code,
        count(*) AS reviewed,
        count(*) FILTER (WHERE outcome IN ('属实', '属实但豁免')) AS confirmed
    FROM ranked_decision
    WHERE place_for_evidence = 1 AND outcome <> '待查'
    GROUP BY ALL
)

SELECT
    rule_id, match_tier, township_code, reviewed, confirmed,
    wilson_low(confirmed, reviewed) AS low, wilson_high(confirmed, reviewed) AS high
FROM counted
ORDER BY rule_id, match_tier, township_code;

DROP TABLE ranked_decision;
