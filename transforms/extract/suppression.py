"""A table of counts that may be published: no count of 1 to 4 can be read from it or worked out from its
totals.

Rows and columns with small totals are put together, so that every published total is 0 or at least the
threshold. All cells below the threshold are left out, and with them the fewest others that are needed to
leave each small count in doubt: there must be another table with the same totals, the same published cells,
and every cell on its own side of the threshold, in which the count is different.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

THRESHOLD = 5
Groups = list[tuple[int, ...]]
Cells = list[list[int]]
Place = tuple[int, int]


@dataclass(frozen=True)
class ProtectedTable:
    """What may be published of a table of counts.

    rows, columns: for each published line the given lines it stands for; cells: None where left out; totals
    as published. A table of fewer than THRESHOLD in all has no lines and a total of None.
    """

    rows: tuple[tuple[int, ...], ...]
    columns: tuple[tuple[int, ...], ...]
    cells: tuple[tuple[int | None, ...], ...]
    row_totals: tuple[int, ...]
    column_totals: tuple[int, ...]
    total: int | None


def protect_table(counts: Sequence[Sequence[int]]) -> ProtectedTable:
    """Put lines together and leave cells out until no count of 1 to THRESHOLD - 1 can be known from what is
    left.
    """
    total = sum(map(sum, counts))
    if 0 < total < THRESHOLD or not counts:
        return ProtectedTable((), (), (), (), (), None if total else 0)
    rows = fold_small([sum(line) for line in counts])
    columns = fold_small([sum(line[c] for line in counts) for c in range(len(counts[0]))])
    while True:
        cells = [[sum(counts[r][c] for r in row for c in column) for column in columns] for row in rows]
        hidden, known = leave_out(cells)
        if known is None:
            break
        rows = _fold_row(rows, [sum(line) for line in cells], known)
    return ProtectedTable(
        tuple(rows),
        tuple(columns),
        tuple(tuple(None if (r, c) in hidden else n for c, n in enumerate(line)) for r, line in enumerate(cells)),
        tuple(sum(line) for line in cells),
        tuple(sum(line[c] for line in cells) for c in range(len(columns))),
        total,
    )


def fold_small(totals: Sequence[int]) -> Groups:
    """Lines by themselves, but those with a small total put together (last), with larger ones until the sum
    tells no part of it.

    A line of the group is known to hold 1 to 4, a larger one at least 5: a sum that all of them reach only at
    one end of that would tell them all.
    """
    group = [i for i, n in enumerate(totals) if 0 < n < THRESHOLD]
    if not group:
        return [(i,) for i in range(len(totals))]
    larger = sorted((i for i, n in enumerate(totals) if n >= THRESHOLD), key=lambda i: (totals[i], i))
    while larger and not _tells_nothing([totals[i] for i in group]):
        group.append(larger.pop(0))
    return [(i,) for i in range(len(totals)) if i not in group] + [tuple(sorted(group))]


def _tells_nothing(parts: Sequence[int]) -> bool:
    least = sum(THRESHOLD if n >= THRESHOLD else 1 for n in parts)
    most = None if max(parts) >= THRESHOLD else (THRESHOLD - 1) * len(parts)
    total = sum(parts)
    return len(parts) > 1 and total >= THRESHOLD and total > least and (most is None or total < most)


def leave_out(cells: Cells) -> tuple[set[Place], int | None]:
    """The cells to leave out of a table whose totals are all 0 or at least THRESHOLD; and the row of a small
    count that would be known all the same (None when there is none).
    """
    used = [r for r, line in enumerate(cells) if any(line)]
    reached = [c for c in range(len(cells[0])) if any(line[c] for line in cells)]
    hidden = {(r, c) for r in used for c in reached if cells[r][c] < THRESHOLD}
    if not any(cells[r][c] for r, c in hidden):
        return set(), None
    for r, c in sorted(hidden, key=lambda place: (cells[place[0]][place[1]], place)):
        if cells[r][c] == 0 or _in_rectangle(cells, hidden, used, (r, c)):
            continue
        changes = [_cheapest_change(cells, hidden, used, reached, (r, c), up) for up in (True, False)]
        possible = [change for change in changes if change is not None]
        if not possible:
            return hidden, r
        hidden |= min(possible)[1]
    return hidden, None


def _may_grow(count: int) -> bool:
    return count != THRESHOLD - 1


def _may_shrink(count: int) -> bool:
    return count not in (0, THRESHOLD)


def _in_rectangle(cells: Cells, hidden: set[Place], used: list[int], place: Place) -> bool:
    """Whether four cells already left out let a count differ: most do, and no search is needed for them."""
    r, c = place
    own = cells[r]
    for grow, shrink in ((_may_grow, _may_shrink), (_may_shrink, _may_grow)):
        if not grow(own[c]):
            continue
        corners = [j for j, n in enumerate(own) if j != c and (r, j) in hidden and shrink(n)]
        for i in used:
            usable = i != r and (i, c) in hidden and shrink(cells[i][c])
            if usable and any((i, j) in hidden and grow(cells[i][j]) for j in corners):
                return True
    return False


def _cheapest_change(
    cells: Cells, hidden: set[Place], used: list[int], reached: list[int], place: Place, up: bool
) -> tuple[int, set[Place]] | None:
    """How a small count could be one more (or less) with all totals as they are: the counts that must be left
    out for that and are not yet, with their sum; None when it cannot.

    One more in a cell takes one from another of its column, which adds one to another of that one's row, and
    so on until one is taken from the row it began in: a cycle, found as the cheapest way from the column back
    to the row.
    """
    r, c = place
    if not (_may_grow if up else _may_shrink)(cells[r][c]):
        return None
    start, end = (("c", c), ("r", r)) if up else (("r", r), ("c", c))
    heap: list[tuple[int, tuple[str, int], tuple[Place, ...]]] = [(0, start, ())]
    done = set()
    while heap:
        cost, node, path = heapq.heappop(heap)
        if node == end:
            return cost, set(path)
        if node in done:
            continue
        done.add(node)
        for following, cell in _steps(cells, used, reached, node):
            if cell != place and following not in done:
                new = () if cell in hidden else (cell,)
                heapq.heappush(heap, (cost + sum(cells[y][x] for y, x in new), following, path + new))
    return None


def _steps(
    cells: Cells, used: list[int], reached: list[int], node: tuple[str, int]
) -> Iterator[tuple[tuple[str, int], Place]]:
    """From a column to the rows it may take one from; from a row to the columns it may add one to."""
    kind, number = node
    if kind == "c":
        yield from ((("r", r), (r, number)) for r in used if _may_shrink(cells[r][number]))
    else:
        yield from ((("c", c), (number, c)) for c in reached if _may_grow(cells[number][c]))


def _fold_row(rows: Groups, totals: Sequence[int], row: int) -> Groups:
    """The row put together with the smallest other one that is not empty."""
    with_row = min((i for i, n in enumerate(totals) if i != row and n), key=lambda i: (totals[i], i))
    kept = [group for i, group in enumerate(rows) if i not in (row, with_row)]
    return [*kept, tuple(sorted(rows[row] + rows[with_row]))]
