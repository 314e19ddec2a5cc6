"""What becomes of each row of a sheet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from data_contracts import load_contracts

ID, OTHER = "110101199003074610", "320681198204220614"
DEATH_HEAD = ["序号", "姓名", "身份证号", "死亡日期", "户籍地址"]


def kinds(drop, rows, name="deaths/a.csv"):
    """Reasons and counts of the ignored rows of a file, and the rows loaded."""
    drop.csv(name, rows)
    snapshot = drop.stage()
    (account,) = snapshot.files
    assert account.status == "loaded", account.reason
    assert account.received == account.loaded + account.quarantined + account.ignored
    (sheet,) = account.sheets
    return sheet.ignored, account.loaded, account.quarantined


RECORD = ["1", "王五", ID, "20210531", "某村"]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["", "", "", "", ""], "空行"),
        ([" ", "\u3000", "", "", ""], "空行"),
        (["7", "", "", "", ""], "空行"),
        (["合计", "", "", "", ""], "合计行"),
        (["合  计：", "", "312", "", ""], "合计行"),
        (["儒林镇小计", "", "", "", ""], "合计行"),
        (["总计312人", "", "", "", ""], "合计行"),
        (["共计3辆", "", "", "", ""], "合计行"),
        (["以上共3条记录", "", "", "", ""], "合计行"),
        (["第1页 共3页", "", "", "", ""], "脚注"),
        (["以下空白", "", "", "", ""], "脚注"),
        (["审核：", "李四光", "", "", ""], "脚注"),
        (["9", "合计", "", "", ""], "合计行"),
        (["注：以上数据由系统导出。", "", "", "", ""], "脚注"),
        (["注：以上数据由系统导出。"] * 5, "脚注"),
        (["填表人：          审核人：          填报日期：", "", "", "", ""], "脚注"),
        (["填表人：", "", "审核人：", "", "填报日期：2021年6月"], "脚注"),
        (["以上人员名单由各乡镇核实后上报，如有出入以实际为准。", "", "", "", ""], "脚注"),
        (DEATH_HEAD, "重复表头"),
        (["序 号", "姓 名", "身份证号码", "死亡时间", ""], "重复表头"),
        (["某县死亡人员信息", "", "", "", ""], "标题行"),
    ],
)
def test_rows_that_are_no_records(drop, row, reason):
    rows = [
        ["某县死亡人员信息", "", "", "", ""],
        DEATH_HEAD,
        RECORD,
        row,
        ["2", "李四", OTHER, "20210601", "某村"],
    ]
    ignored, loaded, quarantined = kinds(drop, rows)
    expected = {"标题行": 1, "表头": 1}
    expected[reason] = expected.get(reason, 0) + 1
    assert (dict(ignored), loaded, quarantined) == (expected, 2, 0)


@pytest.mark.parametrize(
    "row",
    [
        ["2", "李四", "", "20210601", ""],
        ["2", "", "3.20681E+17", "20210601", ""],
        ["2", "合计明", "", "20210601", "备注：无"],
        ["2", "李四", "", "20210601", "注：外地户籍，地址不详。"],
    ],
)
def test_rows_that_are_records(drop, row):
    ignored, loaded, quarantined = kinds(drop, [DEATH_HEAD, RECORD, row])
    assert (dict(ignored), loaded, quarantined) == ({"表头": 1}, 2, 0)


SWAPPED = ["序号", "身份证号", "姓名", "死亡日期", "户籍地址"]
SHIFTED = ["姓名", "身份证号", "死亡日期", "户籍地址", "备注"]


@pytest.mark.parametrize("other", [SWAPPED, SHIFTED, ["户籍地址", "死亡日期", "身份证号", "姓名", "序号"]])
def test_rows_below_a_heading_in_another_order_are_held_until_the_first_comes_again(drop, other):
    below = [
        dict(zip(DEATH_HEAD, person, strict=True))
        for person in (["2", "李四", OTHER, "20210601", "某村"], ["3", "赵六", "", "20210602", "某村"])
    ]
    moved = [[person.get(heading, "") for heading in other] for person in below]
    ignored, loaded, quarantined = kinds(
        drop, [DEATH_HEAD, RECORD, other, *moved, DEATH_HEAD, ["4", "孙七", "", "20210603", "某村"]]
    )
    assert (dict(ignored), loaded, quarantined) == ({"表头": 1, "重复表头": 1, "与前面不同的表头": 1}, 2, 2)
    (account,) = drop.stage().files
    assert account.sheets[0].quarantined["上方表头的列序或金额单位与第一行表头不同，无法按列读取"] == 2
    assert any("请统一表头，或分成几张表重新报送" in warning for warning in account.sheets[0].warnings)


VEHICLE_HEAD = ["所有人", "身份证号", "车牌号", "车辆类型", "状态", "评估价值（元）"]
VEHICLE = ["王五", ID, "苏F12345", "小型轿车", "正常", "50000"]


@pytest.mark.parametrize(("again", "held"), [("评估价值（万元）", 1), ("评估价值（元）", 0), ("评估价值", 0)])
def test_rows_below_a_heading_in_another_unit_are_held(drop, again, held):
    rows = [VEHICLE_HEAD, VEHICLE, [*VEHICLE_HEAD[:-1], again], ["李四", OTHER, "苏F12346", "小型轿车", "正常", "5"]]
    ignored, loaded, quarantined = kinds(drop, rows, "vehicles/a.csv")
    assert (loaded, quarantined) == (2 - held, held)
    assert ignored["与前面不同的表头" if held else "重复表头"] == 1


ACCOUNT_HEAD = ["序号", "银行账号", "户名", "账户余额", "电话"]
ACCOUNT = ["1", "6217002010001234567", "王五", "12.50", ""]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (["合计", "", "", "1234567890123.50", ""], "合计行"),
        (["合计", "312", "", "", ""], "合计行"),
        (["", "总计", "", "", ""], "合计行"),
        (["填表人：", "051383312345", "", "", ""], "脚注"),
        (["填表人：", "0513-83312345-8001", "", "", ""], "脚注"),
        (["注：以上数据由系统导出。"] * 5, "脚注"),
        (ACCOUNT_HEAD, "重复表头"),
        (["2", "", "", "", ""], "空行"),
        (["2", "6217 0020 1000 1234 575", "李四", "0", ""], None),
        (["2", "6217002010001234575", "合计明", "0", ""], None),
        (["2", "JS3206810010012345678", "", "0", ""], None),
        (["2", "12345", "李四", "0", ""], None),
    ],
)
def test_rows_of_a_register_without_id_numbers(drop, row, reason):
    ignored, loaded, quarantined = kinds(drop, [ACCOUNT_HEAD, ACCOUNT, row], "account_activity/a.csv")
    expected = {"表头": 1} | ({reason: 1} if reason else {})
    assert (dict(ignored), loaded, quarantined) == (expected, 1 if reason else 2, 0)


def test_blank_rows_between_are_received_and_at_the_end_are_not(drop):
    ignored, loaded, _ = kinds(drop, [[""], DEATH_HEAD, [""], RECORD, [""], [""]])
    assert (dict(ignored), loaded) == ({"空行": 2, "表头": 1}, 1)


@pytest.mark.parametrize(
    ("row", "code", "text"),
    [
        (["", "", "20210531"], "no_person:id_number", "身份证号"),
        (["无", "-", "20210531"], "no_person:id_number", "都为空"),
        (["王五", ID, ""], "missing_value:death_date", "死亡日期为空"),
        (["王五", ID, "2021-13-45"], "bad_value:death_date", "死亡日期不是日期"),
        (["王五", ID, "不详"], "missing_value:death_date", "死亡日期为空"),
        (["", "", "20211345"], "no_person:id_number bad_value:death_date", "；"),
    ],
)
def test_quarantine_reasons(drop, read, row, code, text):
    drop.csv("deaths/a.csv", [["姓名", "身份证号", "死亡日期", "备注"], [*row, "x"]])
    snapshot = drop.stage()
    (held,) = read[1](snapshot, "deaths")
    assert (held["codes"], held["file"], held["sheet"], held["row"]) == (code, "deaths/a.csv", "", 2)
    assert text in held["reasons"]
    assert held["received"] == {
        "姓名": row[0] or None,
        "身份证号": row[1] or None,
        "死亡日期": row[2] or None,
        "备注": "x",
    }
    assert read[0](snapshot, "deaths") == []


@pytest.mark.parametrize("number", ["", "123", "3.20681E+17", "110101199003074611"])
def test_a_wrong_or_empty_number_is_no_reason(drop, number):
    assert kinds(drop, [DEATH_HEAD, ["1", "王五", number, "20210531", ""]])[1:] == (1, 0)


def test_a_month_is_a_usable_date(drop, read):
    drop.csv("deaths/a.csv", [["姓名", "身份证号", "死亡日期"], ["王五", ID, "2021年5月"]])
    assert read[0](drop.stage(), "deaths", "death_date::VARCHAR, death_date_month_only") == [("2021-05-01", True)]


def test_negative_amounts(drop, read):
    head = ["发放月份", "户编号", "领款人", "身份证号", "银行账号", "应发金额", "实发金额"]
    rows = [
        ["202105", "A1", "王五", ID, "6217", "-420", "-420.00"],
        ["202105", "A1", "王五", ID, "6217", "420", "0"],
    ]
    drop.csv("payments/a.csv", [head, *rows])
    snapshot = drop.stage()
    (held,) = read[1](snapshot, "payments")
    assert held["codes"] == "negative:amount_due negative:amount_paid"
    assert [str(row[0]) for row in read[0](snapshot, "payments", "amount_paid")] == ["0.00"]


def test_an_amount_that_is_none_is_required(drop, read):
    head = ["发放月份", "户编号", "领款人", "身份证号", "银行账号", "实发金额"]
    drop.csv(
        "payments/a.csv",
        [head, ["202105", "A1", "王五", ID, "6217", "若干"], ["", "A1", "王五", ID, "6217", "1"]],
    )
    snapshot = drop.stage()
    assert [held["codes"] for held in read[1](snapshot, "payments")] == [
        "bad_value:amount_paid",
        "missing_value:pay_month",
    ]


def test_each_person_of_a_pair_is_needed(drop, read):
    head = ["本人姓名", "本人身份证号", "关系", "亲属姓名", "亲属身份证号"]
    drop.csv("kinship/a.csv", [head, ["王五", ID, "父亲", "", ""], ["", ID, "父亲", "李四", ""]])
    snapshot = drop.stage()
    assert [held["codes"] for held in read[1](snapshot, "kinship")] == ["no_person:b_id_number"]
    assert snapshot.files[0].loaded == 1


def test_a_contract_s_own_failing_check_quarantines(drop, read):
    drop.csv("townships/a.csv", [["镇街代码", "镇街名称"], ["320681101", "甲镇"], ["3206", "乙镇"]])
    contract = load_contracts()["townships"]
    strict = tuple(replace(c, checks=tuple(replace(k, level="fail") for k in c.checks)) for c in contract.columns)
    contracts = {**load_contracts(), "townships": replace(contract, columns=strict)}
    assert [held["codes"] for held in read[1](drop.stage(contracts), "townships")] == ["pattern:township_code"]


def test_repeats_are_told_after_cleaning(drop):
    rows = [
        DEATH_HEAD,
        RECORD,
        ["2", "王 五", f"'{ID}", "2021年5月31日", "某村"],
        ["3", "王五", ID, "20210531", "他村"],
    ]
    ignored, loaded, _ = kinds(drop, rows)
    assert (dict(ignored), loaded) == ({"表头": 1, "重复行": 1}, 2)


def test_the_first_of_repeated_rows_stays(drop, read):
    drop.csv("deaths/a.csv", [DEATH_HEAD, RECORD, RECORD, RECORD])
    assert read[0](drop.stage(), "deaths", "_row") == [(2,)]


def test_repeats_that_are_facts_stay(drop):
    row = ["王五", ID, "202105", "3000"]
    ignored, loaded, _ = kinds(drop, [["姓名", "身份证号", "所属月份", "收入额"], row, row], "income_tax/a.csv")
    assert (dict(ignored), loaded) == ({"表头": 1}, 2)


def test_ticks_mean_no_where_the_file_marks_with_ticks_only(drop, read):
    head = ["身份证号", "姓名", "存疑类型", "反馈日期", "是否重点", "是否处理"]
    drop.csv(
        "doubtful_history/a.csv",
        [
            head,
            [ID, "王五", "车辆", "20200101", "√", "是"],
            [OTHER, "李四", "住房", "20200101", "", ""],
            ["合计", "", "", "", "2", ""],
        ],
    )
    drop.csv("doubtful_history/b.csv", [head, [ID, "王五", "存款", "20200101", "", "否"]])
    found = read[0](drop.stage(), "doubtful_history", "key_case, handled")
    assert found == [(True, True), (False, None), (None, False)]


def test_rows_with_a_cell_nobody_can_read_are_no_repeats(drop):
    head = ["所有人", "身份证号", "号牌号码", "车辆类型", "状态", "评估价值"]
    rows = [["王五", ID, "苏F1", "小型轿车", "正常", value] for value in ("约5万", "约9万", "50000", "50000")]
    ignored, loaded, _ = kinds(drop, [head, *rows], "vehicles/a.csv")
    assert (ignored, loaded) == ({"表头": 1, "重复行": 1}, 3)


def test_a_warning_names_the_heading_as_sent_and_what_is_expected(drop):
    drop.csv(
        "vehicles/a.csv",
        [
            ["所有人", "身份证号", "号牌号码", "车辆类型", "状态", "评估价值"],
            ["王五", ID, "苏F1", "小型轿车", "正常", "约5万"],
        ],
    )
    (account,) = drop.stage().files
    (warning,) = account.sheets[0].warnings
    assert warning.startswith("列「评估价值」有 1 个值读不懂（应为不小于0的金额），按空值处理")


@pytest.mark.parametrize(
    ("by_chance", "identifies"),
    [
        ("320681193002153000", False),
        ("320681193001158600", False),
        ("320681193001157050", False),
        ("320681193001155004", True),
    ],
    ids=["fifteen digits", "a double's fewest digits", "a smaller double's", "numbers as they are"],
)
def test_in_a_column_rounded_as_a_whole_a_number_valid_by_chance_identifies_nobody(drop, read, by_chance, identifies):
    zeros = len(by_chance) - len(by_chance.rstrip("0"))
    others = [f"{320681193001010011 + day * 1_000_000:018}"[: 18 - zeros] + "0" * zeros for day in range(10)]
    # What ends in X cannot be held as a number: it stays as it is and says nothing of the others.
    numbers = [by_chance, *others, "32068119300101002X", "32068119300101003X"]
    drop.csv("deaths/a.csv", [DEATH_HEAD] + [[str(n), "王五", v, "20210531", "某村"] for n, v in enumerate(numbers)])
    found = read[0](drop.stage(), "deaths", "id_number, id_number_status, id_number_key")
    assert found[0] == (by_chance, *(("valid", int(by_chance[:17])) if identifies else ("truncated", None)))
