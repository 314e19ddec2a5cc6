-- The lines of 启东 annex 5 for one township ($township): monitored households whose risk has not been removed.
SELECT
    row_number() OVER (ORDER BY coalesce(village, ''), household_id) AS number,
    village, name, persons, id_number, risk, nullif(measures, '') AS measures
FROM form_monitor
WHERE category IN ('脱贫不稳定户', '边缘易致贫户', '突发严重困难户') AND NOT risk_removed AND township_code = $township
ORDER BY number
