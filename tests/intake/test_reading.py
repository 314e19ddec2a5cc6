from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from tests.intake.received import as_received
from transforms.intake import cells_at, rows_at


def test_single_records_are_fetched_as_received(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("姓名,备注\n\n'张三,=1+1\n李四,\n".encode("gb18030"))
    file = as_received(path)
    assert cells_at(file, "", 3, tmp_path / "work") == ("'张三", "=1+1")
    assert rows_at(file, "", [4, 2, 9], tmp_path / "work") == {2: (None, None), 4: ("李四", None)}
    assert rows_at(file, "", [], tmp_path / "work") == {}
    with pytest.raises(KeyError):
        cells_at(file, "", 5, tmp_path / "work")


def test_the_sheet_is_told_by_its_name(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for name in ("一", "二"):
        book.create_sheet(name)["B2"] = name
    book.save(tmp_path / "a.xlsx")
    file = as_received(tmp_path / "a.xlsx")
    assert cells_at(file, "二", 2, tmp_path / "work") == (None, "二")
    with pytest.raises(KeyError, match="三"):
        cells_at(file, "三", 1, tmp_path / "work")
