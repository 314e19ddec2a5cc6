-- The lines of 启东 annex 2 for one township ($township): everybody in 特困供养 now.
SELECT
    row_number() OVER (ORDER BY coalesce(h.village, ''), h.household_id, r.place_in_household, r._row_id) AS number,
    r.name,
    r.sex,
    r.id_number,
    r.id_valid,
    coalesce(r.address, h.village) AS address,
    nullif(concat_ws('；',
        CASE WHEN r.start_date IS NOT NULL THEN concat(cn_date(r.start_date), '起供养') END,
        CASE WHEN h.yuan_after IS NOT NULL THEN concat('月供养金', yuan(h.yuan_after), '元') END,
        CASE WHEN r.disability_type IS NOT NULL THEN concat(r.disability_type, '残疾', r.disability_grade) END,
        r.illness,
        CASE WHEN k.open_clues IS NOT NULL THEN concat('待核线索：', k.open_clues) END
    ), '') AS situation,
    CASE WHEN h.change_text IS NOT NULL OR k.confirmed IS NOT NULL THEN concat_ws('；',
        h.change_text, CASE WHEN k.confirmed IS NOT NULL THEN concat('核实属实：', k.confirmed) END
    ) END AS change,
    CASE WHEN r.id_valid THEN 0 ELSE 1 END AS unchecked,
    k.* EXCLUDE (household_id)
FROM form_household AS h
INNER JOIN form_row AS r ON r.household_id = h.household_id AND r.benefit_type = h.benefit_type AND r.low_type = h.low_type
LEFT JOIN form_clue AS k ON k.household_id = h.household_id
WHERE h.kind = 'tekun' AND r.current AND h.township_code = $township
ORDER BY number
