-- Grain: ordered pair of near relatives (Civil Code art. 1045): b is a's relation. A marriage ended on or before the check date is not current.
SELECT
    k.*,
    k.ended IS NULL OR k.ended > c.as_of AS current
FROM kin_closed AS k
CROSS JOIN core_ctx AS c
