-- Grain: number that fails GB 11643 on some register row, of 18 characters: one that a slip of the pen or a spreadsheet may
-- have made of a valid number.
SELECT DISTINCT id_number
FROM register_row
WHERE id_status IN ('invalid', 'truncated') AND length(id_number) = 18
