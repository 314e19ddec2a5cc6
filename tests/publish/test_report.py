"""What report.html says: its numbers are those of the tables, and nobody can be told from it."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.publish.report import write_report
from transforms.publish.report.page import percent, signed, yuan
from transforms.publish.workbooks import RunHeader

MAIN, OTHER, COUNTY = "320681100", "320681101", "320681"
Con = duckdb.DuckDBPyConnection
FIRST: dict[str, Any] = {
    "township": None,
    "previous_run_id": None,
    "overrides": {},
    "inputs": [],
    "checks": [],
}
LATER = {**FIRST, "previous_run_id": "20210630T020000-1a2b"}


class Page(HTMLParser):
    """The page as a reader sees it: text, tables by section and first heading, facts of the dl lists."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.source = source
        self.text = ""
        self.section = ""
        self.tables: dict[tuple[str, str], list[list[str]]] = {}
        self.marked: dict[tuple[str, str], list[list[bool]]] = {}
        self.facts: dict[str, str] = {}
        self._rows: list[list[str]] = []
        self._marks: list[list[bool]] = []
        self._open: str | None = None
        self._fact = ""
        self._quiet = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "section":
            self.section = given["id"] or ""
        if tag == "style":
            self._quiet = True
        if tag == "table":
            self._rows, self._marks = [], []
        if tag == "tr":
            self._rows.append([])
            self._marks.append([])
        if tag in ("td", "th"):
            self._rows[-1].append("")
            self._marks[-1].append("differs" in (given.get("class") or ""))
        if tag in ("td", "th", "dt", "dd"):
            self._open = tag
        if tag == "dt":
            self._fact = ""
        if tag in ("br", "small") and self._open:
            self.handle_data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._quiet = False
        if tag == "table":
            name = (self.section, self._rows[0][0])
            self.tables[name], self.marked[name] = self._rows, self._marks
        if tag == self._open:
            self._open = None

    def handle_data(self, data: str) -> None:
        if self._quiet:
            return
        self.text += data
        if self._open in ("td", "th"):
            self._rows[-1][-1] += data
        elif self._open == "dt":
            self._fact += data
        elif self._open == "dd":
            self.facts[self._fact] = self.facts.get(self._fact, "") + data

    def column(self, section: str, first: str, heading: str) -> dict[str, str]:
        """First cell → the cell below a heading."""
        head, *rows = self.tables[section, first]
        return {row[0]: row[head.index(heading)].strip() for row in rows}


def page(con: Con, run: RunHeader, folder: Path, manifest: Mapping[str, Any] = FIRST) -> Page:
    """The page of a run, read back."""
    return Page(write_report(con, folder / "report.html", run, manifest).read_text(encoding="utf-8"))


def ask(con: Con, sql: str) -> list[tuple[Any, ...]]:
    """All rows of a query."""
    return con.execute(sql).fetchall()


def test_headline_is_what_the_tables_hold(con: Con, run: RunHeader, tmp_path: Path) -> None:
    facts = page(con, run, tmp_path).facts
    counts = dict(ask(con, "SELECT severity, count(*) FROM out_finding WHERE state <> 'decided' GROUP BY 1"))
    [(decided,)] = ask(con, "SELECT count(*) FROM out_finding WHERE state = 'decided'")
    [(amount,)] = ask(con, "SELECT sum(amount_at_risk) FROM out_finding WHERE state <> 'decided'")
    assert decided
    assert [facts[f"{word}级别"].split()[0] for word in "高中低"] == [str(counts[s]) for s in ("high", "medium", "low")]
    assert facts["待核查疑点"].split()[0] == str(sum(counts.values()))
    assert facts["已核结"].split()[0] == str(decided)
    assert facts["涉及金额"].split()[0] == yuan(amount)
    assert (facts["在享户"].split()[0], facts["在享人"].split()[0]) == ("3", "3")
    assert facts["未评估规则"].split() == ["1", "/", "12", "条"]
    assert facts["拒收文件"].split() == ["1", "/", "9", "个"]


