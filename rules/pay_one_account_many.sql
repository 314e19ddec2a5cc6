/*
id: pay_one_account_many
title: 一个账户收多户资金
title_en: One account receives for several households
family: pay
severity: high
status: stable
version: 1
subject: bank_account
basis:
  - {document: 启东市2021年度年检通知, clause: 三（四是）（Q25、Q27）, asks: 梳理发放台账，查找虚报冒领、截留私分等资金风险}
  - {document: 城步县2017年“回头看”实施方案, clause: 二（三）（B13）, asks: 查经办人员有无套取、挪用、冒领、克扣低保金}
requires: [payments]
columns:
  payments: [result|pay_date]
evidence:
  payments: [pay_month, household_id, payee_name, bank_account, account_name, item, amount_paid, result]
amount: rule
false_positives:
  - 供养机构代收集中供养人员的资金，有协议和台账
  - 两户已合并，户编号尚未并档
  - 银行账号录入错误，资金实际退回
review_steps:
  - 向代发银行核实开户人和每笔到账情况
  - 逐户询问是否收到资金、卡折由谁保管
  - 开户人是经办人员或村（居）干部的，立即报告
closing_action:
  - 一户一账户重新登记；属冒领、截留的停发该账户、追回资金并移交
*/
WITH several AS (
    SELECT account
    FROM core_payment
    WHERE is_latest AND succeeded AND account IS NOT NULL
    GROUP BY account
    HAVING min(household_id) <> max(household_id)
),

shared AS (
    SELECT
        p.account,
        min(p.household_id) AS household_id,
        count(DISTINCT p.household_id) AS households,
        max(p.pay_month) AS pay_month,
        sum(p.amount_paid) AS amount,
        min(p.account_name) AS account_name,
        string_agg(DISTINCT p.household_id, ' ' ORDER BY p.household_id) AS household_ids,
        string_agg(DISTINCT concat_ws('', p.household_id, coalesce(h.head_name, p.payee_name)), '、'
            ORDER BY concat_ws('', p.household_id, coalesce(h.head_name, p.payee_name))) AS people,
        string_agg(DISTINCT p.ref, ' ' ORDER BY p.ref) AS refs
    FROM core_payment AS p
    INNER JOIN several AS m ON m.account = p.account
    LEFT JOIN core_household_place AS h ON h.household_id = p.household_id
    WHERE p.is_latest AND p.succeeded
    GROUP BY p.account
)

SELECT
    s.account AS subject_key,
    s.household_id,
    s.household_ids AS also_keys,
    CAST(s.amount AS DECIMAL(18, 2)) AS amount_at_risk,
    s.refs AS evidence,
    concat_ws('', '尾号', right(s.account, 4), '的账户', CASE WHEN s.account_name IS NOT NULL
        THEN concat_ws('', '（户名', s.account_name, '）') END, '在', cn_month(s.pay_month), '收到', CAST(s.households AS VARCHAR), '户（户编号及户主：',
        s.people, '）的救助资金共', yuan(s.amount), '元，请核实账户由谁持有、各户是否领到。') AS explanation
FROM shared AS s
