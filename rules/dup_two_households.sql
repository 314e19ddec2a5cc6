/*
id: dup_two_households
title: 同一人在两户享受
title_en: One person covered in two households
family: household
severity: high
status: stable
version: 3
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L18）, asks: 清理错保和重复享受}
  - {document: 城步县2017年“回头看”实施方案, clause: 三（二）（B15）, asks: 夫妻之间、未成年子女与父母之间不得分户施保}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第七条, asks: 界定共同生活的家庭成员，同一人不得在两户计算}
requires: [benefit_roll]
evidence:
  benefit_roll: [benefit_type, household_id, head_name, name, id_number, relation_to_head, township_code, start_date, household_amount, persons_covered]
amount: rule
false_positives:
  - 婚嫁、分户的当月，两户名册交替
  - 在其中一户只作家庭成员登记，并未计入保障人口
  - 其中一行身份证号登记成了别人的
review_steps:
  - 核对户口簿、结婚证，确定实际与哪一户共同生活
  - 调出两户的审批表和发放记录
closing_action: 确定归属一户，另一户自次月起核减，两户金额都重新核算，多发部分按程序追回；属登记错误的，更正后销号。
*/
WITH twice AS (
    SELECT person_key, benefit_type
    FROM core_row
    WHERE repeated AND active AND id_valid
    GROUP BY person_key, benefit_type
    HAVING min(household_id) <> max(household_id)
),

-- Only what these few people have is put into words.
their_row AS (
    SELECT r.*
    FROM core_row AS r
    INNER JOIN (SELECT DISTINCT person_key FROM twice) AS t ON t.person_key = r.person_key
    WHERE r.active AND r.id_valid
),

found AS (
    SELECT
        person_key,
        benefit_type,
        string_agg(DISTINCT household_id, ' ' ORDER BY household_id) AS households,
        string_agg(DISTINCT concat_ws('', coalesce(head_name, '未填'), '户（', household_id, '）'), '和'
            ORDER BY concat_ws('', coalesce(head_name, '未填'), '户（', household_id, '）')) AS where_list,
        string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM their_row
    GROUP BY person_key, benefit_type
    HAVING count(DISTINCT household_id) >= 2
),

share AS (
    SELECT
        r.person_key,
        r.benefit_type,
        r.household_id,
        max(CAST(r.household_amount AS DOUBLE)) / max(h.head_count) AS amount
    FROM core_row AS r
    INNER JOIN found AS f ON f.person_key = r.person_key AND f.benefit_type = r.benefit_type
    INNER JOIN core_household AS h ON h.household_id = r.household_id
    WHERE r.active
    GROUP BY r.person_key, r.benefit_type, r.household_id
),

excess AS (
    SELECT person_key, benefit_type, sum(amount) - max(amount) AS amount
    FROM share
    GROUP BY person_key, benefit_type
),

names AS (
    SELECT person_key, count(DISTINCT name) AS names, string_agg(DISTINCT name, '、' ORDER BY name) AS name_list
    FROM their_row
    GROUP BY person_key
)

SELECT
    f.person_key AS subject_key,
    f.person_key,
    string_agg(f.households, ' ' ORDER BY f.benefit_type) AS also_keys,
    'high' AS severity,
    cents(sum(x.amount)) AS amount_at_risk,
    CASE WHEN max(n.names) > 1 THEN concat_ws('', '同一身份证号在花名册上有不同姓名：', max(n.name_list)) END AS contradictions,
    string_agg(f.refs, ' ' ORDER BY f.refs) AS evidence,
    concat_ws('',
        coalesce(max(n.name_list), '该对象'), '同时在',
        string_agg(concat_ws('', f.where_list, '享受', f.benefit_type), '，又在' ORDER BY f.benefit_type),
        '，每月约重复', yuan(sum(x.amount)), '元，请核实应归哪一户。'
    ) AS explanation
FROM found AS f
INNER JOIN names AS n ON n.person_key = f.person_key
INNER JOIN excess AS x ON x.person_key = f.person_key AND x.benefit_type = f.benefit_type
GROUP BY f.person_key
