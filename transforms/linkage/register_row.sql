-- Grain: register row × role that more is asked of: the names under one number differ, no number is usable, or it tells of a day on which
-- somebody can have died but once.
SELECT *
FROM register_mention
WHERE plain_relation IS NULL OR age_on IS NOT NULL
