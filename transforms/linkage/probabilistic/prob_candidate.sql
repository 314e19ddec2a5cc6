-- Grain: scored open row × person after one person, one answer: share of the odds among the row's candidates, and of the person among
-- the rows that speak of another death. Two about equal keep equal_confidence; of three or more each keeps its share, below 0.5.
WITH shared AS (
    SELECT
        s.*,
        l.class,
        l.limit_confidence,
        l.name_relation,
        least(
            CAST(s.odds AS DOUBLE) / CAST(sum(s.odds) OVER (PARTITION BY s.row_no) AS DOUBLE),
            CAST(s.odds AS DOUBLE) / CAST(s.odds + coalesce(v.odds, 0) AS DOUBLE)
        ) AS share
    FROM prob_scored AS s
    INNER JOIN prob_limit AS l ON l.row_no = s.row_no AND l.person_key = s.person_key
    LEFT JOIN prob_rival AS v ON v.row_no = s.row_no AND v.person_key = s.person_key
),

competed AS (
    SELECT
        s.*,
        least(
            s.match_probability,
            CASE WHEN s.share < m.equal_confidence AND s.share >= m.equal_share THEN m.equal_confidence ELSE s.share END
        ) AS after_competition
    FROM shared AS s
    CROSS JOIN prob_competition AS m
)

SELECT c.*, CAST(round(least(c.after_competition, c.limit_confidence), 4) AS DOUBLE) AS confidence
FROM competed AS c
