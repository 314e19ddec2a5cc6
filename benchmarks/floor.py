"""The floor a run is compared with: the least anybody would have to do with the same files.

`python -m benchmarks.floor intake|rules|workbooks --inbox DIR --out DIR [--run DIR]`
- intake: hash each file, cast the columns the contracts know, write Parquet;
- rules: eleven of the rules (benchmarks.eleven) as minimal SQL straight on the files;
- workbooks: the findings of a published run as one bare sheet per township.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path

import duckdb

from benchmarks.columns import received_columns
from benchmarks.eleven import RULES
from data_contracts import load_contracts
from transforms.intake.sql import literal

AT_ONCE = 10_000
CASTS = {"date": "DATE", "money": "DECIMAL(18,2)", "number": "DOUBLE", "int": "INTEGER"}


def intake(con: duckdb.DuckDBPyConnection, inbox: Path, out: Path) -> None:
    """Hash every file and write every dataset as typed Parquet, ID numbers with a 64-bit key of their first 17 digits."""
    for path in sorted(inbox.rglob("*.parquet")):
        with path.open("rb") as file:
            hashlib.file_digest(file, "sha256").hexdigest()
    contracts = load_contracts()
    for dataset, headings in received_columns(inbox).items():
        files = str(inbox / dataset / "*.parquet")
        types = {column.name: column.type for column in contracts[dataset].columns}
        cells = []
        for column, heading in headings.items():
            cells.append(f'CAST("{heading}" AS {CASTS.get(types[column], "VARCHAR")}) AS {column}')
            if types[column] == "id18":
                cells.append(f'TRY_CAST(substr("{heading}", 1, 17) AS BIGINT) AS {column}_key')
        target = literal(str(out / f"{dataset}.parquet"))
        con.execute(
            f"COPY (SELECT {', '.join(cells)} FROM read_parquet({literal(files)})) TO {target} (FORMAT parquet)"
        )


def file_views(con: duckdb.DuckDBPyConnection, inbox: Path) -> set[str]:
    """A view per dataset over its files, columns under their contract names and nothing else done to them. Returns their names."""
    received = received_columns(inbox)
    for dataset, headings in received.items():
        files = str(inbox / dataset / "*.parquet")
        cells = ", ".join(f'"{heading}" AS {column}' for column, heading in headings.items())
        con.execute(f"CREATE VIEW {dataset} AS SELECT {cells} FROM read_parquet({literal(files)})")
    return set(received)


def rules(con: duckdb.DuckDBPyConnection, inbox: Path, out: Path) -> None:
    """Run the eleven rules, as far as there is data for them, on the files as they came; one Parquet file of subjects each."""
    missing = set(load_contracts()) - file_views(con, inbox)
    for name, sql in RULES.items():
        if missing.isdisjoint(re.findall(r"\w+", sql)):
            con.execute(f"COPY ({sql}) TO {literal(str(out / f'{name}.parquet'))} (FORMAT parquet)")


def workbooks(con: duckdb.DuckDBPyConnection, run: Path, out: Path) -> None:
    """One workbook per township with a finding: a sheet of its findings, nothing styled."""
    from openpyxl import Workbook

    suspects = f"read_parquet({literal(str(run / 'suspects.parquet'))})"
    cursor = con.execute(
        "SELECT township_code, rule_title, severity, village, household_id, head_name, name, id_number, benefit_type, amount_at_risk, event_date, "
        f"explanation, evidence FROM {suspects} ORDER BY township_code"
    )
    headings = [column[0] for column in cursor.description[1:]]
    rows = chain.from_iterable(iter(lambda: cursor.fetchmany(AT_ONCE), []))
    for township, findings in groupby(rows, key=itemgetter(0)):
        book = Workbook(write_only=True)
        sheet = book.create_sheet("疑点")
        sheet.append(headings)
        for row in findings:
            sheet.append(row[1:])
        book.save(out / f"{township}.xlsx")


def main() -> int:
    """The command line: one part of the floor in this process."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=("intake", "rules", "workbooks"))
    parser.add_argument("--inbox", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--run", type=Path, help="a published run, for the workbooks")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(":memory:") as con:
        if asked.part == "intake":
            intake(con, asked.inbox, asked.out)
        elif asked.part == "rules":
            rules(con, asked.inbox, asked.out)
        else:
            workbooks(con, asked.run, asked.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
