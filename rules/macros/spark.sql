-- The named macros of the rules, for Spark SQL. rules/macros/duckdb.sql defines the same names for DuckDB, and says what each is for.
-- add_months is Spark's own and clamps to the month's last day as well.
CREATE TEMPORARY FUNCTION month_index(d DATE) RETURNS INT RETURN year(d) * 12 + month(d);
CREATE TEMPORARY FUNCTION month_start(i INT) RETURNS DATE RETURN make_date((i - 1) DIV 12, CAST((i - 1) % 12 + 1 AS INT), 1);
CREATE TEMPORARY FUNCTION month_end(i INT) RETURNS DATE RETURN last_day(make_date((i - 1) DIV 12, CAST((i - 1) % 12 + 1 AS INT), 1));
CREATE TEMPORARY FUNCTION month_text(i INT) RETURNS STRING RETURN date_format(make_date((i - 1) DIV 12, CAST((i - 1) % 12 + 1 AS INT), 1), 'yyyy-MM');
CREATE TEMPORARY FUNCTION age_on(birth DATE, at DATE) RETURNS INT RETURN year(at) - year(birth)
    - CASE WHEN month(at) * 100 + day(at) < month(birth) * 100 + day(birth) THEN 1 ELSE 0 END;
CREATE TEMPORARY FUNCTION cn_date(d DATE) RETURNS STRING RETURN CASE WHEN d IS NULL THEN NULL
    ELSE concat(year(d), '年', month(d), '月', day(d), '日') END;
CREATE TEMPORARY FUNCTION cn_month(i INT) RETURNS STRING RETURN CASE WHEN i IS NULL THEN NULL
    ELSE concat((i - 1) DIV 12, '年', (i - 1) % 12 + 1, '月') END;
-- As DuckDB rounds a DOUBLE: hundredfold first. Spark's own cast rounds the shortest decimal that reads back as the number.
CREATE TEMPORARY FUNCTION cents(x DOUBLE) RETURNS DECIMAL(18, 2) RETURN CAST(round(x * 100) / 100 AS DECIMAL(18, 2));
CREATE TEMPORARY FUNCTION yuan(x DECIMAL(38, 6)) RETURNS STRING RETURN CAST(CAST(x AS DECIMAL(18, 2)) AS STRING);
CREATE TEMPORARY FUNCTION person_key_of(id_status STRING, id_number STRING, household_id STRING, name STRING) RETURNS STRING
    RETURN CASE WHEN id_status IN ('empty', 'scientific') THEN concat_ws(':', household_id, coalesce(name, ''))
                ELSE id_number END;
CREATE TEMPORARY FUNCTION birth_of(id_number STRING) RETURNS DATE RETURN TRY_CAST(concat_ws('-', substr(id_number, 7, 4),
    substr(id_number, 11, 2), substr(id_number, 13, 2)) AS DATE);
CREATE TEMPORARY FUNCTION township_of(code STRING) RETURNS STRING RETURN CASE
    WHEN code IS NULL OR regexp_like(code, '^([0-9]{1,9}|[0-9]{12})$') THEN substr(code, 1, 9) ELSE '000000000' END;
CREATE TEMPORARY FUNCTION account_of(text STRING) RETURNS STRING
    RETURN CASE WHEN regexp_like(text, '^[0-9]+$') AND NOT (length(text) >= 19 AND text LIKE '%0000') THEN text END;
CREATE TEMPORARY FUNCTION weaker_tier(tier STRING, confidence DOUBLE, other_tier STRING, other_confidence DOUBLE) RETURNS STRING
    RETURN CASE WHEN other_confidence < confidence THEN other_tier ELSE tier END;
