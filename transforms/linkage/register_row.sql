-- Grain: register row × role that more is asked of: the names under one number differ, no number is usable, or it tells of a day on which
-- somebody can have died but once.
-- shown_number: what a number nobody is known to hold shows of the person's, * for what it leaves out. NULL: it shows nothing (no number, a word,
-- a date, one digit over and over). A spreadsheet's notation of thirteen digits and more is the number rounded, less the zeros at its end; of a
-- shorter one the last digit may be rounded up.
WITH asked AS (
    SELECT
        *,
        replace(split_part(id_number, 'E', 1), '.', '') AS mantissa,
        length(id_number) - length(translate(id_number, '0123456789', '')) AS digits
    FROM register_mention
    WHERE plain_relation IS NULL OR age_on IS NOT NULL
)

SELECT
    * EXCLUDE (mantissa, digits),
    CASE
        WHEN person_key IS NOT NULL OR id_status = 'empty' THEN NULL
        WHEN id_status = 'scientific'
            THEN CASE
                WHEN length(mantissa) BETWEEN 13 AND 18 AND try_cast(replace(split_part(id_number, 'E', 2), '+', '') AS INTEGER) = 17
                    THEN rpad(mantissa, 18, '0')
                ELSE concat(substr(mantissa, 1, length(mantissa) - 1), '*')
            END
        WHEN contains(id_number, '*') OR contains(id_number, 'XX') THEN translate(id_number, 'X', '*')
        WHEN digits >= 15 AND replace(id_number, substr(id_number, 1, 1), '') <> '' THEN id_number
    END AS shown_number
FROM asked
