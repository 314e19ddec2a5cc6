"""ID numbers a program held as numbers: every number of the column lost its last digits.

A spreadsheet's numeric cell keeps 15 digits, and all numbers end in 000; a binary double written out in the fewest digits that mean it ends
in 0. One in eleven of them passes the check digit by chance and would pass for somebody's valid number. Whole columns tell.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import duckdb

from data_contracts import Contract
from transforms.staging.classify import RECORD
from transforms.staging.sheet import ROWS_PER_SHEET
from transforms.values import name

# What a rounded number ends in, and the share of a column's numbers above which it was rounded as a whole: of honest numbers one in a
# thousand ends in 000, one in eleven in 0.
ROUNDED_SHARES = {"000": 0.5, "0": 0.9}
FEWEST_NUMBERS = 10
# A wrong number on the roll is a finding, judged by the number alone as the rules say.
JUDGED_BY_ITSELF = {"benefit_roll"}


def rounded_numbers(con: duckdb.DuckDBPyConnection, contract: Contract) -> dict[str, str]:
    """Staged column → SQL over `part` that replaces it, for the ID numbers of sheets whose column was rounded as a whole."""
    columns = [c.name for c in contract.columns if c.type == "id18"]
    if not columns or contract.dataset in JUDGED_BY_ITSELF:
        return {}
    rows = con.execute(
        f"SELECT _row_id // {ROWS_PER_SHEET}, {', '.join(map(_counts, columns))} FROM part WHERE _kind = '{RECORD}' GROUP BY 1"
    ).fetchall()
    width = 1 + len(ROUNDED_SHARES)
    replaced = {}
    for place, column in enumerate(columns):
        counts = {sheet: numbers[place * width : (place + 1) * width] for sheet, *numbers in rows}
        lost = " OR ".join(_lost(column, counts))
        if lost:
            status, key = name(f"{column}_status"), name(f"{column}_key")
            replaced[f"{column}_status"] = (
                f"CASE WHEN ({lost}) AND {status} = 'valid' THEN 'truncated' ELSE {status} END AS {status}"
            )
            replaced[f"{column}_key"] = f"CASE WHEN {lost} THEN NULL ELSE {key} END AS {key}"
    return replaced


def _counts(column: str) -> str:
    """SQL: how many numbers a column has that can be held as numbers (an X cannot), and how many have each ending of ROUNDED_SHARES."""
    held = f"length({name(column)}) = 18 AND NOT ends_with({name(column)}, 'X')"
    endings = [f"count(*) FILTER ({held} AND ends_with({name(column)}, '{ending}'))" for ending in ROUNDED_SHARES]
    return ", ".join([f"count(*) FILTER ({held})", *endings])


def _lost(column: str, counts: Mapping[int, Sequence[int]]) -> Iterator[str]:
    """SQL conditions, by ending: the row's sheet has its column rounded so. counts: sheet → what _counts gives."""
    for nth, (ending, share) in enumerate(ROUNDED_SHARES.items()):
        sheets = [
            sheet for sheet, (total, *ended) in counts.items() if total >= FEWEST_NUMBERS and ended[nth] > share * total
        ]
        if sheets:
            yield f"(_row_id // {ROWS_PER_SHEET} IN ({', '.join(map(str, sheets))}) AND {name(column)} LIKE '%{ending}')"
