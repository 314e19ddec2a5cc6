-- What a kinship row says ("B is A's <received>"), as a relation of core_kin and as the one that reads back from B to A.
SELECT received, relation, reverse
FROM (VALUES
    ('配偶', 'spouse', 'spouse'),
    ('父亲', 'parent', 'child'), ('母亲', 'parent', 'child'),
    ('儿子', 'child', 'parent'), ('女儿', 'child', 'parent'),
    ('兄弟', 'sibling', 'sibling'), ('姐妹', 'sibling', 'sibling'),
    ('祖父', 'grandparent', 'grandchild'), ('祖母', 'grandparent', 'grandchild'),
    ('外祖父', 'grandparent', 'grandchild'), ('外祖母', 'grandparent', 'grandchild'),
    ('孙子', 'grandchild', 'grandparent'), ('孙女', 'grandchild', 'grandparent'),
    ('外孙', 'grandchild', 'grandparent'), ('外孙女', 'grandchild', 'grandparent')
) AS r(received, relation, reverse)
