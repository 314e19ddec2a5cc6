"""What the other stages know of a contract."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from data_contracts.headings import heading_forms, normalise_heading

ColumnType = Literal[
    "id18",
    "name",
    "text",
    "identifier",
    "account",
    "coded",
    "code",
    "bool",
    "int",
    "number",
    "money",
    "date",
    "month",
    "uscc",
]
CheckKind = Literal["not_null", "unique", "pattern", "range"]
Level = Literal["fail", "warn"]


class ContractError(ValueError):
    """Contracts or code lists that cannot be used. `problems` holds every one found, not only the first."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        listing = "\n".join(problems)
        super().__init__(f"{len(problems)} problem(s) in the data contracts:\n{listing}")


@dataclass(frozen=True)
class Check:
    """One expectation on the cleaned values of a dataset.

    kind: not_null (a value is there), unique (`columns` together do not repeat; empty values are left out),
    pattern (non-empty text matches `pattern`), range (non-empty values lie in [minimum, maximum], either may
    be open; ISO dates as text for date columns).
    at_most: share of the rows, 0 to 1, that may break it.
    """

    kind: CheckKind
    level: Level
    columns: tuple[str, ...]
    at_most: float = 0.0
    pattern: str | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None


@dataclass(frozen=True)
class Column:
    """One column of a dataset.

    required: the column must be in the file. row_required: each row must have a usable value in it.
    aliases: headings seen in real files, the one for display first; the column's own name is always one more.
    values: the closed list of a code column, else (). synonyms: received word → listed value (for an int
    column, its digits as text), with the spellings in full width, upper and lower case spelt out; compare
    without blanks and bracketed remarks.
    classification: '', 'confidential' or 'restricted' (identifies a person or an account: mask it).
    """

    name: str
    type: ColumnType
    required: bool
    row_required: bool
    aliases: tuple[str, ...]
    values: tuple[str, ...]
    synonyms: Mapping[str, str]
    description: str
    checks: tuple[Check, ...] = ()
    classification: str = ""

    @property
    def label(self) -> str:
        """The heading to show in Chinese."""
        return self.aliases[0] if self.aliases else self.name


@dataclass(frozen=True)
class Contract:
    """One dataset.

    grain: what one row is. person: columns that say who the row is about, ID number first; () where the row
    is about nobody or about two people. other_persons: further people a row names, each as (ID number
    column[, name column]).
    row_floor: fewest rows of a usable drop. quarantine_limit: share of rows, 0 to 1.
    freshness_days: how old the data may be on as_of, measured on freshness_column where there is one.
    repeats_are_facts: identical rows are two facts, not a repeat. ignored_headings: normalised keys of
    headings that carry nothing. checks: those on several columns; a column's own are in Column.checks.
    content_hash: sha256 over the contract's bytes and the shared code lists.
    """

    dataset: str
    title: str
    owner: str
    core: bool
    grain: str
    person: tuple[str, ...]
    version: str
    columns: tuple[Column, ...]
    row_floor: int
    quarantine_limit: float
    freshness_days: int
    repeats_are_facts: bool
    ignored_headings: frozenset[str]
    content_hash: str
    freshness_column: str | None = None
    other_persons: tuple[tuple[str, ...], ...] = ()
    checks: tuple[Check, ...] = ()
    description: str = ""

    def column(self, name: str) -> Column:
        """The column of that name. Raises KeyError naming dataset and column."""
        try:
            return self._by_name[name]
        except KeyError:
            raise KeyError(f"{self.dataset} has no column {name}") from None

    def headings(self) -> Mapping[str, str]:
        """Normalised heading → column name, for every alias and every column's own name."""
        return self._headings

    def ignores_heading(self, text: str | None) -> bool:
        """Whether a received heading is one of those known to carry nothing (序号, 备注)."""
        return normalise_heading(text).key in self.ignored_headings

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def _headings(self) -> dict[str, str]:
        return index_headings(self.columns)[0]


def index_headings(columns: tuple[Column, ...]) -> tuple[dict[str, str], list[tuple[str, str, str]]]:
    """(normalised heading → column name, [(heading, first column, second column)] of headings claimed twice).

    A form with its bracket dropped counts only where it means one column: with 状态（甲） and 状态（乙） of
    two columns, 状态 is nobody's.
    """
    telling: dict[str, str] = {}
    bare: dict[str, set[str]] = {}
    clashes: list[tuple[str, str, str]] = []
    for column in columns:
        for alias in (column.name, *column.aliases):
            forms = heading_forms(alias)
            if telling.setdefault(forms[0], column.name) != column.name:
                clashes.append((alias, telling[forms[0]], column.name))
            for form in forms[1:]:
                bare.setdefault(form, set()).add(column.name)
    single = {form: names.pop() for form, names in bare.items() if len(names) == 1}
    return {**single, **telling}, clashes


@dataclass(frozen=True)
class Codes:
    """Word lists all datasets share. Words are given in half and full width, upper and lower case.

    Look words up without their blanks. In a bool column true_words and false_words come before null_words.
    total_words: a row whose first filled cell is one of them is a total. footnote_starts: a lone cell
    starting so is a footnote. lists: code list name → received word → listed value. ignored_headings:
    normalised keys.
    """

    null_words: frozenset[str]
    true_words: frozenset[str]
    false_words: frozenset[str]
    total_words: frozenset[str]
    footnote_starts: frozenset[str]
    ignored_headings: frozenset[str]
    lists: Mapping[str, Mapping[str, str]] = field(hash=False)
    content_hash: str = ""
