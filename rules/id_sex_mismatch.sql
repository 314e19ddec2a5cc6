/*
id: id_sex_mismatch
title: 身份证号与性别不符
title_en: ID number contradicts the sex
family: identity
severity: low
status: stable
version: 2
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L16）, asks: 入库准确率和校验通过率达到100%}
  - {document: 承德高新区2021年大排查方案, number: 承高社管字〔2021〕29号, clause: 五（三）（D15）, asks: 基础信息准确真实}
  - {document: 公民身份号码, number: GB 11643—1999, clause: 号码结构与校验码, asks: 顺序码的末位奇数为男、偶数为女}
requires: [benefit_roll]
columns:
  benefit_roll: [sex]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, sex]
amount: none
false_positives:
  - 户籍上更正过性别而号码未变
review_steps:
  - 查看户口簿，确认是性别填错还是号码填错
closing_action: 更正系统中的性别或号码；只是性别填错的，不影响发放。
*/
SELECT
    r.person_key AS subject_key,
    r.person_key,
    'low' AS severity,
    string_agg(DISTINCT r.ref, ' ' ORDER BY r.ref) AS evidence,
    concat_ws('',
        coalesce(string_agg(DISTINCT r.name, '、' ORDER BY r.name), '该对象'), '在花名册上的性别为', min(r.sex),
        '，而身份证号表示的性别为', CASE WHEN min(r.sex) = '男' THEN '女' ELSE '男' END, '，请按户口簿更正。'
    ) AS explanation
FROM core_row AS r
CROSS JOIN core_ctx AS c
WHERE r.active
    AND r.id_valid
    AND r.birth_date <= c.as_of
    AND r.sex IN ('男', '女')
    AND r.sex <> CASE WHEN substr(r.id_number, 17, 1) IN ('1', '3', '5', '7', '9') THEN '男' ELSE '女' END
GROUP BY r.person_key
