/*
id: dup_low_income_overlap
title: 低收入与低保特困交叉
title_en: On low-income and on dibao or tekun at once
family: household
severity: low
status: stable
version: 2
subject: person
basis:
  - {document: 黔南州2021年度核查通知, clause: 三（三是）（G13）, asks: 已享受低保的人可以直接认定为低收入对象（交叉不等于违规）}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L18）, asks: 清理重复享受和身份登记错误}
requires: [benefit_roll]
evidence:
  benefit_roll: [benefit_type, low_income_type, household_id, name, id_number, township_code, start_date, status]
amount: none
false_positives:
  - 当地允许低保对象同时认定为低收入对象
  - 刚由低收入转入低保，名册交替
  - 其中一行身份证号登记成了别人的
review_steps:
  - 核对当地是否允许两类并存
  - 核对两份名册的起止时间
closing_action: 允许并存的，只作类别标注；不允许的，保留低保或特困，低收入名册中退出。
*/
WITH both_lists AS (
    SELECT person_key
    FROM core_row
    WHERE repeated AND active AND id_valid AND is_core
    GROUP BY person_key
    HAVING max(CASE WHEN is_low_income THEN 1 ELSE 0 END) = 1 AND max(CASE WHEN is_dibao OR is_tekun THEN 1 ELSE 0 END) = 1
)

SELECT
    r.person_key AS subject_key,
    r.person_key,
    'low' AS severity,
    CASE WHEN count(DISTINCT r.name) > 1
        THEN concat_ws('', '同一身份证号在花名册上有不同姓名：', string_agg(DISTINCT r.name, '、' ORDER BY r.name)) END AS contradictions,
    string_agg(DISTINCT r.ref, ' ' ORDER BY r.ref) AS evidence,
    concat_ws('',
        coalesce(string_agg(DISTINCT r.name, '、' ORDER BY r.name), '该对象'), '同时列在',
        string_agg(DISTINCT concat_ws('', r.benefit_type, '（户编号', r.household_id, '）'), '和'
            ORDER BY concat_ws('', r.benefit_type, '（户编号', r.household_id, '）')),
        '名册上，请按当地规定确认能否并存。'
    ) AS explanation
FROM core_row AS r
INNER JOIN both_lists AS b ON b.person_key = r.person_key
WHERE r.active AND r.id_valid AND r.is_core
GROUP BY r.person_key
