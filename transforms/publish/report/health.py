"""Reads what came in and what could not be compared, from run.duckdb and the manifest.

File names, reasons and notes are text from outside: long runs of digits in them are hidden.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from transforms.publish.report.model import (
    FailedCheck,
    InputLine,
    Intake,
    ParameterLine,
    RuleHealth,
)
from transforms.publish.workbooks.labels import UNIT, stored_value_label

# ID numbers have 15 or 18 digits, accounts 12 to 19, telephone numbers 11.
LONG_NUMBER = re.compile(r"\d{10,}[\dXxＸｘ]")
ROWS = ("received", "loaded", "quarantined", "ignored")

Con = duckdb.DuckDBPyConnection


def masked(text: str | None) -> str:
    """The text without any number long enough to be an ID number, an account or a telephone."""
    return LONG_NUMBER.sub("［号码已隐去］", text or "")


def read_intake(con: Con, manifest: Mapping[str, Any]) -> Intake:
    """Every file received, by dataset and name, with its row accounting."""
    rows = con.execute(
        f"""SELECT dataset, title, file, status, reason, {", ".join(f"coalesce({c}, 0)" for c in ROWS)}
            FROM run_input ORDER BY dataset, file"""
    ).fetchall()
    files = [
        InputLine(title, _file(dataset, file), 1, status, masked(reason), *counts)
        for dataset, title, file, status, reason, *counts in rows
    ]
    ignored = con.execute("SELECT reason, sum(rows) FROM run_ignored GROUP BY reason ORDER BY 2 DESC, 1").fetchall()
    return Intake(
        tuple(files),
        tuple(_together(files)),
        tuple(_quarantined(manifest, {dataset: title for dataset, title, *_ in rows})),
        tuple((masked(reason), int(count)) for reason, count in ignored),
    )


def _file(dataset: str, file: str | None) -> str:
    return masked((file or "").removeprefix(f"{dataset}/"))


def _together(files: Iterable[InputLine]) -> list[InputLine]:
    by_title: dict[str, list[InputLine]] = {}
    for file in files:
        by_title.setdefault(file.title, []).append(file)
    return [
        InputLine(
            title,
            "",
            len(group),
            "loaded" if any(f.status == "loaded" for f in group) else "rejected",
            "",
            *(sum(getattr(f, column) for f in group) for column in ROWS),
        )
        for title, group in by_title.items()
    ]


def _quarantined(manifest: Mapping[str, Any], titles: Mapping[str, str]) -> list[tuple[str, str, int]]:
    counted: Counter[tuple[str, str]] = Counter()
    for file in manifest.get("inputs", ()):
        for reason, rows in (file.get("quarantined_by_reason") or {}).items():
            counted[titles.get(file["dataset"], file["dataset"]), masked(reason)] += rows
    return [(title, reason, rows) for (title, reason), rows in sorted(counted.items())]


def read_rule_health(con: Con) -> tuple[dict[str, int], list[RuleHealth]]:
    """How many rules by status, and those that did not run, failed, or ran with less than they could use."""
    counts = dict(con.execute("SELECT status, count(*) FROM run_rule GROUP BY status ORDER BY status").fetchall())
    rows = con.execute(
        """SELECT title, severity, status, CASE WHEN status = 'evaluated' THEN note ELSE reason END
           FROM run_rule
           WHERE status <> 'evaluated' OR coalesce(note, '') <> ''
           ORDER BY CASE status WHEN 'failed' THEN 1 WHEN 'not_evaluated' THEN 2 ELSE 3 END,
               CASE severity WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END, rule_id"""
    ).fetchall()
    return counts, [RuleHealth(title, severity, status, masked(reason)) for title, severity, status, reason in rows]


def read_checks(manifest: Mapping[str, Any], con: Con) -> tuple[int, list[FailedCheck]]:
    """How many contract checks were made, and those that were not met, the binding ones first."""
    titles = _titles(con)
    checks = list(manifest.get("checks", ()))
    failed = [
        FailedCheck(titles.get(c["dataset"], c["dataset"]), c["level"] == "fail", masked(_said(c)))
        for c in checks
        if not c.get("success", c.get("passed", True))
    ]
    return len(checks), sorted(failed, key=lambda c: not c.binding)


def _said(check: Mapping[str, Any]) -> str:
    if check.get("message"):
        return str(check["message"])
    # Counted while staging, before there is anything to validate: the share of rows set aside.
    return f"隔离 {check['failing']:,} 行，占 {check['share']:.2%}，超过允许的 {check['at_most']:.2%}"


def read_rejected_datasets(manifest: Mapping[str, Any], con: Con) -> list[tuple[str, str]]:
    """(title, reason) of the datasets no rule may use because a binding check was not met."""
    titles = _titles(con)
    rejected = manifest.get("rejected_datasets", {}).items()
    return [(titles.get(dataset, dataset), masked(reason)) for dataset, reason in sorted(rejected)]


def read_over_limit(con: Con, manifest: Mapping[str, Any]) -> list[str]:
    """Titles of the datasets of which more rows were quarantined than their contract allows."""
    titles = _titles(con)
    return [titles.get(dataset, dataset) for dataset in manifest.get("over_quarantine_limit", ())]


def _titles(con: Con) -> dict[str, str]:
    return dict(con.execute("SELECT DISTINCT dataset, title FROM run_input").fetchall())


def read_parameters(con: Con) -> list[ParameterLine]:
    """The parameter values that held, those still to be confirmed first."""
    rows = con.execute(
        """SELECT
               coalesce(title, name), region, value, coalesce(unit, ''), coalesce(source, ''), is_example
           FROM run_parameter
           ORDER BY is_example DESC, name, region, valid_from"""
    ).fetchall()
    return [
        ParameterLine(title, region or "", stored_value_label(value), UNIT.get(unit, unit), source, is_example)
        for title, region, value, unit, source, is_example in rows
    ]
