"""Changes to the frames of a drop, kept apart from the frames: rows added, values changed, rows left
out, and what must be found for it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import polars as pl

Value = object
Where = dict[str, Value]


@dataclass(frozen=True)
class Expected:
    """One row of truth.csv."""

    rule_id: str
    subject_key: str
    township_code: str
    note: str


@dataclass
class Edits:
    """Collects edits and expectations; `apply` gives a dataset's frame with its edits made."""

    added: dict[str, list[dict[str, Value]]] = field(default_factory=lambda: defaultdict(list))
    changed: dict[str, list[tuple[Where, Where]]] = field(default_factory=lambda: defaultdict(list))
    removed: dict[str, list[Where]] = field(default_factory=lambda: defaultdict(list))
    expected: list[Expected] = field(default_factory=list)

    def add(self, dataset: str, **row: Value) -> None:
        """Add one row; columns not named stay empty."""
        self.added[dataset].append(row)

    def change(self, dataset: str, where: Where, **values: Value) -> None:
        """Give these values to the rows that equal `where`. Two changes must not set the same column of
        the same row."""
        self.changed[dataset].append((where, values))

    def remove(self, dataset: str, where: Where) -> None:
        """Leave out the rows that equal `where`."""
        self.removed[dataset].append(where)

    def expect(self, rule_id: str, subject_key: str, township_code: str, note: str = "") -> None:
        """Note that the rule must flag this subject."""
        self.expected.append(Expected(rule_id, subject_key, township_code, note))

    def apply(self, dataset: str, frame: pl.DataFrame, only: Where | None = None) -> pl.DataFrame:
        """The frame with removals, changes and additions made, in this order; its order is kept.

        only: for a frame that is a part of its dataset, what its rows have in common; other additions
        are left to other parts.
        """
        for keys, rows in _grouped([(w, {}) for w in self.removed[dataset]]).items():
            patch = _frame(rows, frame).with_columns(_hit=True)
            joined = frame.join(patch, on=list(keys[0]), how="left", maintain_order="left")
            frame = joined.filter(pl.col("_hit").is_null()).drop("_hit")
        for keys, rows in _grouped(self.changed[dataset]).items():
            frame = _change(frame, keys[0], keys[1], rows)
        added = [row for row in self.added[dataset] if all(row[k] == v for k, v in (only or {}).items())]
        return pl.concat([frame, _frame(added, frame)], how="diagonal") if added else frame


def _grouped(edits: list[tuple[Where, Where]]) -> dict[tuple[tuple[str, ...], tuple[str, ...]], list[Where]]:
    """Edits by the columns they look at and the columns they set, so that each group is one join."""
    groups: dict[tuple[tuple[str, ...], tuple[str, ...]], list[Where]] = defaultdict(list)
    for where, values in edits:
        groups[tuple(where), tuple(values)].append({**where, **{f"new_{k}": v for k, v in values.items()}})
    return groups


def _frame(rows: list[Where], like: pl.DataFrame) -> pl.DataFrame:
    names = list(dict.fromkeys(k for row in rows for k in row))
    schema = {name: like.schema[name.removeprefix("new_")] for name in names}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _change(frame: pl.DataFrame, keys: tuple[str, ...], values: tuple[str, ...], rows: list[Where]) -> pl.DataFrame:
    patch = _frame(rows, frame).with_columns(_hit=True)
    joined = frame.join(patch, on=list(keys), how="left", maintain_order="left")
    new = [pl.when(pl.col("_hit")).then(f"new_{v}").otherwise(v).alias(v) for v in values]
    return joined.with_columns(new).select(frame.columns)
