/*
id: recon_three_way
title: 档案系统财务三方不一致
title_en: Archive, system and ledger disagree
family: review
severity: low
status: stable
version: 4
subject: household
basis:
  - {document: 连云港市2020年专项行动通知, number: 连民〔2020〕12号, clause: 二（四）（L17）, asks: 纸质档案、系统信息、财务台账三者对应一致}
  - {document: 城步县2017年“回头看”实施方案, clause: 二（一）四是（B08）, asks: 系统数据准确并及时更新}
  - {document: 承德高新区2021年大排查方案, number: 承高社管字〔2021〕29号, clause: 附件2第1项（D13）, asks: 排查账外账、两层皮的问题}
requires: [benefit_roll]
any_of: [archives, payments]
absence: [archives]
columns:
  benefit_roll: [persons_covered]
  archives: [persons, household_amount]
  payments: [amount_due, item]
parameters: [benefit_items]
evidence:
  benefit_roll: [benefit_type, household_id, head_name, name, persons_covered, household_amount, start_date]
  archives: [archive_no, household_id, head_name, persons, household_amount]
  payments: [pay_month, household_id, item, amount_due, amount_paid, persons, result]
amount: none
false_positives:
  - 三方数据截止日期不同，其间刚办理了调整
  - 档案正在装订或移交，目录尚未更新
  - 当月含补发、扣回，应发数与月保障金不同
review_steps:
  - 以审批表为准，核对人数、金额和生效月份
  - 查明哪一方录入有误
closing_action:
  - 更正有误的一方；涉及多发少发的，同时按资金类疑点处理
*/
WITH benefit AS (
    SELECT r.household_id, r.benefit_type, min(r.township_code) AS township_code, max(r.household_amount) AS amount
    FROM core_row AS r
    WHERE r.active AND (r.is_dibao OR r.is_tekun)
    GROUP BY r.household_id, r.benefit_type
),

system_side AS (
    SELECT
        b.household_id,
        sum(b.amount) AS amount,
        max(p.persons_covered) AS persons
    FROM benefit AS b
    LEFT JOIN (
        SELECT household_id, max(persons_covered) AS persons_covered
        FROM core_row
        WHERE active AND (is_dibao OR is_tekun)
        GROUP BY household_id
    ) AS p ON p.household_id = b.household_id
    GROUP BY b.household_id
),

archive_side AS (
    -- A household with a file per benefit agrees when the files together, or one of them, say what the roll says.
    SELECT
        s.household_id,
        min(a.archive_no) AS archive_no,
        sum(a.household_amount) AS amount,
        max(a.persons) AS persons,
        max(CASE WHEN a.household_amount IS NULL OR s.amount IS NULL OR a.household_amount = s.amount THEN 1 ELSE 0 END) AS one_amount_agrees,
        max(CASE WHEN a.persons IS NULL OR s.persons IS NULL OR a.persons = s.persons THEN 1 ELSE 0 END) AS one_persons_agrees
    FROM system_side AS s
    -- An archive two files tell of is one.
    INNER JOIN (SELECT DISTINCT household_id, archive_no, persons, household_amount FROM stg_archives) AS a ON a.household_id = s.household_id
    GROUP BY s.household_id
),

ledger_row AS (
    SELECT b.household_id, b.benefit_type, b.amount, p.amount_due, p.ref
    FROM benefit AS b
    INNER JOIN core_payment AS p ON p.household_id = b.household_id AND p.is_latest
    LEFT JOIN param_benefit_items AS i ON i.township_code = coalesce(p.township_code, '') AND i.key = b.benefit_type AND i.value = p.item
    -- An empty item may be the benefit's; one whose file has no item column is unknown.
    WHERE p.amount_due IS NOT NULL AND (i.value IS NOT NULL OR (p.item IS NULL AND p.has_item))
),

ledger_side AS (
    SELECT
        l.household_id,
        l.benefit_type,
        max(l.amount) AS amount,
        max(l.amount_due) AS amount_due
    FROM ledger_row AS l
    GROUP BY l.household_id, l.benefit_type
    HAVING abs(max(l.amount) - max(l.amount_due)) > CAST(0.01 AS DECIMAL(18, 2))
),

ledger_refs AS (
    SELECT l.household_id, l.benefit_type, string_agg(DISTINCT l.ref, ' ' ORDER BY l.ref) AS refs
    FROM ledger_row AS l
    INNER JOIN ledger_side AS s ON s.household_id = l.household_id AND s.benefit_type = l.benefit_type
    GROUP BY l.household_id, l.benefit_type
),

ledger_gap AS (
    SELECT
        s.household_id,
        string_agg(concat_ws('', s.benefit_type, '系统月保障金', yuan(s.amount), '元、台账应发', yuan(s.amount_due), '元'), '；'
            ORDER BY s.benefit_type) AS gap,
        string_agg(DISTINCT r.refs, ' ' ORDER BY r.refs) AS refs
    FROM ledger_side AS s
    INNER JOIN ledger_refs AS r ON r.household_id = s.household_id AND r.benefit_type = s.benefit_type
    GROUP BY s.household_id
),

compared AS (
    SELECT
        s.household_id,
        nullif(concat_ws('；',
            CASE WHEN n.archives_arrived AND a.household_id IS NULL THEN '没有纸质档案' END,
            CASE WHEN a.one_persons_agrees = 0
                THEN concat_ws('', '系统保障', CAST(s.persons AS VARCHAR), '人、档案', CAST(a.persons AS VARCHAR), '人') END,
            CASE WHEN a.one_amount_agrees = 0 AND a.amount <> s.amount
                THEN concat_ws('', '系统月保障金', yuan(s.amount), '元、档案', yuan(a.amount), '元') END,
            g.gap), '') AS gaps,
        g.refs AS ledger_refs
    FROM system_side AS s
    CROSS JOIN core_ctx AS n
    LEFT JOIN archive_side AS a ON a.household_id = s.household_id
    LEFT JOIN ledger_gap AS g ON g.household_id = s.household_id
),

archive_refs AS (
    SELECT a.household_id, string_agg(DISTINCT a.ref, ' ' ORDER BY a.ref) AS refs
    FROM stg_archives AS a
    INNER JOIN compared AS c ON c.household_id = a.household_id
    WHERE c.gaps IS NOT NULL
    GROUP BY a.household_id
)

SELECT
    c.household_id AS subject_key,
    c.household_id,
    concat_ws(' ', h.refs, a.refs, c.ledger_refs) AS evidence,
    concat_ws('', coalesce(h.head_name, '该'), '户三方资料对不上：', c.gaps, '，请以审批表为准更正。') AS explanation
FROM compared AS c
INNER JOIN core_household AS h ON h.household_id = c.household_id
LEFT JOIN archive_refs AS a ON a.household_id = c.household_id
WHERE c.gaps IS NOT NULL
