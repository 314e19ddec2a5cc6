-- Grain: township ('' = unknown). The monthly dibao standard per head on the check date, yuan.
SELECT
    coalesce(r.township_code, u.township_code) AS township_code,
    CAST(r.value AS DECIMAL(18, 2)) AS rural,
    CAST(u.value AS DECIMAL(18, 2)) AS urban
FROM param_dibao_standard_rural AS r
FULL OUTER JOIN param_dibao_standard_urban AS u ON u.township_code = r.township_code
