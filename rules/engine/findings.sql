-- From raw_finding to the flagged-suspect list: where each finding belongs, whom it is about, what it is worth, and whether it is new.
-- Townships of every person and household that has rows: the active ones, else where it is placed.
CREATE OR REPLACE TEMP TABLE key_township AS
SELECT DISTINCT key, township_code FROM (
    SELECT person_key AS key, township_code FROM core_row WHERE active
    UNION ALL
    SELECT household_id AS key, township_code FROM core_row WHERE active
    UNION ALL
    SELECT person_key AS key, township_code FROM core_person WHERE NOT active
    UNION ALL
    SELECT p.household_id AS key, p.township_code FROM core_household_place AS p
    WHERE NOT EXISTS (SELECT 1 FROM core_household AS h WHERE h.household_id = p.household_id AND h.active)
);

CREATE OR REPLACE TEMP TABLE placed_finding AS
WITH joined AS (
    SELECT
        f.*,
        c.subject LIKE 'household%' OR c.subject = 'bank_account' AS household_first,
        p.township_code AS person_township, p.village AS person_village, p.household_id AS person_household,
        p.name AS person_name, p.id_number AS person_id_number, p.benefit_type AS person_benefit, p.head_name AS person_head
    FROM raw_finding AS f
    INNER JOIN finding_rule AS c ON c.rule_id = f.rule_id
    LEFT JOIN core_person AS p ON p.person_key = f.person_key
)
SELECT
    j.* EXCLUDE (household_id, township_code, village, name, id_number),
    coalesce(j.household_id, j.person_household) AS household_id,
    coalesce(t.township_code, '000000000') AS township_code,
    coalesce(j.village, CASE WHEN j.household_first THEN h.village END, j.person_village, h.village) AS village,
    coalesce(h.head_name, j.person_head) AS head_name,
    coalesce(j.name, CASE WHEN j.household_first THEN h.head_name ELSE j.person_name END, j.person_name, h.head_name) AS name,
    coalesce(j.id_number, CASE WHEN j.household_first THEN k.head_id_number ELSE j.person_id_number END,
        j.person_id_number) AS id_number,
    coalesce(CASE WHEN j.household_first THEN b.benefit_type END, j.person_benefit, b.benefit_type) AS benefit_type
FROM joined AS j
LEFT JOIN core_household_place AS h ON h.household_id = coalesce(j.household_id, j.person_household)
LEFT JOIN core_household AS k ON k.household_id = h.household_id
LEFT JOIN (
    SELECT household_id, min(benefit_type) AS benefit_type FROM core_row WHERE active GROUP BY household_id
) AS b ON b.household_id = h.household_id
LEFT JOIN core_township AS t ON t.township_code = coalesce(
    substr(j.township_code, 1, 9),
    CASE WHEN j.household_first THEN h.township_code END,
    j.person_township,
    h.township_code
);

-- Others concerned: the townships of the keys a rule names, and of every active row of the person or household itself.
CREATE OR REPLACE TEMP TABLE also_township AS
SELECT rule_id, subject_key, list_sort(list(DISTINCT also_code)) AS also_townships
FROM (
    SELECT f.rule_id, f.subject_key, f.township_code, k.township_code AS also_code
    FROM (
        SELECT rule_id, subject_key, township_code, unnest(string_split(concat_ws(' ', also_keys, person_key, household_id), ' ')) AS key
        FROM placed_finding
    ) AS f
    INNER JOIN key_township AS k ON k.key = f.key
)
WHERE also_code <> township_code
GROUP BY rule_id, subject_key;
