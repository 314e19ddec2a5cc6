"""A small county, cleaned, linked and built into core tables for real, with findings and a decision."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from data_contracts import load_contracts
from rules.engine.macros import create_macros
from rules.engine.parameters import create_parameter_tables, load_parameters
from tests.rules import harness
from transforms.core.build import build_core, create_context, create_link_parts
from transforms.forms import FormsRun, write_county_forms
from transforms.forms.model import Place
from transforms.forms.tables import create_form_tables
from transforms.linkage.runner import build_links
from transforms.publish.workbooks import RunHeader
from transforms.reconcile.build import create_table
from transforms.values import register_functions

HERE = Path(__file__).parent
AS_OF = dt.date(2021, 6, 30)
MONTH = 2021 * 12 + 6
NORTH, SOUTH, QUIET, COUNTY = "320681101", "320681102", "320681103", "320681"
PLACE = Place(COUNTY, "启东市")
PARAMETERS = (
    "dibao_standard_rural",
    "dibao_standard_urban",
    "benefit_items",
    "exit_lookback_start",
    "grace_months",
)
FINDINGS = """
CREATE TABLE run_rule (rule_id VARCHAR, title VARCHAR, family VARCHAR, severity VARCHAR, status VARCHAR,
    closing_action VARCHAR);
CREATE TABLE out_finding (rule_id VARCHAR, rule_title VARCHAR, severity VARCHAR, subject_key VARCHAR,
    township_code VARCHAR, household_id VARCHAR, id_number VARCHAR, state VARCHAR, finding_id VARCHAR);
CREATE TABLE current_decision (finding_id VARCHAR, outcome VARCHAR, evidence_hash VARCHAR, decided_on DATE,
    expires_on DATE);
"""


def identity(order: int, birth: str = "19600101") -> str:
    """A made-up ID number with a right check digit; the same order gives the same number."""
    body = f"320681{birth}{order:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def content() -> dict[str, Any]:
    """county.yaml with @n in place of ID numbers filled in."""
    text = (HERE / "county.yaml").read_text(encoding="utf-8")
    for order in range(99, 0, -1):
        text = text.replace(f"@{order:02d}", f'"{identity(order)}"')
    return dict(yaml.safe_load(text))


def build(con: duckdb.DuckDBPyConnection, given: dict[str, Any], as_of: dt.date = AS_OF) -> None:
    """The tables of run.duckdb the forms read, from rows in contract columns."""
    contracts = load_contracts()
    register_functions(con)
    create_macros(con)
    rows = given["rows"]
    for contract in contracts.values():
        absent = set(given.get("absent_columns", {}).get(contract.dataset, ()))
        harness._stage(con, contract, rows.get(contract.dataset) or [], absent)
    build_links(con, contracts)
    create_context(con, as_of, 0.9)
    last = as_of.year * 12 + as_of.month
    codes = {NORTH, SOUTH, QUIET, "000000000"}
    create_parameter_tables(con, load_parameters(), codes, as_of, range(last - 11, last + 1), PARAMETERS)
    linked = [c.dataset for c in contracts.values() if c.person or c.other_persons]
    create_link_parts(con, linked)
    build_core(con, linked)
    create_table(con, "recon_ledgers")
    con.execute(FINDINGS)
    titles = {}
    for rule in given["rules"]:
        con.execute("INSERT INTO run_rule VALUES (?, ?, ?, ?, ?, ?)", rule)
        titles[rule[0]] = (rule[1], rule[3])
    for number, (rule_id, township, household, person, outcome) in enumerate(given["findings"], start=1):
        values = [rule_id, *titles[rule_id], person or household, township, household, person]
        state = "decided" if outcome else "new"
        con.execute("INSERT INTO out_finding VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", [*values, state, f"{number:016X}"])
        if outcome:
            con.execute("INSERT INTO current_decision VALUES (?, ?, '', ?, NULL)", [f"{number:016X}", outcome, as_of])


@pytest.fixture
def given() -> dict[str, Any]:
    """The county's rows, to be changed by a test before it builds them."""
    return content()


@pytest.fixture(scope="session")
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """The county's tables, to be read only."""
    with duckdb.connect(config={"threads": 1}) as connection:
        build(connection, content())
        yield connection


@pytest.fixture(scope="session")
def run() -> FormsRun:
    """The run the forms come from; the month before is told by the payments."""
    return FormsRun(RunHeader("nightly-1", AS_OF, "nightly", "complete"), MONTH, "payments")


@pytest.fixture(scope="session")
def folder(con: duckdb.DuckDBPyConnection, run: FormsRun, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The county's forms, to be read only."""
    out = tmp_path_factory.mktemp("forms")
    create_form_tables(con, run.month, None)
    write_county_forms(con, run, PLACE, out)
    return out
