"""Turns `raw_finding` into `out_finding`: the flagged-suspect list with its place, evidence, money, state and stable ids."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from data_contracts.loader import Contract
from rules.engine.availability import Arrived, caveat
from rules.engine.corpus import Rule
from rules.engine.parameters import ParameterSet, standards_by_month

FOLDER = Path(__file__).parent
SUSPECT_COLUMNS = (
    "rule_id", "rule_version", "rule_title", "severity", "subject_kind", "subject_key", "township_code", "township_name", "village",
    "household_id", "head_name", "id_number", "name", "benefit_type", "match_tier", "match_confidence", "amount_at_risk", "event_date",
    "evidence", "contradictions", "explanation", "state", "first_seen", "finding_id", "evidence_hash", "also_townships", "as_of", "run_id",
)  # fmt: skip
MONTHS_BACK = 60


def build_findings(con: duckdb.DuckDBPyConnection, rules: Iterable[Rule], arrived: Mapping[str, Arrived], contracts: Mapping[str, Contract],
                   parameters: ParameterSet, run_id: str, as_of: dt.date) -> int:  # fmt: skip
    """Create `out_finding` (columns of suspects.parquet, ordered township, severity, household, rule, subject); return its row count.

    Needs raw_finding, the core tables and, for state and first_seen, `previous_finding(finding_id, evidence_hash, first_seen)` and
    `current_decision(finding_id, outcome, evidence_hash, decided_on, expires_on)`.
    """
    rules = list(rules)
    _register_catalogue(con, rules, arrived)
    _standards(con, parameters, as_of)
    con.execute((FOLDER / "findings.sql").read_text(encoding="utf-8"))
    con.execute((FOLDER / "amounts.sql").read_text(encoding="utf-8"))
    _evidence(con, rules, contracts)
    con.execute(f"SET VARIABLE run_id = '{run_id}'")
    con.execute((FOLDER / "out_finding.sql").read_text(encoding="utf-8"))
    return int(con.execute("SELECT count(*) FROM out_finding").fetchall()[0][0])


def finding_sql() -> list[str]:
    """The SQL that reads the core tables after the rules: what it names of them must be there."""
    return [path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.sql"))]


def _register_catalogue(con: duckdb.DuckDBPyConnection, rules: list[Rule], arrived: Mapping[str, Arrived]) -> None:
    rows = ", ".join(
        f"('{r.id}', {r.version}, '{r.title}', '{r.severity}', '{r.subject}', '{r.amount}', nullif('{caveat(r, arrived)}', ''))"
        for r in rules
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE finding_rule (rule_id VARCHAR, rule_version INTEGER, rule_title VARCHAR, default_severity VARCHAR, "
        "subject VARCHAR, amount VARCHAR, caveat VARCHAR)"
    )
    if rows:
        con.execute(f"INSERT INTO finding_rule VALUES {rows}")


def _standards(con: duckdb.DuckDBPyConnection, parameters: ParameterSet, as_of: dt.date) -> None:
    con.execute(
        "CREATE OR REPLACE TABLE core_standard_month (township_code VARCHAR, month INTEGER, rural DECIMAL(18, 2), urban DECIMAL(18, 2))"
    )
    if con.execute("SELECT latest_pay_month FROM core_ctx").fetchall()[0][0] is not None:
        return
    last = as_of.year * 12 + as_of.month
    townships = [row[0] for row in con.execute("SELECT township_code FROM core_township").fetchall()]
    rows = standards_by_month(parameters, townships, range(last - MONTHS_BACK, last + 1))
    if rows:
        con.execute(
            "INSERT INTO core_standard_month VALUES " + ", ".join(f"('{c}', {m}, {r}, {u})" for c, m, r, u in rows)
        )


def _evidence(con: duckdb.DuckDBPyConnection, rules: list[Rule], contracts: Mapping[str, Contract]) -> None:
    """`evidence_item`: rule, subject, ref, dataset, file, sheet, row, values (JSON of the columns the rule shows), copy: 2, 3 … for values that have
    come before, where identical rows are no facts of their own: in the same file.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE evidence_ref AS
        SELECT rule_id, subject_key, ref, split_part(ref, ':', 1) AS dataset, CAST(split_part(ref, ':', 2) AS BIGINT) AS _row_id
        FROM (SELECT DISTINCT rule_id, subject_key, unnest(string_split(evidence, ' ')) AS ref FROM raw_finding)
        WHERE ref <> ''
        """
    )
    con.execute(
        "CREATE OR REPLACE TEMP TABLE evidence_item (rule_id VARCHAR, subject_key VARCHAR, dataset VARCHAR, ref VARCHAR, "
        "file VARCHAR, sheet VARCHAR, row BIGINT, shown JSON, copy BIGINT)"
    )
    for (dataset,) in con.execute("SELECT DISTINCT dataset FROM evidence_ref ORDER BY 1").fetchall():
        con.execute(_evidence_sql(dataset, rules, contracts[dataset]))


def shown_columns(rule: Rule, contract: Contract) -> tuple[str, ...]:
    """The columns a rule shows of a dataset's rows: those its file names, else the required ones."""
    return rule.evidence.get(contract.dataset) or tuple(c.name for c in contract.columns if c.required)


def shown_values(columns: Iterable[str], types: Mapping[str, str]) -> str:
    """SQL: the struct of these columns of a staged row `s`, as evidence shows them. types: contract column → type."""
    return f"{{{', '.join(_shown(c, types) for c in columns)}}}"


def _evidence_sql(dataset: str, rules: list[Rule], contract: Contract) -> str:
    by_columns: dict[tuple[str, ...], list[str]] = {}
    for rule in rules:
        by_columns.setdefault(shown_columns(rule, contract), []).append(rule.id)
    types = {c.name: c.type for c in contract.columns}
    cases = " ".join(
        f"WHEN e.rule_id IN ({', '.join(repr(i) for i in ids)}) THEN to_json({shown_values(columns, types)})"
        for columns, ids in by_columns.items()
    )
    among = "" if contract.repeats_are_facts else ", file"
    return (
        f"INSERT INTO evidence_item SELECT *, row_number() OVER (PARTITION BY rule_id, subject_key, CAST(shown AS VARCHAR){among}) FROM ("
        f"SELECT e.rule_id, e.subject_key, e.dataset, e.ref, s._file AS file, s._sheet, s._row, CASE {cases} END AS shown "
        f"FROM evidence_ref AS e INNER JOIN stg_{dataset} AS s ON s._row_id = e._row_id WHERE e.dataset = '{dataset}')"
    )


def _shown(column: str, types: Mapping[str, str]) -> str:
    return f"'{column}': month_text({'s.' + column})" if types.get(column) == "month" else f"'{column}': s.{column}"
