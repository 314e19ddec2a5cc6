-- Grain: address of a register row nobody's number was found on × spelling in which words of place_word are looked up.
-- plain: as it is. marked: | before it and behind each unit (its last character, 市 县 区 镇 …), where names begin and end: 启东市东海镇安港村 is
-- |启东市|东海镇|安港村. below_county: marked, counties and what is above them left out: 东海县 is no 东海镇.
WITH address AS (
    SELECT DISTINCT address
    FROM register_row
    WHERE person_key IS NULL AND address IS NOT NULL
),

marked AS (
    SELECT address, concat('|', regexp_replace(address, '([省市县区旗州盟镇乡道园场处 ])', '\1|', 'g')) AS marked
    FROM address
)

SELECT address, 'plain' AS spelling, address AS spelled
FROM address
UNION ALL
SELECT address, 'marked' AS spelling, marked AS spelled
FROM marked
UNION ALL
SELECT address, 'below_county' AS spelling, regexp_replace(marked, '[^|]+[省市县区旗州盟]\|', '', 'g') AS spelled
FROM marked
