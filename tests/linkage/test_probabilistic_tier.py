"""The probabilistic tier as a machine: it repeats itself, leaves the other tiers alone, and cannot explode."""

from __future__ import annotations

import datetime as dt
import json
import logging
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlglot
from sqlglot import ErrorLevel

from data_contracts import load_contracts
from transforms import versions
from transforms.linkage import runner
from transforms.linkage.probabilistic import link_waterfall, load_model, tier
from transforms.linkage.probabilistic.model import MODEL_FILE, ModelError
from transforms.linkage.report import write_linkage_report
from transforms.linkage.runner import build_links
from transforms.linkage.tables import LinkageError, replace_table

TOWNSHIPS = [{"township_code": "320681104", "township_name": "东海镇", "county_name": "启东市"}]
BORN, DIED = dt.date(1938, 3, 9), dt.date(2021, 3, 5)
STEPS = (*tier.CANDIDATES, *tier.FEATURES, *tier.ANSWERS)
ROWS_OF_LINKS = "FROM links ORDER BY ALL"


def _person(number, name: str, order: int, born: dt.date = BORN, **more: Any) -> dict[str, Any]:
    place = {
        "household_id": f"H{order}",
        "township_code": "320681104",
        "village": "安港村",
        "status": "在享",
        "sex": "男",
    }
    return place | {"id_number": number(f"320681{born:%Y%m%d}{order % 100:02d}1"), "name": name} | more


def _cremation(name: str, **more: Any) -> dict[str, Any]:
    said = {"name": name, "sex": "男", "birth_date": BORN, "address": "启东市东海镇安港村1组", "cremation_date": DIED}
    return said | more


@pytest.fixture
def mixed(link, number) -> duckdb.DuckDBPyConnection:
    """Every tier at once: exact, conflict, repaired, by place, two by place, probabilistic (a sure one, a lead, a pair)."""
    roll = [_person(number, f"张志{c}", i, BORN + dt.timedelta(days=i)) for i, c in enumerate("明强高国军林")]
    roll += [_person(number, "李玉芳", 10), _person(number, "李玉芳", 11, BORN + dt.timedelta(days=40))]
    roll += [_person(number, "赵海生", 12), _person(number, "赵海生", 13)]
    exact, conflict, repaired = roll[0]["id_number"], roll[1]["id_number"], roll[2]["id_number"]
    slip = repaired[:16] + str((int(repaired[16]) + 1) % 10) + repaired[17]
    funerals = [
        _cremation("张志明", id_number=exact),
        _cremation("王大海", id_number=conflict),
        _cremation("张志高", id_number=slip),
        _cremation("张志国", birth_date=BORN + dt.timedelta(days=3)),
        _cremation("赵海生"),
        _cremation("张志均", birth_date=BORN + dt.timedelta(days=4)),
        _cremation("张志林", birth_date=BORN - dt.timedelta(days=20)),
        _cremation("李玉芳", birth_date=None, age=82),
    ]
    deaths = [{"name": "张志明", "id_number": exact, "death_date": DIED}]
    return link({"townships": TOWNSHIPS, "benefit_roll": roll, "funerals": funerals, "deaths": deaths})


def test_every_sql_file_is_a_step_and_every_step_a_file() -> None:
    assert sorted((*STEPS, "prob_keys", "link_weight")) == sorted(path.stem for path in tier.FOLDER.glob("*.sql"))


@pytest.mark.parametrize("table", STEPS)
def test_each_step_is_one_select_that_spark_can_be_given(table: str) -> None:
    [spark] = sqlglot.transpile(tier.sql_text(table), read="duckdb", write="spark", unsupported_level=ErrorLevel.RAISE)
    for refused in ("STRPTIME", "LATERAL", "UNNEST", "FILTER("):
        assert refused not in spark.upper()


