"""Canaries are planted in every dataset and every cell that can break, everything is run, and every by-product is searched for them."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl
import pytest
import typer

from docs.handbook import pages
from flows.cli import app
from flows.retention import apply_retention, retention_lines
from flows.settings import Settings
from tests.decisions.officer import Officer
from tests.flows.command import ROOT, SAMPLE, SAMPLE_AS_OF
from tests.operations import canary
from transforms.publish.workbooks import LEADS_SHEET

# Three whole nights, three reruns and every other command, each a process of its own.
pytestmark = pytest.mark.full


TOWNSHIP = "522728108"
#: Rules that fail on somebody's data, each in another way that a database has of quoting it.
FAILING = {
    "fails_on_text": "CAST(name AS INTEGER)",
    "fails_on_date": "CAST(name AS DATE)",
    "fails_on_json": "json_extract(name, '$.x')",
    "fails_on_range": "CAST(CAST(substr(id_number, 1, 17) AS BIGINT) AS INTEGER)",
    "fails_on_sum": "CAST(substr(id_number, 1, 17) AS BIGINT) * CAST(substr(id_number, 1, 17) AS BIGINT)",
    "fails_on_purpose": "error(concat(name, id_number))",
    "fails_on_purpose_in_quotes": "error(concat('\"', name, '\" ', id_number))",
    "fails_on_decimal": "CAST(id_number AS DECIMAL(5, 2))",
}
FRONT_MATTER = """/*
id: {id}
title: 出错的规则
title_en: A rule that fails
family: identity
severity: low
status: experimental
version: 1
subject: person
basis: [{{document: 启东市2021年度年检通知, clause: 一（一）2（Q02）, asks: 档案要规范}}]
requires: [benefit_roll]
evidence: {{benefit_roll: [name]}}
amount: none
false_positives: [无]
review_steps: [无]
closing_action: 无
*/
SELECT person_key AS subject_key, person_key, refs AS evidence, CAST({fault} AS VARCHAR) AS explanation
FROM core_person WHERE length(id_number) = 18 AND name IN ('龘靐齉', '爩龖麤', '灪龗厵')
"""
#: The whole command with one stage made to fail on a value: what an unforeseen fault looks like.
BROKEN = """
import sys
from flows import cli, stages
real = getattr(stages, {stage!r})
def broken(con, *arguments, **more):
    done = real(con, *arguments, **more)
    con.execute("SELECT CAST(name AS INTEGER) FROM stg_benefit_roll WHERE name = '龘靐齉'").fetchall()
    return done
setattr(stages, {stage!r}, broken)
sys.argv[0] = "hedui"
cli.main()
"""
#: What a Prefect server runs: the flow's parameters, states, logs and artifacts go into its database.
SCHEDULED = """
import sys
from flows import scheduled
state = getattr(scheduled, sys.argv[1])(*sys.argv[2:], return_state=True)
sys.exit(0 if state.is_completed() else 1)
"""
#: `schedule` serves until it is stopped; what it serves is given as "scheduled run" (test_schedule.py serves it).
NOT_GIVEN = {"schedule"}
COMMANDS = {name for name, _ in pages.commands(typer.main.get_command(app))}
AUDIENCES = (("supervisor",), ("township",), ("auditor",), ("department", "--department", "medical"))


@dataclass
class House:
    """Everything a service account has: home, temporary folder, Prefect's home, inbox and store; and all that was ever said."""

    root: Path
    said: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)

    @property
    def store(self) -> Path:
        return self.root / "store"

    @property
    def copy(self) -> Path:
        return self.root / "copy"

    def hedui(
        self,
        title: str,
        *arguments: str | Path,
        code: tuple[str, ...] = ("-m", "flows.cli"),
        shows_people: bool = False,
        **env: str,
    ) -> int:
        """Run the command, keep what it says (of one made to show people's data only what it says on the side), and return its exit status."""
        folders = {"HOME": "home", "TMPDIR": "tmp", "PREFECT_HOME": "prefect", "XDG_CACHE_HOME": "home/.cache"}
        for name in folders.values():
            (self.root / name).mkdir(exist_ok=True, parents=True)
        done = subprocess.run(
            [sys.executable, *code, *map(str, arguments)], cwd=ROOT, capture_output=True, text=True, check=False, errors="replace",
            # Everything Prefect can be made to log goes into its database.
            env={**os.environ, **{k: str(self.root / v) for k, v in folders.items()}, "PREFECT_LOGGING_LEVEL": "DEBUG", "PYTHONPATH": str(ROOT), **env},
        )  # fmt: skip
        words = [str(argument) for argument in arguments[:2]]
        self.given |= COMMANDS.intersection((words[0], " ".join(words)))
        self.said |= {
            f"{title}: standard output": "" if shows_people else done.stdout,
            f"{title}: standard error": done.stderr,
        }
        return done.returncode

    @property
    def latest(self) -> Path:
        return self.store / "runs" / json.loads((self.store / "latest.json").read_text())["run_id"]


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> House:
    """A house in which every command has been given."""
    house = House(tmp_path_factory.mktemp("house"))
    inbox = canary.plant(SAMPLE, house.root / "inbox")
    rules = house.root / "rules"
    shutil.copytree(ROOT / "rules", rules, ignore=shutil.ignore_patterns("engine", "*.py", "__pycache__"))
    for name, fault in FAILING.items():
        (rules / f"{name}.sql").write_text(FRONT_MATTER.format(id=name, fault=fault), encoding="utf-8")
    run = ("run", "--inbox", inbox, "--store", house.store, "--as-of", SAMPLE_AS_OF)
    assert house.hedui("nightly run", *run, HEDUI_RULES=str(rules)) == 3, house.said
    assert house.hedui("nightly run that fails unexpectedly", *run, code=("-c", BROKEN.format(stage="build_core"))) == 1
    scheduled: tuple[str | Path, ...] = ("nightly", inbox, house.store, SAMPLE_AS_OF)
    assert house.hedui("scheduled run", *scheduled, code=("-c", SCHEDULED), HEDUI_RULES=str(rules)) == 0, house.said
    scheduled = ("rerun", house.store, TOWNSHIP)
    assert house.hedui("scheduled rerun", *scheduled, code=("-c", SCHEDULED)) == 0
    rerun = ("rerun", TOWNSHIP, "--store", house.store)
    assert house.hedui("rerun", *rerun, HEDUI_RULES=str(rules)) == 3
    assert house.hedui("rerun as JSON", *rerun, "--json", HEDUI_RULES=str(rules)) == 3
    assert house.hedui("rerun that fails unexpectedly", *rerun, code=("-c", BROKEN.format(stage="build_findings"))) == 1
    _read_commands(house)
    _feedback(house)
    _handed_out(house)
    _check_files(house, inbox)
    _retention(house)
    return house


