-- Grain: open row × person row that share a compared block: the pairs the model scores. rule: the first that found it.
SELECT r.row_no, p.person_no, min(b.rule) AS rule
FROM prob_block AS b
INNER JOIN prob_row_key AS r ON r.rule = b.rule AND r.key = b.key
INNER JOIN prob_person_key AS p ON p.rule = b.rule AND p.key = b.key
WHERE b.compared
GROUP BY r.row_no, p.person_no