def test_the_other_tiers_keep_person_tier_and_confidence(mixed, monkeypatch) -> None:
    with_model = mixed.execute("FROM links WHERE tier <> 'probabilistic' ORDER BY ALL").fetchall()
    assert mixed.execute("SELECT count(*) FROM links WHERE tier = 'probabilistic'").fetchone() == (4,)
    monkeypatch.setattr(runner, "build_probabilistic", lambda con, contracts: 0)
    build_links(mixed, load_contracts())
    assert mixed.execute(ROWS_OF_LINKS).fetchall() == with_model
    tiers = mixed.execute("SELECT DISTINCT tier FROM links").fetchall()
    assert {tier for (tier,) in tiers} == {"id_exact", "id_exact_name_conflict", "id_repaired", "name_birth_place"}


def test_a_row_another_tier_linked_gets_no_probabilistic_link(mixed) -> None:
    twice = mixed.execute(
        "SELECT count(*) FROM links AS a SEMI JOIN links AS b ON b.dataset = a.dataset AND b._row_id = a._row_id"
        " AND b.tier <> 'probabilistic' WHERE a.tier = 'probabilistic'"
    ).fetchone()
    assert twice == (0,)


def test_pairs_left_out_as_unlikely_would_have_changed_no_answer(link, number) -> None:
    later = BORN + dt.timedelta(days=9)
    roll = [_person(number, "孙玉梅", 20), _person(number, "孙玉红", 21), _person(number, "郑小兰", 22, later)]
    funerals = [_cremation("孙玉海", sex=None), _cremation("孙有财"), _cremation("郑大勇", birth_date=later, sex="女")]
    con = link({"townships": TOWNSHIPS, "benefit_roll": roll, "funerals": funerals})
    said = "SELECT _row_id, person_key, confidence, name_relation FROM prob_link ORDER BY ALL"
    answers = con.execute(said).fetchall()
    con.execute("DELETE FROM links_other WHERE tier = 'probabilistic'")
    every_pair = tier.sql_text("prob_scored").replace(
        "WHERE l.unique_id_l IS NOT NULL OR p.unique_id_r IS NOT NULL", ""
    )
    counted = "SELECT count(*) FROM prob_scored"
    (heard,) = con.execute(counted).fetchone()
    for table in tier.ANSWERS:
        replace_table(con, table, every_pair if table == "prob_scored" else tier.sql_text(table))
    assert con.execute(counted).fetchone()[0] > heard > 0
    assert con.execute(said).fetchall() == answers != []


@pytest.mark.parametrize(
    ("name", "more", "pairs"),
    [
        ("钱有财", {}, 0),
        ("孙有财", {}, 1),
        ("钱有梅", {}, 1),
        ("梅玉孙", {}, 1),
        ("孙雨眉", {}, 1),
        ("钱有财", {"relative_name": "钱小二"}, 1),
        ("钱有财", {"id_number": "3206811938********"}, 1),
        ("钱有财", {"id_number": "待查"}, 0),
    ],
)
def test_strangers_of_one_birth_date_and_village_are_compared_if_more_is_told(link, number, name, more, pairs) -> None:
    roll, funerals = [_person(number, "孙玉梅", 20)], [_cremation(name, **more), _cremation("孙玉红")]
    con = link({"townships": TOWNSHIPS, "benefit_roll": roll, "funerals": funerals})
    assert con.execute("SELECT count(*) FROM prob_row WHERE _row_id = 1").fetchone() == (1,)
    compared = "SELECT count(*) FROM prob_pair AS q SEMI JOIN prob_row AS r ON r.row_no = q.row_no AND r._row_id = 1"
    assert con.execute(compared).fetchone() == (pairs,)


def test_two_runs_are_equal_whatever_the_threads_and_the_order_of_rows(mixed) -> None:
    first = [mixed.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in ("links", "link_weight")]
    mixed.execute("SET threads = 1")
    for table in ("benefit_roll", "funerals", "deaths"):
        mixed.execute(f"CREATE OR REPLACE TABLE stg_{table} AS SELECT * FROM stg_{table} ORDER BY _row_id DESC")
    build_links(mixed, load_contracts())
    assert [mixed.execute(f"FROM {table} ORDER BY ALL").fetchall() for table in ("links", "link_weight")] == first


