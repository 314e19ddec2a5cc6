"""Which rules can be evaluated with the data that arrived: a rule that lacks what it requires is 'not evaluated', never 'no suspects'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rules.engine.corpus import Rule


@dataclass(frozen=True)
class Arrived:
    """What one snapshot holds of a dataset: usable (at least one file loaded) and, by column, in how many of its files it is.

    `rows_without` counts the rows of files that lack a column (their value is unknown, not empty).
    """

    title: str
    usable: bool
    files: int = 0
    reason: str = ""
    column_files: Mapping[str, int] | None = None
    rows_without: Mapping[str, int] | None = None

    def lacks(self, column: str) -> bool:
        """True when no file of the dataset has the column."""
        return self.column_files is not None and not self.column_files.get(column)


@dataclass(frozen=True)
class Verdict:
    """Whether a rule runs; `reason` says why not, `notes` what it had to do without. Chinese: bureaus read it."""

    runs: bool
    reason: str = ""
    notes: tuple[str, ...] = ()


def judge(rule: Rule, arrived: Mapping[str, Arrived]) -> Verdict:
    """Decide one rule: every `requires` dataset usable with its decided columns, at least one of `any_of`, `uses` where present."""
    reasons = [_missing(d, arrived) for d in rule.requires if not _usable(d, arrived)]
    reasons += [
        f"{_title(d, arrived)}的所有文件均无“{c}”列"
        for d in rule.requires
        if _usable(d, arrived)
        for c in rule.columns.get(d, ())
        if arrived[d].lacks(c)
    ]
    present = [d for d in rule.any_of if _usable(d, arrived) and not any(arrived[d].lacks(c) for c in rule.columns.get(d, ()))]
    if rule.any_of and not present:
        reasons.append("以下数据均未收到：" + "、".join(_title(d, arrived) for d in rule.any_of))
    if reasons:
        return Verdict(False, "；".join(reasons))
    absent = [d for d in (*rule.any_of, *rule.uses) if d not in present and not _usable(d, arrived)]
    notes = [f"未使用{_title(d, arrived)}（未收到）" for d in absent]
    for dataset, columns in rule.columns.items():
        if not _usable(dataset, arrived):
            continue
        for column in columns:
            rows = (arrived[dataset].rows_without or {}).get(column, 0)
            if arrived[dataset].lacks(column):
                notes.append(f"{_title(dataset, arrived)}无“{column}”列，未据此判断")
            elif rows:
                notes.append(f"{_title(dataset, arrived)}有{rows}行所在文件无“{column}”列，视为未知")
    return Verdict(True, "", tuple(notes))


def _usable(dataset: str, arrived: Mapping[str, Arrived]) -> bool:
    return dataset in arrived and arrived[dataset].usable


def _title(dataset: str, arrived: Mapping[str, Arrived]) -> str:
    return arrived[dataset].title if dataset in arrived else dataset


def _missing(dataset: str, arrived: Mapping[str, Arrived]) -> str:
    known = arrived.get(dataset)
    return f"缺{_title(dataset, arrived)}" + (f"（{known.reason}）" if known and known.reason else "（未收到可用文件）")