def _handed_out(house: House) -> None:
    """Everything that writes files for others; what is in them is theirs, what is said about them is not."""
    store, out = ("--store", house.store), house.root / "out"
    secret = house.root / "password.txt"
    secret.write_text(canary.PASSWORD, encoding="utf-8")
    for audience, *more in AUDIENCES:
        taken: tuple[str | Path, ...] = ("extract", *store, "--audience", audience, *more, "--out", out / audience)
        assert house.hedui(f"extract for {audience}", *taken, HEDUI_AUDIT_KEY=canary.KEY) == 0, house.said
    sealed = (
        "extract",
        *store,
        "--audience",
        "supervisor",
        "--out",
        out / "sealed",
        "--password-file",
        secret,
        "--json",
    )
    assert house.hedui("sealed extract", *sealed, HEDUI_AUDIT_KEY=canary.KEY) == 0
    assert house.hedui("forms", "forms", *store, "--out", out / "forms") == 0
    assert house.hedui("forms as JSON", "forms", *store, "--out", out / "forms-again", "--json") == 0
    assert house.hedui("sample as JSON", "sample", *store, "--seed", "8", "--json") == 0
    assert house.hedui("sample", "sample", *store, "--seed", "7", "--include-unflagged") == 0
    assert house.hedui("estimate", "feedback", "estimate", *store) == 0
    assert house.hedui("ledger", "feedback", "ledger", *store, "--out", out / "ledger") == 0
    assert house.hedui("audit verify", "audit", "verify", *store, HEDUI_AUDIT_KEY=canary.KEY) in (0, 1)
    away = f"postgresql+psycopg://hedui:{canary.PASSWORD}@127.0.0.1:9/hedui"
    returned = ("feedback", "import", house.root / "报回.xlsx", *store)
    assert house.hedui("import without its database", *returned, HEDUI_DATABASE_URL=away) == 1
    assert house.hedui("import of what is known", *returned, "--json") in (0, 3)


def _retention(house: House) -> None:
    """On a copy: what it deletes is searched where it was."""
    shutil.copytree(house.store, house.copy)
    later = dt.date.today() + dt.timedelta(days=30)
    report = apply_retention(house.copy, 1, 1, Settings(), later)
    assert report.runs
    house.said["retention"] = "\n".join([json.dumps(report.as_json()), *retention_lines(report)])
    assert house.hedui("retention", "retention", "--store", house.copy, "--raw-days", "1", "--json") == 0


def _check_files(house: House, inbox: Path) -> None:
    """What a sender is told of each file, in process: a process each would take a minute."""
    from flows.contracts import check

    for path in sorted(inbox.glob("*/*")):
        told = json.dumps(check(path, None).as_dict(), ensure_ascii=False)
        house.said[f"contracts check {path.parent.name}/{path.name}"] = told
    assert house.hedui("contracts check", "contracts", "check", inbox / "deaths" / "补报.csv") == 1


def _read_commands(house: House) -> None:
    store = ("--store", house.store)
    finding = pl.read_parquet(house.latest / "suspects.parquet").filter(pl.col("name") == canary.NAMES[0])[
        "finding_id"
    ][0]
    assert house.hedui("explain", "explain", finding, *store, shows_people=True) == 0
    assert house.hedui("findings", "findings", *store, shows_people=True) == 0
    changed = ("--rule", "income_over_standard", "--set", "dibao_standard_rural=1")
    assert house.hedui("backtest", "backtest", *changed, *store, shows_people=True) == 0
    assert house.hedui("rules list", "rules", "list") == 0
    assert house.hedui("rules show", "rules", "show", "death_still_on_roll") == 0
    assert house.hedui("findings of no such run", "findings", *store, "--run", "nightly-none") == 1
    assert house.hedui("explain of no such finding", "explain", "0000000000000000", *store) == 1
    assert house.hedui("wrong township", "rerun", "999999999", *store) == 2


