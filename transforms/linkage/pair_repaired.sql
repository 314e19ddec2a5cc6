-- Grain: register row × role × roll person whose valid number the row's damaged number may have been and whose name agrees. Equal in sound is
-- too little beside a number that is not the person's; a missing name proves nothing here. In a number that is valid by chance, or that a
-- spreadsheet wrote in its notation, nobody's pen slipped.
SELECT r.dataset, r.role, r._row_id, i.person_key
FROM register_row AS r
INNER JOIN id_repair AS i ON i.id_number = r.shown_number
INNER JOIN name_relation AS n ON n.person_key = i.person_key AND n.name = r.name
WHERE
    n.name_relation = 'equal'
    AND (r.id_status IN ('invalid', 'truncated') OR i.how NOT IN ('substituted', 'swapped'))
