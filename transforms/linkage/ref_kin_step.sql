-- Which two steps make a third relation (Civil Code art. 1045: near relatives): a parent's parent is a grandparent, another
-- child of a parent is a sibling, a child's child is a grandchild.
SELECT first_step, second_step, relation, reverse
FROM (VALUES
    ('parent', 'parent', 'grandparent', 'grandchild'),
    ('parent', 'child', 'sibling', 'sibling'),
    ('child', 'child', 'grandchild', 'grandparent')
) AS s(first_step, second_step, relation, reverse)
