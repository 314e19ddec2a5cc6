/*
id: pay_dormant_remind
title: 账户长期未支取提醒
title_en: Account not drawn from for some months
family: pay
severity: low
status: stable
version: 1
subject: bank_account
basis:
  - {document: 黔南州2021年度核查通知, clause: 二（二是）（G06）, asks: 持续发放而超过一定时限未领取的及时提醒}
requires: [benefit_roll, account_activity]
columns:
  benefit_roll: [bank_account]
  account_activity: [last_withdrawal]
parameters: [dormant_months, remind_months]
evidence:
  benefit_roll: [benefit_type, household_id, head_name, name, start_date, status, bank_account]
  account_activity: [bank_account, account_name, last_withdrawal, balance, as_of]
amount: none
false_positives:
  - 刷卡或转账消费，银行只统计了现金支取
  - 新开账户，首笔资金刚到
review_steps:
  - 电话或上门提醒，确认本人知道资金已到账、卡在自己手中
  - 行动不便的，了解由谁代取
closing_action:
  - 提醒并记录；确有困难的协助支取或办理委托代管
*/
WITH idle AS (
    SELECT a.*, add_months(a.idle_since, r.value) AS remind_from, add_months(a.idle_since, d.value) AS dormant_from
    FROM core_account AS a
    INNER JOIN core_household AS h ON h.household_id = a.household_id
    INNER JOIN param_remind_months AS r ON r.township_code = coalesce(h.township_code, '')
    INNER JOIN param_dormant_months AS d ON d.township_code = coalesce(h.township_code, '')
)

SELECT
    i.account AS subject_key,
    i.household_id,
    i.households AS also_keys,
    i.idle_since AS event_date,
    i.refs AS evidence,
    concat_ws('', coalesce(h.head_name, '该'), '户领取救助的账户（尾号', right(i.account, 4), '）', CASE WHEN i.last_withdrawal IS NULL
            THEN concat_ws('', '从', cn_date(i.since), '起享受至今从未支取') ELSE concat_ws('', '自', cn_date(i.last_withdrawal), '后未再支取') END,
        '，请提醒本人并确认卡折在自己手中。') AS explanation
FROM idle AS i
CROSS JOIN core_ctx AS c
INNER JOIN core_household AS h ON h.household_id = i.household_id
WHERE i.remind_from <= c.as_of AND i.dormant_from > c.as_of