def test_the_weights_of_a_link_add_up_to_its_confidence(mixed) -> None:
    confidences = {
        (row_id, person): confidence
        for row_id, person, confidence in mixed.execute(
            "SELECT _row_id, person_key, confidence FROM links WHERE tier = 'probabilistic'"
        ).fetchall()
    }
    waterfalls = link_waterfall(mixed, "funerals", range(1, 9))
    assert {(w["_row_id"], w["person_key"]) for w in waterfalls} == set(confidences)
    for waterfall in waterfalls:
        steps = waterfall["steps"]
        expected = confidences[waterfall["_row_id"], waterfall["person_key"]]
        assert steps[-1]["probability"] == pytest.approx(expected, abs=0.001)
        assert [steps[0]["comparison"], steps[-2]["comparison"], steps[-1]["comparison"]] == [
            "prior",
            "competition",
            "limit",
        ]
        assert [s["comparison"] for s in steps[1:-2]] == [c.name for c in load_model().comparisons]
        total = math.fsum(s["weight"] for s in steps)
        assert math.log2(expected / (1 - expected)) == pytest.approx(total, abs=0.01)


def test_the_waterfall_says_which_level_was_reached(mixed) -> None:
    [homophone] = link_waterfall(mixed, "funerals", [6])
    levels = {step["comparison"]: step["level"] for step in homophone["steps"]}
    assert levels["name"].startswith("姓名读音相同")
    assert levels["birth_date"] == "出生日期相同"
    assert levels["place"] == "住址写明同一镇村"
    assert levels["relative"] == "登记无家属，或本户无他人"


def test_a_snapshot_of_before_this_tier_has_no_waterfall() -> None:
    assert link_waterfall(duckdb.connect(), "funerals", [1]) == []


def test_a_busy_village_and_a_common_name_make_no_more_pairs_than_the_blocks_allow(link, number) -> None:
    roll = [_person(number, "张秀英", i, dt.date(1920, 1, 1) + dt.timedelta(days=i * 31)) for i in range(300)]
    funerals = [_cremation("张秀英", birth_date=None, age=60 + i % 30) for i in range(60)]
    funerals += [_cremation("张秀瑛", birth_date=dt.date(1920, 1, 1) + dt.timedelta(days=i * 31)) for i in range(5)]
    con = link({"townships": TOWNSHIPS, "benefit_roll": roll, "funerals": funerals})
    blocks = dict(con.execute("SELECT rule, bool_or(compared) FROM prob_block GROUP BY rule").fetchall())
    assert not blocks["name"] and not blocks["name_village"] and not blocks["reading_village"]
    assert blocks["reading_birth_date"]
    assert con.execute("SELECT count(*) FROM prob_pair").fetchone() == (5,)
    for block in load_model().blocking:
        most = con.execute(
            "SELECT max(people), max(open_rows * people) FROM prob_block WHERE compared AND rule = ?", [block.rule]
        ).fetchone()
        assert (most[0] or 0) <= block.max_people and (most[1] or 0) <= block.max_pairs


def test_a_register_without_deaths_is_left_alone(link, number) -> None:
    roll = [_person(number, "张志明", 1)]
    ill = [{"name": "张志均", "self_paid": 1, "id_number": "12"}]
    con = link({"townships": TOWNSHIPS, "benefit_roll": roll, "severe_illness": ill})
    assert con.execute("SELECT count(*) FROM links WHERE tier = 'probabilistic'").fetchone() == (0,)


def test_splink_is_not_imported_where_nothing_is_open() -> None:
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, str(Path('tests/linkage')));"
        "from conftest import link_rows; link_rows({'deaths': [{'name': '张志明', 'id_number': ''}]});"
        "print('splink' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=tier.FOLDER.parents[2], check=True
    )
    assert done.stdout.strip() == "False"


