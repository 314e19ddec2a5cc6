-- Grain: open row in a scored pair, in the columns the model compares; the same columns as prob_right.
SELECT
    concat('r', r.row_no) AS unique_id,
    r.plain_name,
    n.reading,
    n.letters,
    s.toned,
    s.blanked,
    s.shortened,
    r.sex,
    r.birth_date,
    coalesce(r.birth_month_only, FALSE) AS birth_month_only,
    CAST(NULL AS BIGINT) AS birth_ymd,
    r.age,
    CAST(r.event_ymd AS BIGINT) AS event_ymd,
    r.address IS NOT NULL AS has_place,
    a.township_code,
    a.village,
    r.relative_name,
    CAST(NULL AS VARCHAR[]) AS household_names,
    r.shown_number AS id_number
FROM prob_row AS r
SEMI JOIN prob_pair AS q ON q.row_no = r.row_no
INNER JOIN prob_name AS n ON n.plain_name = r.plain_name
INNER JOIN prob_spelling AS s ON s.plain_name = r.plain_name
LEFT JOIN prob_address AS a ON a.address = r.address
