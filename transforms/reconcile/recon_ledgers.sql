-- System (roll), finance (payments of the latest month) and archive side by side, by household and benefit; a household in any one of the
-- three is in it. Roll yuan counts once per household and benefit. Archives are kept of dibao and tekun: without one a household of another
-- benefit is not at odds with them: no reason names the archive.
WITH roll AS (
    SELECT
        household_id,
        benefit_type,
        count(person_key) FILTER (WHERE NOT repeated) + count(DISTINCT person_key) FILTER (WHERE repeated) AS persons,
        max(household_amount) AS yuan,
        bool_or(is_dibao OR is_tekun) AS filed
    FROM core_row
    WHERE active
    GROUP BY household_id, benefit_type
),

-- An archive or an unnamed payment says no benefit: it stands beside the household's first one.
main_benefit AS (
    SELECT
        household_id,
        arg_min_null(benefit_type, concat(
            CASE WHEN active THEN 0 ELSE 1 END, CASE WHEN is_dibao THEN 1 WHEN is_tekun THEN 2 WHEN is_low_income THEN 3 ELSE 4 END,
            coalesce(benefit_type, chr(65535))
        )) AS benefit_type
    FROM core_row
    GROUP BY household_id
),

paid AS (
    SELECT
        p.household_id,
        coalesce(i.key, CASE WHEN p.item IS NULL THEN m.benefit_type END, '名目不明') AS benefit_type,
        max(coalesce(p.persons, 0)) AS persons,
        sum(p.amount_paid) AS yuan
    FROM core_payment AS p
    LEFT JOIN param_benefit_items AS i ON i.value = p.item AND i.township_code = p.township_code
    LEFT JOIN main_benefit AS m ON m.household_id = p.household_id
    WHERE p.is_latest AND p.succeeded
    GROUP BY p.household_id, coalesce(i.key, CASE WHEN p.item IS NULL THEN m.benefit_type END, '名目不明')
),

archived AS (
    SELECT
        a.household_id,
        coalesce(m.benefit_type, '档案户不在册') AS benefit_type,
        max(coalesce(a.persons, 0)) AS persons,
        max(a.household_amount) AS yuan
    FROM stg_archives AS a
    LEFT JOIN main_benefit AS m ON m.household_id = a.household_id
    WHERE a.household_id IS NOT NULL
    GROUP BY a.household_id, coalesce(m.benefit_type, '档案户不在册')
),

side_by_side AS (
    SELECT
        coalesce(r.household_id, p.household_id, a.household_id) AS household_id,
        coalesce(r.benefit_type, p.benefit_type, a.benefit_type) AS benefit_type,
        r.household_id IS NOT NULL AS in_roll, p.household_id IS NOT NULL AS in_paid, a.household_id IS NOT NULL AS in_archive,
        coalesce(r.filed, FALSE) OR a.household_id IS NOT NULL AS compared,
        coalesce(r.persons, 0) AS roll_persons, coalesce(r.yuan, 0) AS roll_yuan,
        coalesce(p.persons, 0) AS paid_persons, coalesce(p.yuan, 0) AS paid_yuan,
        coalesce(a.persons, 0) AS archive_persons, coalesce(a.yuan, 0) AS archive_yuan
    FROM roll AS r
    FULL OUTER JOIN paid AS p ON p.household_id = r.household_id AND p.benefit_type = r.benefit_type
    FULL OUTER JOIN archived AS a
        ON a.household_id = coalesce(r.household_id, p.household_id) AND a.benefit_type = coalesce(r.benefit_type, p.benefit_type)
),

