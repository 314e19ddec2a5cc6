/*
id: dup_urban_rural
title: 城乡低保重复享受
title_en: On urban and on rural dibao at once
family: household
severity: high
status: stable
version: 3
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L18）, asks: 清理错保和重复享受}
  - {document: 城步县2017年“回头看”实施方案, clause: 二（一）四是（B08）, asks: 救助系统数据要准确并及时更新}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第五条, asks: 一个家庭只在一地申请低保，有关地方配合核查}
requires: [benefit_roll]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, township_code, start_date, status, household_amount, persons_covered]
amount: rule
false_positives:
  - 搬迁或户籍转换的当月，两边名册交替
  - 易地搬迁后城乡类别已切换，旧记录未停
  - 其中一行身份证号登记成了别人的
review_steps:
  - 核对两户的审批和停保记录
  - 与本人核对身份和现居住地
closing_action: 保留一项，另一项自次月起停发，重叠月份按程序追回；属登记错误的，更正后销号。
*/
WITH both_benefits AS (
    SELECT person_key
    FROM core_row
    WHERE repeated AND active AND id_valid AND is_dibao
    GROUP BY person_key
    HAVING count(DISTINCT benefit_type) = 2
),

-- Only what these few people have is priced and put into words.
their_row AS (
    SELECT r.*
    FROM core_row AS r
    INNER JOIN both_benefits AS b ON b.person_key = r.person_key
    WHERE r.active AND r.id_valid AND r.is_dibao
),

share AS (
    SELECT
        r.person_key,
        r.benefit_type,
        r.household_id,
        max(CAST(r.household_amount AS DOUBLE)) / max(h.head_count) AS amount
    FROM their_row AS r
    INNER JOIN core_household AS h ON h.household_id = r.household_id
    GROUP BY r.person_key, r.benefit_type, r.household_id
),

excess AS (
    SELECT person_key, cents(sum(amount) - max(amount)) AS amount
    FROM share
    GROUP BY person_key
),

found AS (
    SELECT
        person_key,
        count(DISTINCT name) AS names,
        string_agg(DISTINCT name, '、' ORDER BY name) AS name_list,
        string_agg(DISTINCT concat_ws('', benefit_type, '（户编号', household_id, '）'), '和'
            ORDER BY concat_ws('', benefit_type, '（户编号', household_id, '）')) AS where_list,
        string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM their_row
    GROUP BY person_key
)

SELECT
    f.person_key AS subject_key,
    f.person_key,
    'high' AS severity,
    x.amount AS amount_at_risk,
    CASE WHEN f.names > 1 THEN concat_ws('', '同一身份证号在花名册上有不同姓名：', f.name_list) END AS contradictions,
    f.refs AS evidence,
    concat_ws('',
        coalesce(f.name_list, '该对象'), '同时享受', f.where_list, '，每月约重复', yuan(x.amount), '元，请核实后只保留一项。'
    ) AS explanation
FROM found AS f
INNER JOIN excess AS x ON x.person_key = f.person_key
