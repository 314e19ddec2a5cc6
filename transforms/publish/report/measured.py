"""Reads what reviews and spot checks measured: how often leads were confirmed, and what the rules missed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb

from transforms.decisions.precision import Precision, precision
from transforms.publish.report.model import Scope
from transforms.publish.workbooks.labels import match_label
from transforms.publish.workbooks.reading import COUNTY_DIGITS
from transforms.publish.workbooks.reviews import SpotCheck, measured_lines, spot_checks

Con = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class PrecisionLine:
    """Reviews of the leads of one rule, match tier and township; `tier` is '' where the rule rests on no link."""

    rule: str
    tier: str
    township: str
    measured: Precision


@dataclass(frozen=True)
class CheckLine:
    """The spot checks of one place and benefit type: all households drawn by chance, and those without a finding."""

    place: str
    whole_county: bool
    benefit: str
    check: SpotCheck
    problems: Precision
    misses: Precision


@dataclass(frozen=True)
class Measured:
    """What was measured: in all, by rule, tier and township, and by spot check."""

    total: Precision
    lines: tuple[PrecisionLine, ...]
    checks: tuple[CheckLine, ...]

    @property
    def shown(self) -> tuple[CheckLine, ...]:
        """The spot checks of whole counties; of a rerun those of its township."""
        return tuple(c for c in self.checks if c.whole_county) or self.checks

    @property
    def folded(self) -> tuple[CheckLine, ...]:
        """Those of the single townships, where a whole county is shown."""
        return () if self.shown == self.checks else tuple(c for c in self.checks if not c.whole_county)


def read_measured(con: Con, scope: Scope) -> Measured:
    """What reviews and spot checks of the scope's townships measured, most reviewed rules first."""
    rules = dict(con.execute("SELECT rule_id, title FROM run_rule").fetchall())
    places = con.execute(
        "SELECT township_code, township_name, county_code, county_name FROM core_township ORDER BY 1"
    ).fetchall()
    townships, counties = {p[0]: p[1] for p in places}, {p[2]: p[3] for p in places}
    lines = [
        PrecisionLine(
            rules.get(x.rule_id, x.rule_id),
            match_label(x.match_tier or None, None),
            townships.get(x.township_code, x.township_code),
            x.measured,
        )
        for x in measured_lines(con, scope.township or "")
    ]
    regions = [scope.township] if scope.township else sorted(counties)
    checks = [
        _check_line(check, region, townships, counties) for region in regions for check in spot_checks(con, region)
    ]
    return Measured(_total(lines), tuple(lines), tuple(checks))


def _check_line(check: SpotCheck, region: str, townships: dict[str, str], counties: dict[str, str]) -> CheckLine:
    whole = check.level == "county"
    code = region[:COUNTY_DIGITS] if whole else check.township_code or ""
    return CheckLine(
        (counties if whole else townships).get(code) or code,
        whole,
        check.benefit_type or "合计",
        check,
        precision(check.problems, check.reviewed),
        precision(check.misses, check.clean_reviewed),
    )


def _total(lines: Iterable[PrecisionLine]) -> Precision:
    of = [line.measured for line in lines]
    return precision(sum(m.confirmed for m in of), sum(m.reviewed for m in of))
