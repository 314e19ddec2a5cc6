"""The workbooks of one county's forms: who files together is in one file, with a 说明 sheet of its own."""

from __future__ import annotations

from pathlib import Path

import duckdb

from transforms.forms.annex_3 import Annex3Line, write_annex_3
from transforms.forms.checks import county_checks, roster_checks, township_checks
from transforms.forms.inspection import write_inspection
from transforms.forms.layout import FormBook
from transforms.forms.model import Check, FormsRun, Gap, Place
from transforms.forms.notes import write_notes
from transforms.forms.region_forms import RegionData, read_regions, write_regions
from transforms.forms.roster import write_roster
from transforms.forms.tables import one, townships
from transforms.forms.township_forms import (
    TownshipData,
    low_income_counts,
    read_township,
    write_annex_1,
    write_annex_2,
    write_annex_4,
    write_annex_5,
)
from transforms.publish.workbooks.header import safe_name

TOWNSHIP_FORMS = ("附件1", "附件2", "附件3", "附件4", "附件5")
COUNTY_FORMS = ("附件3", "附件6", "附件7", "附件8")
WAITING = Gap("附件3", "年检否定数、年检符合数", None, "待各镇填完附件4的镇复核意见后，按各镇附件3填入")
BY_OPINIONS = Gap("附件3", "年检否定数、年检符合数", None, "附件4的镇复核意见填写后由公式计出")


def write_county_forms(
    con: duckdb.DuckDBPyConnection, run: FormsRun, county: Place, folder: Path
) -> tuple[list[Path], list[Check]]:
    """Write every form of one county into `folder`; return the files and the checks that do not hold.

    Reads the form_* tables (create_form_tables) beside the tables of run.duckdb. Files:
    年检_<township>.xlsx (启东 annexes 1-5), 年检_<county>_汇总.xlsx (annexes 3, 6-8), 大排查_<county>.xlsx
    (承德 annexes 1-2), 农村低保调整花名册_<township>.xlsx (城步). Equal tables give equal bytes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    places = townships(con, county)
    registry = bool(one(con, "SELECT count(*) AS n FROM stg_poverty_registry")["n"])
    paths, checks, listed = [], [], []
    for place in places:
        data = read_township(con, place)
        listed.append(data)
        path, found = _write_township(con, run, data, folder, registry)
        paths.append(path)
        checks += found
        path, found = _write_roster(con, run, place, folder)
        paths.append(path)
        checks += found
    regions = read_regions(con, places)
    path, found = _write_county(run, county, listed, regions, folder)
    paths += [path, _write_inspection(con, run, county, places, folder)]
    checks += found
    return sorted(paths), [check for check in checks if not check.holds]


def _write_township(
    con: duckdb.DuckDBPyConnection, run: FormsRun, data: TownshipData, folder: Path, registry: bool
) -> tuple[Path, list[Check]]:
    book = FormBook(run.header, f"{data.place.name}年检报表")
    write_annex_1(book, run, data)
    write_annex_2(book, data, run.not_evaluated)
    ranges = write_annex_4(book, data, run.not_evaluated)
    write_annex_3(book, data.place.name, [Annex3Line(data.place, low_income_counts(data.annex_4), ranges)])
    book.workbook.move_sheet("附件3", offset=-1)
    write_annex_5(book, data, registry)
    checks = township_checks(con, run, data)
    write_notes(book, run, TOWNSHIP_FORMS, [*_from_registers(data), *data.gaps, BY_OPINIONS], checks)
    return book.save(folder / file_name("年检", data.place)), checks


def _from_registers(data: TownshipData) -> list[Gap]:
    """What the roll left blank and another register filled: said, so that the roll can be completed."""
    found = []
    for form, rows in (("附件1", data.annex_1), ("附件4", data.annex_4)):
        ill = sum(1 for row in rows if row["illness_from_register"])
        disabled = sum(1 for row in rows if row["disability_from_register"])
        if ill:
            found.append(Gap(form, "病种", ill, "花名册空白，已按医保的重特大疾病信息填入，请核对"))
        if disabled:
            found.append(Gap(form, "残疾类别、等级", disabled, "花名册空白，已按残联的有效持证信息填入，请核对"))
    return found


def _write_county(
    run: FormsRun, county: Place, listed: list[TownshipData], regions: RegionData, folder: Path
) -> tuple[Path, list[Check]]:
    book = FormBook(run.header, f"{county.county_name}年检汇总")
    lines = [Annex3Line(data.place, low_income_counts(data.annex_4)) for data in listed]
    write_annex_3(book, county.county_name, lines)
    write_regions(book, run, county, regions)
    checks = county_checks(county, lines, listed, regions)
    write_notes(book, run, COUNTY_FORMS, [*regions.gaps, WAITING], checks)
    return book.save(folder / file_name("年检", county, "_汇总")), checks


def _write_inspection(
    con: duckdb.DuckDBPyConnection, run: FormsRun, county: Place, places: list[Place], folder: Path
) -> Path:
    book = FormBook(run.header, f"{county.county_name}大排查统计表和问题清单")
    gaps = write_inspection(con, book, county, places)
    write_notes(book, run, ("附件1", "附件2"), gaps, [], prefix="大排查")
    return book.save(folder / file_name("大排查", county))


def _write_roster(
    con: duckdb.DuckDBPyConnection, run: FormsRun, place: Place, folder: Path
) -> tuple[Path, list[Check]]:
    book = FormBook(run.header, f"{place.name}农村低保调整花名册")
    lines, gaps = write_roster(con, book, run, place)
    checks = roster_checks(con, place, lines)
    write_notes(book, run, ("花名册",), gaps, checks)
    return book.save(folder / file_name("农村低保调整花名册", place)), checks


def file_name(kind: str, place: Place, suffix: str = "") -> str:
    """<kind>_<code>_<name><suffix>.xlsx without what a file system refuses."""
    code, name = (
        (place.township_code, place.township_name) if place.township_code else (place.county_code, place.county_name)
    )
    return f"{kind}_{safe_name(code)}_{safe_name(name)}{suffix}.xlsx"
