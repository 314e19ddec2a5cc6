"""A table of counts that may be published: no count of 1 to 4 can be read from it or worked out from its
totals.

Rows and columns whose totals are small are put together, so that every published total is 0 or at least the
threshold. A small cell inside is left out together with three others at the corners of a rectangle (the
hypercube method of statistical offices): what is added at two opposite corners and taken from the other two
leaves every total as published, so the totals fit other tables too. Where no such rectangle can be had, rows
are put together until one can.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

THRESHOLD = 5
Groups = list[tuple[int, ...]]
Cells = list[list[int]]


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
        hidden, unprotected = leave_out(cells)
        if unprotected is None:
            break
        rows = _fold_row(rows, [sum(line) for line in cells], unprotected)
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


def leave_out(cells: Cells) -> tuple[set[tuple[int, int]], int | None]:
    """The cells to leave out, and the row of a small cell that cannot be protected (None when all are)."""
    hidden: set[tuple[int, int]] = set()
    small = [(r, c) for r, line in enumerate(cells) for c, n in enumerate(line) if 0 < n < THRESHOLD]
    for r, c in sorted(small, key=lambda place: (cells[place[0]][place[1]], place)):
        corners = _rectangle(cells, hidden, r, c)
        if corners is None:
            return hidden, r
        hidden.update(corners)
    return hidden, None


def _rectangle(cells: Cells, hidden: set[tuple[int, int]], r: int, c: int) -> list[tuple[int, int]] | None:
    """The corners around a small cell that hide the least beside it, None when no rectangle protects it.

    The cell must be able to reach THRESHOLD by taking from its neighbours in row and column, which stay above
    0: that none of the cells left out is 0 is known.
    """
    needed = 1 + THRESHOLD - cells[r][c]
    best: tuple[int, list[tuple[int, int]]] | None = None
    others = [i for i in range(len(cells)) if i != r and cells[i][c] >= needed]
    for j in range(len(cells[r])):
        if j == c or cells[r][j] < needed:
            continue
        for i in others:
            if cells[i][j] == 0:
                continue
            corners = [(r, c), (r, j), (i, c), (i, j)]
            cost = sum(cells[y][x] for y, x in corners if (y, x) not in hidden)
            if best is None or cost < best[0]:
                best = cost, corners
    return best[1] if best else None


def _fold_row(rows: Groups, totals: Sequence[int], row: int) -> Groups:
    """The row put together with the smallest other one that is not empty: nothing would change by an empty
    one.
    """
    with_row = min((i for i, n in enumerate(totals) if i != row and n), key=lambda i: (totals[i], i))
    kept = [group for i, group in enumerate(rows) if i not in (row, with_row)]
    return [*kept, tuple(sorted(rows[row] + rows[with_row]))]
