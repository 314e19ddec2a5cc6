"""Files as they come: accepted, rejected, and what is said about them."""

from __future__ import annotations

import pytest

HEAD = ["姓名", "身份证号", "死亡日期"]
ROW = ["王五", "110101199003074610", "20210531"]


def only(snapshot):
    """The account of the one file."""
    (account,) = snapshot.files
    return account


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(drop, read, encoding):
    drop.csv("deaths/a.csv", [["某县死亡人员"], HEAD, ROW], encoding)
    snapshot = drop.stage()
    assert read[0](snapshot, "deaths", "name, id_number_status, death_date::VARCHAR, _file, _row") == [
        ("王五", "valid", "2021-05-31", "deaths/a.csv", 3)
    ]


def test_a_missing_required_column_rejects_the_file_and_says_what_was_expected(drop):
    drop.csv("deaths/a.csv", [["姓名", "身份证号", "性别"], ["王五", "110101199003074610", "男"]])
    drop.csv("deaths/b.csv", [HEAD, ROW])
    snapshot = drop.stage()
    bad, good = snapshot.files
    assert (bad.status, good.status) == ("rejected", "loaded")
    for word in ("deaths/a.csv", "死亡人员信息", "死亡日期", "死亡时间", "death_date"):
        assert word in bad.reason
    assert "身份证号（" not in bad.reason and "王五" not in bad.reason
    assert (bad.received, bad.loaded, bad.quarantined, bad.ignored) == (2, 0, 0, 2)
    assert snapshot.usable("deaths")


def test_a_file_of_another_dataset_is_told_where_it_belongs(drop):
    drop.csv(
        "doubtful_history/x.csv",
        [["姓名", "身份证号", "病种", "个人自付"], ["王五", "110101199003074610", "肺炎", "3"]],
    )
    snapshot = drop.stage()
    reason = only(snapshot).reason
    assert "存疑类型" in reason and "重特大疾病" in reason and "severe_illness" in reason
    assert not snapshot.usable("doubtful_history")


def test_a_file_that_fits_another_dataset_clearly_better_is_rejected(drop):
    heading = ["姓名", "身份证号", "性别", "出生日期", "死亡日期", "注销日期", "来源", "户籍地址"]
    drop.csv("population/x.csv", [heading, ["王五", "110101199003074610", "男", "", "20210531", "", "公安", ""]])
    account = only(drop.stage())
    assert account.status == "rejected" and "死亡人员信息" in account.reason


def test_a_file_without_a_heading(drop):
    drop.csv("deaths/x.csv", [ROW, ROW])
    account = only(drop.stage())
    assert account.status == "rejected" and "找不到表头" in account.reason
    assert "王五" not in account.reason


