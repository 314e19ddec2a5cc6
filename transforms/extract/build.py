"""Builds the workbooks of an extract from one run, in memory: nothing readable touches the disk before it is
encrypted.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from transforms.extract import auditor, departments, lists, reading
from transforms.extract.masking import mask_numbers, mask_text, masked_lead
from transforms.extract.request import Built, ExtractRequest
from transforms.publish.workbooks import RunHeader, cover, township_file_name
from transforms.publish.workbooks import reading as run_tables
from transforms.publish.workbooks.labels import SEVERITIES
from transforms.publish.workbooks.reading import InputFile, Lead, Rule, Township
from transforms.publish.workbooks.reviews import Reviews, reviews_for
from transforms.publish.workbooks.sheet import Book

MASKED_NOTES = (
    "本表供监督检查使用。身份证号只显示前6位和后4位，银行账号只显示后4位，出生日期、电话、门牌号已遮盖；姓名保留。",
    "线索不等于结论。需要查看原始记录的，把线索编号连同取数回执编号报县级民政部门。",
    "本表含个人信息，不得外传；用后按规定销毁。",
)
WHOLE_NOTES = ("本表含完整的个人信息，只供本乡镇（街道）核查使用，不得外传；用后按规定销毁。",)


@dataclass(frozen=True)
class _Source:
    """What every builder needs."""

    con: duckdb.DuckDBPyConnection
    request: ExtractRequest
    run: RunHeader

    def titles(self) -> dict[str, str]:
        """Chinese title by rule."""
        return {rule.rule_id: rule.title for rule in run_tables.rules(self.con)}

    def scope(self) -> str:
        """The filters in words."""
        return lists.scope(self.request.filters, self.titles())


def build_extract(
    con: duckdb.DuckDBPyConnection, request: ExtractRequest, run: RunHeader, key: bytes | None = None
) -> list[Built]:
    """The workbooks of an extract: one per county, for townships one per township.

    Reads core_township, core_row, core_household, core_payment, out_finding, run_rule, run_input and, where the
    run has it, measured_precision. `key`:
    the secret that the keys of auditors are made with. Equal runs, requests and keys give equal bytes. Raises
    ExtractError for a township or rule the run does not know.
    """
    reading.check_request(con, request)
    source = _Source(con, request, run)
    if request.audience == "supervisor":
        return list(_supervisor(source))
    if request.audience == "township":
        return list(_township(source))
    if request.audience == "auditor":
        if key is None:
            raise ValueError("an extract for auditors needs the secret its keys are made with")
        return list(_auditor(source, key))
    return list(_department(source, str(request.department)))


@dataclass
class _Measured:
    """What earlier reviews measured, read once per township."""

    con: duckdb.DuckDBPyConnection
    known: dict[str, Reviews] = field(default_factory=dict)

    def of(self, lead: Lead) -> Reviews:
        """The reviews a finding is to be judged by: those of its own township."""
        if lead.township_code not in self.known:
            self.known |= reviews_for(self.con, [lead.township_code])
        return self.known[lead.township_code]

    def text(self, lead: Lead) -> str:
        """The measured share as the list prints it."""
        return self.of(lead).text(lead)

    def ordered(self, found: Sequence[reading.PlacedLead]) -> list[reading.PlacedLead]:
        """By township and severity; within them the likeliest first, and what is equally likely as it came."""
        severities = {severity: rank for rank, severity in enumerate(SEVERITIES)}
        return sorted(
            found,
            key=lambda x: (
                x.lead.township_code,
                severities.get(x.lead.severity, len(severities)),
                -self.of(x.lead).middle(x.lead),
            ),
        )


def _supervisor(source: _Source) -> Iterator[Built]:
    measured = _Measured(source.con)
    found = measured.ordered(reading.placed_leads(source.con, source.request))
    files = [_masked_file(file) for file in run_tables.input_files(source.con)]
    missing = cover.not_compared([_masked_rule(r) for r in run_tables.rules(source.con)], files)
    page = lists.ListPage({file.dataset: file.title for file in files}, measured.text)
    for code, county in _counties(source).items():
        own = [x for x in found if x.county_code == code]
        shown = [replace(masked_lead(x.lead), finding_id=f"{number:05d}") for number, x in enumerate(own, start=1)]
        text = lists.ListText(
            f"{county}疑点线索（监督检查用，已脱敏）", county, [("筛选范围", source.scope())], MASKED_NOTES
        )
        book = Book(source.run, text.title)
        lists.write_list(book, shown, text, missing, page)
        references = {lead.finding_id: x.lead.finding_id for lead, x in zip(shown, own, strict=True)}
        yield Built(f"监督_{code}_疑点线索", _saved(book), len(own), references)


def _township(source: _Source) -> Iterator[Built]:
    measured = _Measured(source.con)
    found = measured.ordered(reading.placed_leads(source.con, source.request))
    files = run_tables.input_files(source.con)
    missing = cover.not_compared(run_tables.rules(source.con), files)
    page = lists.ListPage({file.dataset: file.title for file in files}, measured.text)
    for code, place in reading.townships(source.con).items():
        if source.request.townships and code not in source.request.townships:
            continue
        own = [x.lead for x in found if code in x.concerns]
        name = f"{place.county_name}{place.township_name}"
        also = sum(1 for lead in own if lead.township_code != code)
        facts = [("筛选范围", source.scope()), ("其中由其他乡镇（街道）主办、涉及本地的", f"{also}条" if also else "")]
        text = lists.ListText(f"{name}疑点线索", name, facts, WHOLE_NOTES)
        book = Book(source.run, text.title)
        lists.write_list(book, own, text, missing, page)
        stem = township_file_name(code, place.township_name).removesuffix(".xlsx")
        yield Built(f"乡镇_{stem}", _saved(book), len(own), {})


def _auditor(source: _Source, key: bytes) -> Iterator[Built]:
    # All findings whatever the filters: what is left out is decided once, on the whole table.
    found = reading.placed_leads(source.con, ExtractRequest("auditor"))
    rules = reading.counted_rules(source.con)
    places = reading.townships(source.con)
    for code, county in _counties(source).items():
        own = [x for x in found if x.county_code == code]
        townships = [place for place in places.values() if place.county_code == code]
        tables = auditor.audit_tables(own, rules, townships)
        book = Book(source.run, f"{county}疑点线索汇总（审计用）")
        rows = auditor.write_audit_book(book, own, tables, source.request.filters, key)
        yield Built(f"审计_{code}_线索汇总", _saved(book), rows, {})


def _department(source: _Source, department: str) -> Iterator[Built]:
    codes = source.request.townships
    listed = reading.medical_list if department == "medical" else reading.housing_list
    rows = listed(source.con, codes)
    for code, county in _counties(source).items():
        own: list[Sequence[Any]] = [row[1:5] for row in rows if row[0] == code]
        book = Book(source.run, f"{county}{departments.TITLES[department]}")
        departments.write_department_list(book, department, county, own)
        yield Built(f"{departments.NAMES[department]}_{code}_救助对象名单", _saved(book), len(own), {})


def _counties(source: _Source) -> dict[str, str]:
    """Name by code of the counties an extract is about: those of its townships, else all."""
    wanted = source.request.townships
    chosen = [t for code, t in reading.townships(source.con).items() if not wanted or code in wanted]
    return {t.county_code: t.county_name for t in sorted(chosen, key=_by_county)}


def _by_county(place: Township) -> str:
    return place.county_code


def _masked_file(file: InputFile) -> InputFile:
    return replace(file, file=mask_numbers(file.file or ""), reason=mask_text(file.reason or ""))


def _masked_rule(rule: Rule) -> Rule:
    note = rule.note if isinstance(rule.note, list) else mask_text(rule.note or "")
    return replace(rule, reason=mask_text(rule.reason or ""), note=note)


def _saved(book: Book) -> bytes:
    content: Any = io.BytesIO()
    book.save(content)
    return bytes(content.getvalue())
