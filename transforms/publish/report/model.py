"""What the page shows, as small typed rows. Yuan are Decimal; persons and households are counts."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Scope:
    """What the page is about: every township of a run, or the one a rerun checked again."""

    township: str | None = None

    @property
    def level(self) -> str:
        """The level of the reconciliation tables that adds up to the whole page."""
        return "township" if self.township else "county"


@dataclass(frozen=True)
class Graded:
    """The findings of one severity; all but `decided` count what is open."""

    severity: str
    findings: int
    households: int
    amount: Decimal
    decided: int


@dataclass(frozen=True)
class Headline:
    """The numbers at the top. `amount_once` takes each household's largest finding only."""

    roll_households: int
    roll_persons: int
    grades: tuple[Graded, ...]
    households: int
    amount: Decimal
    amount_once: Decimal

    @property
    def findings(self) -> int:
        return sum(g.findings for g in self.grades)

    @property
    def decided(self) -> int:
        return sum(g.decided for g in self.grades)


@dataclass(frozen=True)
class RuleLine:
    """The findings of one rule and severity."""

    rule_id: str
    title: str
    family: str
    severity: str
    findings: int
    households: int
    amount: Decimal
    new: int
    changed: int
    reopened: int
    decided: int
    reviewed: int
    confirmed: int


@dataclass(frozen=True)
class TownshipLine:
    """The findings that belong to one township; those that only concern it too count in their own."""

    code: str
    name: str
    county_code: str
    roll_households: int
    high: int
    medium: int
    low: int
    households: int
    amount: Decimal
    new: int
    decided: int

    @property
    def findings(self) -> int:
        return self.high + self.medium + self.low

    @property
    def per_hundred(self) -> Decimal | None:
        """Open findings per hundred households on the roll."""
        return Decimal(self.findings) * 100 / self.roll_households if self.roll_households else None


@dataclass(frozen=True)
class LedgerLine:
    """Roll, finance and archive side by side; `differing` counts households and benefits with a reason. `diff_archive_yuan` is None where no
    archive covers the benefit.
    """

    name: str
    roll_households: int
    roll_persons: int
    roll_yuan: Decimal
    paid_households: int
    paid_persons: int
    paid_yuan: Decimal
    archive_households: int
    archive_persons: int
    archive_yuan: Decimal
    diff_paid_yuan: Decimal
    diff_archive_yuan: Decimal | None
    differing: int


@dataclass(frozen=True)
class Ledgers:
    """One county (or the rerun's township): by benefit, in all, by township, and why households differ."""

    county: str
    by_benefit: tuple[LedgerLine, ...]
    total: LedgerLine
    by_township: tuple[LedgerLine, ...]
    reasons: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Outcomes:
    """Active roll rows by outcome, in all and by township (name, rows by outcome)."""

    total: dict[str, int]
    by_township: tuple[tuple[str, dict[str, int]], ...]

    @property
    def rows(self) -> int:
        return sum(self.total.values())


@dataclass(frozen=True)
class InputLine:
    """A received file, or the files of a dataset together."""

    title: str
    file: str
    files: int
    status: str
    reason: str
    received: int
    loaded: int
    quarantined: int
    ignored: int


@dataclass(frozen=True)
class Intake:
    """What came in. Reasons are (dataset title or reason, reason, rows)."""

    files: tuple[InputLine, ...]
    by_dataset: tuple[InputLine, ...]
    quarantined: tuple[tuple[str, str, int], ...]
    ignored: tuple[tuple[str, int], ...]

    @property
    def rejected(self) -> tuple[InputLine, ...]:
        return tuple(f for f in self.files if f.status != "loaded")

    def sum(self, column: str) -> int:
        """Rows of all files, by column name."""
        return sum(getattr(f, column) for f in self.files)


@dataclass(frozen=True)
class QualityLine:
    """The two rates the notices ask for: accurate and passed of roll rows."""

    name: str
    roll_rows: int
    accurate_rows: int
    passed_rows: int


@dataclass(frozen=True)
class RuleHealth:
    """A rule that did not run, failed, or ran with less than it could use (then `reason` is its note)."""

    title: str
    severity: str
    status: str
    reason: str


@dataclass(frozen=True)
class FailedCheck:
    """A contract check that was not met. binding: for want of it no rule uses the dataset."""

    title: str
    binding: bool
    message: str


@dataclass(frozen=True)
class ParameterLine:
    """A parameter value that held in this run."""

    title: str
    region: str
    value: str
    unit: str
    source: str
    is_example: bool


@dataclass(frozen=True)
class ChangedFinding:
    """A finding named by its id, never by its subject."""

    finding_id: str
    rule: str
    township: str
    severity: str
    change: str
    reason: str


@dataclass(frozen=True)
class Movement:
    """Households of one benefit against the last other roll."""

    benefit: str
    joined: int
    left: int
    raised: int
    lowered: int
    unchanged: int


@dataclass(frozen=True)
class Changes:
    """Against the last published run. `previous` and `now` count findings of every state."""

    previous: int
    appeared: int
    gone: int
    now: int
    counts: dict[tuple[str, str], int]
    reasons: tuple[tuple[str, str, int], ...]
    named: tuple[ChangedFinding, ...]
    unnamed: int
    movement: tuple[Movement, ...]
