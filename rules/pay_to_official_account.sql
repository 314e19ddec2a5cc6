/*
id: pay_to_official_account
title: 发放账户属于经办人员
title_en: Paid to an account in an official's name
family: pay
severity: high
status: stable
version: 4
subject: household|official id_number
basis:
  - {document: 启东市2021年度年检通知, clause: 三（四是）（Q25、Q27）, asks: 查经办中贪污侵占、虚报冒领、截留私分救助金的问题}
  - {document: 城步县2017年“回头看”实施方案, clause: 二（三）（B13）, asks: 查经办人员有无套取、挪用、冒领、克扣低保金}
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（二）（L22）, asks: 严查资金发放中的虚报冒领、截留私分、贪污挪用}
requires: [benefit_roll, payments, officials]
absence: [benefit_roll]
columns:
  benefit_roll: [head_name]
  payments: [account_name]
uses_columns:
  officials: [township_code, start_date, end_date]
evidence:
  benefit_roll: [benefit_type, household_id, head_name, name, status, bank_account, account_name]
  payments: [pay_month, household_id, payee_name, bank_account, account_name, item, amount_paid, result]
  officials: [name, unit, post, township_code, start_date, end_date]
amount: household_latest_month
false_positives:
  - 同名同姓：账户户名只与经办人员姓名相同，并不是同一人
  - 经办人员是本户的监护人或受托代管人，协议已备案
review_steps:
  - 先向代发银行核对开户人的身份证号，确认是否为该经办人员本人
  - 询问该户是否知情、资金是否收到，查看代管协议
  - 核对该账户是否还收其他户的资金
closing_action:
  - 确属经办人员账户又无备案代管的，停止向该账户发放、改发本人账户并移交纪检监察机构
*/
WITH named_alike AS (
    SELECT
        p.household_id, p.pay_month, p.account_name, p.bank_account, p.succeeded, p.failed, p.repaid_date, p.ref,
        o.id_number, o.name, o.unit, o.post, o.ref AS official_ref
    FROM core_payment AS p
    INNER JOIN core_official AS o ON o.name = p.account_name
    -- An official without a township counts in every one.
    WHERE p.is_latest AND o.serving AND NOT o.township_unknown AND (o.township_code IS NULL OR o.township_code = p.township_code)
),

own_name AS (
    SELECT household_id, name FROM core_row WHERE active AND name IS NOT NULL
    UNION ALL
    SELECT household_id, head_name AS name FROM core_row WHERE in_force AND head_name IS NOT NULL
    UNION ALL
    SELECT household_id, head_name AS name FROM core_household WHERE head_name IS NOT NULL
),

head_unknown AS (
    SELECT DISTINCT household_id FROM core_row WHERE NOT has_head_name
),

hit AS (
    SELECT
        p.household_id,
        coalesce(p.id_number, p.name) AS official_id,
        max(p.pay_month) AS pay_month,
        min(p.name) AS official_name,
        min(concat_ws('', p.unit, p.post)) AS post,
        min(right(p.bank_account, 4)) AS tail,
        -- Money the bank sent back has reached nobody.
        max(CASE WHEN p.succeeded THEN 1 ELSE 0 END) AS arrived,
        min(CASE WHEN p.failed AND p.repaid_date IS NULL THEN 1 ELSE 0 END) AS failed,
        string_agg(DISTINCT p.official_ref, ' ' ORDER BY p.official_ref) AS official_refs,
        string_agg(DISTINCT p.ref, ' ' ORDER BY p.ref) AS pay_refs
    FROM named_alike AS p
    ANTI JOIN own_name AS n ON n.household_id = p.household_id AND n.name = p.account_name
    LEFT JOIN head_unknown AS u ON u.household_id = p.household_id
    WHERE u.household_id IS NULL
    GROUP BY p.household_id, coalesce(p.id_number, p.name)
)

SELECT
    concat_ws('|', h.household_id, h.official_id) AS subject_key,
    h.household_id,
    concat_ws(' ', k.refs, h.pay_refs, h.official_refs) AS evidence,
    concat_ws('', coalesce(q.head_name, '该'), '户', cn_month(h.pay_month), '的救助资金', CASE WHEN h.arrived = 1 THEN '发到' ELSE '发往' END,
        '户名“', h.official_name, '”的账户', CASE WHEN h.tail IS NOT NULL THEN concat_ws('', '（尾号', h.tail, '）') END,
        CASE WHEN h.failed = 1 THEN '（发放失败）' END, '，与', CASE WHEN h.post <> ''
            THEN concat_ws('', h.post) ELSE '本地经办人员' END, h.official_name,
        '同名；目前只有姓名相同这一项依据，请先向银行核对开户人身份。') AS explanation
FROM hit AS h
LEFT JOIN core_household AS k ON k.household_id = h.household_id
LEFT JOIN core_household_place AS q ON q.household_id = h.household_id
