"""A second run for the same check date takes over what rests on the same data, and publishes what a first run would have."""

from __future__ import annotations

import datetime as dt
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from flows.nightly import goes_back, plan_nightly
from flows.settings import Settings
from flows.stages import matching
from flows.stages.run import run_database
from rules.engine.corpus import RULE_FOLDER, load_corpus
from rules.engine.parameters import PARAMETER_FOLDER
from tests.decisions.nightly import AS_OF, SAMPLE, nightly, sample_store
from tests.flows.command import SAMPLE_AS_OF
from transforms.core.run_database import RUN_DATABASE
from transforms.publish.store import Store

SETTINGS = Settings(database_url=None)
RULES = frozenset(load_corpus())
#: What tells of this run and the one before, not of the data.
OF_THE_RUN = {"state", "first_seen", "run_id", "seconds", "new", "continuing", "changed"}
ABOUT_RUNS = {"run_made", "previous_suspect", "gone_reason", "recon_changes"}
#: As people's own, by account or household, as kin, by a core table, as the roll itself; a night and a check for each.
READ_IN_A_WAY_OF_ITS_OWN = (
    "account_activity", "archives", "benefit_roll", "deaths", "disability_register", "kinship", "officials", "payments", "pensions", "vehicles",
)  # fmt: skip
Change = Callable[[Path], object]


@pytest.fixture(scope="session")
def first(tmp_path_factory) -> Path:
    """A store with one run of the sample drop."""
    return sample_store(tmp_path_factory)


@pytest.fixture
def again(first, tmp_path) -> Callable[..., Path]:
    """Runs the sample drop again in a copy of that store, its inbox changed first."""
    shutil.copytree(first, tmp_path / "store", ignore=shutil.ignore_patterns("prefect"))
    inbox = tmp_path / "inbox"
    shutil.copytree(SAMPLE, inbox)

    def run(change: Change = lambda inbox: None, settings: Settings = SETTINGS, as_of: dt.date = AS_OF) -> Path:
        change(inbox)
        return nightly(tmp_path / "store", inbox, settings, as_of)

    return run


@pytest.fixture
def from_scratch(again, monkeypatch) -> Callable[..., Path]:
    """The same once more, with nothing taken over."""

    def run(**asked: object) -> Path:
        with monkeypatch.context() as patched:
            patched.setattr(matching, "_begun", lambda plan, settings, _: run_database(plan, settings))
            return again(**asked)

    return run


