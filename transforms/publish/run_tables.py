"""The run_* tables of run.duckdb: what came in, what the rules did, which parameter values held. Publishing and analysts read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import duckdb
import pyarrow as pa

from data_contracts.loader import Contract
from rules.engine.apply import RuleOutcome
from rules.engine.corpus import Rule

INPUT_COLUMNS = {
    "dataset": pa.string(), "title": pa.string(), "file": pa.string(), "sha256": pa.string(), "status": pa.string(), "reason": pa.string(),
    "received": pa.int64(), "loaded": pa.int64(), "quarantined": pa.int64(), "ignored": pa.int64(),
}  # fmt: skip
PARAMETER_COLUMNS = {
    "name": pa.string(), "title": pa.string(), "region": pa.string(), "valid_from": pa.date32(), "value": pa.string(), "unit": pa.string(),
    "source": pa.string(), "is_example": pa.bool_(),
}  # fmt: skip


def write_table(con: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, pa.DataType], rows: Iterable[Mapping[str, Any]]) -> None:
    """Create (or replace) a table from rows of a dataclass or mapping with exactly these columns."""
    gathered = list(rows)
    table = pa.table({c: pa.array([r[c] for r in gathered], kind) for c, kind in columns.items()})
    con.register("new_rows", table)
    con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM new_rows")
    con.unregister("new_rows")


def write_inputs(con: duckdb.DuckDBPyConnection, inputs: Iterable[Mapping[str, Any]], contracts: Mapping[str, Contract]) -> None:
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
    write_table(con, "run_ignored", {"dataset": pa.string(), "file": pa.string(), "reason": pa.string(), "rows": pa.int64()}, ignored)


def write_rules(con: duckdb.DuckDBPyConnection, rules: Mapping[str, Rule], outcomes: Iterable[RuleOutcome]) -> None:
    """run_rule: what became of each rule, with what its file says to people."""
    text, integer = pa.string(), pa.int64()
    columns = {
        "rule_id": text, "title": text, "family": text, "severity": text, "version": integer, "status": text, "reason": text, "note": text,
        "findings": integer, "seconds": pa.float64(), "basis": text, "false_positives": text, "review_steps": text, "closing_action": text,
    }  # fmt: skip
    write_table(con, "run_rule", columns, (_rule_row(rules[o.rule_id], o) for o in outcomes))


def _rule_row(rule: Rule, outcome: RuleOutcome) -> dict[str, Any]:
    return {
        "rule_id": rule.id, "title": rule.title, "family": rule.family, "severity": rule.severity, "version": rule.version,
        "status": outcome.status, "reason": outcome.reason, "note": outcome.note, "findings": outcome.findings, "seconds": outcome.seconds,
        "basis": "\n".join(str(b) for b in rule.basis), "false_positives": "\n".join(rule.false_positives),
        "review_steps": "\n".join(rule.review_steps), "closing_action": "\n".join(rule.closing_action),
    }  # fmt: skip


def write_parameters(con: duckdb.DuckDBPyConnection, values: Iterable[tuple[Any, ...]], titles: Mapping[str, str]) -> None:
    """run_parameter: the values that held in this run (rules.engine.parameters.values_in_use)."""
    names = ("name", "region", "valid_from", "value", "unit", "source", "is_example")
    write_table(con, "run_parameter", PARAMETER_COLUMNS,
                ({**dict(zip(names, v, strict=True)), "title": titles[v[0]]} for v in values))  # fmt: skip