def test_splink_says_nothing_and_leaves_nothing(mixed, capfd, caplog) -> None:
    with caplog.at_level(logging.DEBUG, logger="splink"):
        caplog.clear()
        before = {row[0] for row in mixed.execute("SHOW TABLES").fetchall()}
        logging.getLogger("splink").setLevel(logging.INFO)
        build_links(mixed, load_contracts())
    assert capfd.readouterr() == ("", "")
    assert not [r for r in caplog.records if r.levelno >= logging.WARNING]
    assert {row[0] for row in mixed.execute("SHOW TABLES").fetchall()} == before
    assert not [table for table in before if "splink" in table]


def test_a_failure_in_splink_names_the_table_without_a_value(mixed, monkeypatch) -> None:
    settings = load_model().splink_settings(100)
    settings["comparisons"][3]["comparison_levels"][1]["sql_condition"] = "CAST(plain_name_l AS INTEGER) = 1"
    monkeypatch.setattr(type(load_model()), "splink_settings", lambda self, people, said=str: settings)
    with pytest.raises(LinkageError, match=r"^linkage table prob_prediction could not be built: \w+$") as failed:
        build_links(mixed, load_contracts())
    assert failed.value.__cause__ is None and failed.value.__suppress_context__


def test_a_model_that_cannot_be_right_says_every_reason(tmp_path: Path) -> None:
    content = json.loads(MODEL_FILE.read_text(encoding="utf-8"))
    by_name = {comparison["name"]: comparison["levels"] for comparison in content["comparisons"]}
    by_name["name"][1]["m"] = 1.5
    by_name["sex"][2]["u"] = 0.9
    by_name["place"].pop()
    path = tmp_path / "model.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ModelError) as failed:
        load_model(path)
    said = str(failed.value)
    assert "name.equal: m and u lie between 0 and 1" in said
    assert "sex: the u of its levels add up to 1.400, not to 1" in said
    assert "place: the last level is the rest (ELSE)" in said


def test_the_model_is_part_of_the_version_of_the_links_and_the_report_is_not(tmp_path, monkeypatch) -> None:
    folder = tmp_path / runner.FOLDER.relative_to(versions.ROOT)
    shutil.copytree(runner.FOLDER, folder)
    monkeypatch.setattr(versions, "ROOT", tmp_path)
    seen = runner.linkage_version.__wrapped__()
    for path, changes in (("report/reading.py", False), ("probabilistic/model.json", True), ("links_exact.sql", True)):
        (folder / path).write_text((folder / path).read_text(encoding="utf-8") + " ", encoding="utf-8")
        now = runner.linkage_version.__wrapped__()
        assert (now != seen) is changes, path
        seen = now


def test_the_report_shows_every_tier_and_no_name_and_no_number(mixed, tmp_path) -> None:
    text = write_linkage_report(mixed, tmp_path / "report.html").read_text(encoding="utf-8")
    for words in (
        "号码相同",
        "号码修复后相同",
        "姓名、出生日期、住址相同",
        "概率模型",
        "勉强采信",
        "funerals/a.csv 第7行",
        "<svg",
    ):
        assert words in text
    rows = mixed.execute(
        "SELECT name, id_number FROM stg_benefit_roll UNION SELECT name, id_number FROM stg_funerals"
    ).fetchall()
    for name, digits in rows:
        assert name not in text
        assert not digits or digits not in text
    assert "张＊＊" in text


def test_the_report_counts_each_row_at_its_best_link(mixed, tmp_path) -> None:
    text = write_linkage_report(mixed, tmp_path / "report.html").read_text(encoding="utf-8")
    # 8 cremations: exact, repaired, by place and the homophone are sure; conflict, two pairs and the lunar date are leads.
    cells = [f'<td class="n">{n}</td>' for n in (8, 4, 4, 0)]
    assert "".join(cells) in text


def test_a_report_of_a_run_without_links_can_be_written(link, tmp_path) -> None:
    text = write_linkage_report(link({}), tmp_path / "report.html").read_text(encoding="utf-8")
    assert "没有关联" in text
