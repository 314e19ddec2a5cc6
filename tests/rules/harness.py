"""Runs one rule over sparse rows: staging's cleaning, linkage, the core tables and the rule, for real, in memory."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import yaml

from data_contracts import Contract, load_codes, load_contracts
from rules.engine.apply import apply_rules
from rules.engine.availability import Arrived
from rules.engine.corpus import Rule
from rules.engine.macros import create_macros
from rules.engine.parameters import create_parameter_tables, load_parameters
from transforms.core.build import build_core, create_context, create_link_parts
from transforms.linkage.runner import build_links
from transforms.values import VALUE_TYPES, Context, merge_layers, register_functions, select_layers

TOWNSHIP = "320681101"
ROLL_DEFAULTS = {
    "benefit_type": "农村低保", "household_id": "320681101N00001", "head_name": "测试户", "name": "测试人", "id_number": "32068119600101001X",
    "township_code": TOWNSHIP, "village": "测试村", "household_amount": "500", "start_date": "2019-01-01", "status": "在享",
}  # fmt: skip
TOWNSHIP_DEFAULTS = {"township_code": TOWNSHIP, "township_name": "测试镇", "county_name": "测试县"}
ROW_ID_BASE = 1_000_000_000
EMPTY: dict[str, pa.Table] = {}


def load_cases(path: Path) -> list[dict[str, Any]]:
    """The cases of one rule's YAML test."""
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return list(document["cases"])


def run_case(rule: Rule, case: dict[str, Any]) -> list[dict[str, Any]]:
    """What the rule finds in a case's rows: one mapping per finding with every column of raw_finding."""
    contracts = load_contracts()
    rows: dict[str, list[dict[str, Any]]] = dict(case.get("input") or {})
    rows.setdefault("townships", [TOWNSHIP_DEFAULTS])
    absent = set(case.get("absent") or ())
    as_of = dt.date.fromisoformat(str(case["as_of"]))
    with duckdb.connect(":memory:", config={"threads": 1}) as con:
        register_functions(con)
        create_macros(con)
        for contract in contracts.values():
            _stage(
                con,
                contract,
                rows.get(contract.dataset) or [],
                set((case.get("absent_columns") or {}).get(contract.dataset, ())),
            )
        build_links(con, contracts)
        create_context(con, as_of, 0.9)
        _parameters(con, as_of, case.get("parameters") or {}, rule)
        linked = [c.dataset for c in contracts.values() if c.person or c.other_persons]
        create_link_parts(con, linked)
        build_core(con, linked)
        arrived = {
            d: Arrived(c.title, d not in absent, 1, "", {k.name: 1 for k in c.columns}, {})
            for d, c in contracts.items()
        }
        outcome = apply_rules(con, [rule], arrived)[0]
        expected_status = case.get("status", "evaluated")
        assert outcome.status == expected_status, f"{outcome.status}: {outcome.reason}"
        cursor = con.execute("SELECT * FROM raw_finding ORDER BY subject_key")
        names = [d[0] for d in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def assert_case(rule: Rule, case: dict[str, Any]) -> None:
    """Exactly the expected findings, compared on the columns the case names."""
    found = run_case(rule, case)
    expected = sorted(case["expect"] or [], key=lambda row: str(row["subject_key"]))
    assert [row["subject_key"] for row in found] == [str(row["subject_key"]) for row in expected]
    for got, wanted in zip(found, expected, strict=True):
        for column, value in wanted.items():
            assert _text(got[column]) == _text(value), f"{column} of {got['subject_key']}"
        assert got["evidence"], "a finding without evidence cannot be explained"
        assert got["explanation"] and "None" not in got["explanation"]


def _stage(
    con: duckdb.DuckDBPyConnection, contract: Contract, rows: list[dict[str, Any]], absent_columns: set[str]
) -> None:
    defaults = {"benefit_roll": ROLL_DEFAULTS, "townships": TOWNSHIP_DEFAULTS}.get(contract.dataset, {})
    filled = [{**defaults, **row} for row in rows]
    unknown = {key for row in filled for key in row} - {c.name for c in contract.columns}
    assert not unknown, f"{contract.dataset} has no columns {unknown}"
    cells = {c.name: pa.array([_cell(row.get(c.name)) for row in filled], pa.string()) for c in contract.columns}
    if not filled and contract.dataset in EMPTY:
        con.register("case_empty", EMPTY[contract.dataset])
        con.execute(f"CREATE OR REPLACE TABLE stg_{contract.dataset} AS SELECT * FROM case_empty")
        con.unregister("case_empty")
        _known(con, contract, absent_columns)
        return
    con.register(
        "case_cells",
        pa.table(
            {"_row": pa.array(range(1, len(filled) + 1), pa.int64()), **{f"raw__{k}": v for k, v in cells.items()}}
        ),
    )
    layers, kept = [], []
    for column in contract.columns:
        kind = VALUE_TYPES[column.type]
        ticks = column.type == "bool" and {_cell(r.get(column.name)) for r in filled} <= {None, "", "√"}
        context = Context(load_codes(), column.values, column.synonyms, None, ticks)
        layers.append(kind.layers(column.name, f"raw__{column.name}", context))
        kept += [column.name, *(column.name + suffix for suffix in kind.extras)]
    con.execute(
        f"CREATE OR REPLACE TABLE stg_{contract.dataset} AS SELECT CAST({ROW_ID_BASE} + _row AS BIGINT) AS _row_id, 1 AS _file_no, "
        f"'{contract.dataset}/case.csv' AS _file, '' AS _sheet, _row, {', '.join(kept)}, "
        f"concat_ws(':', '{contract.dataset}', CAST({ROW_ID_BASE} + _row AS BIGINT)) AS ref "
        f"FROM ({select_layers('case_cells', merge_layers(layers))})"
    )
    con.unregister("case_cells")
    if not filled:
        # Compiling the cleaning of every column costs far more than the few rows of a case: empty tables are made once.
        EMPTY[contract.dataset] = con.execute(f"SELECT * FROM stg_{contract.dataset}").to_arrow_table()
    _known(con, contract, absent_columns)


def _known(con: duckdb.DuckDBPyConnection, contract: Contract, absent_columns: set[str]) -> None:
    known = ", ".join(f"{c.name not in absent_columns} AS has_{c.name}" for c in contract.columns)
    con.execute(f"CREATE OR REPLACE TABLE stg_{contract.dataset} AS SELECT *, {known} FROM stg_{contract.dataset}")


def _parameters(con: duckdb.DuckDBPyConnection, as_of: dt.date, overrides: dict[str, Any], rule: Rule) -> None:
    parameters = load_parameters()
    if overrides:
        parameters = parameters.with_overrides({k: yaml.safe_dump(v, allow_unicode=True).removesuffix("...\n").strip() if isinstance(v, list | dict)
                                                else str(v) for k, v in overrides.items()})  # fmt: skip
    codes = {row[0] for row in con.execute("SELECT DISTINCT substr(township_code, 1, 9) FROM stg_townships "
                                           "UNION SELECT DISTINCT substr(township_code, 1, 9) FROM stg_benefit_roll").fetchall()}  # fmt: skip
    last = as_of.year * 12 + as_of.month
    create_parameter_tables(con, parameters, codes | {"000000000"}, as_of, range(last - 11, last + 1), rule.parameters)


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, dt.date):
        return value.isoformat()
    try:
        return str(round(float(value), 4))
    except (TypeError, ValueError):
        return str(value)
