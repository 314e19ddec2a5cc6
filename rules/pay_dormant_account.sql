/*
id: pay_dormant_account
title: 僵尸账户
title_en: Account not drawn from for half a year
family: pay
severity: medium
status: stable
version: 1
subject: bank_account
basis:
  - {document: 黔南州2021年度核查通知, clause: 二（二是）（G07）, asks: 半年以上（含半年）未支取的，查明原因并限时整改}
  - {document: 黔南州2021年度核查通知, clause: 二（三是）（G09）, asks: 排查向死亡人员账户发放资金的问题}
requires: [benefit_roll, account_activity]
columns:
  benefit_roll: [bank_account]
  account_activity: [last_withdrawal]
parameters: [dormant_months]
evidence:
  benefit_roll: [benefit_type, household_id, head_name, name, start_date, status, bank_account]
  account_activity: [bank_account, account_name, last_withdrawal, balance, as_of]
amount: none
false_positives:
  - 供养机构统一代管，按季度或年度结算
  - 本人有意攒钱备用，如治病、建房
  - 刷卡或转账消费，银行只统计了现金支取
review_steps:
  - 当面见到本人，确认健在、知道有卡、卡在自己手中
  - 核对是否长期外出、人户分离或已不需要救助
  - 查看有无死亡、火化登记
closing_action:
  - 查明原因限时整改：人已死亡的停发，卡被他人保管的归还，已不需要的启动复核
*/
WITH idle AS (
    SELECT a.*, add_months(a.idle_since, p.value) AS due
    FROM core_account AS a
    INNER JOIN core_household AS h ON h.household_id = a.household_id
    INNER JOIN param_dormant_months AS p ON p.township_code = coalesce(h.township_code, '')
)

SELECT
    i.account AS subject_key,
    i.household_id,
    i.households AS also_keys,
    i.idle_since AS event_date,
    i.refs AS evidence,
    concat_ws('', coalesce(h.head_name, '该'), '户领取救助的账户（尾号', right(i.account, 4), '）', CASE WHEN i.last_withdrawal IS NULL
            THEN concat_ws('', '从', cn_date(i.since), '起享受至今从未支取') ELSE concat_ws('', '自', cn_date(i.last_withdrawal), '后再未支取') END,
        CASE WHEN i.balance IS NOT NULL THEN concat_ws('', '，余额', yuan(i.balance), '元') END,
        '，请上门见面核实本人状况和卡折保管情况。') AS explanation
FROM idle AS i
CROSS JOIN core_ctx AS c
INNER JOIN core_household AS h ON h.household_id = i.household_id
WHERE i.due <= c.as_of
