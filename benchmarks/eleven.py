"""Eleven of the rules as an analyst would write them in DuckDB: on the files as they came, equal ID numbers only, no evidence, no sentence.

They stand for the least the rules of rules/*.sql could cost; their figures are not the product's findings. `month` and `as_of` are those of
benchmarks.drops.
"""

from benchmarks.drops import AS_OF

THIS_MONTH = AS_OF[:7].replace("-", "")
DAY = f"DATE '{AS_OF}'"
KEY = "TRY_CAST(substr({}, 1, 17) AS BIGINT)"
ACTIVE = f"status IN ('在享', '缓退') AND start_date <= {DAY} AND (end_date IS NULL OR end_date > {DAY})"
DIBAO = "benefit_type IN ('城市低保', '农村低保')"
PERSONS = f"SELECT {KEY.format('id_number')} AS key, household_id, benefit_type, township_code FROM benefit_roll WHERE length(id_number) = 18 AND {ACTIVE}"
DEAD = f"SELECT {KEY.format('id_number')} AS key, min(death_date) AS death_date FROM deaths GROUP BY 1"

RULES = {
    "death_still_on_roll": f"""
        SELECT p.key, any_value(p.household_id) AS household_id, min(d.death_date) AS death_date
        FROM ({PERSONS}) AS p JOIN ({DEAD}) AS d ON d.key = p.key
        WHERE d.death_date < date_trunc('month', {DAY}) GROUP BY p.key""",
    "death_paid_after": f"""
        SELECT p.key, count(*) AS months, sum(p.amount_paid) AS amount
        FROM (SELECT {KEY.format("payee_id_number")} AS key, pay_month, amount_paid FROM payments WHERE result = '成功') AS p
        JOIN ({DEAD}) AS d ON d.key = p.key
        WHERE p.pay_month > strftime(d.death_date, '%Y%m') GROUP BY p.key""",
    "asset_vehicle": f"""
        SELECT p.household_id, count(*) AS vehicles
        FROM (SELECT {KEY.format("owner_id_number")} AS key FROM vehicles WHERE status = '正常' AND vehicle_type LIKE '小型%') AS v
        JOIN ({PERSONS} AND {DIBAO}) AS p ON p.key = v.key GROUP BY p.household_id""",
    "asset_business": f"""
        SELECT p.household_id, count(*) AS entities
        FROM (SELECT {KEY.format("person_id_number")} AS key FROM business_licenses WHERE status = '存续') AS b
        JOIN ({PERSONS} AND {DIBAO}) AS p ON p.key = b.key GROUP BY p.household_id""",
    "asset_house": f"""
        SELECT p.household_id, count(DISTINCT h.certificate_no) AS dwellings
        FROM (SELECT {KEY.format("owner_id_number")} AS key, certificate_no FROM housing WHERE use IN ('住宅', '成套住宅')) AS h
        JOIN ({PERSONS}) AS p ON p.key = h.key GROUP BY p.household_id HAVING count(DISTINCT h.certificate_no) >= 2""",
    "income_pension": f"""
        SELECT p.key, max(n.monthly_amount) AS pension
        FROM (SELECT {KEY.format("id_number")} AS key, monthly_amount FROM pensions WHERE kind = '领取') AS n
        JOIN ({PERSONS} AND {DIBAO}) AS p ON p.key = n.key GROUP BY p.key""",
    "dup_two_households": f"""
        SELECT key, benefit_type, count(DISTINCT household_id) AS households
        FROM ({PERSONS}) GROUP BY key, benefit_type HAVING count(DISTINCT household_id) >= 2""",
    "official_on_roll": f"""
        SELECT DISTINCT p.key, p.household_id
        FROM ({PERSONS}) AS p JOIN (SELECT {KEY.format("id_number")} AS key FROM officials) AS o ON o.key = p.key""",
    "pay_after_exit": """
        SELECT p.household_id, count(*) AS months, sum(p.amount_paid) AS amount
        FROM payments AS p
        JOIN (SELECT household_id, min(start_date) AS since, max(coalesce(end_date, DATE '9999-12-31')) AS until FROM benefit_roll GROUP BY 1) AS r
            ON r.household_id = p.household_id
        WHERE p.result = '成功' AND (p.pay_month < strftime(r.since, '%Y%m') OR p.pay_month > strftime(r.until, '%Y%m'))
        GROUP BY p.household_id""",
    "pay_not_on_roll": """
        SELECT p.household_id, count(*) AS months, sum(p.amount_paid) AS amount
        FROM payments AS p ANTI JOIN benefit_roll AS r ON r.household_id = p.household_id
        WHERE p.result = '成功' GROUP BY p.household_id""",
    "pay_one_account_many": f"""
        SELECT bank_account, count(DISTINCT household_id) AS households, sum(amount_paid) AS amount
        FROM payments WHERE pay_month = (SELECT max(pay_month) FROM payments WHERE pay_month <= '{THIS_MONTH}') AND result = '成功'
        GROUP BY bank_account HAVING count(DISTINCT household_id) >= 2""",
}
