-- Grain: household × benefit × low-income type of form_row: persons and yuan in the month before and now, and what changed.
CREATE OR REPLACE TEMP TABLE form_household AS
WITH now_side AS (
    SELECT
        household_id, benefit_type, low_type,
        count(*) AS persons,
        max(household_amount) AS yuan,
        max(persons_covered) AS covered,
        count(*) FILTER (WHERE status = '缓退') AS grace_persons,
        min(grace_start) FILTER (WHERE status = '缓退') AS grace_start,
        count(*) FILTER (WHERE NOT id_valid) AS unchecked
    FROM form_row
    WHERE current
    GROUP BY household_id, benefit_type, low_type
),

earlier_roll AS (
    SELECT household_id, benefit_type, low_type, count(DISTINCT person_key) AS persons, max(household_amount) AS yuan
    FROM form_before
    GROUP BY household_id, benefit_type, low_type
),

benefits AS (
    SELECT household_id, count(DISTINCT benefit_type) AS benefits FROM form_row GROUP BY household_id
),

-- What was due that month, once: a payment sent twice is not twice the benefit.
paid AS (
    SELECT g.household_id, g.benefit_type, max(coalesce(p.amount_due, p.amount_paid)) AS yuan
    FROM (SELECT DISTINCT household_id, benefit_type FROM form_row) AS g
    INNER JOIN benefits AS n ON n.household_id = g.household_id
    INNER JOIN core_payment AS p ON p.household_id = g.household_id
    INNER JOIN form_ctx AS c ON p.pay_month = c.before_month
    LEFT JOIN param_benefit_items AS i ON i.value = p.item AND i.township_code = p.township_code
    WHERE i.key = g.benefit_type OR (i.key IS NULL AND n.benefits = 1)
    GROUP BY g.household_id, g.benefit_type
),

stopped AS (
    SELECT household_id, benefit_type, arg_max(status, (start_date, _row_id)) AS status, max(end_date) AS end_date
    FROM form_roll
    GROUP BY household_id, benefit_type
),

described AS (
    SELECT
        household_id, benefit_type, low_type,
        any_value(kind) AS kind,
        min(township_code) AS township_code,
        arg_min(village, (place_in_household, _row_id)) AS village,
        arg_min(address, (place_in_household, _row_id)) AS address,
        arg_min(coalesce(head_name, name), (place_in_household, _row_id)) AS head_name,
        arg_min(coalesce(head_id_number, id_number), (place_in_household, _row_id)) AS head_id_number,
        bool_or(single_person) AS single_person,
        min(start_date) AS start_date,
        max(declared_income) AS declared_income,
        max(care_class) AS care_class,
        max(authorisation_date) AS authorisation_date,
        bool_or(has_authorisation_date) AS has_authorisation_date,
        max(phone) AS phone,
        count(illness) AS ill_persons,
        count(disability_type) AS disabled_persons
    FROM form_row
    GROUP BY household_id, benefit_type, low_type
),

sides AS (
    SELECT
        d.*,
        coalesce(e.persons, 0) AS persons_before,
        CASE WHEN e.persons IS NULL THEN 0 WHEN c.has_previous THEN e.yuan ELSE p.yuan END AS yuan_before,
        coalesce(n.persons, 0) AS persons_after,
        CASE WHEN n.persons IS NULL THEN 0 ELSE n.yuan END AS yuan_after,
        coalesce(n.covered, 0) AS covered,
        coalesce(n.grace_persons, 0) AS grace_persons,
        n.grace_start,
        coalesce(n.unchecked, 0) AS unchecked,
        s.status AS last_status,
        s.end_date
    FROM described AS d
    CROSS JOIN form_ctx AS c
    LEFT JOIN now_side AS n ON n.household_id = d.household_id AND n.benefit_type = d.benefit_type AND n.low_type = d.low_type
    LEFT JOIN earlier_roll AS e ON e.household_id = d.household_id AND e.benefit_type = d.benefit_type AND e.low_type = d.low_type
    LEFT JOIN paid AS p ON p.household_id = d.household_id AND p.benefit_type = d.benefit_type
    LEFT JOIN stopped AS s ON s.household_id = d.household_id AND s.benefit_type = d.benefit_type
),

directed AS (
    SELECT
        *,
        CASE
            WHEN persons_after = 0 THEN '停'
            WHEN persons_before = 0 THEN '新增'
            WHEN yuan_after > yuan_before THEN '增'
            WHEN yuan_after < yuan_before THEN '减'
            WHEN persons_after > persons_before THEN '增'
            WHEN persons_after < persons_before THEN '减'
            WHEN yuan_after = yuan_before THEN '维持'
        END AS direction
    FROM sides
)

SELECT
    *,
    concat_ws('，',
        CASE WHEN persons_after <> persons_before THEN concat('保障人口', persons_before, '人变为', persons_after, '人') END,
        CASE WHEN yuan_after <> yuan_before THEN concat('月保障金', yuan(yuan_before), '元变为', yuan(yuan_after), '元') END
    ) AS difference,
    CASE direction
        WHEN '停' THEN concat('停：', CASE
            WHEN last_status IS NULL THEN '名册已无此户'
            ELSE concat_ws('，', CASE WHEN last_status IN ('在享', '缓退') THEN '已过停发时间' ELSE last_status END, cn_date(end_date))
        END)
        WHEN '新增' THEN concat('增：新纳入，自', cn_date(start_date), '起')
        WHEN '维持' THEN '维持'
        WHEN '增' THEN concat('增：', difference)
        WHEN '减' THEN concat('减：', difference)
    END AS change_text
FROM directed
