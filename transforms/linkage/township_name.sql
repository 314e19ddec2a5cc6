-- Grain: township_code (9 digits) × name. The towns and streets of the bureau's list. stem: the name without its unit (镇, 苗族乡, 街道 …),
-- county_stem: the county's ('' where the list names none). whole: the name says its unit; a list may give stems alone, which also name roads and counties.
WITH listed AS (
    SELECT
        substr(township_code, 1, 9) AS township_code,
        township_name,
        max(county_name) AS county_name,
        regexp_replace(
            township_name,
            '(街道办事处|地区办事处|街道|管理委员会|管委会|镇|((满|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|纳西|土|羌|仫佬|毛南|仡佬|各|民)族)*乡)$',
            ''
        ) AS stem
    FROM stg_townships
    WHERE township_name IS NOT NULL
    GROUP BY substr(township_code, 1, 9), township_name
)

SELECT
    *,
    regexp_replace(
        coalesce(county_name, ''),
        '((满|蒙古|回|藏|维吾尔|苗|彝|壮|布依|朝鲜|侗|瑶|白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|纳西|土|羌|仫佬|毛南|仡佬|各)族)*(自治县|自治旗|林区|特区|县|市|区|旗)$',
        ''
    ) AS county_stem,
    stem <> township_name OR length(township_name) > 3 OR substr(township_name, -1) IN ('区', '园', '场', '处') AS whole
FROM listed
