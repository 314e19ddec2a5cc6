-- Grain: payment row × head of a household who is dead and on no row of his own, to whom it went.
WITH dead AS (
    SELECT person_key FROM links_deaths WHERE NOT on_roll
    UNION
    SELECT person_key FROM links_funerals WHERE NOT on_roll
),

head AS (
    SELECT DISTINCT r.head_id_number AS id_number
    FROM stg_benefit_roll AS r
    SEMI JOIN dead AS d ON d.person_key = r.head_id_number
)

SELECT key_of(p.household_id) AS household, key_of(p.payee_id_number) AS person
FROM stg_payments AS p
SEMI JOIN head AS h ON h.id_number = p.payee_id_number
