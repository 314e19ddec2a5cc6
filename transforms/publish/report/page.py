"""Puts the page together: reads, draws, fills the template, writes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from transforms.publish.report import charts, findings, health, ledgers, measured
from transforms.publish.report.charts import Bar
from transforms.publish.report.model import Outcomes, RuleLine, Scope, TownshipLine
from transforms.publish.workbooks import RunHeader
from transforms.publish.workbooks.cover import family_label
from transforms.publish.workbooks.labels import (
    CHANGE,
    FILE_STATUS,
    OUTCOME,
    RULE_STATUS,
    SEVERITIES,
    SEVERITY,
    SEVERITY_MEANING,
    chinese_date,
    month_label,
)
from transforms.publish.workbooks.reading import latest_pay_month

TEMPLATES = Path(__file__).parent / "templates"
MOST_BARS = 8
OUTCOME_ORDER = ("clear", "low", "medium", "high", "decided", "not_evaluated")
OUTCOME_WORDS = {**OUTCOME, "high": "高级别疑点", "medium": "中级别疑点", "low": "低级别疑点"}
WORDS = {
    "severity": SEVERITY,
    "meaning": SEVERITY_MEANING,
    "change": CHANGE,
    "file": FILE_STATUS,
    "rule": RULE_STATUS,
    "outcome": OUTCOME_WORDS,
}


def write_report(con: duckdb.DuckDBPyConnection, out_path: Path, run: RunHeader, manifest: Mapping[str, Any]) -> Path:
    """Write the page of a run and return its path.

    con: run.duckdb with the tables of docs/architecture.md section 7. manifest: what manifest.json will say;
    read are township (a rerun's), overrides, previous_run_id, snapshot_id, checks, rejected_datasets,
    over_quarantine_limit and the inputs' quarantined_by_reason.
    """
    scope = Scope(manifest.get("township"))
    text = _template().render(**_content(con, scope, manifest), run=run, scope=scope)
    out_path.write_text(text, encoding="utf-8")
    return out_path


def _content(con: duckdb.DuckDBPyConnection, scope: Scope, manifest: Mapping[str, Any]) -> dict[str, Any]:
    rules, townships = findings.read_rules(con, scope), findings.read_townships(con, scope)
    outcomes = ledgers.read_outcomes(con, scope)
    rule_counts, rule_health = health.read_rule_health(con)
    check_count, failed_checks = health.read_checks(manifest, con)
    counties = dict(con.execute("SELECT DISTINCT county_code, county_name FROM core_township ORDER BY 1").fetchall())
    return {
        "overrides": manifest.get("overrides", {}),
        "snapshot_id": manifest.get("snapshot_id"),
        "headline": findings.read_headline(con, scope),
        "rules": rules,
        "rule_charts": _rule_charts(rules),
        "townships": townships,
        "township_charts": [] if scope.township else _township_charts(townships, counties),
        "counties": counties,
        "changes": findings.read_changes(con, scope) if manifest.get("previous_run_id") else None,
        "measured": measured.read_measured(con, scope),
        "ledgers": ledgers.read_ledgers(con, scope),
        "outcomes": outcomes,
        "outcome_codes": [code for code in OUTCOME_ORDER if outcomes.total.get(code)],
        "outcome_chart": _outcome_chart(outcomes),
        "quality": ledgers.read_quality(con, scope),
        "intake": health.read_intake(con, manifest),
        "rule_counts": rule_counts,
        "rule_health": rule_health,
        "check_count": check_count,
        "failed_checks": failed_checks,
        "parameters": health.read_parameters(con),
        "rejected_datasets": health.read_rejected_datasets(manifest, con),
        "over_limit": health.read_over_limit(con, manifest),
        "pay_month": latest_pay_month(con),
    }


def _rule_charts(rules: Sequence[RuleLine]) -> list[dict[str, Any]]:
    """The rules with most open findings, one chart per severity on one scale."""
    found = [r for r in rules if r.findings]
    most = max((r.findings for r in found), default=0)
    drawn = []
    for severity in SEVERITIES:
        of = [r for r in found if r.severity == severity]
        shown, rest = of[:MOST_BARS], of[MOST_BARS:]
        bars = [Bar(r.title, [(severity, r.findings)], f"{r.findings:,}") for r in shown]
        title = f"{SEVERITY[severity]}级别疑点最多的类型：" + "，".join(f"{b.label}{b.note}条" for b in bars)
        drawn.append(
            {
                "severity": severity,
                "findings": sum(r.findings for r in of),
                "rules": len(of),
                "chart": charts.labelled_above(bars, most, title) if bars else None,
                "rest_rules": len(rest),
                "rest_findings": sum(r.findings for r in rest),
            }
        )
    return drawn


def _township_charts(townships: Sequence[TownshipLine], counties: Mapping[str, str]) -> list[tuple[str, Markup]]:
    """(county, chart): open findings of its townships, most first."""
    drawn = []
    for code, name in counties.items():
        of = sorted((t for t in townships if t.county_code == code), key=lambda t: (-t.findings, t.code))
        if not any(t.findings for t in of):
            continue
        bars = [Bar(t.name, [(s, getattr(t, s)) for s in SEVERITIES], f"{t.findings:,}") for t in of]
        title = f"{name}各镇（街道）待核查疑点：" + "，".join(f"{b.label}{b.note}条" for b in bars)
        drawn.append((name, charts.labelled_left(bars, of[0].findings, title)))
    return drawn


def _outcome_chart(outcomes: Outcomes) -> Markup | None:
    bars = [
        Bar(OUTCOME_WORDS[code], [(code, rows)], f"{rows:,} ({percent(rows, outcomes.rows)})")
        for code in OUTCOME_ORDER
        if (rows := outcomes.total.get(code, 0))
    ]
    title = "在册人次核对结果：" + "，".join(f"{b.label}{b.note}" for b in bars)
    return charts.labelled_left(bars, max(b.number for b in bars), title) if bars else None


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "n": count,
        "yuan": yuan,
        "signed": signed,
        "percent": percent,
        "date": chinese_date,
        "month": month_label,
        "family": family_label,
    }
    environment.globals["words"] = WORDS
    environment.globals["severities"] = SEVERITIES
    return environment.get_template("report.html")


def count(number: int) -> str:
    """1234 → 1,234."""
    return f"{number:,}"


def yuan(amount: Decimal | None) -> str:
    """1234.50 → 1,234.50; whole yuan without decimals."""
    return f"{amount or 0:,.2f}".removesuffix(".00")


def signed(amount: Decimal) -> str:
    """A difference with its sign: ＋1,234.50, −2; nothing where there is none."""
    if not amount:
        return ""
    return ("＋" if amount > 0 else "－") + yuan(abs(amount))


def percent(part: int, whole: int) -> str:
    """Share of the whole with one decimal, never rounded up to all or down to none."""
    if not whole:
        return "—"
    share = Decimal(part) * 100 / whole
    if 0 < share < Decimal("0.1"):
        return "<0.1%"
    if Decimal("99.9") < share < 100:
        return ">99.9%"
    return f"{share:.1f}%"
