-- Grain: person_key of more than one roll row. Nearly everybody has one: what is asked of people with several need not be asked of all.
SELECT person_key
FROM (
    SELECT person_key_of(id_number_status, id_number, household_id, name) AS person_key
    FROM stg_benefit_roll
) AS r
GROUP BY person_key
HAVING count(*) > 1
