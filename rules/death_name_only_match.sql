/*
id: death_name_only_match
title: 殡葬名单疑似相符
title_en: Cremation that may be this person's
family: death
severity: medium
status: stable
version: 1
subject: person
basis:
  - {document: 启东市2021年度年检通知, clause: 三（二是）（Q23）, asks: 与殡葬等信息比对，及时清退不符合条件的对象}
  - {document: 城步县2017年“回头看”实施方案, clause: 三（五）（B23）, asks: 查清在保对象中的死亡人员}
requires: [benefit_roll, funerals]
uses_columns:
  funerals: [id_number, birth_date, address]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, sex, village, address, status]
  funerals: [name, id_number, sex, birth_date, age, death_date, cremation_date, address, relative_name, relative_phone]
amount: none
false_positives:
  - 同名同姓的另一人
  - 火化登记误写了本人的身份证号
  - 同村有年龄相近的同名者
review_steps:
  - 由村（居）干部或村医确认本人是否在世
  - 联系火化登记上的家属，核对身份证号和出生日期
  - 确认前不得停发
closing_action: 确认死亡的，按死亡人员仍在册处理；确认不是本人的，记录依据后销号，避免重复提示。
*/
WITH weak AS (
    SELECT f.*
    FROM link_funerals AS f
    CROSS JOIN core_ctx AS c
    WHERE f.on_roll
        AND f.confidence >= 0.5
        AND f.confidence < c.min_confidence
),

refs AS (
    SELECT person_key, string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM weak
    GROUP BY person_key
),

best AS (
    SELECT *
    FROM weak
    QUALIFY row_number() OVER (PARTITION BY person_key ORDER BY confidence DESC, ref) = 1
)

SELECT
    p.person_key AS subject_key,
    p.person_key,
    'medium' AS severity,
    coalesce(b.death_date, b.cremation_date) AS event_date,
    b.tier AS match_tier,
    b.confidence AS match_confidence,
    CASE WHEN b.tier = 'id_exact_name_conflict' THEN '火化登记的身份证号与本人相同而姓名不同' END AS contradictions,
    concat_ws(' ', p.refs, r.refs) AS evidence,
    CASE WHEN b.tier = 'id_exact_name_conflict'
        THEN concat_ws('',
            '火化登记中一名', cn_date(b.cremation_date), '火化的人（', coalesce(b.name, '姓名未填'), '）与', coalesce(p.name, '该对象'),
            '登记的身份证号相同但姓名不同，请核实本人是否在世以及哪一方的号码有误。')
        ELSE concat_ws('',
            '火化登记中', cn_date(b.cremation_date), '火化的', coalesce(b.name, '一名逝者'), '与', p.benefit_type, '对象',
            coalesce(p.name, ''), '情况相近但不能确定是同一人，请由村（居）确认本人是否在世，确认前不停发。')
    END AS explanation
FROM best AS b
INNER JOIN refs AS r ON r.person_key = b.person_key
INNER JOIN core_person AS p ON p.person_key = b.person_key
CROSS JOIN core_ctx AS c
LEFT JOIN core_death AS d ON d.person_key = p.person_key AND d.confidence >= c.min_confidence
WHERE p.active AND d.person_key IS NULL