def _without_last_rows(dataset: str) -> Change:
    def shorten(inbox: Path) -> None:
        for path in (inbox / dataset).glob("*.csv"):
            lines = path.read_bytes().splitlines(keepends=True)
            path.write_bytes(b"".join(lines[: -(len(lines) // 3)]))

    return shorten


def _run_anew(run_dir: Path) -> set[str]:
    rules = json.loads((run_dir / "manifest.json").read_text(encoding="utf-8"))["rules"]
    assert all(rule["status"] == "evaluated" for rule in rules.values())
    return {rule for rule, told in rules.items() if not told["unchanged"]}


def _tables(run_dir: Path) -> dict[str, list[tuple]]:
    """Every table of a run's database, without what depends on the run before; and what its views give of the core and of links."""
    with duckdb.connect(str(run_dir / RUN_DATABASE), read_only=True) as con:
        names = con.execute(
            "SELECT table_name FROM duckdb_tables() UNION ALL SELECT view_name FROM duckdb_views() WHERE view_name LIKE 'core_%'"
        )
        found = {}
        for name in {row[0] for row in names.fetchall()} - ABOUT_RUNS:
            left_out = OF_THE_RUN & {row[0] for row in con.execute(f"DESCRIBE {name}").fetchall()}
            rest = f"* EXCLUDE ({', '.join(sorted(left_out))})" if left_out else "*"
            found[name] = con.execute(f"SELECT {rest} FROM {name} ORDER BY ALL").fetchall()
        return found


def _findings(run_dir: Path, rule_id: str) -> int:
    with duckdb.connect(str(run_dir / RUN_DATABASE), read_only=True) as con:
        return con.execute(f"SELECT count(*) FROM out_finding WHERE rule_id = '{rule_id}'").fetchall()[0][0]


def test_only_rules_that_read_a_changed_register_are_asked_again(again, from_scratch, first) -> None:
    unchanged = again()
    assert _run_anew(unchanged) == set()
    before = _tables(unchanged)
    assert before == _tables(first / "runs" / json.loads((first / "latest.json").read_text())["run_id"])
    run_dir = again(_without_last_rows("vehicles"))
    assert _run_anew(run_dir) == {"asset_vehicle", "supporter_capacity"}
    whole = from_scratch()
    assert _run_anew(whole) == RULES
    assert _tables(run_dir) == _tables(whole) != before


@pytest.mark.full
def test_a_register_sent_back_as_it_was_gives_what_it_gave(again) -> None:
    before = _tables(again())
    again(_without_last_rows("deaths"))
    run_dir = again(lambda inbox: shutil.copytree(SAMPLE / "deaths", inbox / "deaths", dirs_exist_ok=True))
    assert "death_still_on_roll" in _run_anew(run_dir)
    assert _tables(run_dir) == before


def test_only_rules_that_read_a_changed_parameter_are_asked_again(again, tmp_path) -> None:
    shipped = (PARAMETER_FOLDER / "micro_business_capital.yaml").read_text(encoding="utf-8")
    (tmp_path / "parameters").mkdir()
    (tmp_path / "parameters" / "micro_business_capital.yaml").write_text(
        re.sub(r"value: \d+", "value: 99999999", shipped), encoding="utf-8"
    )
    settings = Settings(database_url=None, parameters=tmp_path / "parameters")
    run_dir = again(settings=settings)
    readers = {rule for rule, found in load_corpus().items() if "micro_business_capital" in found.parameters}
    assert _run_anew(run_dir) == readers
    assert _findings(run_dir, "asset_business") == 0


def test_only_an_edited_rule_is_asked_again(again, tmp_path) -> None:
    shutil.copytree(RULE_FOLDER, tmp_path / "rules", ignore=shutil.ignore_patterns("__pycache__"))
    rule = tmp_path / "rules" / "asset_vehicle.sql"
    rule.write_text(rule.read_text(encoding="utf-8") + "\nLIMIT 1\n", encoding="utf-8")
    run_dir = again(settings=Settings(database_url=None, rules=tmp_path / "rules"))
    assert _run_anew(run_dir) == {"asset_vehicle"}
    assert _findings(run_dir, "asset_vehicle") == 1


def test_another_day_changes_everything(again) -> None:
    assert _run_anew(again(as_of=AS_OF + dt.timedelta(days=1))) == RULES


@pytest.mark.full
def test_another_confidence_changes_whatever_asks_for_it(again) -> None:
    reads_it = {rule for rule, found in load_corpus().items() if "min_confidence" in found.sql}
    assert reads_it
    assert _run_anew(again(settings=Settings(database_url=None, min_confidence=0.8))) >= reads_it


@pytest.mark.full
def test_whatever_register_changes_comes_out_as_from_scratch(again, from_scratch) -> None:
    """One after the other, each on top of those before: what is taken over once may be taken over again."""
    changed = {}
    for dataset in READ_IN_A_WAY_OF_ITS_OWN:
        run_dir = again(_without_last_rows(dataset))
        changed[dataset] = len(_run_anew(run_dir))
        assert _tables(run_dir) == _tables(from_scratch()), dataset
    assert 0 < changed["pensions"] < len(RULES) / 2 < changed["benefit_roll"]


@pytest.mark.full
def test_core_tables_committed_one_by_one_give_the_same_findings(first, tmp_path, monkeypatch) -> None:
    """As in a province, where each of them is large."""
    monkeypatch.setattr(matching, "LARGE_TABLE", 0)
    run = nightly(tmp_path / "store", SAMPLE, SETTINGS)
    found = [
        duckdb.sql(f"SELECT finding_id, evidence_hash FROM '{folder}/suspects.parquet' ORDER BY ALL").fetchall()
        for folder in (run, Store(first).run_dir())
    ]
    assert found[0] == found[1] != []


@pytest.mark.parametrize(("day", "told"), [("2021-09-29", True), (SAMPLE_AS_OF, False), ("2021-10-01", False)])
def test_a_night_for_an_earlier_day_than_the_latest_says_so(published, day, told):
    store = Store(published)
    plan = plan_nightly(Path("inbox"), store, dt.date.fromisoformat(day))
    line = goes_back(store, plan)
    assert (line is not None) is told
    assert line is None or (day in line and SAMPLE_AS_OF in line)


def test_a_first_night_may_be_of_any_day(tmp_path):
    store = Store(tmp_path).prepare()
    assert goes_back(store, plan_nightly(Path("inbox"), store, dt.date(1999, 1, 1))) is None
