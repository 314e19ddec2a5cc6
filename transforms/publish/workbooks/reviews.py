"""What earlier reviews say of the leads of a list: how often such leads were confirmed, and what a reopened
one was answered before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields

import duckdb

from transforms.decisions.precision import Precision, precision
from transforms.publish.workbooks.evidence import changed_facts
from transforms.publish.workbooks.labels import chinese_date
from transforms.publish.workbooks.reading import COUNTY_DIGITS, Lead, ask

UNKNOWN = precision(0, 0)
MOST_CHANGES = 6


@dataclass(frozen=True)
class EarlierDecision:
    """The answer a finding was last given, and the evidence (JSON) it was given on."""

    outcome: str
    decided_on: dt.date
    evidence_hash: str
    evidence: str


@dataclass(frozen=True)
class Reviews:
    """By (rule, match tier): the township's own reviews, else its county's; by finding: what it was last
    answered.
    """

    township: Mapping[tuple[str, str], Precision] = field(default_factory=dict)
    county: Mapping[tuple[str, str], Precision] = field(default_factory=dict)
    earlier: Mapping[str, EarlierDecision] = field(default_factory=dict)

    def of(self, lead: Lead) -> tuple[str, Precision]:
        """Whose reviews ('本镇', '全县' or '') and what they measured for such leads."""
        return self.measured(lead.rule_id, lead.match_tier)

    def measured(self, rule_id: str, match_tier: str | None) -> tuple[str, Precision]:
        """As `of`, for a rule and match tier."""
        key = (rule_id, match_tier or "")
        if key in self.township:
            return "本镇", self.township[key]
        return ("全县", self.county[key]) if key in self.county else ("", UNKNOWN)

    def middle(self, lead: Lead) -> float:
        """What to order a lead by within its severity: the middle of the measured interval, 0.5 where nothing
        was measured.
        """
        return self.of(lead)[1].middle

    def text(self, lead: Lead) -> str:
        """The measured share as a list prints it."""
        whose, measured = self.of(lead)
        return f"{whose}{precision_text(measured)}" if whose else "尚无"


def reviews_for(con: duckdb.DuckDBPyConnection, codes: Collection[str]) -> dict[str, Reviews]:
    """What the list of each of some townships says of earlier reviews; empty for a run whose tables hold none."""
    if not codes or not has_table(con, "measured_precision"):
        return {code: Reviews() for code in codes}
    rows = ask(
        con,
        "SELECT township_code, rule_id, match_tier, sum(confirmed), sum(reviewed) FROM measured_precision "
        f"WHERE substr(township_code, 1, {COUNTY_DIGITS}) IN $counties GROUP BY ALL ORDER BY ALL",
        {"counties": {code[:COUNTY_DIGITS] for code in codes}},
    ).fetchall()
    own: dict[str, dict[tuple[str, str], Precision]] = {}
    totals: dict[str, dict[tuple[str, str], tuple[int, int]]] = {}
    for code, rule, tier, confirmed, reviewed in rows:
        own.setdefault(code, {})[rule, tier] = precision(int(confirmed), int(reviewed))
        county = totals.setdefault(code[:COUNTY_DIGITS], {})
        before = county.get((rule, tier), (0, 0))
        county[rule, tier] = (before[0] + int(confirmed), before[1] + int(reviewed))
    counties = {code: {key: precision(*counts) for key, counts in county.items()} for code, county in totals.items()}
    earlier = _earlier(con)
    return {code: Reviews(own.get(code, {}), counties.get(code[:COUNTY_DIGITS], {}), earlier) for code in codes}


def rule_precision(con: duckdb.DuckDBPyConnection, county_code: str) -> dict[str, Precision]:
    """What was measured for each rule over all townships and match tiers of a county."""
    if not has_table(con, "measured_precision"):
        return {}
    rows = ask(
        con,
        "SELECT rule_id, sum(confirmed), sum(reviewed) FROM measured_precision WHERE "
        "starts_with(township_code, ?) GROUP BY 1",
        [county_code],
    ).fetchall()
    return {rule: precision(int(confirmed), int(reviewed)) for rule, confirmed, reviewed in rows}


@dataclass(frozen=True)
class MeasuredLine:
    """What was measured for one rule and match tier in one township."""

    rule_id: str
    match_tier: str
    township_code: str
    measured: Precision


def measured_lines(con: duckdb.DuckDBPyConnection, region: str) -> list[MeasuredLine]:
    """Measured precision by rule, tier and township of a region (a code or its beginning); most reviewed rules first."""
    if not has_table(con, "measured_precision"):
        return []
    rows = ask(
        con,
        "SELECT rule_id, match_tier, township_code, confirmed, reviewed FROM measured_precision "
        "WHERE starts_with(township_code, ?) "
        "ORDER BY sum(reviewed) OVER (PARTITION BY rule_id) DESC, rule_id, match_tier, township_code",
        [region],
    ).fetchall()
    return [MeasuredLine(rule, tier, code, precision(int(c), int(n))) for rule, tier, code, c, n in rows]


@dataclass(frozen=True)
class SpotCheck:
    """What the spot checks of one place and benefit type ('' for all) found; see sample_estimate in docs/architecture.md."""

    level: str
    township_code: str | None
    benefit_type: str
    drawn: int
    reviewed: int
    problems: int
    clean_reviewed: int
    misses: int
    misses_to_end: int
    flagged_reviewed: int
    flagged_problems: int
    whole_reviewed: int
    whole_problems: int


def spot_checks(con: duckdb.DuckDBPyConnection, region: str) -> list[SpotCheck]:
    """The spot checks of a county (itself first, then its townships) or of one township; none where nothing was returned."""
    if not has_table(con, "sample_estimate"):
        return []
    columns = ", ".join(f.name for f in fields(SpotCheck))
    rows = ask(
        con,
        f"SELECT {columns} FROM sample_estimate WHERE CASE WHEN length($region) > CAST($digits AS INTEGER) THEN township_code = $region "
        "ELSE county_code = $region END AND reviewed + clean_reviewed + whole_reviewed > 0 "
        "ORDER BY level, township_code, benefit_type = '' DESC, benefit_type",
        {"region": region, "digits": str(COUNTY_DIGITS)},
    ).fetchall()
    return [SpotCheck(*row) for row in rows]


def precision_text(measured: Precision) -> str:
    """12条中属实9条（47%～91%）: counts first, for the interval is only as good as they are."""
    return f"{measured.reviewed}条中属实{measured.confirmed}条（{measured.low:.0%}～{measured.high:.0%}）"


def share_text(found: int, reviewed: int, what: str) -> str:
    """12户中有问题1户（0%～35%）; what was not reviewed says so."""
    if not reviewed:
        return "尚无核查结果"
    measured = precision(found, reviewed)
    return f"{reviewed}户中{what}{found}户（{found / reviewed:.1%}，95%区间{measured.low:.1%}～{measured.high:.1%}）"


def estimate_texts(con: duckdb.DuckDBPyConnection, codes: Collection[str]) -> dict[str, str]:
    """What the spot checks say of each of some townships in one line; '' where none was returned."""
    said = dict.fromkeys(codes, "")
    if not said or not has_table(con, "sample_estimate"):
        return said
    rows = ask(
        con,
        "SELECT township_code, problems, reviewed, misses, clean_reviewed, misses_to_end FROM sample_estimate "
        "WHERE level = 'township' AND township_code IN $codes AND benefit_type = '' AND reviewed + clean_reviewed > 0",
        {"codes": codes},
    ).fetchall()
    for code, *counts in rows:
        said[code] = _estimate_text(*counts)
    return said


def _estimate_text(problems: int, reviewed: int, misses: int, clean: int, to_end: int) -> str:
    return (
        f"随机抽查{share_text(problems, reviewed, '有问题')}；系统没有发现疑点的户（含补充抽取）"
        f"{share_text(misses, clean, '有问题')}，即漏查，其中应退未退{to_end}户"
    )


def reopened_text(lead: Lead, reviews: Reviews, dataset_titles: Mapping[str, str]) -> str:
    """Why a lead that was answered is open again: the answer, and the evidence before and now where it
    changed. '' for any other lead.
    """
    earlier = reviews.earlier.get(lead.finding_id)
    if earlier is None or lead.state != "reopened":
        return ""
    said = f"【重新打开】{chinese_date(earlier.decided_on)}核查结果为“{earlier.outcome}”"
    if earlier.evidence_hash == lead.evidence_hash:
        return f"{said}，已到期；依据没有变化，请复核。"
    changed = changed_facts(earlier.evidence, lead.evidence, dataset_titles)
    if len(changed) > MOST_CHANGES:
        changed = [*changed[:MOST_CHANGES], f"……另有{len(changed) - MOST_CHANGES}处变化"]
    return "\n".join(
        [f"{said}，此后依据有变化。", *(changed or ["级别、矛盾之处或疑点说明中的情况（月份、人数等）与当时不同。"])]
    )


def has_table(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether the run has a table: runs of earlier versions lack the newer ones."""
    found = ask(con, "SELECT count(*) FROM information_schema.tables WHERE table_name = ?", [name]).fetchone()
    return bool(found and found[0])


def _earlier(con: duckdb.DuckDBPyConnection) -> dict[str, EarlierDecision]:
    rows = con.execute(
        "SELECT d.finding_id, d.outcome, d.decided_on, d.evidence_hash, d.evidence_before FROM "
        "decision_evidence AS d "
        "INNER JOIN out_finding AS f ON f.finding_id = d.finding_id WHERE f.state = 'reopened'"
    ).fetchall()
    return {row[0]: EarlierDecision(*row[1:]) for row in rows}