def test_amount_once_takes_the_largest_finding_of_each_household(con: Con, run: RunHeader, tmp_path: Path) -> None:
    con.execute("UPDATE out_finding SET amount_at_risk = NULL")
    household = "(SELECT min(household_id) FROM out_finding WHERE rule_id = 'death_still_on_roll')"
    con.execute(
        f"""UPDATE out_finding SET amount_at_risk = CASE rule_id WHEN 'death_paid_after' THEN 900 ELSE 700 END
            WHERE household_id = {household} AND rule_id LIKE 'death%'"""
    )
    con.execute("UPDATE out_finding SET amount_at_risk = 40 WHERE rule_id = 'relative_unfiled'")
    said = page(con, run, tmp_path).facts["涉及金额"].split()
    assert said[0] == "1,640"
    assert "每户只取最大一条：940" in said


def test_rules_and_townships_add_up_to_the_headline(con: Con, run: RunHeader, tmp_path: Path) -> None:
    shown = page(con, run, tmp_path)
    expected = {
        title: str(number)
        for title, number in ask(
            con,
            "SELECT rule_title, count(*) FILTER (state <> 'decided') FROM out_finding GROUP BY rule_title",
        )
    }
    by_rule = shown.column("findings", "疑点类型", "待核查")
    assert by_rule.pop("合计") == shown.facts["待核查疑点"].split()[0]
    assert by_rule == expected
    by_township = shown.column("findings", "镇（街道）", "合计")
    assert by_township == {
        name: str(number)
        for name, number in ask(
            con,
            """SELECT t.township_name, count(f.finding_id) FROM core_township AS t
               LEFT JOIN out_finding AS f ON f.township_code = t.township_code AND f.state <> 'decided'
               WHERE t.township_code <> '000000000' OR f.finding_id IS NOT NULL GROUP BY 1""",
        )
    }
    assert sum(map(int, by_township.values())) == int(shown.facts["待核查疑点"].split()[0])


def test_reviewed_leads_are_shown_where_there_are_any(con: Con, run: RunHeader, tmp_path: Path) -> None:
    assert "属实 / 已核查" not in page(con, run, tmp_path).text
    con.execute("UPDATE recon_suspects_by_rule SET reviewed = 8, confirmed = 5 WHERE level = 'county'")
    reviewed = page(con, run, tmp_path).column("findings", "疑点类型", "属实 / 已核查")
    assert (reviewed["死亡人员仍在册"], reviewed["名下有机动车"]) == ("5 / 8", "—")


def test_ledger_differences_are_marked(con: Con, run: RunHeader, tmp_path: Path) -> None:
    shown = page(con, run, tmp_path)
    head, rural, destitute, total = shown.tables["ledgers", "救助类型"]
    assert rural[1].split() == ["220,100", "310户", "402人"]
    assert (rural[head.index("发放差额")], destitute[head.index("发放差额")]) == ("－710", "相符")
    assert total[head.index("财务发放（元）")].split()[0] == "276,190"
    marks = shown.marked["ledgers", "救助类型"]
    assert marks[1] == [False, False, False, True, False, False, True]
    assert not any(marks[2])
    assert shown.tables["ledgers", "原因"][1] == ["花名册在享而当月无成功发放", "1"]
    assert list(shown.column("ledgers", "镇（街道）", "发放差额").values()) == ["－710", "－710"]


def test_outcomes_and_rates(con: Con, run: RunHeader, tmp_path: Path) -> None:
    shown = page(con, run, tmp_path)
    for text in ("380 (86.0%)", "12 (2.7%)", "40 (9.0%)", "共 442 条"):
        assert text in shown.text
    assert shown.tables["outcomes", "区域"][1] == ["启东市", "442", "97.3%", "99.3%"]


