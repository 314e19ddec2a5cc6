-- Grain: scored open row × person: how the names stand (a missing dot is one character off, as in the other tiers), and how far the
-- confidence may rise on the evidence there is, however large the model's figure.
-- strong: the name equal or equal in sound, the full birth date, and the place (or, without an address, a relative in the
-- household), and no damaged number or sex against it. lead: the full birth date, or something near it (month, weeks apart, age) and the
-- place or a relative. Anything else is refused: a name and a village are not a person, nor a name and an age. One character off
-- stays a lead: twins share birth date, village and all but one character.
WITH level AS (
    SELECT
        s.row_no,
        s.person_key,
        s.same_spelling,
        n.id AS name,
        b.id AS birth_date,
        a.id AS age,
        x.id AS sex,
        p.id AS place,
        f.id AS relative,
        i.id AS id_number
    FROM prob_scored AS s
    INNER JOIN prob_level AS n ON n.comparison = 'name' AND n.gamma = s.gamma_name
    INNER JOIN prob_level AS b ON b.comparison = 'birth_date' AND b.gamma = s.gamma_birth_date
    INNER JOIN prob_level AS a ON a.comparison = 'age' AND a.gamma = s.gamma_age
    INNER JOIN prob_level AS x ON x.comparison = 'sex' AND x.gamma = s.gamma_sex
    INNER JOIN prob_level AS p ON p.comparison = 'place' AND p.gamma = s.gamma_place
    INNER JOIN prob_level AS f ON f.comparison = 'relative' AND f.gamma = s.gamma_relative
    INNER JOIN prob_level AS i ON i.comparison = 'id_number' AND i.gamma = s.gamma_id_number
),

class AS (
    SELECT
        row_no,
        person_key,
        same_spelling,
        name,
        CASE
            WHEN name IN ('equal', 'toned', 'sound')
                AND birth_date IN ('equal', 'swapped')
                AND (
                    place IN ('village', 'village_alone', 'township')
                    OR (relative = 'household' AND place = 'missing')
                )
                AND sex <> 'other'
                AND id_number <> 'other'
                THEN 'strong'
            WHEN name <> 'other' AND birth_date IN ('equal', 'swapped') THEN 'lead'
            WHEN name <> 'other'
                AND (birth_date IN ('month', 'lunar', 'near') OR age IN ('equal', 'near'))
                AND (place IN ('village', 'village_alone', 'village_moved', 'township') OR relative = 'household')
                THEN 'lead'
            ELSE 'refused'
        END AS class
    FROM level
)

SELECT
    c.row_no,
    c.person_key,
    c.class,
    CASE c.class WHEN 'strong' THEN m.strong WHEN 'lead' THEN m.lead ELSE m.refused END AS limit_confidence,
    CASE
        WHEN c.same_spelling THEN 'equal'
        WHEN c.name IN ('toned', 'sound') THEN 'alike'
        WHEN c.name IN ('equal', 'one_off') THEN 'one_off'
        ELSE 'conflict'
    END AS name_relation
FROM class AS c
CROSS JOIN prob_competition AS m
