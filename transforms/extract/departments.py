"""What another department needs to act, and no more: who is in receipt of what, where and in which month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from transforms.publish.workbooks.labels import chinese_date
from transforms.publish.workbooks.sheet import Book, TableColumn
from transforms.publish.workbooks.styles import CENTRED, FIGURE_TEXT, NOTE, STRONG, TEXT

BASIS = "依据：黔南州2021年度低保年度核查通知三（医保资助信息按月共享、低收入对象书面共享给医保、住建等部门）及当地同类规定。"
USE = "仅供贵单位办理相应救助使用，不得用于其他用途，用后按规定销毁。救助状态以民政部门当月名册为准。"
NAMES = {"medical": "医保", "housing": "住建"}
TITLES = {"medical": "社会救助对象名单（供医保部门）", "housing": "社会救助家庭名单（供住建部门）"}
PERSON = {"medical": "姓名", "housing": "户主姓名"}
ID_NUMBER = {"medical": "身份证号", "housing": "户主身份证号"}
WIDTHS = (7, 22, 14, 24, 14, 14)


def write_department_list(book: Book, department: str, county: str, rows: Sequence[Sequence[Any]]) -> None:
    """The list of one county. rows: (township_name, name, id_number, benefit_type), one per person or
    household and benefit.
    """
    month = f"{book.run.as_of.year}年{book.run.as_of.month}月"
    sheet = book.sheet("名单", WIDTHS)
    sheet.title(f"{county}{TITLES[department]}")
    sheet.line(
        f"在享情况截至{chinese_date(book.run.as_of)}，共{len(rows)}条；一人（户）享受几项救助的，每项一条。", NOTE
    )
    sheet.line(BASIS, NOTE)
    sheet.line(USE, NOTE)
    heading = sheet.table(
        [
            TableColumn("序号", replace(CENTRED, number="0")),
            TableColumn("乡镇（街道）", TEXT),
            TableColumn(PERSON[department], STRONG),
            TableColumn(ID_NUMBER[department], FIGURE_TEXT),
            TableColumn("救助类型", TEXT),
            TableColumn("有效月份", CENTRED),
        ],
        ([number, *row, month] for number, row in enumerate(rows, start=1)),
    )
    sheet.worksheet.freeze_panes = f"A{heading + 1}"
    sheet.worksheet.print_title_rows = f"{heading}:{heading}"