def test_what_could_not_be_compared_is_said(con: Con, run: RunHeader, tmp_path: Path) -> None:
    checks = [
        {
            "dataset": "deaths",
            "level": "warn",
            "success": False,
            "message": "登记日期：3 行未填写",
            "columns": [],
        },
        {"dataset": "deaths", "level": "fail", "success": True, "message": "共 400 行", "columns": []},
        {
            "dataset": "benefit_roll",
            "check": "quarantine_limit",
            "level": "warn",
            "passed": False,
            "failing": 6,
            "share": 0.0304,
            "at_most": 0.01,
        },
    ]
    inputs = [{"dataset": "benefit_roll", "quarantined_by_reason": {"身份证号和姓名都为空": 6}}]
    said = {**FIRST, "checks": checks, "inputs": inputs, "rejected_datasets": {"vehicles": "只有 3 行"}}
    shown = page(con, run, tmp_path, said)
    for text in (
        "核对状态：不完整",
        "缺少必需的列“身份证号”（工作表 Sheet1，表头在第 2 行）",
        "缺金融资产核对结果（文件已拒收：没有“身份证号”列）",
        "未使用个人所得税申报信息（未收到）",
        "检查 3 项，2 项未通过",
        "登记日期：3 行未填写",
        "隔离 6 行，占 3.04%，超过允许的 1.00%",
        "机动车登记信息",
        "只有 3 行",
        "4 个待确认",
    ):
        assert text in shown.text
    assert "共 400 行" not in shown.text
    assert shown.tables["intake", "数据"]
    [(received, loaded)] = ask(con, "SELECT sum(received), sum(loaded) FROM run_input")
    assert f"{received:,} 行：入库 {loaded:,} 行" in shown.text


def test_a_complete_run_says_so(con: Con, run: RunHeader, tmp_path: Path) -> None:
    con.execute("DELETE FROM run_input WHERE status = 'rejected'")
    con.execute("UPDATE run_rule SET status = 'evaluated', reason = NULL, note = NULL")
    shown = page(con, replace(run, status="complete"), tmp_path)
    assert "核对状态：完整" in shown.text
    assert shown.facts["未评估规则"].split()[0] == shown.facts["拒收文件"].split()[0] == "0"


def test_the_first_run_has_nothing_to_compare_with(con: Con, run: RunHeader, tmp_path: Path) -> None:
    assert "没有可比的上一次核对" in page(con, run, tmp_path).text


def test_changes_add_up(con: Con, run: RunHeader, tmp_path: Path) -> None:
    con.execute(
        """INSERT INTO recon_changes
           SELECT 'household', '320681', township_code, household_id, finding_id, rule_id, subject_key,
               severity, state, '新出现的事实', CASE WHEN state = 'new' THEN NULL ELSE '[]' END, '[]'
           FROM out_finding WHERE state IN ('new', 'changed', 'reopened')"""
    )
    [(now, new)] = ask(con, "SELECT count(*), count(*) FILTER (state = 'new') FROM out_finding")
    shown = page(con, run, tmp_path, LATER)
    assert f"上次 {now - new + 1} 条，本次新出现 {new} 条、消失 1 条，本次 {now} 条" in shown.text
    rows = {row[0]: row[1:] for row in shown.tables["changes", "变化"]}
    assert rows["已消失"] == ["源头已更正", "1"]
    codes = {row[0]: row[2] for row in shown.tables["changes", "疑点编号"][1:]}
    assert codes["FFFFFFFFFFFFFFFF"] == "已消失"
    other = dict(ask(con, "SELECT finding_id, state FROM out_finding WHERE state IN ('changed', 'reopened')"))
    assert set(codes) == {*other, "FFFFFFFFFFFFFFFF"}


