"""Every list prints what earlier reviews measured of such findings, and has the likeliest first within a severity."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from flows.extract import write_extract
from flows.listing import list_findings
from tests.extract.test_audiences import only, rows_of
from transforms.publish.store import Store


@pytest.fixture
def reviewed(store: Path) -> tuple[str, str]:
    """(refuted, confirmed): titles of two medium rules of one township, the first of which a plain list has first."""
    with duckdb.connect(str(Store(store).run_dir() / "run.duckdb")) as con:
        rules = con.execute(
            "SELECT rule_id, any_value(rule_title), any_value(coalesce(match_tier, '')), township_code FROM out_finding "
            "WHERE severity = 'medium' AND township_code = '522728001' GROUP BY rule_id, township_code "
            "HAVING count(DISTINCT coalesce(match_tier, '')) = 1 ORDER BY min(household_id) NULLS LAST, rule_id"
        ).fetchall()
        first, last = rules[0], rules[-1]
        for (rule, _, tier, township), confirmed in ((first, 1), (last, 19)):
            con.execute(
                "INSERT INTO measured_precision VALUES (?, ?, ?, 20, ?, 0, 1)", [rule, tier, township, confirmed]
            )
    return first[1], last[1]


def test_an_extract_has_the_likeliest_first_and_says_why(store, reviewed, tmp_path):
    refuted, confirmed = reviewed
    content = only(write_extract(store, "supervisor", tmp_path / "out", townships=["522728001"]))
    rows = [r for r in rows_of(content, "疑点线索", "身份证号") if r["级别"]]
    titles = [r["疑点类型"] for r in rows if r["级别"] == "中"]
    assert titles.index(confirmed) < titles.index(refuted)
    own = [r["级别"] for r in rows if r["乡镇\n（街道）"] == rows[0]["乡镇\n（街道）"]]
    assert own == sorted(own, key="高中低".index), "severity comes first"
    assert set(own) == set("高中低")
    said = {r["疑点类型"]: r["同类线索以往核查"] for r in rows}
    assert said[confirmed].startswith("本镇20条中属实19条（")
    assert said[refuted].startswith("本镇20条中属实1条（")
    assert "尚无" in said.values()


def test_the_listing_has_them_in_the_same_order_with_the_interval(store, reviewed):
    refuted, confirmed = reviewed
    rows = list_findings(store, None, township="522728001")
    medium = [r["rule_title"] for r in rows if r["severity"] == "medium"]
    assert medium.index(confirmed) < medium.index(refuted)
    (measured, *_) = [r["measured"] for r in rows if r["rule_title"] == confirmed]
    assert (measured["of"], measured["reviewed"], measured["confirmed"]) == ("本镇", 20, 19)
    assert 0.7 < measured["low"] < 0.95 < measured["high"] < 1
    assert any(r["measured"] is None for r in rows)
