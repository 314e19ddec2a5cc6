from __future__ import annotations

import datetime as dt
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
import xlwt

from tests.intake.received import Cells, cells
from transforms.intake import RawSheet, UnreadableFile, workbook_parts

Opener = Callable[[Path], list[RawSheet]]
ID_AS_NUMBER = 3.20681199303091e17


def rewritten(source: Path, target: Path, part: str, change: Callable[[str], str]) -> Path:
    """A copy of a workbook with one part changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            new.writestr(name, change(data.decode()).encode() if name == part else data)
    return target


@pytest.fixture
def mixed_xlsx(tmp_path: Path) -> Path:
    """Cells of every type, the used range beginning at C3."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append([])
    sheet["C3"] = "标题"
    sheet["C4"] = ID_AS_NUMBER
    sheet["D4"] = "320681199303091008"
    sheet["E4"] = dt.date(2021, 5, 31)
    sheet["F4"] = 0.5
    sheet["G4"] = 12.0
    sheet["H4"] = True
    sheet["I4"] = "true"
    sheet["J4"] = "#N/A"
    sheet["J4"].data_type = "e"
    sheet["K4"] = 123456789.12
    sheet["L4"] = 9876543.21
    sheet["M4"] = 1e-10
    sheet["C6"] = "  "
    sheet["D6"] = "两行\n一格"
    sheet["E9"] = "   "
    sheet["F9"].number_format = "0.00"
    path = tmp_path / "mixed.xlsx"
    book.save(path)
    return path


MIXED: Cells = [
    (None,) * 13,
    (None,) * 13,
    (None, None, "标题", *[None] * 10),
    (
        *(None, None, "320681199303091000", "320681199303091008", "2021-05-31 00:00:00", "0.5", "12"),
        *("TRUE", "true", None, "123456789.12", "9876543.21", "0.0000000001"),
    ),
    (None,) * 13,
]


def test_cells_are_plain_text_in_their_physical_place(opened: Opener, mixed_xlsx: Path) -> None:
    (raw,) = opened(mixed_xlsx)
    assert (raw.kind, raw.sheet, raw.sheet_no, raw.hidden, raw.header) == ("xlsx", "Sheet", 0, False, None)
    rows = cells(raw)
    assert rows[:5] == MIXED
    assert rows[5][3] == "两行\n一格"
    assert len(rows) == 6


def test_a_prefix_on_every_tag_changes_nothing(opened: Opener, mixed_xlsx: Path, tmp_path: Path) -> None:
    def prefixed(xml: str) -> str:
        xml = re.sub(r"<(/?)(\w+)", r"<\1x:\2", xml)
        return xml.replace("xmlns=", "xmlns:x=")

    (raw,) = opened(rewritten(mixed_xlsx, tmp_path / "p.xlsx", "xl/worksheets/sheet1.xml", prefixed))
    assert cells(raw)[:5] == MIXED