def test_a_settled_finding_that_was_away_counts_as_newly_there(con: Con, run: RunHeader, tmp_path: Path) -> None:
    con.execute("UPDATE out_finding SET state = 'continuing'")
    con.execute("UPDATE out_finding SET state = 'reopened' WHERE rule_id = 'asset_vehicle'")
    con.execute(
        """INSERT INTO recon_changes
           SELECT 'household', '320681', township_code, household_id, finding_id, rule_id, subject_key,
               severity, state, '证据有变化', NULL, '[]' FROM out_finding WHERE state = 'reopened'"""
    )
    [(now,)] = ask(con, "SELECT count(*) FROM out_finding")
    text = page(con, run, tmp_path, LATER).text
    assert f"上次 {now} 条，本次新出现 1 条、消失 1 条，本次 {now} 条" in text


def test_a_run_without_change_says_so(con: Con, run: RunHeader, tmp_path: Path) -> None:
    con.execute("DELETE FROM recon_changes")
    con.execute("UPDATE out_finding SET state = 'continuing'")
    assert "疑点没有变化" in page(con, run, tmp_path, LATER).text


def test_a_rerun_shows_its_township_alone(con: Con, run: RunHeader, tmp_path: Path) -> None:
    manifest = {**FIRST, "township": OTHER, "overrides": {"pay_day": "20"}}
    shown = page(con, replace(run, kind="rerun"), tmp_path, manifest)
    [(concerned,)] = ask(
        con,
        f"""SELECT count(*) FROM out_finding WHERE state <> 'decided'
            AND (township_code = '{OTHER}' OR list_contains(also_townships, '{OTHER}'))""",
    )
    assert shown.facts["待核查疑点"].split()[0] == str(concerned)
    assert shown.facts["在享户"].split()[0] == "1"
    assert "试用参数：pay_day＝20" in shown.text
    assert "南阳镇" in shown.text
    assert "汇龙镇" not in shown.text
    assert ("ledgers", "镇（街道）") not in shown.tables


def personal_texts(con: Con) -> set[str]:
    """Every name, number and account that the run knows of anybody."""
    texts = {
        part
        for row in ask(con, "SELECT name, head_name, id_number, household_id, subject_key FROM out_finding")
        for value in row
        if value
        for part in re.split(r"[|:]", value)
    }
    for (evidence,) in ask(con, "SELECT evidence FROM out_finding"):
        for item in json.loads(evidence):
            texts |= {
                str(value)
                for key, value in item["values"].items()
                if key in ("name", "owner_name", "account_name", "a_name", "b_name", "id_number", "bank_account")
            }
    return {text for text in texts if not re.fullmatch(r"\d{4}-\d{2}", text)}


def test_nobody_can_be_told_from_the_page(con: Con, run: RunHeader, tmp_path: Path) -> None:
    con.execute(
        """UPDATE run_input SET file = 'deaths/320621194203140619 6228480402123456001.csv'
           WHERE dataset = 'deaths'"""
    )
    con.execute(
        """UPDATE run_rule SET reason = '见 32062119420314061X 和 １３８００００１２３４'
           WHERE status <> 'evaluated'"""
    )
    source = page(con, run, tmp_path, LATER).source
    personal = personal_texts(con)
    assert {"陆永康", "320621194203140619", "6228480402123456001"} <= personal
    assert [text for text in sorted(personal) if text in source] == []
    assert source.count("［号码已隐去］") >= 4
    assert re.findall(r"\d{11,}", re.sub(r"<svg.*?</svg>", "", source, flags=re.S)) == []


def test_the_page_asks_for_nothing_from_outside(con: Con, run: RunHeader, tmp_path: Path) -> None:
    source = page(con, run, tmp_path, LATER).source
    for outside in ("http:", "https:", "//www", "<script", "<iframe", "<img", " src=", "url(", "@import"):
        assert outside not in source
    assert set(re.findall(r'href="([^"]*)"', source)) - {"data:,"} <= {
        f"#{name}" for name in re.findall(r'<section id="(\w+)"', source)
    }
    assert "default-src 'none'" in source


