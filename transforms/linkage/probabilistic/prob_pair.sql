-- Grain: open row × person row that share a compared block: the pairs the model scores. rule: the first that found it.
-- Birth date and village are shared by strangers too: villages of many townships bear one name. Where the row tells nothing more, the pair is
-- left out if the names have nothing in common: any level of the model for names but 'other' implies the first or the last character, the
-- reading or the letters, and 'other' makes no link of these two.
WITH found AS (
    SELECT r.row_no, p.person_no, min(b.rule) AS rule, count(*) AS rules
    FROM prob_block AS b
    INNER JOIN prob_row_key AS r ON r.rule = b.rule AND r.key = b.key
    INNER JOIN prob_person_key AS p ON p.rule = b.rule AND p.key = b.key
    WHERE b.compared
    GROUP BY r.row_no, p.person_no
)

SELECT f.row_no, f.person_no, f.rule
FROM found AS f
INNER JOIN prob_row AS r ON r.row_no = f.row_no
INNER JOIN prob_person AS p ON p.person_no = f.person_no
INNER JOIN prob_name AS rn ON rn.plain_name = r.plain_name
INNER JOIN prob_name AS pn ON pn.plain_name = p.plain_name
WHERE
    f.rules > 1
    OR f.rule <> 'birth_date_village'
    OR r.relative_name IS NOT NULL
    OR r.shown_number IS NOT NULL
    OR substr(r.plain_name, 1, 1) = substr(p.plain_name, 1, 1)
    OR substr(r.plain_name, -1) = substr(p.plain_name, -1)
    OR rn.reading = pn.reading
    OR rn.letters = pn.letters
