-- Grain: address of address_spelling × county of the list it names (the first six digits of its townships' codes).
SELECT DISTINCT a.address, c.county_code
FROM address_spelling AS a
INNER JOIN (
    SELECT DISTINCT substr(township_code, 1, 6) AS county_code, county_name FROM township_name WHERE county_name IS NOT NULL
) AS c ON contains(a.spelled, c.county_name)
WHERE a.spelling = 'plain'
