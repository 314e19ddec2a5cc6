-- Grain: township × village × words that name the place in an address. spelling: that of address_spelling in which the word is looked up.
-- A full name counts where a name begins, a stem only where a name begins below the county: the stem of 东海镇 is found in 启东市东海老街, and
-- neither in 启东海工园 nor in 东海县. A county's stem (启东) before the word lets it begin there as well.
-- strong: the township's full name, where a name begins; whatever other township the address names then counts no more against it.
WITH place AS (
    SELECT DISTINCT p.township_code, coalesce(p.village, '') AS village, t.township_name, t.stem, t.county_stem, t.whole
    FROM link_person_place AS p
    LEFT JOIN township_name AS t ON t.township_code = p.township_code
),

named AS (
    SELECT township_code, village, county_stem, 'township' AS kind, 'full' AS form, township_name AS word
    FROM place
    WHERE whole
    UNION ALL
    SELECT township_code, village, county_stem, 'township' AS kind, 'stem' AS form, stem AS word
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
    concat('|', regexp_replace(word, '([省市县区旗州盟镇乡道园场处 ])', '\1|', 'g')) AS word,
    CASE form WHEN 'full' THEN 'marked' ELSE 'below_county' END AS spelling,
    kind = 'township' AND form = 'full' AS strong
FROM usable
UNION
SELECT township_code, village, kind, concat(county_stem, word) AS word, 'plain' AS spelling, form = 'full' AS strong
FROM usable
WHERE kind = 'township' AND length(county_stem) >= 2
UNION
SELECT township_code, village, kind, word, 'plain' AS spelling, FALSE AS strong
FROM usable
WHERE form = 'full'
