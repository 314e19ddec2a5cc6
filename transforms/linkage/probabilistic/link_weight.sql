-- One comparison of the model; the tier writes this SELECT for each and joins them by UNION ALL.
-- Grain of the table: link of the probabilistic tier × step: prior, comparisons, competition, limit. The weights (log2 of the Bayes
-- factors) of a link add up to the log2 odds of its confidence.
SELECT
    c.dataset,
    c.role,
    c._row_id,
    c.person_key,
    $step AS step,
    '$comparison' AS comparison,
    '$title' AS title,
    $level AS level,
    CAST($weight AS DOUBLE) AS weight,
    power(CAST(2 AS DOUBLE), $weight) AS bayes_factor
FROM prob_candidate AS c
SEMI JOIN prob_link AS k ON k.dataset = c.dataset AND k.role = c.role AND k._row_id = c._row_id AND k.person_key = c.person_key
$join
