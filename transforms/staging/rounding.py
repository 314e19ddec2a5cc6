"""ID numbers a spreadsheet rounded: a numeric cell keeps 15 digits, so that every number of the column ends in 000.

One in eleven of them passes the check digit by chance and would pass for somebody's valid number. Whole columns tell.
"""

from __future__ import annotations

import duckdb

from data_contracts import Contract
from transforms.staging.classify import RECORD
from transforms.staging.sheet import ROWS_PER_SHEET
from transforms.values import name

# Of honest numbers one in a thousand ends in 000.
ROUNDED_SHARE = 0.5
FEWEST_NUMBERS = 10
# A wrong number on the roll is a finding, judged by the number alone as the rules say.
JUDGED_BY_ITSELF = {"benefit_roll"}


def rounded_numbers(con: duckdb.DuckDBPyConnection, contract: Contract) -> dict[str, str]:
    """Staged column → SQL over `part` that replaces it, for the ID numbers of sheets whose column was rounded as a whole."""
    columns = [c.name for c in contract.columns if c.type == "id18"]
    if not columns or contract.dataset in JUDGED_BY_ITSELF:
        return {}
    counts = ", ".join(
        f"count(*) FILTER (length({name(c)}) = 18), count(*) FILTER (length({name(c)}) = 18 AND {name(c)} LIKE '%000')"
        for c in columns
    )
    rows = con.execute(
        f"SELECT _row_id // {ROWS_PER_SHEET}, {counts} FROM part WHERE _kind = '{RECORD}' GROUP BY 1"
    ).fetchall()
    replaced = {}
    for place, column in enumerate(columns):
        sheets = [
            row[0]
            for row in rows
            if row[1 + 2 * place] >= FEWEST_NUMBERS and row[2 + 2 * place] > ROUNDED_SHARE * row[1 + 2 * place]
        ]
        if sheets:
            lost = f"_row_id // {ROWS_PER_SHEET} IN ({', '.join(map(str, sheets))}) AND {name(column)} LIKE '%000'"
            status, key = name(f"{column}_status"), name(f"{column}_key")
            replaced[f"{column}_status"] = (
                f"CASE WHEN {lost} AND {status} = 'valid' THEN 'truncated' ELSE {status} END AS {status}"
            )
            replaced[f"{column}_key"] = f"CASE WHEN {lost} THEN NULL ELSE {key} END AS {key}"
    return replaced
