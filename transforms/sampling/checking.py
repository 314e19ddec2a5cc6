"""Checks a returned spot check list against the draw it was handed out for, row by row: what can be recorded, what is
refused and why, what is missing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from transforms.decisions.answers import WrongEntry, day_of, text_of, word_of
from transforms.decisions.checking import CheckedList, Remark, duplicates, edited, half_filled, remark, wrong_keys
from transforms.decisions.models import RESULTS
from transforms.decisions.returned import ANSWER_HEADING, ReturnedBook, ReturnedRow, ReturnForm
from transforms.decisions.spot_checks import IssuedDraw, Visit, VisitAnswer
from transforms.publish.workbooks.labels import chinese_date
from transforms.sampling.workbook import COVER_SHEET, DRAW_KEY, FILL_IN_HEADINGS, LIST_SHEET, PROBLEM_KINDS, VISIT_KEYS

VISITS_FORM = ReturnForm(
    LIST_SHEET, COVER_SHEET, FILL_IN_HEADINGS, VISIT_KEYS, ("户编号", "户主", "户主身份证号", "救助类型"), "抽查户"
)


def check_visits(book: ReturnedBook, draw: IssuedDraw | None, today: dt.date) -> CheckedList[VisitAnswer]:
    """Check every row of a returned spot check list.

    `draw` holds the visits of the list's township, None when no such draw was handed out. Rows without a
    result are counted as unanswered.
    """
    checked = CheckedList[VisitAnswer].of(book)
    seen: set[str] = set()
    read: list[tuple[ReturnedRow, VisitAnswer]] = []
    for row in book.rows:
        remarks = _wrong_keys(book, draw, row)
        if not any(r.code in ("other_run", "other_township") for r in remarks):
            seen.add(row["finding_id"].text)
        if not remarks and draw is not None:
            if not row.answered:
                checked.unanswered += 1
                checked.warnings += half_filled(book, row)
                continue
            visit = draw.visits[row["finding_id"].text]
            remarks += edited(
                book, row, (visit.household_id, visit.head_name, visit.head_id_number, visit.benefit_types)
            )
            answer = _answer(book, row, visit, draw.run_as_of, today, remarks)
            if answer is not None:
                read.append((row, answer))
        checked.refused += remarks
    checked.refused += duplicates(book, read)
    twice = {r.row for r in checked.refused}
    kept = [(row, answer) for row, answer in read if row.number not in twice]
    checked.answers = [answer for _, answer in kept]
    checked.warnings += [w for row, answer in kept for w in _left_out(book, row, answer)]
    checked.missing = sorted(set(draw.visits) - seen) if draw else []
    return checked


def _wrong_keys(book: ReturnedBook, draw: IssuedDraw | None, row: ReturnedRow) -> list[Remark]:
    remarks = list(wrong_keys(book, draw.visits if draw else None, row))
    if draw is None or (remarks and remarks[0].code in ("other_run", "other_township")):
        return remarks
    if row[DRAW_KEY].text != draw.id or book.run_id != draw.run_id:
        return [remark(book, row, DRAW_KEY, "other_run", f"本行不属于本表的抽查，抽查编号应为 {draw.id}")]
    return remarks


def _answer(
    book: ReturnedBook, row: ReturnedRow, visit: Visit, as_of: dt.date, today: dt.date, remarks: list[Remark]
) -> VisitAnswer | None:
    """The row as an answer, or None after adding a remark for every cell that is wrong."""
    found: dict[str, Any] = {}
    for heading in FILL_IN_HEADINGS:
        try:
            found[heading] = _read(row, heading)
        except WrongEntry as wrong:
            remarks.append(remark(book, row, heading, wrong.code, str(wrong)))
    checked_on = found.get("核查日期")
    earliest, latest = as_of.replace(day=1), max(today, as_of)
    if checked_on and not earliest <= checked_on <= latest:
        said = f"应在{chinese_date(earliest)}至{chinese_date(latest)}之间"
        remarks.append(remark(book, row, "核查日期", "wrong_date", said))
    if found.get(ANSWER_HEADING) == "符合" and found.get("问题类别"):
        remarks.append(remark(book, row, "问题类别", "contradiction", "核查结果为“符合”的，问题类别应为空"))
    if remarks:
        return None
    return VisitAnswer(
        source_row=row.number,
        visit_id=visit.id,
        result=found[ANSWER_HEADING],
        problem_kind=found["问题类别"],
        problem=found["发现的问题"],
        checked_by=found["核查人"],
        checked_on=checked_on,
    )


def _read(row: ReturnedRow, heading: str) -> Any:
    if heading == ANSWER_HEADING:
        return word_of(row[heading], RESULTS)
    if heading == "问题类别":
        return word_of(row[heading], PROBLEM_KINDS) if row.holds(heading) else None
    return day_of(row[heading]) if heading == "核查日期" else text_of(row[heading])


def _left_out(book: ReturnedBook, row: ReturnedRow, answer: VisitAnswer) -> list[Remark]:
    """What a recorded answer should have said beside its result."""
    wanted: list[tuple[str, Any]] = [("核查人", answer.checked_by), ("核查日期", answer.checked_on)]
    if answer.result == "不符合":
        wanted += [("问题类别", answer.problem_kind), ("发现的问题", answer.problem)]
    return [remark(book, row, heading, "left_out", "已采用，但此项未填写") for heading, value in wanted if not value]
