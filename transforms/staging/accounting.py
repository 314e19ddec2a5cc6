"""Counts what staging did with the rows of each sheet, from the marks it left on them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import duckdb

from data_contracts import Contract
from transforms.staging.classify import OTHER_HEADING, RECORD, REPEAT
from transforms.staging.faults import EXPECTED, contract_faults, set_bits, unusable_cells
from transforms.staging.headings import cell_labels
from transforms.staging.model import SheetAccount
from transforms.staging.sheet import ROWS_PER_SHEET, SheetPlan, present_columns
from transforms.values import literal, name

_MOST_WORDS = 20
_LONGEST_WORD = 30


@dataclass
class _Counts:
    received: int = 0
    quarantined_rows: int = 0
    quarantined: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    ignored: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    unusable: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    unknown: dict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))


def describe_sheets(
    con: duckdb.DuckDBPyConnection, plans: Sequence[SheetPlan], contract: Contract
) -> Iterator[tuple[SheetPlan, SheetAccount]]:
    """The account of every staged sheet, from the views `part` and `repeat_row`.

    Raises AssertionError when the rows of a sheet do not add up.
    """
    by_number = {plan.number: plan for plan in plans}
    counts = {number: _Counts() for number in by_number}
    _count_rows(con, contract, counts)
    _count_repeats(con, counts)
    _count_unknown_codes(con, contract, counts)
    for number, plan in by_number.items():
        yield plan, _account(plan, counts[number], contract)


def _count_rows(con: duckdb.DuckDBPyConnection, contract: Contract, counts: dict[int, _Counts]) -> None:
    faults, unusable = contract_faults(contract), list(unusable_cells(contract))
    rows = con.execute(
        f"SELECT _row_id // {ROWS_PER_SHEET}, _kind, _faults, _bad, count(*) FROM part GROUP BY ALL"
    ).fetchall()
    for number, kind, held, bad, count in rows:
        found = counts[number]
        found.received += count
        if kind != RECORD:
            found.ignored[kind] += count
        found.quarantined_rows += count if held else 0
        for bit in set_bits(held):
            found.quarantined[faults[bit].text] += count
        for bit in set_bits(bad):
            found.unusable[unusable[bit]] += count


def _count_repeats(con: duckdb.DuckDBPyConnection, counts: dict[int, _Counts]) -> None:
    for number, count in con.execute(
        f"SELECT _row_id // {ROWS_PER_SHEET}, count(*) FROM repeat_row GROUP BY 1"
    ).fetchall():
        counts[number].ignored[REPEAT] += count


def _count_unknown_codes(con: duckdb.DuckDBPyConnection, contract: Contract, counts: dict[int, _Counts]) -> None:
    """Unlisted words of code columns, the most frequent of each sheet and column; long ones are cut."""
    unlisted = [
        f"SELECT _row_id // {ROWS_PER_SHEET} AS number, {literal(column.name)} AS code, "
        f"substr({name(column.name)}, 1, {_LONGEST_WORD}) AS word FROM part "
        f"WHERE _kind = '{RECORD}' AND {name(column.name)} NOT IN ({', '.join(map(literal, column.values))})"
        for column in contract.columns
        if column.type == "code"
    ]
    if not unlisted:
        return
    rows = con.execute(
        f"""
        SELECT number, code, word, count(*) AS found FROM ({" UNION ALL ".join(unlisted)})
        GROUP BY number, code, word
        QUALIFY row_number() OVER (PARTITION BY number, code ORDER BY found DESC, word) <= {_MOST_WORDS}
        ORDER BY number, code, found DESC, word
        """
    ).fetchall()
    for number, code, word, found in rows:
        counts[number].unknown[code][word] = found


def _account(plan: SheetPlan, counts: _Counts, contract: Contract) -> SheetAccount:
    sheet, heading = plan.sheet, plan.heading
    loaded = counts.received - counts.quarantined_rows - sum(counts.ignored.values())
    assert counts.received == sheet.rows, f"{plan.file}: {sheet.rows} rows came in, {counts.received} were looked at"
    assert loaded >= 0, f"{plan.file}: rows were counted twice"
    return SheetAccount(
        sheet_no=sheet.sheet_no,
        sheet=sheet.sheet,
        received=counts.received,
        loaded=loaded,
        quarantined=dict(sorted(counts.quarantined.items())),
        ignored=dict(sorted(counts.ignored.items())),
        quarantined_rows=counts.quarantined_rows,
        heading=(heading.first, heading.last) if heading.last else None,
        columns=present_columns(heading),
        headings=cell_labels(heading.texts, sheet.width),
        units={column: unit for column, unit in heading.units.items() if unit != 1},
        leftover=heading.leftover,
        duplicates=heading.duplicates,
        unusable=dict(counts.unusable),
        unknown_codes=dict(counts.unknown),
        warnings=tuple(_warnings(plan, counts, contract)),
        kind=sheet.kind,
        encoding=sheet.encoding,
        hidden=sheet.hidden,
    )


def _warnings(plan: SheetPlan, counts: _Counts, contract: Contract) -> Iterator[str]:
    where = f"工作表「{plan.sheet.sheet}」：" if plan.sheet.sheet else ""
    said = present_columns(plan.heading)
    if plan.sheet.hidden:
        yield f"{where}是隐藏的工作表，已照常读入"
    if plan.heading.leftover:
        yield f"{where}有合同没有的列（unknown_column）：{'、'.join(plan.heading.leftover)}"
    if plan.heading.duplicates:
        yield f"{where}同一列出现多次，取第一个（duplicate_column）：{'、'.join(plan.heading.duplicates)}"
    for column, rows in counts.unusable.items():
        wanted = EXPECTED.get(contract.column(column).type)
        yield f"{where}列「{said[column]}」有 {rows} 个值读不懂{f'（应为{wanted}）' if wanted else ''}，按空值处理；hedui contracts check 逐行列出"
    if other := counts.ignored.get(OTHER_HEADING):
        yield f"{where}有 {other} 行表头的列序或金额单位与第一行表头不同，其下的行已隔离；请统一表头，或分成几张表重新报送"
    for column, words in counts.unknown.items():
        yield f"{where}列「{said[column]}」有 {sum(words.values())} 个值不在代码表内（共 {len(words)} 种）"
