"""What an extract is asked to hold, and what was built of it."""

from __future__ import annotations

from dataclasses import dataclass

from transforms.publish.workbooks.labels import SEVERITIES

AUDIENCES = ("supervisor", "township", "auditor", "department")
DEPARTMENTS = ("medical", "housing")


class ExtractError(ValueError):
    """The extract was asked for in a way that cannot be; the message says what would do."""


@dataclass(frozen=True)
class ExtractRequest:
    """audience: one of AUDIENCES; department: one of DEPARTMENTS, for that audience only; empty filters mean
    everything.

    Raises ExtractError for a combination that means nothing.
    """

    audience: str
    townships: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    department: str | None = None

    def __post_init__(self) -> None:
        _known("--audience", (self.audience,), AUDIENCES)
        _known("--severity", self.severities, SEVERITIES)
        if self.audience == "department":
            if self.department is None:
                raise ExtractError(f"--audience department needs --department {'|'.join(DEPARTMENTS)}")
            _known("--department", (self.department,), DEPARTMENTS)
            if self.severities or self.rules:
                raise ExtractError("a department gets no findings: --severity and --rule mean nothing to it")
        elif self.department is not None:
            raise ExtractError(f"--department means nothing to --audience {self.audience}")

    @property
    def filters(self) -> dict[str, list[str]]:
        """The filters in force, sorted."""
        given = {"townships": self.townships, "severities": self.severities, "rules": self.rules}
        return {name: sorted(set(values)) for name, values in given.items() if values}


@dataclass(frozen=True)
class Built:
    """One workbook of an extract. rows: of its list; references: number printed in the list → finding id, for
    the bureau alone.
    """

    name: str
    content: bytes
    rows: int
    references: dict[str, str]


def _known(option: str, given: tuple[str, ...], allowed: tuple[str, ...]) -> None:
    for value in given:
        if value not in allowed:
            raise ExtractError(f"{option} {value}: expected one of {', '.join(allowed)}")