def _feedback(house: House) -> None:
    """A list comes back with canaries in every cell that may be filled in, rightly and wrongly."""
    from flows.feedback import import_feedback, report_lines
    from flows.settings import Settings

    book = Officer(next((house.latest / "workbooks").glob(f"{TOWNSHIP}_*_疑点线索.xlsx")))
    first, second, third, fourth, *_ = book.rows
    book.answer(first, "属实", 核查人=canary.NAMES[0], 说明=f"{canary.NAMES[0]}{canary.IDS[0]}")
    book.answer(second, canary.NAMES[1], 核查人=canary.IDS[1])
    book.answer(third, "属实", 核查日期=f"{canary.NAMES[2]}{canary.IDS[2]}", 完成时限=canary.NAMES[0])
    book.put(fourth, finding_id=canary.IDS[0], 核查结果="属实", 姓名=canary.NAMES[1])
    report = import_feedback(house.store, [book.save(house.root / "报回.xlsx")], Settings())
    assert report.recorded == 1
    assert LEADS_SHEET in str(report.as_json())
    house.said |= {
        "feedback": "\n".join(report_lines(report)),
        "feedback as JSON": json.dumps(report.as_json(), ensure_ascii=False),
    }


def test_the_canaries_were_taken_in(house):
    """Otherwise nothing below means anything."""
    assert canary.found_in((house.latest / "run.duckdb").read_bytes())
    staged = pl.concat([pl.read_parquet(p, columns=["name"]) for p in house.store.glob("snapshots/*/staged/[bd]e*s.parquet")] +
                       [pl.read_parquet(p, columns=["name"]) for p in house.store.glob("snapshots/*/staged/benefit_roll.parquet")])  # fmt: skip
    assert set(canary.NAMES) <= set(staged["name"])
    rules = json.loads((house.latest / "manifest.json").read_text())["rules"]
    assert {name: rules[name]["status"] for name in FAILING} == dict.fromkeys(FAILING, "failed")


def test_a_canary_would_be_found():
    for text in (
        canary.NAMES[0].encode(),
        json.dumps(canary.NAMES[1]).encode(),
        canary.NAMES[2].encode("gb18030"),
        canary.IDS[0].encode(),
    ):
        assert canary.found_in(b"...\0" + text + b"\0")
    assert canary.everybody_in("身份证号320681193309178894，王小明。".encode(), {"王小明"}, {canary.IDS[0]}) == {
        "王小明",
        canary.IDS[0],
    }


def test_nothing_that_was_said_names_anybody(house):
    assert {title: signs for title, text in house.said.items() if (signs := canary.found_in(text.encode()))} == {}


def test_no_by_product_names_a_canary(house):
    assert {
        str(p.relative_to(house.root)): signs for p in _by_products(house) if (signs := canary.found_in(p.read_bytes()))
    } == {}


def test_no_by_product_names_anybody_at_all(house):
    names, numbers = canary.people_of(max((house.store / "snapshots").iterdir()))
    assert len(names) > 50
    assert len(numbers) > 200
    found = {
        str(p.relative_to(house.root)): people
        for p in _by_products(house)
        if (people := canary.everybody_in(p.read_bytes(), names, numbers))
    }
    said = {
        title: people
        for title, text in house.said.items()
        if (people := canary.everybody_in(text.encode(), names, numbers))
    }
    assert (found, said) == ({}, {})


def test_no_file_is_named_after_anybody(house):
    paths = [str(path.relative_to(house.root)) for path in house.root.rglob("*")]
    assert [path for path in paths if canary.found_in(path.encode())] == []


def test_by_products_are_those_we_know(house):
    """A new kind of file is either made for people's data (then canary.FOR_DATA names it) or searched here."""
    found = {p.relative_to(house.latest).parts[0] for p in canary.by_products(house.store) if house.latest in p.parents}
    assert found == {"manifest.json", "data_docs", "report.html", "linkage_report.html", "earlier_findings.parquet"}


def test_a_run_that_fails_leaves_nothing(house):
    assert list((house.store / "tmp").iterdir()) == []


def test_nothing_is_left_in_the_temporary_folder(house):
    left = [p for p in (house.root / "tmp").rglob("*") if p.is_file()]
    assert [p for p in left if canary.found_in(p.read_bytes())] == []


def _by_products(house: House) -> list[Path]:
    outside = [p for folder in ("home", "prefect", "tmp") for p in (house.root / folder).rglob("*") if p.is_file()]
    return [*canary.by_products(house.store), *canary.by_products(house.copy), *outside]


def test_every_command_was_given(house):
    """A new command is given here too."""
    assert len(COMMANDS) > 14
    assert COMMANDS - house.given == NOT_GIVEN
