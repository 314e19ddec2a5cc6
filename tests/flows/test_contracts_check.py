"""`hedui contracts check`: a sender hears what is wrong before the file is dropped."""

import json
import shutil

import openpyxl
import pytest

from tests.flows.command import ROOT, hedui

HEADING = ["姓名", "身份证号", "性别", "出生日期", "死亡日期", "注销日期", "来源", "户籍地址"]
GOOD = ["张三", "32068119600101001X", "男", "1960-01-01", "2021-05-03", "2021-05-09", "公安", "某镇某村"]


@pytest.fixture
def deaths(tmp_path):
    """A function that writes a workbook of the deaths register and gives its path."""

    def write(*rows, heading=HEADING, folder="deaths", title="名单"):
        path = tmp_path / folder / "名单.xlsx"
        path.parent.mkdir(exist_ok=True)
        book = openpyxl.Workbook()
        book.active.title = title
        book.active.append(["死亡人员名单"])
        book.active.append(heading)
        for row in rows:
            book.active.append(row)
        book.save(path)
        return path

    return write


def check(path, *more):
    done = hedui("contracts", "check", path, "--json", *more)
    return done.status, json.loads(done.out)


def test_a_good_file_has_nothing_to_mend(deaths):
    status, report = check(deaths(GOOD))
    assert (status, report["problems"], report["dataset"]) == (0, [], "deaths")


def test_a_wrong_date_is_named_by_sheet_row_and_column(deaths):
    status, report = check(deaths(GOOD, [*GOOD[:4], "2021-13-45", *GOOD[5:]]))
    assert status == 1
    found = [p for p in report["problems"] if p["found"] == "2021-13-45"]
    assert [(p["sheet"], p["row"], p["column"]) for p in found] == [("名单", 4, "死亡日期")]
    assert "2021-05-31" in found[0]["expected"]


def test_all_problems_are_told_at_once_and_no_id_is_repeated(deaths):
    status, report = check(deaths([None, None, *GOOD[2:]], ["李四", "320681196001010011", "无此性别", *GOOD[3:]]))
    assert status == 1
    assert {p["row"] for p in report["problems"]} == {3, 4}
    assert "无此性别" in {p["found"] for p in report["problems"]}
    assert "320681196001010011" not in json.dumps(report)


def test_a_missing_column_rejects_the_file_and_says_what_is_accepted(deaths):
    status, report = check(deaths(GOOD[:4], heading=HEADING[:4]))
    assert status == 1
    assert not report["usable"]
    assert "死亡时间" in report["problems"][0]["found"]


def test_a_file_in_the_wrong_folder_is_told_where_it_belongs(deaths):
    status, report = check(deaths(GOOD, folder="vehicles"))
    assert status == 1
    assert report["looks_like"] == "deaths"


def test_what_is_wrong_with_a_whole_file_reads_as_one_sentence(deaths):
    done = hedui("contracts", "check", deaths(GOOD[:4], heading=HEADING[:4]))
    told = next(line for line in done.out.splitlines() if line.startswith("[fail]"))
    assert told.startswith("[fail] 文件 名单.xlsx")
    assert "。；" not in told


def test_without_a_folder_the_contract_is_guessed(deaths):
    assert check(deaths(GOOD, folder="桌面"))[1]["dataset"] == "deaths"


def test_an_unknown_dataset_is_wrong_usage(deaths):
    done = hedui("contracts", "check", deaths(GOOD), "--dataset", "no_such")
    assert done.status == 2


def test_a_new_heading_needs_a_contract_line_only(deaths, tmp_path):
    path = deaths(GOOD, heading=["逝去者", *HEADING[1:]])
    assert not check(path)[1]["usable"]
    contracts = tmp_path / "contracts"
    shutil.copytree(ROOT / "data_contracts", contracts)
    contract = contracts / "deaths.odcs.yaml"
    text = contract.read_text(encoding="utf-8")
    assert text.count("死者姓名") == 1
    contract.write_text(text.replace("{synonym: 死者姓名}", "{synonym: 死者姓名}, {synonym: 逝去者}"), encoding="utf-8")
    done = hedui("contracts", "check", path, "--json", env={"HEDUI_CONTRACTS": str(contracts)})
    assert json.loads(done.out)["problems"] == []
