"""Runs one rule over sparse rows: staging's cleaning, linkage, the core tables and the rule, for real, in memory."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
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
from rules.engine.parameters import create_parameter_tables, load_parameters, register_townships
from transforms.core.build import build_core, core_definitions, create_context, create_link_parts
from transforms.linkage.runner import build_links
from transforms.sql_words import words_of
from transforms.values import VALUE_TYPES, Context, merge_layers, register_functions, select_layers

TOWNSHIP = "320681101"
ROLL_DEFAULTS = {
    "benefit_type": "农村低保", "household_id": "320681101N00001", "head_name": "测试户", "name": "测试人", "id_number": "32068119600101001X",
    "township_code": TOWNSHIP, "village": "测试村", "household_amount": "500", "start_date": "2019-01-01", "status": "在享",
}  # fmt: skip
TOWNSHIP_DEFAULTS = {"township_code": TOWNSHIP, "township_name": "测试镇", "county_name": "测试县"}
ROW_ID_BASE = 1_000_000_000
Cells = tuple[str | None, ...]


def load_cases(path: Path) -> list[dict[str, Any]]:
    """The cases of one rule's YAML test."""
    cases = list(yaml.safe_load(path.read_text(encoding="utf-8"))["cases"])
    for case in cases:
        for dataset, rows in (case.get("input") or {}).items():
            _expect(load_contracts()[dataset], rows)
    return cases


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
        linked = [c.dataset for c in contracts.values() if c.person or c.other_persons]
        definitions = core_definitions(linked)
        read = _read_by(rule.sql, definitions)
        _parameters(con, as_of, case.get("parameters") or {}, rule, read)
        create_link_parts(con, linked)
        build_core(con, linked, kept=definitions.keys() - read)
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


def _read_by(sql: str, definitions: Mapping[str, str]) -> set[str]:
    """The words of this SQL, and of every core table it reads: what else there is need not be made."""
    words = words_of([sql])
    # Definitions come after those they read.
    for name in reversed(list(definitions)):
        if name in words:
            words |= words_of([definitions[name]])
    return words


def _stage(
    con: duckdb.DuckDBPyConnection, contract: Contract, rows: list[dict[str, Any]], absent_columns: set[str]
) -> None:
    cleaned = _cleaned(contract, _expect(contract, rows))
    con.register("case_cleaned", cleaned.append_column("_row", pa.array(range(1, len(cleaned) + 1), pa.int64())))
    known = ", ".join(f"{c.name not in absent_columns} AS has_{c.name}" for c in contract.columns)
    con.execute(
        f"CREATE OR REPLACE TABLE stg_{contract.dataset} AS SELECT CAST({ROW_ID_BASE} + _row AS BIGINT) AS _row_id, 1 AS _file_no, "
        f"'{contract.dataset}/case.csv' AS _file, '' AS _sheet, *, "
        f"concat_ws(':', '{contract.dataset}', CAST({ROW_ID_BASE} + _row AS BIGINT)) AS ref, {known} FROM case_cleaned"
    )
    con.unregister("case_cleaned")


# Compiling the cleaning of every column costs far more than the few rows of a case: the rows of all cases that were loaded are cleaned
# at once, as soon as one of them is asked for.
EXPECTED: dict[str, dict[Cells, None]] = defaultdict(dict)
CLEANED: dict[tuple[str, frozenset[str]], dict[Cells, pa.Table]] = defaultdict(dict)


def _expect(contract: Contract, rows: list[dict[str, Any]]) -> list[Cells]:
    """The rows' cells in the contract's order, noted down to be cleaned."""
    defaults = {"benefit_roll": ROLL_DEFAULTS, "townships": TOWNSHIP_DEFAULTS}.get(contract.dataset, {})
    filled = [{**defaults, **row} for row in rows]
    unknown = {key for row in filled for key in row} - {c.name for c in contract.columns}
    assert not unknown, f"{contract.dataset} has no columns {unknown}"
    cells = [tuple(_cell(row.get(c.name)) for c in contract.columns) for row in filled]
    EXPECTED[contract.dataset].update(dict.fromkeys(cells))
    return cells


def _cleaned(contract: Contract, rows: list[Cells]) -> pa.Table:
    """These rows as staging cleans them, in their order."""
    ticks = frozenset(
        column.name
        for number, column in enumerate(contract.columns)
        if column.type == "bool" and {row[number] for row in rows} <= {None, "", "√"}
    )
    known = CLEANED[contract.dataset, ticks]
    none: Cells = (None,) * len(contract.columns)
    if any(row not in known for row in (none, *rows)):
        wanted = [none, *EXPECTED[contract.dataset]]
        table = _clean(contract, wanted, ticks)
        known.update((row, table.slice(number, 1)) for number, row in enumerate(wanted))
    return pa.concat_tables([known[none].slice(0, 0), *(known[row] for row in rows)])


def _clean(contract: Contract, rows: list[Cells], ticks: frozenset[str]) -> pa.Table:
    layers, kept = [], []
    for column in contract.columns:
        kind = VALUE_TYPES[column.type]
        context = Context(load_codes(), column.values, column.synonyms, None, column.name in ticks)
        layers.append(kind.layers(column.name, f"raw__{column.name}", context))
        kept += [column.name, *(column.name + suffix for suffix in kind.extras)]
    cells = {
        f"raw__{c.name}": pa.array(cells, pa.string())
        for c, cells in zip(contract.columns, zip(*rows, strict=True), strict=True)
    }
    with duckdb.connect(":memory:", config={"threads": 1}) as con:
        register_functions(con)
        con.register("case_cells", pa.table({"_row": pa.array(range(len(rows)), pa.int64()), **cells}))
        select = select_layers("case_cells", merge_layers(layers))
        return con.execute(f"SELECT {', '.join(kept)} FROM ({select}) ORDER BY _row").to_arrow_table()


def _parameters(
    con: duckdb.DuckDBPyConnection, as_of: dt.date, overrides: dict[str, Any], rule: Rule, read: set[str]
) -> None:
    parameters = load_parameters()
    if overrides:
        parameters = parameters.with_overrides({k: yaml.safe_dump(v, allow_unicode=True).removesuffix("...\n").strip() if isinstance(v, list | dict)
                                                else str(v) for k, v in overrides.items()})  # fmt: skip
    codes = {row[0] for row in con.execute("SELECT DISTINCT substr(township_code, 1, 9) FROM stg_townships "
                                           "UNION SELECT DISTINCT substr(township_code, 1, 9) FROM stg_benefit_roll").fetchall()}  # fmt: skip
    last = as_of.year * 12 + as_of.month
    used = {name: parameter for name, parameter in parameters.parameters.items() if f"param_{name}" in read}
    parameters = replace(parameters, parameters=used)
    elsewhere = register_townships(con, load_contracts())
    create_parameter_tables(
        con, parameters, codes | {"000000000"}, as_of, range(last - 11, last + 1), rule.parameters, elsewhere
    )


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
