"""The township's workbook: what an officer takes to the village and returns filled in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from transforms.publish.workbooks import cover
from transforms.publish.workbooks import reading as read
from transforms.publish.workbooks.guide import write_guide
from transforms.publish.workbooks.header import RunHeader
from transforms.publish.workbooks.labels import month_label
from transforms.publish.workbooks.leads import LeadPage, write_decided, write_leads
from transforms.publish.workbooks.reading import InputFile, Lead, Rule, Township
from transforms.publish.workbooks.reconciliation import TOWNSHIP_BLOCKS, write_reconciliation
from transforms.publish.workbooks.rectification import write_rectification_sheet
from transforms.publish.workbooks.reviews import estimate_text, reviews_for
from transforms.publish.workbooks.sheet import Book, protect


def write_township_workbook(con: duckdb.DuckDBPyConnection, township_code: str, out_path: Path, run: RunHeader) -> Path:
    """Write one township's workbook to `out_path` from the tables of run.duckdb and return the path.

    Sheets: 封面, 疑点线索 (open leads, own and also concerning), 已核结, 整改台账, 核查指引, 对账. Reads
    out_finding, core_township, core_household, core_person, core_ctx, run_input, run_rule, run_parameter, and
    where the run has them recon_*, measured_precision, sample_estimate, decision_evidence and rectification. Raises
    LookupError when core_township lacks the code.
    """
    place = read.township(con, township_code)
    reviews = reviews_for(con, township_code)
    leads = read.leads_of(con, township_code, reviews.middle)
    still_open = [lead for lead in leads if lead.state != "decided"]
    decided = [lead for lead in leads if lead.state == "decided"]
    rules, files = read.rules(con), read.input_files(con)
    page = LeadPage(place, run, {file.dataset: file.title for file in files}, reviews)

    book = Book(run, f"{place.county_name}{place.township_name}疑点线索核查表")
    _write_cover(book, con, page, (still_open, decided), rules, files)
    write_leads(book, still_open, page)
    write_decided(book, decided, page)
    write_rectification_sheet(book, con, township_code)
    write_guide(book, [rule for rule in rules if rule.rule_id in {lead.rule_id for lead in still_open}])
    names = {
        "rule_id": {rule.rule_id: rule.title for rule in rules},
        "township_code": {township_code: place.township_name},
    }
    write_reconciliation(book, con, township_code, TOWNSHIP_BLOCKS, names)
    for worksheet in book.workbook.worksheets:
        protect(worksheet)
    return book.save(out_path)


def _write_cover(
    book: Book,
    con: duckdb.DuckDBPyConnection,
    page: LeadPage,
    found: tuple[Sequence[Lead], Sequence[Lead]],
    rules: Sequence[Rule],
    files: Sequence[InputFile],
) -> None:
    place, (leads, decided) = page.township, found
    sheet = cover.open_cover(
        book,
        "社会救助疑点线索核查表",
        f"{place.county_name} {place.township_name}（{place.township_code}）",
        page.run,
        _facts(con, place, leads, decided),
    )
    cover.write_counts(sheet, "线索数量", leads)
    cover.write_how_to(sheet)
    cover.write_inputs(sheet, files)
    cover.write_not_compared(sheet, cover.not_compared(rules, files))
    cover.write_parameters(sheet, read.parameters_for(con, place.township_code))


def _facts(
    con: duckdb.DuckDBPyConnection, place: Township, leads: Sequence[Lead], decided: Sequence[Lead]
) -> list[tuple[str, str]]:
    households, persons = read.roll_size(con, place.township_code)
    also = sum(1 for lead in leads if lead.township_code != place.township_code)
    listed = f"{len(leads)}条，涉及{len({lead.household for lead in leads})}户；另有已核结{len(decided)}条"
    return [
        ("在享对象", f"{households}户、{persons}人"),
        ("数据时间", f"发放台账到{month_label(month)}" if (month := read.latest_pay_month(con)) else ""),
        (
            "本表线索",
            f"{listed}{f'；其中涉及本镇、由其他镇（街道）主办的{also}条' if also else ''}"
            if leads
            else f"没有待核查的线索；已核结{len(decided)}条",
        ),
        ("以往抽查", estimate_text(con, place.township_code)),
    ]
