"""启东 annex 3, 低收入年检动态管理上报表: totals from annex 4, the rest from the opinions filled in there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl.utils import get_column_letter

from transforms.forms import headings
from transforms.forms.layout import FormBook, FormSheet, filled
from transforms.forms.model import ASIDE, ASIDE_HEADING, COMPUTED, COUNT, HUMAN, MIDDLE, Field, Place, Row
from transforms.forms.township_forms import LOW_INCOME_TYPES, OPINIONS, Annex4Ranges

GROUPS = (("total", "年检总数"), ("denied", "年检否定数"), ("kept", "年检符合数"))
PARTS = (("ill_households", "户数"), ("ill_persons", "人数"), ("disabled", "户数"), ("aged", "户数"))
KEPT, DENIED = OPINIONS


@dataclass(frozen=True)
class Annex3Line:
    """One township's line: its totals and, in its own workbook, where its annex 4 is counted."""

    place: Place
    counts: dict[str, int]
    ranges: Annex4Ranges | None = None

    @property
    def totals(self) -> tuple[int, int, int, int]:
        """Households and persons of the first type, households of the two others."""
        ill, disabled, aged = (self.counts[kind] for kind in LOW_INCOME_TYPES)
        return ill, self.counts["ill"], disabled, aged


def fields() -> tuple[Field, ...]:
    """The columns of annex 3. What was denied and kept is the townships' to say."""
    counted = tuple(
        Field(f"{group}·{part}", f"{key}_{name}", 9, COUNT, COMPUTED if key == "total" else HUMAN)
        for key, group in GROUPS
        for name, part in PARTS
    )
    return (Field("区城", "region", 24, MIDDLE), *counted)


def write_annex_3(book: FormBook, title_place: str, lines: Sequence[Annex3Line]) -> FormSheet:
    """One line per township and 合计; denied and kept come from annex 4 of the same workbook, by formula."""
    sheet = book.form("附件3", headings.ANNEX_3, fields())
    sheet.opening("附件3：", filled(headings.TITLE_3, place=title_place))
    sheet.headings([26, 40, 60])
    sheet.body([_values(line) for line in lines])
    for number, line in enumerate(lines, start=sheet.first_body_row):
        if line.ranges is not None:
            _count_opinions(sheet, number, line.ranges)
    sums = [sum(column) for column in zip(*(line.totals for line in lines), strict=True)] or [0] * len(PARTS)
    sheet.total({f"total_{name}": value for (name, _), value in zip(PARTS, sums, strict=True)})
    if any(line.ranges is not None for line in lines):
        _sum_opinions(sheet, len(lines))
    sheet.note(headings.NOTE_3)
    sheet.close()
    return sheet


def _values(line: Annex3Line) -> Row:
    values = {f"total_{name}": value for (name, _), value in zip(PARTS, line.totals, strict=True)}
    return {"region": line.place.township_name, **values}


def _count_opinions(sheet: FormSheet, row: int, ranges: Annex4Ranges) -> None:
    """Formulas that stay blank until annex 4 has an opinion, so that nothing reads as 'none denied'."""
    column = 2 + len(PARTS)
    others = {"disabled": LOW_INCOME_TYPES[1], "aged": LOW_INCOME_TYPES[2]}
    for opinion in (DENIED, KEPT):
        for name, _ in PARTS:
            kind = others.get(name, LOW_INCOME_TYPES[0])
            sheet.formula(row, column, _counted(ranges, kind, opinion, name == "ill_persons"), COUNT)
            column += 1
    sheet.put(sheet.first_body_row - 1, column + 1, "勾稽（表外）：总数＝否定＋符合", ASIDE_HEADING)
    sheet.worksheet.column_dimensions[get_column_letter(column + 1)].width = 34
    sheet.formula(
        row,
        column + 1,
        f'=IF(F{row}="","待填附件4镇复核意见",IF(AND(B{row}=F{row}+J{row},C{row}=G{row}+K{row},'
        f'D{row}=H{row}+L{row},E{row}=I{row}+M{row}),"平","不平：附件4还有未填的镇复核意见"))',
        ASIDE,
    )


def _counted(ranges: Annex4Ranges, kind: str, opinion: str, persons: bool) -> str:
    if not ranges.types:
        return "=0"
    matches = f'{ranges.types},"{kind}",{ranges.opinions},"{opinion}"'
    count = f"SUMIFS({ranges.ill},{matches})" if persons else f"COUNTIFS({matches})"
    return f'=IF(COUNTA({ranges.opinions})=0,"",{count})'


def _sum_opinions(sheet: FormSheet, lines: int) -> None:
    first, last, total = sheet.first_body_row, sheet.first_body_row + lines - 1, sheet.first_body_row + lines
    for column in range(2 + len(PARTS), 2 + len(PARTS) * 3):
        letter = get_column_letter(column)
        cells = f"{letter}{first}:{letter}{last}"
        sheet.formula(total, column, f'=IF(COUNT({cells})=0,"",SUM({cells}))', COUNT)
