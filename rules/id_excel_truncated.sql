/*
id: id_excel_truncated
title: 身份证号被表格截尾
title_en: ID number cut by a spreadsheet
family: identity
severity: low
status: stable
version: 1
subject: person
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L16、L18）, asks: 入库准确率和校验通过率达到100%，清理身份信息错误}
  - {document: 公民身份号码, number: GB 11643—1999, clause: 号码结构与校验码, asks: 18位：地址码、出生日期码、顺序码和校验码}
requires: [benefit_roll]
evidence:
  benefit_roll: [benefit_type, household_id, name, id_number, village]
amount: none
false_positives:
  - 真实号码恰好以000结尾（校验码正确的不会提示）
review_steps:
  - 请报送单位把身份证号列设为文本后重新报送
  - 对照身份证或户口簿核对
closing_action: 由报送单位重新报送正确号码，不得凭姓名自行补全；更正以前视为未核对。
*/
SELECT
    r.person_key AS subject_key,
    r.person_key,
    'low' AS severity,
    string_agg(DISTINCT r.ref, ' ' ORDER BY r.ref) AS evidence,
    concat_ws('',
        coalesce(string_agg(DISTINCT r.name, '、' ORDER BY r.name), '该对象'), '的身份证号',
        CASE WHEN min(r.id_number_status) = 'scientific' THEN '成了科学计数形式' ELSE '末三位变成了000' END,
        '，是电子表格造成的，无法与各部门数据比对，请重新报送文本格式的号码。'
    ) AS explanation
FROM core_row AS r
WHERE r.active AND r.id_number_status IN ('scientific', 'truncated')
GROUP BY r.person_key
