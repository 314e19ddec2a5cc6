/*
id: id_format_invalid
title: 身份证号错误
title_en: ID number cannot be valid
family: identity
severity: low
status: stable
version: 1
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L16、L18）, asks: 入库准确率和校验通过率达到100%，清理身份信息错误}
  - {document: 承德高新区2021年大排查方案, number: 承高社管字〔2021〕29号, clause: 五（三）（D15）, asks: 基础信息准确真实}
  - {document: 公民身份号码, number: GB 11643—1999, clause: 号码结构与校验码, asks: 18位：地址码、出生日期码、顺序码和校验码}
requires: [benefit_roll]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, sex, village]
amount: none
false_positives:
  - 港澳台居民居住证、外国人永久居留证等非居民身份证号码
  - 本人确无户口，正在补办
review_steps:
  - 查看本人身份证或户口簿
closing_action: 在系统中更正号码，并对本人重新比对；更正以前视为未核对，不得当作无问题。
*/
SELECT
    r.person_key AS subject_key,
    r.person_key,
    'low' AS severity,
    string_agg(DISTINCT r.ref, ' ' ORDER BY r.ref) AS evidence,
    concat_ws('',
        coalesce(string_agg(DISTINCT r.name, '、' ORDER BY r.name), '该对象'),
        CASE
            WHEN min(r.id_number_status) = 'empty' THEN '在花名册上没有填写身份证号'
            WHEN min(r.id_number_status) = 'valid' THEN '身份证号中的出生日期晚于核对日期'
            WHEN max(length(r.id_number)) <> 18 THEN concat_ws('', '的身份证号有', max(length(r.id_number)), '位，应为18位')
            ELSE '的身份证号校验不通过（出生日期或校验码有误）'
        END,
        '，无法与各部门数据比对，请按证件更正。'
    ) AS explanation
FROM core_row AS r
CROSS JOIN core_ctx AS c
WHERE r.active
    AND (r.id_number_status IN ('empty', 'invalid') OR (r.id_number_status = 'valid' AND r.birth_date > c.as_of))
GROUP BY r.person_key