def test_cells_without_a_reference_are_counted(opened: Opener, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append(["a", ID_AS_NUMBER, True])  # type: ignore[union-attr]
    book.save(tmp_path / "a.xlsx")
    bare = rewritten(
        tmp_path / "a.xlsx",
        tmp_path / "b.xlsx",
        "xl/worksheets/sheet1.xml",
        lambda xml: re.sub(r'(<c|<row) r="\w+"', r"\1", xml),
    )
    (raw,) = opened(bare)
    assert cells(raw) == [("a", "320681199303091000", "TRUE")]


def test_whole_numbers_keep_the_digits_they_were_written_with(opened: Opener, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.append([7, "x"])  # type: ignore[union-attr]
    book.save(tmp_path / "a.xlsx")
    long = rewritten(
        tmp_path / "a.xlsx",
        tmp_path / "b.xlsx",
        "xl/worksheets/sheet1.xml",
        lambda xml: xml.replace("<v>7</v>", "<v>320681199303091146</v>"),
    )
    (raw,) = opened(long)
    assert cells(raw) == [("320681199303091146", "x")]


def test_merged_cells_are_filled_over_their_range_only(opened: Opener, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["A2"], sheet["B2"], sheet["B3"], sheet["C3"] = "标题", "户主", "收入", "工资", "其他"
    for row in range(4, 12):
        sheet.cell(row, 1).value = f"户{row}" if row % 2 == 0 else None
        sheet.cell(row, 2).value, sheet.cell(row, 3).value = row, row * 10
    for merged in ("A1:F1", "A2:A3", "B2:C2", *(f"A{row}:A{row + 1}" for row in range(4, 12, 2)), "D11:E40"):
        sheet.merge_cells(merged)
    sheet["D11"] = "末"
    book.save(tmp_path / "a.xlsx")
    (raw,) = opened(tmp_path / "a.xlsx")
    rows = cells(raw)
    assert rows[:3] == [("标题",) * 4, ("户主", "收入", "收入", None), ("户主", "工资", "其他", None)]
    assert rows[3:] == [
        (f"户{row - row % 2}", str(row), str(row * 10), "末" if row == 11 else None) for row in range(4, 12)
    ]


def test_sheets_keep_their_place_name_and_state(opened: Opener, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "空"  # type: ignore[union-attr]
    book.create_chartsheet("图")
    for name, state in (("一 & '二'", "visible"), ("隐", "hidden"), ("深隐", "veryHidden")):
        sheet = book.create_sheet(name)
        sheet["A1"] = name
        sheet.sheet_state = state
    book.save(tmp_path / "a.xlsx")
    sheets = opened(tmp_path / "a.xlsx")
    assert [(raw.sheet_no, raw.sheet, raw.hidden, cells(raw)) for raw in sheets] == [
        (2, "一 & '二'", False, [("一 & '二'",)]),
        (3, "隐", True, [("隐",)]),
        (4, "深隐", True, [("深隐",)]),
    ]


def test_old_workbooks_read_the_same(opened: Opener, tmp_path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    sheet.write_merge(2, 2, 1, 3, "标题")
    sheet.write(3, 1, ID_AS_NUMBER)
    sheet.write(3, 2, dt.date(2021, 5, 31), xlwt.easyxf(num_format_str="yyyy-mm-dd"))
    sheet.write(3, 3, True)
    sheet.write_merge(4, 5, 1, 1, "户")
    sheet.write(4, 2, 0.5)
    sheet.write(5, 2, 9876543.21)
    sheet.write(5, 3, 7.0)
    hidden = book.add_sheet("隐")
    hidden.visibility = 1
    hidden.write(0, 0, "v")
    book.add_sheet("空")
    # Renamed, as departments do
    book.save(str(tmp_path / "a.xlsx"))
    first, second = opened(tmp_path / "a.xlsx")
    assert (first.kind, first.sheet, first.hidden, second.sheet, second.hidden) == (
        "xls",
        "名册",
        False,
        "隐",
        True,
    )
    assert cells(first) == [
        (None,) * 4,
        (None,) * 4,
        (None, "标题", "标题", "标题"),
        (None, "320681199303091000", "2021-05-31 00:00:00", "TRUE"),
        (None, "户", "0.5", None),
        (None, "户", "9876543.21", "7"),
    ]


def test_a_workbook_without_values_is_refused(opened: Opener, tmp_path: Path) -> None:
    openpyxl.Workbook().save(tmp_path / "a.xlsx")
    with pytest.raises(UnreadableFile, match="没有内容"):
        opened(tmp_path / "a.xlsx")


@pytest.mark.parametrize("cell", ["XFD1048576", "ZZ200000", "A1048577"])
def test_a_stray_cell_far_outside_is_refused_before_it_takes_memory(opened: Opener, tmp_path: Path, cell: str) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"], sheet["B2"] = 1, 2
    book.save(tmp_path / "a.xlsx")
    row = re.sub(r"\D", "", cell)

    def moved(xml: str) -> str:
        return xml.replace('r="B2"', f'r="{cell}"').replace('<row r="2"', f'<row r="{row}"')

    with pytest.raises(UnreadableFile, match="零散单元格"):
        opened(rewritten(tmp_path / "a.xlsx", tmp_path / "b.xlsx", "xl/worksheets/sheet1.xml", moved))


def test_a_zip_bomb_is_refused_unopened(opened: Opener, mixed_xlsx: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(mixed_xlsx) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))
        with new.open("xl/media/zeros.bin", "w") as stream:
            for _ in range(260):
                stream.write(bytes(1 << 20))
    with pytest.raises(UnreadableFile, match="打开不安全"):
        opened(bomb)


def test_sheet_xml_is_read_alike_in_pieces_of_any_size(mixed_xlsx: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = workbook_parts.sheet_parts(mixed_xlsx)
    whole = workbook_parts.sheet_facts(mixed_xlsx, parts["Sheet"])
    assert len(whole.exact) == 5
    for size in (7, 64, 333):
        monkeypatch.setattr(workbook_parts, "_BLOCK", size)
        pieces = workbook_parts.sheet_facts(mixed_xlsx, parts["Sheet"])
        assert (sorted(pieces.exact), pieces.first_column) == (sorted(whole.exact), whole.first_column)


def test_a_cell_with_a_date_format_that_holds_no_day_is_no_day_of_1899_or_57234(opened: Opener, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number in (0, -1, 0.5, 1, dt.datetime(2021, 5, 31), 20210630):
        sheet.append([number])
        sheet.cell(sheet.max_row, 1).number_format = "yyyy/m/d"
    sheet.append(["1899-12-31"])
    sheet.append(["+86 513"])
    book.save(tmp_path / "zero.xlsx")
    (raw,) = opened(tmp_path / "zero.xlsx")
    assert [row[0] for row in cells(raw)] == [
        "1900-01-00", "1900-01-00", "12:00:00", "1900-01-01 00:00:00", "2021-05-31 00:00:00", "20210630", "1899-12-31", "+86 513",
    ]  # fmt: skip