households AS (
    SELECT
        t.county_code, h.township_code, s.household_id, s.benefit_type,
        s.roll_persons, s.roll_yuan, s.paid_persons, s.paid_yuan, s.archive_persons, s.archive_yuan,
        CAST(s.in_roll AS INTEGER) AS roll_households, CAST(s.in_paid AS INTEGER) AS paid_households, CAST(s.in_archive AS INTEGER) AS archive_households,
        s.paid_yuan - s.roll_yuan AS diff_paid_yuan,
        s.archive_yuan - s.roll_yuan AS diff_archive_yuan,
        nullif(concat_ws('；',
            CASE WHEN NOT s.in_roll AND s.in_paid THEN '财务有发放而花名册无在享记录' END,
            CASE WHEN s.in_roll AND NOT s.in_paid AND c.latest_pay_month IS NOT NULL THEN '花名册在享而当月无成功发放' END,
            CASE WHEN s.in_roll AND s.in_paid AND s.paid_yuan <> s.roll_yuan THEN '发放金额与花名册不一致' END,
            CASE WHEN NOT s.in_roll AND s.in_archive THEN '有档案而花名册无在享记录' END,
            CASE WHEN s.in_roll AND NOT s.in_archive AND s.compared AND c.archives_arrived THEN '花名册在享而无档案' END,
            CASE WHEN s.in_roll AND s.in_archive AND s.archive_yuan <> s.roll_yuan THEN '档案金额与花名册不一致' END,
            CASE WHEN s.in_roll AND s.in_archive AND s.archive_persons > 0 AND s.archive_persons <> s.roll_persons
                THEN '档案人数与花名册不一致' END
        ), '') AS reason
    FROM side_by_side AS s
    INNER JOIN core_household_place AS h ON h.household_id = s.household_id
    INNER JOIN core_township AS t ON t.township_code = h.township_code
    CROSS JOIN core_ctx AS c
),

townships AS (
    SELECT
        county_code, township_code, benefit_type, sum(roll_persons) AS roll_persons, sum(roll_yuan) AS roll_yuan,
        sum(paid_persons) AS paid_persons, sum(paid_yuan) AS paid_yuan, sum(archive_persons) AS archive_persons, sum(archive_yuan) AS archive_yuan,
        sum(roll_households) AS roll_households, sum(paid_households) AS paid_households, sum(archive_households) AS archive_households,
        sum(diff_paid_yuan) AS diff_paid_yuan, sum(diff_archive_yuan) AS diff_archive_yuan, count(reason) AS differing
    FROM households
    GROUP BY county_code, township_code, benefit_type
),

leveled AS (
    SELECT 'household' AS level, county_code, township_code, household_id, * EXCLUDE (county_code, township_code, household_id, reason), reason FROM households
    UNION ALL
    SELECT
        'township', county_code, township_code, NULL, * EXCLUDE (county_code, township_code, differing),
        CASE WHEN differing > 0 THEN concat(differing, '户不一致') END
    FROM townships
    UNION ALL
    SELECT
        'county', county_code, NULL, NULL, benefit_type, sum(roll_persons), sum(roll_yuan), sum(paid_persons), sum(paid_yuan),
        sum(archive_persons), sum(archive_yuan), sum(roll_households), sum(paid_households), sum(archive_households), sum(diff_paid_yuan),
        sum(diff_archive_yuan), CASE WHEN sum(differing) > 0 THEN concat(sum(differing), '户不一致') END
    FROM townships
    GROUP BY county_code, benefit_type
)

SELECT
    level, county_code, township_code, household_id, benefit_type,
    CAST(roll_households AS BIGINT) AS roll_households, CAST(roll_persons AS BIGINT) AS roll_persons, CAST(roll_yuan AS DECIMAL(18, 2)) AS roll_yuan,
    CAST(paid_households AS BIGINT) AS paid_households, CAST(paid_persons AS BIGINT) AS paid_persons, CAST(paid_yuan AS DECIMAL(18, 2)) AS paid_yuan,
    CAST(archive_households AS BIGINT) AS archive_households, CAST(archive_persons AS BIGINT) AS archive_persons,
    CAST(archive_yuan AS DECIMAL(18, 2)) AS archive_yuan,
    CAST(diff_paid_yuan AS DECIMAL(18, 2)) AS diff_paid_yuan, CAST(diff_archive_yuan AS DECIMAL(18, 2)) AS diff_archive_yuan, reason
FROM leveled
ORDER BY level, county_code, township_code, benefit_type, household_id
