"""Parameters: law as data, by region and date."""

import datetime as dt
from decimal import Decimal

import duckdb
import pytest

from rules.engine.parameters import (
    ParameterError,
    create_parameter_tables,
    load_parameters,
    standards_by_month,
    values_in_use,
)

DAY = dt.date(2021, 6, 30)


def write(folder, name, values, kind="number", **more):
    import yaml

    folder.mkdir(exist_ok=True)
    document = {"name": name, "title": name, "unit": "u", "type": kind, "values": values, **more}
    (folder / f"{name}.yaml").write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")


def value(region, start, what, **more):
    return {"region": region, "from": start, "value": what, "source": "test", **more}


@pytest.mark.parametrize(
    ("township", "day", "expected"),
    [
        ("320681101", dt.date(2020, 6, 30), 650),
        ("320681101", dt.date(2020, 7, 1), 710),
        ("320682101", dt.date(2020, 7, 1), 600),
        ("320681101", dt.date(2017, 12, 31), 300),  # the county has no value yet: the shorter prefix that has one holds
        ("522701001", dt.date(2021, 1, 1), 400),
    ],
)
def test_the_longest_prefix_with_a_value_on_the_day_holds(township, day, expected):
    assert load_parameters()["dibao_standard_rural"].in_force(township, day).value == Decimal(expected)


@pytest.mark.parametrize(("day", "months"), [(dt.date(2022, 10, 19), 12), (dt.date(2022, 10, 20), 6)])
def test_the_grace_period_changes_on_its_day(day, months):
    assert load_parameters()["grace_months"].in_force("430529100", day).value == months


def test_a_county_file_replaces_and_adds(tmp_path):
    write(tmp_path / "county", "pay_day", [value("", "2015-01-01", 5), value("430529", "2021-01-01", 15)])
    parameters = load_parameters(county_folder=tmp_path / "county")
    assert parameters["pay_day"].in_force("320682100", dt.date(2016, 1, 1)).value == 5
    assert parameters["pay_day"].in_force("430529100", DAY).value == 15
    assert parameters["pay_day"].in_force("522700000", DAY).value == 20


def test_all_problems_are_told_at_once(tmp_path):
    folder = tmp_path / "p"
    write(folder, "one", [value("", "2020-01-01", 1), value("", "2020-01-01", 2)])
    write(
        folder,
        "two",
        [value("x", "2020-01-01", 1), {"region": "", "from": "2020-01-01", "value": 1}, value("", "soon", 1)],
    )
    write(folder, "three", [value("", "2020-01-01", "many")])
    write(folder, "no_mapping", ["600"])
    (folder / "four.yaml").write_text("- 1", encoding="utf-8")
    (folder / "five.yaml").write_text("name: five\nvalues: [", encoding="utf-8")
    (folder / "six.yaml").write_text("title: 宽限期", encoding="gb18030")
    (folder / "seven.yaml").write_bytes(b"title: \x01")
    with pytest.raises(ParameterError) as error:
        load_parameters(folder)
    text = str(error.value)
    for part in (
        "one.yaml, value 2",
        "two.yaml, value 1",
        "two.yaml, value 2",
        "two.yaml, value 3",
        "three.yaml, value 1",
        "no_mapping.yaml, value 1: expected a mapping",
        "four.yaml",
        "five.yaml: not YAML (line 3)",
        "six.yaml: not plain text in UTF-8",
        "seven.yaml: not plain text in UTF-8",
    ):
        assert part in text


def test_a_region_in_use_without_a_value_is_an_error_that_names_it(tmp_path):
    write(tmp_path / "p", "only_there", [value("320681", "2020-01-01", 1)])
    with duckdb.connect() as con, pytest.raises(ParameterError, match="only_there has no value for 430529100"):
        create_parameter_tables(
            con, load_parameters(tmp_path / "p"), ["320681101", "430529100"], DAY, [], ["only_there"]
        )


def test_a_township_only_a_register_names_has_its_regions_value_or_none(tmp_path):
    write(tmp_path / "p", "only_there", [value("32", "2020-01-01", 1), value("5227", "2020-01-01", 2)])
    with duckdb.connect() as con:
        create_parameter_tables(
            con, load_parameters(tmp_path / "p"), ["320681101"], DAY, [], ["only_there"], ["522701109", "430529100"]
        )
        rows = con.execute("SELECT township_code, value FROM param_only_there ORDER BY 1").fetchall()
    assert rows == [("", 1), ("320681101", 1), ("522701109", 2)]


@pytest.mark.parametrize("text", ["nan", "inf", "1e400", "99999999999999999999999", "-3"])
def test_a_number_no_table_can_hold_is_refused(text):
    with pytest.raises(ParameterError, match="asset_multiple"):
        load_parameters().with_overrides({"asset_multiple": text})


