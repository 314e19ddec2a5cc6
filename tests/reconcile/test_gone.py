"""Why a finding is gone: fixed at the source only where a row of its evidence changed in data that came, or only other data can have settled it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest

from data_contracts import load_contracts
from rules.engine.corpus import load_corpus
from rules.engine.macros import create_macros
from transforms.decisions.rectification import KEPT, load_previous_rectification
from transforms.reconcile.gone import LookedAt, explain_gone, list_gone
from transforms.reconcile.history import load_previous_findings

RULES, CONTRACTS = load_corpus(), load_contracts()
TOWN = "320681101"
CAR = {
    "owner_name": "周大伟",
    "owner_id_number": "32068119600101001X",
    "plate_number": "苏F1",
    "status": "正常",
    "value": 90000.0,
}
WAGE = {"name": "周大伟", "month": "2021-03", "income": 3000.0, "employer": "厂"}
PAID = {"pay_month": "2021-05", "household_id": "N1", "payee_name": "周大伟", "result": "失败"}
#: A row of each dataset as its contract has it, and what the rule about it shows of it.
ABOUT = {
    "vehicles": ("asset_vehicle", CAR),
    "income_tax": ("income_tax", WAGE),
    "payments": ("pay_failed_unresolved", PAID),
}


@dataclass
class Night:
    """What one run looked at: its files by dataset (None: refused) and what else its manifest says."""

    files: Mapping[str, Mapping[str, Sequence[Mapping[str, Any]] | None]]
    as_of: str = "2021-06-30"
    parameters: dict[str, str] = field(default_factory=lambda: {"exempt_vehicle_types": "摩托车"})
    latest: str = "2021-06"

    def manifest(self) -> dict[str, Any]:
        return {
            "as_of": self.as_of, "latest_pay_month": self.latest, "matching": "m", "min_confidence": 0.9,
            "datasets": {dataset: repr(files) for dataset, files in self.files.items()},
            "usable": [d for d, files in self.files.items() if any(rows is not None for rows in files.values())],
            "inputs": [{"dataset": d, "file": f, "status": "rejected" if rows is None else "loaded", "sheets": [""]}
                       for d, files in self.files.items() for f, rows in files.items()],
            "parameters": [{"name": name, "region": "3206", "value": value} for name, value in self.parameters.items()],
        }  # fmt: skip


class Staged:
    """The snapshot of a night, as far as it is asked."""

    def __init__(self, folder: Path) -> None:
        self.path = folder

    def staged(self, dataset: str) -> Path:
        return self.path / f"{dataset}.parquet"


def why(tmp_path: Path, then: Night, now: Night, dataset: str = "vehicles", **said: Any) -> str | None:
    """The reason for a finding about the first row of the first file of a dataset; said: what else the finding or the ledger has of it."""
    rule_id, _ = ABOUT[dataset]
    con = duckdb.connect()
    create_macros(con)
    for name, files in now.files.items():
        _stage(con, tmp_path, name, [row for rows in files.values() if rows for row in rows])
    file, rows = next(iter(then.files[dataset].items()))
    assert rows is not None
    shown = {column: rows[0].get(column) for column in RULES[rule_id].evidence[dataset]}
    evidence = json.dumps(
        [{"dataset": dataset, "file": file, "sheet": "", "row": 2, "values": shown}],
        ensure_ascii=False,
        separators=(",", ":"),
    )
    con.execute("CREATE TABLE out_finding (finding_id VARCHAR)")
    con.execute("CREATE TABLE decision_history (finding_id VARCHAR, run_id VARCHAR, rule_id VARCHAR, rule_version INTEGER, subject_key VARCHAR, "
                "owner_township_code VARCHAR, match_tier VARCHAR, evidence VARCHAR, outcome VARCHAR, run_as_of DATE, id BIGINT)")  # fmt: skip
    load_previous_findings(con, None)
    load_previous_rectification(con, None)
    found = {
        "finding_id": "F1",
        "rule_id": rule_id,
        "township_code": TOWN,
        "subject_key": "N1",
        "match_tier": "id_exact",
        **said,
    }
    version = found.pop("rule_version", RULES[rule_id].version)
    if found.pop("before_last", False):
        found |= {"seen_run_id": "last", "seen_version": version, "seen_evidence": evidence}
        _insert(con, "previous_rectification", {name: found.get(name) for name in KEPT})
    else:
        _insert(con, "previous_suspect", {**found, "rule_version": version, "evidence": evidence})
    con.execute(
        f"CREATE TABLE run_rule AS SELECT '{rule_id}' AS rule_id, 'evaluated' AS status, {RULES[rule_id].version} AS version"
    )
    con.execute(f"CREATE TABLE core_ctx AS SELECT DATE '{now.as_of}' AS as_of")
    con.execute(
        "CREATE TABLE core_person (person_key VARCHAR, active BOOLEAN); CREATE TABLE core_household (household_id VARCHAR)"
    )
    assert list_gone(con, "last") == {"last"}
    seen = {"last": LookedAt.of(then.manifest())}
    explain_gone(con, LookedAt.of(now.manifest()), seen, RULES.values(), CONTRACTS, Staged(tmp_path))  # type: ignore[arg-type]
    ((reason,),) = con.execute("SELECT reason FROM gone_reason").fetchall()
    return reason


def _insert(con: duckdb.DuckDBPyConnection, table: str, row: dict[str, Any]) -> None:
    con.execute(f"INSERT INTO {table} BY NAME SELECT {', '.join(f'? AS {name}' for name in row)}", list(row.values()))


def _stage(con: duckdb.DuckDBPyConnection, folder: Path, dataset: str, rows: Sequence[Mapping[str, Any]]) -> None:
    kinds = {"month": "INTEGER", "money": "DECIMAL(18, 2)", "date": "DATE", "number": "DOUBLE"}
    columns = {c.name: kinds.get(c.type, "VARCHAR") for c in CONTRACTS[dataset].columns}
    con.execute(f"CREATE TABLE stg_{dataset} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    for row in rows:
        _insert(
            con,
            f"stg_{dataset}",
            {c: _month(v) if columns[c] == "INTEGER" and c.endswith("month") else v for c, v in row.items()},
        )
    con.execute(f"COPY stg_{dataset} TO '{folder / dataset}.parquet' (FORMAT parquet)")


def _month(text: str) -> int:
    return int(text[:4]) * 12 + int(text[5:])


OTHER_CAR = {**CAR, "owner_name": "吴小琴", "plate_number": "苏F2"}
TWO = {"vehicles": {"vehicles/a.csv": [CAR], "vehicles/b.csv": [OTHER_CAR]}}


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"vehicles/a.csv": [], "vehicles/b.csv": [OTHER_CAR]}, "corrected"),
        ({"vehicles/a.csv": [{**CAR, "status": "注销"}], "vehicles/b.csv": [OTHER_CAR]}, "corrected"),
        ({"vehicles/a-0701.csv": [], "vehicles/b-0701.csv": [OTHER_CAR]}, "corrected"),
        ({"vehicles/a.csv": []}, "corrected"),
        ({"vehicles/b.csv": [OTHER_CAR]}, "missing"),
        ({"vehicles/b-0701.csv": [OTHER_CAR]}, "missing"),
        ({"vehicles/a.csv": None, "vehicles/b.csv": [OTHER_CAR]}, "missing"),
        ({"vehicles/a-0701.csv": None, "vehicles/b-0701.csv": [OTHER_CAR], "vehicles/c.csv": [OTHER_CAR]}, "missing"),
        ({}, "missing"),
    ],
)
def test_what_did_not_come_was_not_corrected(tmp_path, files, reason):
    assert why(tmp_path, Night(TWO), Night({"vehicles": files})) == reason


def test_a_file_refused_every_night_hides_no_correction(tmp_path):
    junk: dict[str, Any] = {"vehicles/readme.csv": None}
    then = Night({"vehicles": {**TWO["vehicles"], **junk}})
    now = Night({"vehicles": {"vehicles/a-0701.csv": [], "vehicles/b.csv": [OTHER_CAR], **junk}})
    assert why(tmp_path, then, now) == "corrected"


def test_a_row_that_was_quarantined_was_not_corrected(tmp_path):
    (tmp_path / "quarantine").mkdir()
    received = json.dumps(
        {"车主": "周大伟", "车主身份证号": f" {CAR['owner_id_number']}", "价值": "-1"}, ensure_ascii=False
    )
    duckdb.sql(f"COPY (SELECT '{received}' AS received) TO '{tmp_path}/quarantine/vehicles.parquet' (FORMAT parquet)")
    now = {"vehicles/a.csv": [], "vehicles/b.csv": [OTHER_CAR]}
    assert why(tmp_path, Night(TWO), Night({"vehicles": now})) == "missing"


def test_a_register_lost_as_a_whole_is_missing_whatever_else_changed(tmp_path):
    then = Night({**TWO, "benefit_roll": {"r.csv": []}})
    assert why(tmp_path, then, Night({"vehicles": {"vehicles/a.csv": []}})) == "missing"


def test_rules_and_parameters_that_changed_are_named_first(tmp_path):
    gone = Night({"vehicles": {"vehicles/a.csv": [], "vehicles/b.csv": [OTHER_CAR]}})
    assert why(tmp_path, Night(TWO), gone, rule_version=0) == "rule"
    gone.parameters = {"exempt_vehicle_types": "摩托车、轿车"}
    assert why(tmp_path, Night(TWO), gone) == "parameter"
    assert why(tmp_path, Night(TWO), gone, township_code="522728001") == "corrected", "another region's value"


def test_unchanged_evidence_is_no_correction_when_only_time_can_have_settled_it(tmp_path):
    wages = {"income_tax": {"t.csv": [WAGE]}}
    more = {"income_tax": {"t.csv": [WAGE, {**WAGE, "name": "吴小琴"}]}}
    july = "2021-07-31"
    assert why(tmp_path, Night(wages), Night(wages, july), "income_tax") == "time"
    assert why(tmp_path, Night(wages), Night(more, july), "income_tax") == "unknown"
    assert why(tmp_path, Night(wages), Night(more), "income_tax") == "corrected", (
        "of the same day: other data settled it"
    )
    assert why(tmp_path, Night(wages), Night(more, july.replace("2021", "2022")), "income_tax") == "time", (
        "out of the months looked at"
    )


def test_a_month_no_payment_file_has_any_more_was_not_corrected(tmp_path):
    may, june = {"payments": {"p.csv": [PAID]}}, {"payments": {"p.csv": [{**PAID, "pay_month": "2021-06"}]}}
    assert why(tmp_path, Night(may), Night(june, "2021-07-31"), "payments") == "missing"
    paid_up = {"payments": {"p.csv": [{**PAID, "result": "成功"}]}}
    assert why(tmp_path, Night(may), Night(paid_up, "2021-07-31"), "payments") == "corrected"


def test_a_confirmed_finding_is_told_against_the_run_that_last_had_it(tmp_path):
    assert (
        why(tmp_path, Night(TWO), Night({"vehicles": {"vehicles/b.csv": [OTHER_CAR]}}), before_last=True) == "missing"
    )
    assert (
        why(
            tmp_path,
            Night(TWO),
            Night({"vehicles": {"vehicles/a.csv": [], "vehicles/b.csv": [OTHER_CAR]}}),
            before_last=True,
        )
        == "corrected"
    )
