"""No count that was left out can be worked out from what is published: tried by searching for other tables."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.extract.suppression import THRESHOLD, ProtectedTable, fold_small, protect_table

MOST = 40
Tables = list[list[int]]
small_tables = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([0, 0, 1, 2, 3, 4, 5, 6, 9, 14]), min_size=width, max_size=width),
        min_size=1,
        max_size=4,
    )
)


def folded(counts: Tables, table: ProtectedTable) -> Tables:
    return [[sum(counts[r][c] for r in row for c in column) for column in table.columns] for row in table.rows]


def choices(table: ProtectedTable, truth: Tables, r: int, c: int, left_in_row: int, left_in_column: int) -> range:
    """What a cell may be for one who knows everything published and on which side of the threshold it is."""
    published = table.cells[r][c]
    if published is not None:
        return range(published, published + 1)
    low, high = (0, THRESHOLD - 1) if truth[r][c] < THRESHOLD else (THRESHOLD, MOST)
    return range(low, min(high, left_in_row, left_in_column) + 1)


def completions(table: ProtectedTable, truth: Tables, place: tuple[int, int], value: int) -> Iterator[Tables]:
    """Every table that fits what is published and has this value in this place."""
    height, width = len(table.rows), len(table.columns)

    def fill(number: int, filled: list[int], rows: list[int], columns: list[int]) -> Iterator[Tables]:
        if number == height * width:
            if not any(rows) and not any(columns):
                yield [filled[i * width : (i + 1) * width] for i in range(height)]
            return
        r, c = divmod(number, width)
        allowed = choices(table, truth, r, c, rows[r], columns[c])
        for n in allowed:
            last_of_row, last_of_column = c == width - 1 and n != rows[r], r == height - 1 and n != columns[c]
            if ((r, c) == place and n != value) or n > rows[r] or n > columns[c] or last_of_row or last_of_column:
                continue
            rows[r] -= n
            columns[c] -= n
            yield from fill(number + 1, [*filled, n], rows, columns)
            rows[r] += n
            columns[c] += n

    yield from fill(0, [], list(table.row_totals), list(table.column_totals))


@settings(max_examples=250, deadline=None)
@given(small_tables)
def test_every_small_count_left_out_could_be_another(counts):
    table = protect_table(counts)
    if table.total is None:
        assert 0 < sum(map(sum, counts)) < THRESHOLD
        return
    truth = folded(counts, table)
    for r, line in enumerate(truth):
        for c, n in enumerate(line):
            if 0 < n < THRESHOLD:
                assert table.cells[r][c] is None
                others = (value for value in range(THRESHOLD) if value != n)
                assert any(next(completions(table, truth, (r, c), value), None) for value in others)


@settings(max_examples=250, deadline=None)
@given(small_tables)
def test_totals_are_true_and_none_is_small(counts):
    table = protect_table(counts)
    if table.total is None:
        assert (table.rows, table.columns, table.cells) == ((), (), ())
        return
    truth = folded(counts, table)
    assert list(table.row_totals) == [sum(line) for line in truth]
    assert list(table.column_totals) == [sum(column) for column in zip(*truth, strict=True)]
    assert table.total == sum(map(sum, counts))
    assert all(n == 0 or n >= THRESHOLD for n in (*table.row_totals, *table.column_totals))
    assert all(
        p in (None, n) for shown, line in zip(table.cells, truth, strict=True) for p, n in zip(shown, line, strict=True)
    )
    for groups, size in ((table.rows, len(counts)), (table.columns, len(counts[0]))):
        assert sorted(i for group in groups for i in group) == list(range(size))


def test_a_search_finds_what_totals_give_away():
    """The search itself: with only the small cell left out, its value follows from the total."""
    bare = ProtectedTable(((0,), (1,)), ((0,), (1,)), ((None, 9), (6, 7)), (12, 13), (9, 16), 25)
    truth = [[3, 9], [6, 7]]
    assert not any(next(completions(bare, truth, (0, 0), value), None) for value in (0, 1, 2, 4))


@pytest.mark.parametrize(
    ("totals", "groups"),
    [
        ([7, 0, 12], [(0,), (1,), (2,)]),
        ([7, 3, 12], [(2,), (0, 1)]),
        ([2, 3, 12], [(2,), (0, 1)]),
        ([4, 4, 12], [(0, 1, 2)]),  # together 8: both must be 4
        ([1, 1, 5, 20], [(0, 1, 2, 3)]),  # together 7: 1, 1 and 5
    ],
)
def test_lines_with_small_totals_are_put_together_until_their_sum_tells_none(totals, groups):
    assert fold_small(totals) == groups


def test_a_table_without_small_counts_is_published_whole():
    table = protect_table([[5, 0, 9], [0, 0, 0], [7, 6, 5]])
    assert table.cells == ((5, 0, 9), (0, 0, 0), (7, 6, 5))


def test_large_counts_beside_small_ones_stay_where_they_can():
    counts = [[30, 2, 1, 0], [3, 20, 2, 4], [1, 0, 15, 3], [2, 4, 1, 12]]
    table = protect_table(counts)
    assert [table.cells[i][i] for i in range(4)] == [30, 20, 15, 12]


def test_fewer_than_five_in_all_give_nothing():
    table = protect_table([[1, 2], [0, 1]])
    assert (table.total, table.cells) == (None, ())
    assert protect_table([[0, 0]]).total == 0