@pytest.mark.parametrize(("name", "fits", "does_not"), [("dormant_months", "2", "1.5"), ("dormant_months", "0", "1201"), ("pay_day", "31", "0"),
                                                        ("pay_day", "1", "32"), ("sample_fraction", "1", "20")])  # fmt: skip
def test_a_number_is_one_of_its_unit_wherever_it_is_said(name, fits, does_not, tmp_path):
    assert load_parameters().with_overrides({name: fits})[name].values[0].value == Decimal(fits)
    with pytest.raises(ParameterError, match=f"{name}: expected a .*number of .*, found {does_not}"):
        load_parameters().with_overrides({name: does_not})
    write(tmp_path / "county", name, [value("3206", "2020-01-01", float(does_not))])
    with pytest.raises(ParameterError, match=f"{name}, region '3206' from 2020-01-01: expected a "):
        load_parameters(county_folder=tmp_path / "county")


def test_a_parameter_no_rule_uses_may_lack_a_value(tmp_path):
    write(tmp_path / "p", "only_there", [value("320681", "2020-01-01", 1)])
    with duckdb.connect() as con:
        create_parameter_tables(con, load_parameters(tmp_path / "p"), ["320681101", "430529100"], DAY, [], [])
        assert con.execute("SELECT township_code FROM param_only_there ORDER BY 1").fetchall() == [("320681101",)]


def test_an_unknown_township_takes_the_value_of_the_one_county():
    with duckdb.connect() as con:
        create_parameter_tables(
            con, load_parameters(), ["320681101", "320681102", "000000000"], DAY, [2021 * 12 + 6], []
        )
        assert con.execute("SELECT value FROM param_dibao_standard_rural WHERE township_code = ''").fetchall() == [
            (Decimal(710),)
        ]


def test_pay_day_is_read_on_the_first_day_of_the_month_paid_for():
    with duckdb.connect() as con:
        create_parameter_tables(
            con, load_parameters(), ["430529100"], dt.date(2021, 8, 31), [2021 * 12 + 6, 2021 * 12 + 7], []
        )
        rows = con.execute(
            "SELECT pay_month, value FROM param_pay_day WHERE township_code = '430529100' ORDER BY 1"
        ).fetchall()
    assert rows == [(2021 * 12 + 6, Decimal(10)), (2021 * 12 + 7, Decimal(20))]


def test_lists_and_maps_become_rows():
    with duckdb.connect() as con:
        create_parameter_tables(con, load_parameters(), ["430529100"], DAY, [], [])
        assert ("轮椅车",) in con.execute(
            "SELECT value FROM param_exempt_vehicle_types WHERE township_code = '430529100'"
        ).fetchall()
        assert con.execute(
            "SELECT value FROM param_benefit_items WHERE key = '特困供养' AND township_code = ''"
        ).fetchall() == [("特困供养金",)]


def test_overrides_hold_everywhere_and_are_remembered():
    parameters = load_parameters().with_overrides({"dormant_months": "9", "exempt_vehicle_types": "[轮椅车]"})
    assert parameters["dormant_months"].in_force("110101001", dt.date(1990, 1, 1)).value == 9
    assert parameters["exempt_vehicle_types"].in_force("110101001", DAY).value == ["轮椅车"]
    assert parameters.overrides == {"dormant_months": "9", "exempt_vehicle_types": "[轮椅车]"}


def test_bad_overrides_are_told_at_once():
    with pytest.raises(ParameterError) as error:
        load_parameters().with_overrides(
            {"no_such": "1", "pay_day": "soon", "exit_lookback_start": "2021-13-01", "exempt_vehicle_types": "[轮椅车"}
        )
    assert "no_such" in str(error.value)
    assert "pay_day" in str(error.value)
    assert "exit_lookback_start" in str(error.value)
    assert "exempt_vehicle_types" in str(error.value)


def test_values_in_use_say_which_are_examples():
    rows = {row[0]: row for row in values_in_use(load_parameters(), ["522701001"], DAY)}
    assert rows["pay_day"][-1] is False
    assert rows["ill_self_paid"][-1] is True


def test_standards_follow_the_month():
    rows = {
        (c, m): (r, u)
        for c, m, r, u in standards_by_month(load_parameters(), ["320681101"], [2020 * 12 + 6, 2020 * 12 + 7])
    }
    assert rows[("320681101", 2020 * 12 + 6)] == (Decimal(650), Decimal(680))
    assert rows[("320681101", 2020 * 12 + 7)] == (Decimal(710), Decimal(710))
