"""Which rules can be evaluated with the data that arrived: a rule that lacks what it requires is 'not evaluated', never 'no suspects'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rules.engine.corpus import Rule

# "In force", on which nearly every rule over the roll rests, reads it: where it is missing everybody of status 在享 is taken to be in force.
READ_BY_ALL = {"benefit_roll": ("end_date",)}


@dataclass(frozen=True)
class Arrived:
    """What one snapshot holds of a dataset: usable (at least one file loaded) and, by column, in how many of its files it is.

    `rows_without` counts the rows of files that lack a column (their value is unknown, not empty). `headings`: what bureaus call a column.
    `rejected`: how many more files came and were refused. A column is written `a|b` where either will do.
    """

    title: str
    usable: bool
    files: int = 0
    reason: str = ""
    column_files: Mapping[str, int] | None = None
    rows_without: Mapping[str, int] | None = None
    headings: Mapping[str, str] | None = None
    rejected: int = 0

    def lacks(self, column: str) -> bool:
        """True when no file of the dataset has the column."""
        return self.column_files is not None and not any(self.column_files.get(c) for c in column.split("|"))

    def read(self, column: str) -> str:
        """Of `a|b`, the first that some file has; the column itself where none has it."""
        return next((c for c in column.split("|") if not self.lacks(c)), column)

    def rows_unknown(self, column: str) -> int:
        """Rows of files without the column."""
        return (self.rows_without or {}).get(column, 0)

    def said(self, column: str) -> str:
        """The column in Chinese: “发放结果”或“发放日期”."""
        return "或".join(f"“{(self.headings or {}).get(c, c)}”" for c in column.split("|"))


@dataclass(frozen=True)
class Verdict:
    """Whether a rule runs; `reason` says why not, `notes` what it had to do without. Chinese: bureaus read it."""

    runs: bool
    reason: str = ""
    notes: tuple[str, ...] = ()


def judge(rule: Rule, arrived: Mapping[str, Arrived]) -> Verdict:
    """Decide one rule: every `requires` dataset usable with its decided columns, at least one of `any_of`, `uses` where present.

    A column of `uses_columns` is like a dataset of `uses`: taken into account where present, its absence noted.
    """
    reasons = [_missing(d, arrived) for d in rule.requires if not _usable(d, arrived)]
    reasons += [
        f"{_title(d, arrived)}的所有文件均无{arrived[d].said(c)}列"
        for d in rule.requires
        if _usable(d, arrived)
        for c in rule.columns.get(d, ())
        if arrived[d].lacks(c)
    ]
    present = [
        d for d in rule.any_of if _usable(d, arrived) and not any(arrived[d].lacks(c) for c in rule.columns.get(d, ()))
    ]
    if rule.any_of and not present:
        reasons.append("以下数据均未收到或缺少所需的列：" + "、".join(_title(d, arrived) for d in rule.any_of))
    if reasons:
        return Verdict(False, "；".join(reasons))
    absent = [d for d in (*rule.any_of, *rule.uses) if d not in present and not _usable(d, arrived)]
    notes = [f"未使用{_title(d, arrived)}（未收到）" for d in absent]
    read = [d for d in (*rule.requires, *rule.any_of, *rule.uses) if _usable(d, arrived)]
    notes += [f"{arrived[d].title}有{arrived[d].rejected}个文件被拒收，未参与比对" for d in read if arrived[d].rejected]
    notes += [n for d in read for n in _column_notes(rule, d, arrived[d])]
    return Verdict(True, "", tuple(notes))


def caveat(rule: Rule, arrived: Mapping[str, Arrived]) -> str:
    """What stands against every finding of a rule that takes a missing row for evidence where files that may hold the row were refused; '' otherwise.

    Chinese, in the form of contradictions.
    """
    return "；".join(
        f"{arrived[d].title}有{arrived[d].rejected}个文件被拒收、未参与比对，查不到不等于没有，补报前先核实"
        for d in rule.absence
        if _usable(d, arrived) and arrived[d].rejected
    )


def _column_notes(rule: Rule, dataset: str, arrived: Arrived) -> Iterator[str]:
    """What the rule had to do without in a dataset that came: a column of all its files, or of some."""
    read = (*rule.columns.get(dataset, ()), *rule.uses_columns.get(dataset, ()), *READ_BY_ALL.get(dataset, ()))
    for column in dict.fromkeys(read):
        if arrived.lacks(column):
            yield f"{arrived.title}无{arrived.said(column)}列，未据此判断"
        elif rows := arrived.rows_unknown(arrived.read(column)):
            yield f"{arrived.title}有{rows}行所在文件无{arrived.said(arrived.read(column))}列，视为未知"


def _usable(dataset: str, arrived: Mapping[str, Arrived]) -> bool:
    return dataset in arrived and arrived[dataset].usable


def _title(dataset: str, arrived: Mapping[str, Arrived]) -> str:
    return arrived[dataset].title if dataset in arrived else dataset


def _missing(dataset: str, arrived: Mapping[str, Arrived]) -> str:
    known = arrived.get(dataset)
    return f"缺{_title(dataset, arrived)}" + (f"（{known.reason}）" if known and known.reason else "（未收到可用文件）")
