-- From raw_finding to the flagged-suspect list: where each finding belongs, whom it is about, what it is worth, and whether it is new.
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
CREATE OR REPLACE TEMP TABLE concerned_key AS
SELECT rule_id, subject_key, township_code, unnest(string_split(concat_ws(' ', also_keys, person_key, household_id), ' ')) AS key
FROM placed_finding;

-- Townships of the persons and households among them: the active rows', else where they are placed.
CREATE OR REPLACE TEMP TABLE key_township AS
WITH wanted AS (
    SELECT DISTINCT key FROM concerned_key
)
SELECT r.person_key AS key, r.township_code FROM core_row AS r SEMI JOIN wanted AS w ON w.key = r.person_key WHERE r.active
UNION
SELECT r.household_id AS key, r.township_code FROM core_row AS r SEMI JOIN wanted AS w ON w.key = r.household_id WHERE r.active
UNION
SELECT p.person_key AS key, p.township_code FROM core_person AS p SEMI JOIN wanted AS w ON w.key = p.person_key WHERE NOT p.active
UNION
SELECT p.household_id AS key, p.township_code FROM core_household_place AS p SEMI JOIN wanted AS w ON w.key = p.household_id
WHERE NOT EXISTS (SELECT 1 FROM core_household AS h WHERE h.household_id = p.household_id AND h.active);

CREATE OR REPLACE TEMP TABLE also_township AS
SELECT f.rule_id, f.subject_key, list_sort(list(DISTINCT k.township_code)) AS also_townships
FROM concerned_key AS f
INNER JOIN key_township AS k ON k.key = f.key
WHERE k.township_code <> f.township_code
GROUP BY f.rule_id, f.subject_key;
