"""The township's workbook: what an officer takes to the village and returns filled in."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Self

import duckdb

from transforms.publish.workbooks import cover
from transforms.publish.workbooks import reading as read
from transforms.publish.workbooks.guide import write_guide
from transforms.publish.workbooks.header import RunHeader
from transforms.publish.workbooks.labels import month_label
from transforms.publish.workbooks.leads import LeadPage, write_decided, write_leads
from transforms.publish.workbooks.reading import InputFile, Lead, ParameterInForce, Rule, Table, Township
from transforms.publish.workbooks.reconciliation import TOWNSHIP_BLOCKS, Block, read_blocks, write_reconciliation
from transforms.publish.workbooks.rectification import Item, items_of, write_rectification_sheet
from transforms.publish.workbooks.reviews import Reviews, estimate_texts, reviews_for
from transforms.publish.workbooks.sheet import Book, protect
from transforms.publish.workbooks.writing import collector_at_rest

#: Townships that are read together: enough that no query is asked often, few enough that their findings take little memory.
TOGETHER = 64


@dataclass(frozen=True)
class _Read:
    """What the workbooks of some townships are made of; by township code but for what they share."""

    places: Mapping[str, Township]
    reviews: Mapping[str, Reviews]
    leads: Mapping[str, Sequence[Lead]]
    sizes: Mapping[str, tuple[int, int]]
    estimates: Mapping[str, str]
    parameters: Mapping[str, Sequence[ParameterInForce]]
    rectification: Mapping[str, Sequence[Item]]
    blocks: Sequence[tuple[Block, Mapping[str, Table]]]
    rules: Sequence[Rule]
    files: Sequence[InputFile]
    pay_month: int | None

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection, codes: Collection[str], sizes: Mapping[str, tuple[int, int]]) -> Self:
        """What the townships' tables say; `sizes`: of each one's roll, as read.roll_sizes gives them."""
        return cls(
            read.townships(con, codes),
            reviews_for(con, codes),
            read.leads_of(con, codes),
            sizes,
            estimate_texts(con, codes),
            read.parameters_for(con, codes),
            items_of(con, codes),
            read_blocks(con, codes, TOWNSHIP_BLOCKS),
            read.rules(con),
            read.input_files(con),
            read.latest_pay_month(con),
        )


def write_township_workbooks(
    con: duckdb.DuckDBPyConnection, paths: Mapping[str, Path], run: RunHeader
) -> Iterator[Path]:
    """Write the workbooks of some townships (code → path) from the tables of run.duckdb; each path once it is written.

    Sheets: 封面, 疑点线索 (open leads, own and also concerning), 已核结, 整改台账, 核查指引, 对账. Reads
    out_finding, core_township, core_household, core_person, core_ctx, run_input, run_rule, run_parameter, and
    where the run has them recon_*, measured_precision, sample_estimate, decision_evidence and rectification. Raises
    LookupError when core_township lacks a code.
    """
    # One look at every person of the roll, however many townships there are.
    left, sizes = iter(paths), read.roll_sizes(con, paths)
    while codes := list(islice(left, TOGETHER)):
        found = _Read.of(con, codes, sizes)
        for code in codes:
            with collector_at_rest():
                path = _write(found, code, run).save(paths[code])
            yield path


def _write(found: _Read, code: str, run: RunHeader) -> Book:
    place, reviews = found.places[code], found.reviews[code]
    leads = read.in_order(found.leads[code], code, reviews.middle)
    still_open = [lead for lead in leads if lead.state != "decided"]
    decided = [lead for lead in leads if lead.state == "decided"]
    page = LeadPage(place, run, {file.dataset: file.title for file in found.files}, reviews)

    book = Book(run, f"{place.county_name}{place.township_name}疑点线索核查表")
    _write_cover(book, found, place, still_open, decided)
    write_leads(book, still_open, page)
    write_decided(book, decided, page)
    write_rectification_sheet(book, place, found.rectification[code])
    write_guide(book, [rule for rule in found.rules if rule.rule_id in {lead.rule_id for lead in still_open}])
    names = {
        "rule_id": {rule.rule_id: rule.title for rule in found.rules},
        "township_code": {code: place.township_name},
    }
    write_reconciliation(book, code, found.blocks, names)
    for worksheet in book.workbook.worksheets:
        protect(worksheet)
    return book


def _write_cover(book: Book, found: _Read, place: Township, leads: Sequence[Lead], decided: Sequence[Lead]) -> None:
    sheet = cover.open_cover(
        book,
        "社会救助疑点线索核查表",
        f"{place.county_name} {place.township_name}（{place.township_code}）",
        book.run,
        _facts(found, place, leads, decided),
    )
    cover.write_counts(sheet, "线索数量", leads)
    cover.write_how_to(sheet)
    cover.write_inputs(sheet, found.files)
    cover.write_not_compared(sheet, cover.not_compared(found.rules, found.files))
    cover.write_parameters(sheet, found.parameters[place.township_code])


def _facts(found: _Read, place: Township, leads: Sequence[Lead], decided: Sequence[Lead]) -> list[tuple[str, str]]:
    households, persons = found.sizes[place.township_code]
    also = sum(1 for lead in leads if lead.township_code != place.township_code)
    listed = f"{len(leads)}条，{cover.households_in_words(leads)}；另有已核结{len(decided)}条"
    return [
        ("在享对象", f"{households}户、{persons}人"),
        ("数据时间", f"发放台账到{month_label(found.pay_month)}" if found.pay_month else ""),
        (
            "本表线索",
            f"{listed}{f'；其中涉及本镇、由其他镇（街道）主办的{also}条' if also else ''}"
            if leads
            else f"没有待核查的线索；已核结{len(decided)}条",
        ),
        ("以往抽查", found.estimates[place.township_code]),
    ]
