-- Grain: person who left the minimum living allowance since the look-back date × benefit received again; benefit is NULL for who receives none.
CREATE OR REPLACE TEMP TABLE form_reentry AS
WITH left_roll AS (
    SELECT r.person_key, max(r.end_date) AS end_date, arg_max(r.household_id, (r.end_date, r._row_id)) AS household_id
    FROM core_row AS r
    CROSS JOIN form_ctx AS c
    INNER JOIN param_exit_lookback_start AS s ON s.township_code = coalesce(r.township_code, '')
    WHERE r.is_dibao AND NOT r.active AND r.status IN ('停发', '退出') AND r.end_date BETWEEN s.value AND c.as_of
    GROUP BY r.person_key
),

again AS (
    SELECT DISTINCT
        n.person_key,
        n.household_id,
        CASE WHEN n.is_dibao THEN '低保' WHEN n.is_tekun THEN '特困' WHEN n.is_low_income THEN '低收入' ELSE '临时救助' END AS benefit
    FROM core_row AS n
    INNER JOIN left_roll AS e ON e.person_key = n.person_key AND n.start_date >= e.end_date
    WHERE n.active AND (n.is_core OR n.benefit_type = '临时救助')
)

SELECT e.person_key, a.benefit, coalesce(a.household_id, e.household_id) AS household_id, coalesce(t.township_code, '000000000') AS township_code
FROM left_roll AS e
LEFT JOIN again AS a ON a.person_key = e.person_key
LEFT JOIN core_household_place AS p ON p.household_id = coalesce(a.household_id, e.household_id)
LEFT JOIN core_township AS t ON t.township_code = p.township_code