def test_text_from_outside_is_never_markup(con: Con, run: RunHeader, tmp_path: Path) -> None:
    evil = '<b onclick="x">&镇</b>'
    con.execute("UPDATE core_township SET township_name = ? WHERE township_code = ?", [evil, MAIN])
    con.execute("UPDATE run_input SET reason = ? WHERE status = 'rejected'", [evil])
    con.execute("UPDATE out_finding SET rule_title = ? WHERE rule_id = 'asset_vehicle'", [evil])
    shown = page(con, run, tmp_path)
    assert "<b" not in shown.source.replace("<br", "").replace("<body", "")
    assert shown.text.count(evil) >= 3


def test_the_same_tables_give_the_same_page(con: Con, run: RunHeader, tmp_path: Path) -> None:
    first = page(con, run, tmp_path, LATER).source
    for (table,) in ask(con, "SELECT table_name FROM duckdb_tables()"):
        con.execute(f"CREATE OR REPLACE TABLE {table} AS SELECT * FROM {table} ORDER BY hash({table}) DESC")
    assert page(con, run, tmp_path, LATER).source == first


def test_a_run_with_nothing_in_it_has_a_page(con: Con, run: RunHeader, tmp_path: Path) -> None:
    for (table,) in ask(con, "SELECT table_name FROM duckdb_tables()"):
        if table not in ("core_ctx", "core_township"):
            con.execute(f"DELETE FROM {table}")
    shown = page(con, replace(run, status="complete"), tmp_path, LATER)
    assert "没有待核查的疑点" in shown.text
    assert "没有账目可以核对" in shown.text


def test_several_counties_stand_apart(con: Con, run: RunHeader, tmp_path: Path) -> None:
    con.execute(
        "UPDATE core_township SET county_code = '430529', county_name = '城步县' WHERE township_code = ?",
        [OTHER],
    )
    for table in ("ledgers", "outcomes", "suspects_by_rule"):
        con.execute(f"UPDATE recon_{table} SET county_code = '430529' WHERE township_code = ?", [OTHER])
    con.execute(
        """INSERT INTO recon_ledgers SELECT
               * REPLACE ('430529' AS county_code, 'county' AS level, NULL AS township_code)
           FROM recon_ledgers WHERE level = 'township' AND township_code = '320681101'"""
    )
    shown = page(con, run, tmp_path)
    assert "启东市、城步县" in shown.text
    assert shown.text.count("各镇（街道）账目") == 0
    assert "启东市各镇（街道）" in shown.text
    assert "城步县各镇（街道）" in shown.text


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (0, 7, "0.0%"),
        (1, 3, "33.3%"),
        (7, 7, "100.0%"),
        (1, 99999, "<0.1%"),
        (99998, 99999, ">99.9%"),
        (0, 0, "—"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_none(part: int, whole: int, text: str) -> None:
    assert percent(part, whole) == text


def test_yuan() -> None:
    assert [yuan(Decimal(x)) for x in ("0", "1234.50", "1000.00")] == ["0", "1,234.50", "1,000"]
    assert [signed(Decimal(x)) for x in ("0.00", "12", "-0.5")] == ["", "＋12", "－0.50"]


def test_the_page_carries_its_run(con: Con, run: RunHeader, tmp_path: Path) -> None:
    started = dt.datetime(2021, 7, 2, 3, 4)
    text = page(con, replace(run, started=started, run_id="r-7"), tmp_path).text
    assert "批次 r-7" in text
    assert "2021-07-02 03:04" in text
    assert "核对基准日 2021年6月30日" in text


def test_a_long_list_of_changed_findings_is_cut_and_says_so(con: Con, run: RunHeader, tmp_path: Path) -> None:
    con.execute(
        """INSERT INTO recon_changes
           SELECT level, county_code, township_code, household_id, printf('%016d', n), rule_id, subject_key,
               severity, change, reason, evidence_before, evidence_now
           FROM recon_changes, range(250) AS numbers(n)"""
    )
    shown = page(con, run, tmp_path, LATER)
    assert len(shown.tables["changes", "疑点编号"]) == 1 + 100
    assert "另有 151 条" in shown.text