def test_an_unreadable_file_is_rejected_and_the_rest_goes_on(drop):
    (drop.inbox / "deaths").mkdir()
    (drop.inbox / "deaths" / "a.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    drop.csv("deaths/b.csv", [HEAD, ROW])
    snapshot = drop.stage()
    assert [file.status for file in snapshot.files] == ["rejected", "loaded"]
    assert snapshot.files[0].reason and snapshot.files[1].loaded == 1


def test_all_sheets_are_read_and_a_sheet_of_something_else_is_ignored_with_a_notice(drop, read):
    other = [ROW[0], ROW[1], "20210601"]
    drop.xlsx(
        "deaths/a.xlsx",
        {"一": [HEAD, ROW], "说明": [["本表由系统导出"], ["谢谢"]], "二": [HEAD, other]},
        hidden=["二"],
    )
    snapshot = drop.stage()
    account = only(snapshot)
    assert [(sheet.sheet, sheet.received, sheet.loaded) for sheet in account.sheets] == [
        ("一", 2, 1),
        ("说明", 2, 0),
        ("二", 2, 1),
    ]
    assert account.sheets[1].ignored == {"不是数据的工作表": 2}
    assert any("说明" in warning for warning in account.warnings)
    assert any("隐藏" in warning for warning in account.sheets[2].warnings)
    assert read[0](snapshot, "deaths", "_sheet, _row") == [("一", 2), ("二", 2)]


def test_a_sheet_of_the_dataset_without_a_required_column_rejects_the_workbook(drop):
    drop.xlsx("deaths/a.xlsx", {"一": [HEAD, ROW], "二": [["姓名", "身份证号", "性别"], ["王五", "", "男"]]})
    account = only(drop.stage())
    assert account.status == "rejected" and "「二」" in account.reason and "死亡日期" in account.reason


def test_merged_headings_of_both_kinds_of_workbook(drop, read):
    upper = ["序号", "救助对象", None, "死亡日期"]
    lower = [None, "姓名", "身份证号", None]
    rows = [["某县死亡人员", None, None, None], upper, lower, [1, *ROW]]
    drop.xls("deaths/a.xls", rows)
    drop.xlsx("deaths/b.xlsx", {"S": rows}, merged=["A1:D1", "A2:A3", "B2:C2", "D2:D3"])
    snapshot = drop.stage()
    assert read[0](snapshot, "deaths", "_file, name, _row") == [
        ("deaths/a.xls", "王五", 4),
        ("deaths/b.xlsx", "王五", 4),
    ]
    assert [file.sheets[0].ignored for file in snapshot.files] == [{"标题行": 1, "表头": 2}] * 2


def test_parquet_has_no_heading_row(drop, read):
    drop.parquet("population/p.parquet", "SELECT '王五' AS name, '110101199003074610' AS id_number, 'x' AS extra")
    snapshot = drop.stage()
    assert read[0](snapshot, "population", "name, _row") == [("王五", 1)]
    (sheet,) = only(snapshot).sheets
    assert (sheet.received, sheet.heading, sheet.leftover) == (1, None, ("extra",))


def test_leftovers_duplicates_and_unknown_codes_are_reported(drop):
    heading = [*HEAD, "姓名", "性别", "血型", "备注"]
    drop.csv("deaths/a.csv", [heading, [*ROW, "王五", "男", "A", ""], ["李四", "x", "20210601", "", "雄", "", ""]])
    (sheet,) = only(drop.stage()).sheets
    assert (sheet.leftover, sheet.duplicates, sheet.unknown_codes) == (
        ("血型",),
        ("姓名",),
        {"sex": {"雄": 1}},
    )
    assert any("unknown_column" in warning and "血型" in warning for warning in sheet.warnings)
    assert not any("王五" in warning or "李四" in warning for warning in sheet.warnings)


def test_unusable_cells_are_counted(drop):
    drop.csv("deaths/a.csv", [[*HEAD, "出生日期"], [*ROW, "昨天"], ["李四", "", "20210601", ""]])
    assert only(drop.stage()).sheets[0].unusable == {"birth_date": 1}


def test_money_follows_the_unit_of_its_own_heading(drop, read):
    head = ["姓名", "身份证号", "查询日期"]
    drop.csv("bank_assets/a.csv", [[*head, "存款余额（万元）"], ["王五", "", "20210601", "0.24"]])
    drop.csv("bank_assets/b.csv", [[*head, "存款余额"], ["王五", "", "20210601", "1,515.00"]])
    snapshot = drop.stage()
    assert [str(row[0]) for row in read[0](snapshot, "bank_assets", "total")] == ["2400.00", "1515.00"]
    assert [file.sheets[0].units for file in snapshot.files] == [{"total": 10_000}, {}]


def test_the_same_file_twice_counts_once_even_where_repeats_are_facts(drop):
    rows = [["姓名", "身份证号", "所属月份", "收入额"], ["王五", "", "202105", "3000"]]
    drop.csv("income_tax/a.csv", rows)
    drop.csv("income_tax/b.csv", rows)
    first, second = drop.stage().files
    assert (first.loaded, second.loaded, second.ignored) == (1, 0, 2)
    assert second.sheets[0].ignored == {"与已收文件相同": 2} and "a.csv" in second.warnings[0]
