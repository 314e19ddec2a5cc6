-- Grain: township × village × words that name the place in an address.
-- anchored: the word counts only at the start of an address or after the name of a larger unit (its last character, 市 县 区 镇 …, is
-- written | here and in the address). So the stem of 东海镇 is found in 启东市东海老街 and not in 启东海工园. A county's stem (启东)
-- before the word anchors it as well.
-- strong: the township's full name, anchored; whatever else the address names then counts no more against it.
WITH place AS (
    SELECT DISTINCT
        p.township_code,
        coalesce(p.village, '') AS village,
        t.township_name,
        regexp_replace(
            t.county_name,
            '((满|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|纳西|土|羌|仫佬|毛南|仡佬|各)族)*(自治县|自治旗|林区|特区|县|市|区|旗)$',
            ''
        ) AS county_stem
    FROM link_person_place AS p
    LEFT JOIN township_name AS t ON t.township_code = p.township_code
),

named AS (
    SELECT township_code, village, county_stem, 'township' AS kind, 'full' AS form, township_name AS word
    FROM place
    UNION ALL
    SELECT
        township_code,
        village,
        county_stem,
        'township' AS kind,
        'stem' AS form,
        regexp_replace(
            township_name,
            '(街道办事处|地区办事处|街道|管理委员会|管委会|镇|((满|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|纳西|土|羌|仫佬|毛南|仡佬|各|民)族)*乡)$',
            ''
        ) AS word
    FROM place
    UNION ALL
    SELECT township_code, village, county_stem, 'village' AS kind, 'full' AS form, village AS word
    FROM place
    UNION ALL
    SELECT
        township_code,
        village,
        county_stem,
        'village' AS kind,
        'stem' AS form,
        regexp_replace(village, '(村民委员会|居民委员会|村委会|社区居委会|居委会|社区|村)$', '') AS word
    FROM place
),

usable AS (
    SELECT *
    FROM named
    WHERE length(word) >= 2 AND (form = 'full' OR word <> county_stem)
)

SELECT
    township_code,
    village,
    kind,
    concat('|', translate(word, '省市县区旗州盟镇乡道园场处 ', '||||||||||||||')) AS word,
    TRUE AS anchored,
    kind = 'township' AND form = 'full' AS strong
FROM usable
UNION
SELECT township_code, village, kind, concat(county_stem, word) AS word, FALSE AS anchored, form = 'full' AS strong
FROM usable
WHERE kind = 'township' AND length(county_stem) >= 2
UNION
SELECT township_code, village, kind, word, FALSE AS anchored, FALSE AS strong
FROM usable
WHERE form = 'full'
