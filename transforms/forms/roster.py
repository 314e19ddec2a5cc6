"""城步's 农村低保调整花名册: what changed in a township since last month, and what is to be looked at."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb

from transforms.forms import headings
from transforms.forms.layout import FormBook, filled
from transforms.forms.model import (
    COUNT,
    DIGITS,
    HUMAN,
    MIDDLE,
    MONEY,
    PREFILLED,
    TEXT,
    Field,
    FormsRun,
    Gap,
    Place,
    Row,
    month_number,
)
from transforms.forms.proposals import HEADING as PROPOSAL
from transforms.forms.proposals import proposal
from transforms.forms.tables import rows

HERE = Path(__file__).parent
UNCONFIRMED = "待确认：通知要求上报本花名册，但没有附样表，栏目为建议格式。"
TO_DECIDE = "拟调整户待乡镇核实后填写"
LEAST_LINES = 3


def fields(run: FormsRun) -> tuple[Field, ...]:
    """The columns of the roster."""
    before = month_number(run.before_month)
    return (
        Field("序号", "number", 5, COUNT),
        Field("村（居）", "village", 11, MIDDLE, why_empty="花名册该栏没有填写"),
        Field("户主姓名", "head_name", 9, MIDDLE),
        Field("身份证号", "id_number", 20, DIGITS, why_empty="花名册该栏没有填写"),
        Field("家庭住址", "address", 24, TEXT, why_empty="花名册该栏没有填写"),
        Field("调整前·保障人口", "persons_before", 7, COUNT),
        Field("调整前·月保障金/元", "yuan_before", 10, MONEY, why_empty=f"没有该户{before}月的金额"),
        Field("调整类别", "kind", 8, MIDDLE),
        Field("调整原因", "reason", 28, TEXT, PREFILLED),
        Field("调整后·保障人口", "persons_after", 7, COUNT, why_empty=TO_DECIDE),
        Field("调整后·月保障金/元", "yuan_after", 10, MONEY, why_empty=TO_DECIDE),
        Field("乡镇审核意见", "opinion", 12, TEXT, HUMAN),
        Field("备注", "remark", 9, TEXT, HUMAN),
    )


def write_roster(
    con: duckdb.DuckDBPyConnection, book: FormBook, run: FormsRun, place: Place
) -> tuple[list[Row], list[Gap]]:
    """The sheet 花名册 of one township; its lines and the gaps left."""
    lines = rows(con, (HERE / "roster.sql").read_text(encoding="utf-8"), {"township": place.township_code})
    sheet = book.form("花名册", headings.ROSTER, fields(run))
    sheet.opening("", filled(headings.ROSTER_TITLE, place=place.name))
    sheet.warn(UNCONFIRMED)
    sheet.signed(filled(headings.ROSTER_SEAL, place=place.name))
    sheet.headings([24, 38])
    sheet.body(lines, least=LEAST_LINES)
    changed = [line for line in lines if line["changed"]]
    sums = {key: _sum(lines, key) for key in ("persons_before", "yuan_before", "persons_after", "yuan_after")}
    said = f"已调整{len(changed)}户，拟调整{len(lines) - len(changed)}户"
    sheet.total({"head_name": f"{len(lines)}户", "reason": said, **sums})
    sheet.signed(headings.ROSTER_FOOT)
    sheet.beside(PROPOSAL, lines, lambda line: _suggestion(line, run.not_evaluated))
    sheet.close()
    return lines, sheet.gaps


def _sum(lines: list[Row], key: str) -> Any:
    known = [line[key] for line in lines if line[key] is not None]
    return sum(known) if known or not lines else None


def _suggestion(line: Row, not_evaluated: int) -> str:
    return proposal(line, "按调整后执行" if line["changed"] else "维持", "停发或减发", not_evaluated)
