"""Checks a returned list against the one that was issued, row by row: what can be recorded, what is refused
and why, what is missing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Generic, Protocol, Self, TypeVar

from transforms.decisions.answers import WrongEntry, day_of, outcome_of, text_of
from transforms.decisions.issued import IssuedLead, IssuedList
from transforms.decisions.repository import Answer, Recorded, Said
from transforms.decisions.returned import ANSWER_HEADING, ReturnedBook, ReturnedRow
from transforms.publish.workbooks.labels import chinese_date
from transforms.publish.workbooks.sheet import cell_text

MOST_YEARS_AHEAD = 5
#: What a list of leads shows in the columns of LEADS_FORM.shown.
SHOWN_COLUMNS = ("rule_title", "household_id", "name", "id_number")
#: Months a decision holds, by outcome; None: until it is answered again.
Holds = Callable[[str, str, dt.date], int | None]


A = TypeVar("A", bound=Said)


class Asked(Protocol):
    """One row of a list as it was handed out."""

    @property
    def evidence_hash(self) -> str: ...


@dataclass(frozen=True)
class Remark:
    """One thing said of one cell.

    `code` is for programs, `message` for the township; neither quotes what the cell held.
    """

    file: str
    sheet: str
    row: int | None
    column: str
    code: str
    message: str


@dataclass
class CheckedList(Generic[A]):
    """A returned list after checking: `missing` are the numbers (finding_id) of the issued list without a row."""

    book: ReturnedBook
    answers: list[A] = field(default_factory=list)
    refused: list[Remark] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    unanswered: int = 0

    @classmethod
    def of(cls, book: ReturnedBook) -> Self:
        """The list before its rows are looked at: what is told of the file as a whole."""
        return cls(book, refused=_other_sheets(book), warnings=_missing_columns(book))

    @property
    def refused_rows(self) -> int:
        """How many rows were refused (a row may have several mistakes)."""
        return len({r.row for r in self.refused if r.row})


def check_list(book: ReturnedBook, issued: IssuedList | None, holds: Holds, today: dt.date) -> CheckedList[Answer]:
    """Check every row of a returned list.

    `issued` is the list the workbook says it is, None when this store published no such list. `holds(outcome,
    township, day)` gives the months a decision holds. Rows without an outcome are counted as unanswered;
    nothing of them is recorded.
    """
    checked = CheckedList[Answer].of(book)
    seen: set[str] = set()
    read: list[tuple[ReturnedRow, Answer]] = []
    for row in book.rows:
        remarks = list(wrong_keys(book, issued.leads if issued else None, row))
        finding_id = row["finding_id"].text
        if not any(r.code in ("other_run", "other_township") for r in remarks):
            seen.add(finding_id)
        if not remarks and issued is not None:
            if not row.answered:
                checked.unanswered += 1
                checked.warnings += half_filled(book, row)
                continue
            lead = issued.leads[finding_id]
            remarks += edited(book, row, [lead.columns[c] for c in SHOWN_COLUMNS])
            answer = _answer(book, row, lead, issued, holds, today, remarks)
            if answer is not None:
                read.append((row, answer))
        checked.refused += remarks
    checked.refused += duplicates(book, read)
    twice = {remark.row for remark in checked.refused}
    checked.answers = [answer for row, answer in read if row.number not in twice]
    checked.warnings += [w for row, answer in read if row.number not in twice for w in _left_out(book, row, answer)]
    checked.missing = sorted(set(issued.leads) - seen) if issued else []
    return checked


def remark(book: ReturnedBook, row: ReturnedRow, heading: str, code: str, message: str) -> Remark:
    """A remark on one cell, its column named by letter and heading."""
    return remark_at(book, row.number, heading, code, message)


def remark_at(book: ReturnedBook, row: int, heading: str, code: str, message: str) -> Remark:
    """The same of a row known by its number."""
    letter = book.columns.get(heading, "")
    return Remark(book.file_name, book.form.sheet, row, f"{letter} {heading}".strip(), code, message)


def _other_sheets(book: ReturnedBook) -> list[Remark]:
    """Sheets that were filled in beside the one that is read."""
    message = f"这张表中也有填写，没有采用；请把填写移到“{book.form.sheet}”表，并删去这张表后报回"
    return [Remark(book.file_name, sheet, None, "", "other_sheet", message) for sheet in book.other_sheets]


def _missing_columns(book: ReturnedBook) -> list[Remark]:
    """Columns to be filled in that are not there: what was written under another heading is not read."""
    message = "表头中没有这一列（被删去或改了名），此列的填写没有采用；填写过的，请恢复表头后再报回"
    return [
        Remark(book.file_name, book.form.sheet, None, heading, "left_out", message)
        for heading in book.form.fill_in
        if heading not in book.columns
    ]


def wrong_keys(book: ReturnedBook, issued: Mapping[str, Asked] | None, row: ReturnedRow) -> Iterable[Remark]:
    """What is wrong with the hidden keys, the first that says it: a row of another list has no other key to
    be right. `issued`: what the list asked, by the key finding_id; None for a list that was never handed out.
    """
    if any(row[key].kind != "value" for key in book.form.keys):
        yield remark(book, row, "finding_id", "edited_key", "隐藏的编号列应保持下发时的内容，不能是公式")
    elif not any(row[key].text for key in book.form.keys):
        yield remark(
            book,
            row,
            "finding_id",
            "unknown_finding",
            "本行没有隐藏的编号（自行添加，或编号被删去），未采用；名单上的请在下发的核查表上填写本行，名单以外的请另行报告",
        )
    elif row["run_id"].text != book.run_id:
        yield remark(book, row, "run_id", "other_run", f"本行不属于本表的批次，应为 {book.run_id}")
    elif row["township_code"].text != book.township_code:
        yield remark(
            book,
            row,
            "township_code",
            "other_township",
            f"本行不属于本表的镇（街道），应为 {book.township_code}",
        )
    elif issued is None:
        yield remark(
            book,
            row,
            "run_id",
            "other_run",
            "本系统没有下发过这一批次的名单（或为复查试算，或该批次已过保存期限）；请用最近下发的核查表填写",
        )
    elif row["finding_id"].text not in issued:
        yield remark(
            book,
            row,
            "finding_id",
            "unknown_finding",
            f"下发给本镇（街道）的这份名单中没有这条{book.form.about}；请勿改动隐藏列或粘贴其他表的行",
        )
    elif row["evidence_hash"].text != issued[row["finding_id"].text].evidence_hash:
        yield remark(
            book,
            row,
            "evidence_hash",
            "edited_key",
            "隐藏的依据校验码与下发时不一致；请在下发的核查表上重新填写本行",
        )


def edited(book: ReturnedBook, row: ReturnedRow, shown: Sequence[Any]) -> list[Remark]:
    """Locked cells that no longer say what the hidden keys say: edited, or sorted apart from them. `shown`: what
    was handed out in the form's shown columns.
    """
    return [
        remark(
            book,
            row,
            heading,
            "edited_key",
            "锁定列的内容与下发时不一致（被改动，或排序时与隐藏列错位）；请在下发的核查表上重新填写本行",
        )
        for heading, value in zip(book.form.shown, shown, strict=True)
        if heading in book.columns and row[heading].text != cell_text(str(value or "")).strip()
    ]


def _answer(
    book: ReturnedBook,
    row: ReturnedRow,
    lead: IssuedLead,
    issued: IssuedList,
    holds: Holds,
    today: dt.date,
    remarks: list[Remark],
) -> Answer | None:
    """The row as an answer, or None after adding a remark for every cell that is wrong."""
    found: dict[str, Any] = {}
    for heading, read in (
        ("核查结果", outcome_of),
        ("核查人", text_of),
        ("核查日期", day_of),
        ("整改措施", text_of),
        ("完成时限", day_of),
        ("说明", text_of),
    ):
        try:
            found[heading] = read(row[heading])
        except WrongEntry as wrong:
            remarks.append(remark(book, row, heading, wrong.code, str(wrong)))
    remarks += _days_out_of_range(book, row, found, issued.as_of, today)
    if remarks:
        return None
    decided_on = found["核查日期"] or today
    months = holds(found["核查结果"], lead.owner_township_code, decided_on)
    return Answer(
        source_row=row.number,
        finding_id=lead.finding_id,
        rule_id=lead.rule_id,
        rule_version=lead.rule_version,
        subject_key=lead.subject_key,
        match_tier=lead.match_tier,
        match_confidence=lead.match_confidence,
        run_id=issued.run_id,
        run_as_of=issued.as_of,
        township_code=issued.township_code,
        owner_township_code=lead.owner_township_code,
        outcome=found["核查结果"],
        checked_by=found["核查人"],
        checked_on=found["核查日期"],
        measures=found["整改措施"],
        due=found["完成时限"],
        note=found["说明"],
        evidence_hash=lead.evidence_hash,
        evidence=lead.evidence,
        lead=lead.as_json,
        decided_on=decided_on,
        expires_on=add_months(decided_on, months) if months is not None else None,
    )


def _days_out_of_range(
    book: ReturnedBook, row: ReturnedRow, found: dict[str, Any], as_of: dt.date, today: dt.date
) -> list[Remark]:
    """The days the sheet itself would not have taken: before the month of the list, checks in the future,
    deadlines before the check.
    """
    earliest = as_of.replace(day=1)
    checked, due = found.get("核查日期"), found.get("完成时限")
    remarks = []
    if checked and not earliest <= checked <= max(today, as_of):
        remarks.append(
            remark(
                book,
                row,
                "核查日期",
                "wrong_date",
                f"应在{chinese_date(earliest)}至{chinese_date(max(today, as_of))}之间",
            )
        )
    if due and not (checked or earliest) <= due <= dt.date(as_of.year + MOST_YEARS_AHEAD, 12, 31):
        remarks.append(
            remark(
                book,
                row,
                "完成时限",
                "wrong_date",
                f"应不早于核查日期，且不晚于{as_of.year + MOST_YEARS_AHEAD}年底",
            )
        )
    return remarks


def duplicates(book: ReturnedBook, read: Sequence[tuple[ReturnedRow, A]]) -> list[Remark]:
    """Answered rows about the same: of equal ones the first counts; where they differ none is believed."""
    rows: dict[str, list[tuple[ReturnedRow, A]]] = {}
    for row, answer in read:
        rows.setdefault(answer.subject_id, []).append((row, answer))
    remarks = []
    for group in rows.values():
        differ = len({answer.content_key for _, answer in group}) > 1
        numbers = "、".join(str(row.number) for row, _ in group)
        for row, _ in group if differ else group[1:]:
            message = (
                f"同一条{book.form.about}在第{numbers}行重复且填写不同，均未采用；每条{book.form.about}只应有一行"
                if differ
                else f"与第{group[0][0].number}行重复，只采用第一行"
            )
            remarks.append(remark(book, row, "finding_id", "duplicate_row", message))
    return remarks


def contradictions(lists: Sequence[CheckedList[Any]]) -> None:
    """Refuse what copies of one list, given together, answer differently: nobody can say which of them is the last word."""
    told: dict[tuple[str, str, str, str], list[tuple[CheckedList[Any], Said]]] = {}
    for checked in lists:
        book = checked.book
        for answer in checked.answers:
            about = (book.form.sheet, book.run_id, book.township_code, answer.subject_id)
            told.setdefault(about, []).append((checked, answer))
    for group in told.values():
        if len({answer.content_key for _, answer in group}) == 1:
            continue
        places = "、".join(f"{checked.book.file_name}第{answer.source_row}行" for checked, answer in group)
        for checked, answer in group:
            message = f"同一份名单的几个文件（{places}）对同一条{checked.book.form.about}填写不同，均未采用；请只报回正确的一份"
            checked.refused.append(remark_at(checked.book, answer.source_row, "finding_id", "duplicate_row", message))
    for checked in lists:
        twice = {remark.row for remark in checked.refused if remark.row}
        checked.answers = [answer for answer in checked.answers if answer.source_row not in twice]
        checked.warnings = [warning for warning in checked.warnings if warning.row not in twice]


def half_filled(book: ReturnedBook, row: ReturnedRow) -> list[Remark]:
    """A row without the answer itself, though something else was filled in."""
    if not any(row.holds(heading) for heading in book.form.fill_in):
        return []
    message = "本行填写了其他各列而没有核查结果，未采用"
    return [remark(book, row, ANSWER_HEADING, "left_out", message)]


def _left_out(book: ReturnedBook, row: ReturnedRow, answer: Answer) -> list[Remark]:
    """What a recorded answer should have said beside its outcome."""
    wanted = [("核查人", answer.checked_by), ("核查日期", answer.checked_on)]
    if answer.outcome == "属实":
        wanted += [("整改措施", answer.measures), ("完成时限", answer.due)]
    elif answer.outcome != "待查":
        wanted.append(("说明", answer.note))
    return [remark(book, row, heading, "left_out", "已采用，但此项未填写") for heading, value in wanted if not value]


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later, the last of the month where that has fewer days."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    following = dt.date(year + (month == 11), (month + 1) % 12 + 1, 1)
    return dt.date(year, month + 1, min(day.day, (following - dt.timedelta(days=1)).day))


def recorded_remarks(book: ReturnedBook, recorded: Recorded) -> tuple[list[Remark], list[Remark]]:
    """What is to be said of answers beside those recorded before: (refused, warnings)."""

    def told(rows: Iterable[int], code: str, message: str) -> list[Remark]:
        return [remark_at(book, row, ANSWER_HEADING, code, message) for row in rows]

    refused = told(
        recorded.superseded,
        "superseded",
        "本行与这份名单以前报回、后来已更正的填写完全相同，未采用；确需改回的，请更新核查日期或说明后再报回",
    )
    warnings = told(recorded.replacing, "replaced", "已采用，取代了这份名单以前报回的不同填写")
    warnings += told(
        recorded.outweighed, "later_list", "已存档，但后一批次的名单对同一条线索已有核查结果，以后一批次的为准"
    )
    return refused, warnings


def as_rows(remarks: Iterable[Remark]) -> list[dict[str, Any]]:
    """Remarks as plain rows."""
    return [asdict(r) for r in remarks]
