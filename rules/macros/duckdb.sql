-- The named macros of the rules, for DuckDB. rules/macros/spark.sql defines the same names for Spark.
-- A month index is year * 12 + month, so that months are compared and counted as whole numbers.
CREATE OR REPLACE MACRO month_index(d) AS CAST(year(d) * 12 + month(d) AS INTEGER);
CREATE OR REPLACE MACRO month_start(i) AS make_date(CAST((i - 1) // 12 AS BIGINT), CAST((i - 1) % 12 + 1 AS BIGINT), 1);
CREATE OR REPLACE MACRO month_end(i) AS last_day(month_start(i));
CREATE OR REPLACE MACRO month_text(i) AS strftime(month_start(i), '%Y-%m');
-- Clamped to the month's last day: 2020-08-31 + 6 months = 2021-02-28.
CREATE OR REPLACE MACRO add_months(d, n) AS CAST(d + to_months(CAST(n AS INTEGER)) AS DATE);
CREATE OR REPLACE MACRO age_on(birth, day) AS CAST(year(day) - year(birth)
    - CASE WHEN month(day) * 100 + day(day) < month(birth) * 100 + day(birth) THEN 1 ELSE 0 END AS INTEGER);
CREATE OR REPLACE MACRO cn_date(d) AS CASE WHEN d IS NULL THEN NULL
    ELSE concat(year(d), '年', month(d), '月', day(d), '日') END;
CREATE OR REPLACE MACRO cn_month(i) AS CASE WHEN i IS NULL THEN NULL
    ELSE concat(year(month_start(i)), '年', month(month_start(i)), '月') END;
-- What a division gives (a DOUBLE), to the cent.
CREATE OR REPLACE MACRO cents(x) AS CAST(x AS DECIMAL(18, 2));
-- An amount (a DECIMAL) as text, to the cent.
CREATE OR REPLACE MACRO yuan(x) AS CAST(CAST(x AS DECIMAL(18, 2)) AS VARCHAR);
-- Who a roll row is about: its cleaned number, or household and name where the number identifies nobody.
CREATE OR REPLACE MACRO person_key_of(id_status, id_number, household_id, name) AS
    CASE WHEN id_status IN ('empty', 'scientific') THEN concat_ws(':', household_id, coalesce(name, ''))
         ELSE id_number END;
CREATE OR REPLACE MACRO birth_of(id_number) AS TRY_CAST(concat_ws('-', substr(id_number, 7, 4), substr(id_number, 11, 2),
    substr(id_number, 13, 2)) AS DATE);
-- The digits of a bank account. A number a spreadsheet rounded to 15 digits is shared by strangers: it identifies no account. Shorter than 19 digits
-- it ends in fewer than four zeros, as many an account does.
CREATE OR REPLACE MACRO account_of(text) AS CASE
    WHEN regexp_matches(text, '^[0-9]+$') AND NOT (length(text) >= 19 AND text LIKE '%0000') THEN text END;
-- The nine digits of a township (or of the village code below it). Anything else in the column names no place, and a name or an ID
-- number that slipped into it must not become a township: townships name files.
CREATE OR REPLACE MACRO township_of(code) AS CASE
    WHEN code IS NULL OR regexp_matches(code, '^([0-9]{1,9}|[0-9]{12})$') THEN substr(code, 1, 9) ELSE '000000000' END;
-- The tier of what needs two links: of the weaker. Its confidence is the least of both.
CREATE OR REPLACE MACRO weaker_tier(tier, confidence, other_tier, other_confidence) AS
    CASE WHEN other_confidence < confidence THEN other_tier ELSE tier END;
