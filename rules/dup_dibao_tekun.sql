/*
id: dup_dibao_tekun
title: 低保与特困重复享受
title_en: On dibao and on tekun at once
family: household
severity: high
status: stable
version: 3
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L18）, asks: 清理低保与特困供养重复享受}
  - {document: 特困人员认定办法, number: 民发〔2021〕43号, clause: 第二十四条、第二十六条, asks: 供养与终止供养的情形，终止的自下月起停发}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第三十二条, asks: 减发、停发须有法定事由，按程序作出并告知理由}
requires: [benefit_roll]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, township_code, start_date, status, household_amount, persons_covered]
amount: rule
false_positives:
  - 转办特困的当月，两边名册交替
  - 特困人员只登记为低保户的家庭成员，并未计入保障人口
  - 其中一行身份证号登记成了别人的
review_steps:
  - 调出两项救助的审批表和发放记录，核对起止月份
  - 与本人核对身份
closing_action: 保留特困供养，低保份额自次月起停发，重叠月份按程序追回；属登记错误的，更正后销号。
*/
WITH both_benefits AS (
    SELECT person_key
    FROM core_row
    WHERE repeated AND active AND id_valid AND (is_dibao OR is_tekun)
    GROUP BY person_key
    HAVING max(CASE WHEN is_dibao THEN 1 ELSE 0 END) = 1 AND max(CASE WHEN is_tekun THEN 1 ELSE 0 END) = 1
),

-- Only what these few people have is priced and put into words.
their_row AS (
    SELECT r.*
    FROM core_row AS r
    INNER JOIN both_benefits AS b ON b.person_key = r.person_key
    WHERE r.active AND r.id_valid AND (r.is_dibao OR r.is_tekun)
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
        coalesce(f.name_list, '该对象'), '同时在', f.where_list, '享受救助，每月约重复', yuan(x.amount), '元，请核实后只保留一项。'
    ) AS explanation
FROM found AS f
INNER JOIN excess AS x ON x.person_key = f.person_key
