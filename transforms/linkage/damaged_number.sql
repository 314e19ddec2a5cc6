-- Grain: number of 18 characters that some register row shows and nobody is known to hold: one that a slip of the pen or a spreadsheet may
-- have made of a valid number.
SELECT DISTINCT shown_number AS id_number
FROM register_row
WHERE length(shown_number) = 18 AND NOT contains(shown_number, '*')
