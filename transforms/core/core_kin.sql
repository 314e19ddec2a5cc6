-- Grain: ordered pair of near relatives (Civil Code art. 1045): b is a's relation. A marriage ended on or before the check date is not current.
-- tier, confidence: the weakest link of the surest way the kinship is told in.
SELECT
    k.*,
    k.ended IS NULL OR k.ended > c.as_of AS current,
    coalesce(l.tier, 'id_exact') AS tier,
    coalesce(l.confidence, 1.0) AS confidence
FROM kin_closed AS k
CROSS JOIN core_ctx AS c
LEFT JOIN kin_link AS l ON l.a_person_key = k.a_person_key AND l.b_id = k.b_id AND l.relation = k.relation
