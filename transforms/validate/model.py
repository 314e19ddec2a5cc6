"""What this stage asks of a dataset, and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from data_contracts import Contract
from data_contracts.model import Level

Kind = Literal["row_floor", "columns", "not_null", "unique", "pattern", "range", "values", "freshness"]
Scope = Literal["whole", "measured"]


@dataclass(frozen=True)
class PlannedCheck:
    """One expectation on a dataset, as its contract asks.

    key: its name within the dataset. columns: what it is about (row_floor: none; columns: the required ones).
    at_most: share, 0 to 1, of the values it looks at (not_null: of the rows) that may break it. minimum,
    maximum: numbers, or ISO days as text; of row_floor (rows) and freshness (days) too. condition: flag
    column of the rows it looks at, None for all.
    """

    key: str
    kind: Kind
    level: Level
    columns: tuple[str, ...] = ()
    at_most: float = 0.0
    pattern: str | None = None
    minimum: float | str | None = None
    maximum: float | str | None = None
    values: tuple[str, ...] = ()
    condition: str | None = None

    @property
    def mostly(self) -> float:
        """The share that must hold."""
        # 1 - 0.02 is not always the double nearest to 0.98, and a share of exactly 0.98 holds.
        return round(1 - self.at_most, 12)

    @property
    def of_table(self) -> bool:
        """Whether it is about the dataset and not about single rows."""
        return self.kind in ("row_floor", "columns", "freshness")


@dataclass(frozen=True)
class Finding:
    """What was counted for one check.

    checked: values looked at. unexpected: those that break it (of `unique`, every row of a repeated value).
    observed: rows (row_floor), required columns missing (columns), age in days of the newest date (freshness;
    None without one). error: class of the exception when the check could not be carried out.
    """

    success: bool
    checked: int = 0
    unexpected: int = 0
    observed: float | None = None
    error: str | None = None

    @property
    def share(self) -> float:
        """unexpected / checked; 0 where nothing was looked at."""
        return self.unexpected / self.checked if self.checked else 0.0


@dataclass(frozen=True)
class CheckResult:
    """One line of the manifest's `checks`. It never holds a value of a row.

    expectation: name of the Great Expectations expectation. unexpected_count, unexpected_share (0 to 1 of the
    values looked at): rows that break it. observed: rows, missing columns or days for a check on the table,
    else how many values were looked at. scope: whole (every row by Great Expectations) or measured (counted
    in the database, counts judged). message: Chinese.
    """

    dataset: str
    columns: tuple[str, ...]
    expectation: str
    level: Level
    success: bool
    unexpected_count: int
    unexpected_share: float
    observed: float | None
    scope: Scope
    message: str

    def as_dict(self) -> dict[str, Any]:
        """The mapping the manifest holds."""
        return {**asdict(self), "columns": list(self.columns)}


@dataclass(frozen=True)
class ValidationResult:
    """checks: all checks of all datasets looked at. rejected: dataset → why no rule may use it (Chinese)."""

    checks: list[CheckResult]
    rejected: dict[str, str]


@dataclass(frozen=True)
class Delivery:
    """What the view stg_<dataset> holds besides values.

    rows: row count. columns: its columns. given: optional column → (some file had it, every file had it).
    """

    contract: Contract
    rows: int
    columns: frozenset[str]
    given: Mapping[str, tuple[bool, bool]]

    @property
    def view(self) -> str:
        """The view's name, quoted for SQL."""
        return f'"stg_{self.contract.dataset}"'
