-- Grain: pair to score, in the columns Splink reads blocked pairs from.
SELECT
    p.rule AS match_key,
    concat('open-__-r', p.row_no) AS join_key_l,
    concat('roll-__-p', p.person_no) AS join_key_r
FROM prob_pair AS p
