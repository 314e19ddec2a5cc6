"""The run_* tables of run.duckdb: what came in, what the rules did, which parameter values held. Publishing and analysts read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb

from data_contracts.loader import Contract
from rules.engine.apply import RuleOutcome
from rules.engine.corpus import Rule
from transforms.core.unchanged import MADE
from transforms.values import literal_rows

INPUT_COLUMNS = {
    "dataset": "VARCHAR", "title": "VARCHAR", "file": "VARCHAR", "sha256": "VARCHAR", "status": "VARCHAR", "reason": "VARCHAR",
    "received": "BIGINT", "loaded": "BIGINT", "quarantined": "BIGINT", "ignored": "BIGINT",
}  # fmt: skip
IGNORED_COLUMNS = {"dataset": "VARCHAR", "file": "VARCHAR", "reason": "VARCHAR", "rows": "BIGINT"}
RULE_COLUMNS = {
    "rule_id": "VARCHAR", "title": "VARCHAR", "family": "VARCHAR", "severity": "VARCHAR", "version": "BIGINT", "status": "VARCHAR",
    "reason": "VARCHAR", "note": "VARCHAR", "findings": "BIGINT", "seconds": "DOUBLE", "basis": "VARCHAR", "false_positives": "VARCHAR",
    "review_steps": "VARCHAR", "closing_action": "VARCHAR",
}  # fmt: skip
PARAMETER_COLUMNS = {
    "name": "VARCHAR", "title": "VARCHAR", "region": "VARCHAR", "valid_from": "DATE", "value": "VARCHAR", "unit": "VARCHAR",
    "source": "VARCHAR", "is_example": "BOOLEAN",
}  # fmt: skip


def write_table(
    con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Create (or replace) a table from a few rows with exactly these columns."""
    con.execute(f"CREATE OR REPLACE TABLE {name} ({', '.join(f'{c} {kind}' for c, kind in columns.items())})")
    if said := literal_rows([row[c] for c in columns] for row in rows):
        con.execute(f"INSERT INTO {name} VALUES {said}")


def write_made(con: duckdb.DuckDBPyConnection, prints: Mapping[str, str | None]) -> None:
    """run_made: prints of tables and rules (transforms.core.unchanged) for a later run; what has none is left out."""
    made = ({"name": name, "print": print_} for name, print_ in prints.items() if print_)
    write_table(con, MADE, {"name": "VARCHAR", "print": "VARCHAR"}, made)


def write_inputs(
    con: duckdb.DuckDBPyConnection, inputs: Iterable[Mapping[str, Any]], contracts: Mapping[str, Contract]
) -> None:
    """run_input (one row per received file) and run_ignored (dataset, file, reason, rows)."""
    inputs = list(inputs)
    write_table(con, "run_input", INPUT_COLUMNS,
                ({**{c: i.get(c) for c in INPUT_COLUMNS}, "title": contracts[i["dataset"]].title if i["dataset"] in contracts else i["dataset"]}
                 for i in inputs))  # fmt: skip
    ignored = (
        {"dataset": i["dataset"], "file": i["file"], "reason": reason, "rows": rows}
        for i in inputs
        for reason, rows in (i.get("ignored_by_reason") or {}).items()
    )
    write_table(con, "run_ignored", IGNORED_COLUMNS, ignored)


def write_rules(con: duckdb.DuckDBPyConnection, rules: Mapping[str, Rule], outcomes: Iterable[RuleOutcome]) -> None:
    """run_rule: what became of each rule, with what its file says to people."""
    write_table(con, "run_rule", RULE_COLUMNS, (_rule_row(rules[o.rule_id], o) for o in outcomes))


def _rule_row(rule: Rule, outcome: RuleOutcome) -> dict[str, Any]:
    return {
        "rule_id": rule.id, "title": rule.title, "family": rule.family, "severity": rule.severity, "version": rule.version,
        "status": outcome.status, "reason": outcome.reason, "note": outcome.note, "findings": outcome.findings, "seconds": outcome.seconds,
        "basis": "\n".join(str(b) for b in rule.basis), "false_positives": "\n".join(rule.false_positives),
        "review_steps": "\n".join(rule.review_steps), "closing_action": "\n".join(rule.closing_action),
    }  # fmt: skip


def write_parameters(
    con: duckdb.DuckDBPyConnection, values: Iterable[tuple[Any, ...]], titles: Mapping[str, str]
) -> None:
    """run_parameter: the values that held in this run (rules.engine.parameters.values_in_use)."""
    names = ("name", "region", "valid_from", "value", "unit", "source", "is_example")
    write_table(con, "run_parameter", PARAMETER_COLUMNS,
                ({**dict(zip(names, v, strict=True)), "title": titles[v[0]]} for v in values))  # fmt: skip
