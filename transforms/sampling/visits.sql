-- Whom to visit in a township. Grain: drawn household.
SELECT
    p.village,
    d.household_id,
    any_value(h.head_name) AS head_name,
    any_value(h.head_id_number) AS head_id_number,
    string_agg(DISTINCT p.benefit_type, '、' ORDER BY p.benefit_type) AS benefit_types,
    any_value(h.head_count) AS head_count,
    any_value(r.address) AS address,
    any_value(r.phone) AS phone,
    any_value(d.method) AS method,
    bool_or(p.flagged) AS flagged
FROM sample_drawn AS d
INNER JOIN sample_population AS p ON p.township_code = d.township_code AND p.household_id = d.household_id
LEFT JOIN core_household AS h ON h.household_id = d.household_id
LEFT JOIN (
    SELECT household_id, min(address) AS address, min(phone) AS phone FROM core_row WHERE active GROUP BY household_id
) AS r ON r.household_id = d.household_id
WHERE d.township_code = $code
GROUP BY p.village, d.household_id
ORDER BY p.village, d.household_id;
