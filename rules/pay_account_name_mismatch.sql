/*
id: pay_account_name_mismatch
title: 发放账户与对象姓名不一致
title_en: Paid to an account in a stranger's name
family: pay
severity: medium
status: stable
version: 3
subject: household
basis:
  - {document: 启东市2021年度年检通知, clause: 三（四是）（Q25）, asks: 治理发放账户与低保对象姓名不一致、扣留卡折和委托代管监管不到位的问题}
  - {document: 最低生活保障审核确认办法, number: 民发〔2021〕57号, clause: 第二十六条, asks: 委托他人代领的要签订书面协议，明确代管人责任}
requires: [benefit_roll, payments]
absence: [benefit_roll]
columns:
  benefit_roll: [head_name]
  payments: [account_name]
evidence:
  benefit_roll: [benefit_type, household_id, head_name, name, status, bank_account, account_name]
  payments: [pay_month, household_id, payee_name, bank_account, account_name, item, amount_paid, result]
amount: household_latest_month
false_positives:
  - 未成年人或无民事行为能力人由监护人代领，已签代管协议并备案
  - 集中供养对象的资金发给供养机构
  - 本月刚变更户主，名册尚未更新；姓名有生僻字或被银行截短
review_steps:
  - 查看银行卡或存折，问清户名是谁、与本户什么关系、谁在保管
  - 有代管的，查看代管协议和备案记录
  - 户名是经办人员或村（居）干部的，转入高风险核查
closing_action:
  - 改发到本户成员名下的账户，或补签代管协议并备案
*/
WITH own_name AS (
    SELECT household_id, name FROM core_row WHERE in_force AND name IS NOT NULL
    UNION ALL
    SELECT household_id, head_name AS name FROM core_row WHERE in_force AND head_name IS NOT NULL
    UNION ALL
    SELECT household_id, head_name AS name FROM core_household WHERE head_name IS NOT NULL
),

head_unknown AS (
    SELECT DISTINCT household_id FROM core_row WHERE NOT has_head_name
),

strange AS (
    SELECT
        p.household_id, p.pay_month, p.succeeded, p.ref,
        concat_ws('', '“', p.account_name, '”',
            CASE WHEN p.bank_account IS NOT NULL THEN concat_ws('', '（尾号', right(p.bank_account, 4), '）') END,
            CASE WHEN p.failed AND p.repaid_date IS NULL THEN '（发放失败）' END) AS account
    FROM core_payment AS p
    ANTI JOIN own_name AS n ON n.household_id = p.household_id AND n.name = p.account_name
    LEFT JOIN head_unknown AS u ON u.household_id = p.household_id
    WHERE p.is_latest AND p.on_roll_household AND p.account_name IS NOT NULL AND u.household_id IS NULL
),

account AS (
    SELECT
        household_id,
        max(pay_month) AS pay_month,
        -- Money the bank sent back has reached nobody.
        max(CASE WHEN succeeded THEN 1 ELSE 0 END) AS arrived,
        string_agg(DISTINCT account, '、' ORDER BY account) AS accounts,
        string_agg(DISTINCT ref, ' ' ORDER BY ref) AS refs
    FROM strange
    GROUP BY household_id
)

SELECT
    h.household_id AS subject_key,
    h.household_id,
    concat_ws(' ', h.refs, a.refs) AS evidence,
    concat_ws('', coalesce(h.head_name, '该'), '户', cn_month(a.pay_month), '的救助资金', CASE WHEN a.arrived = 1 THEN '发到' ELSE '发往' END,
        '户名为', a.accounts,
        '的账户，此人不是户主，也不在本户在册人员中，请核实由谁代领、有无代管协议。') AS explanation
FROM account AS a
INNER JOIN core_household AS h ON h.household_id = a.household_id
