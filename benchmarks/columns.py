"""What the programs that are compared with hedui are given: the inbox, the folder for what they find, and which heading carries which column."""

from __future__ import annotations

import argparse
from pathlib import Path

import pyarrow.parquet as pq

from data_contracts import load_contracts


def folders_asked(about: str | None) -> tuple[Path, Path]:
    """--inbox and --out of a program's command line; the second is there afterwards."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--inbox", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    return asked.inbox, asked.out


def received_columns(inbox: Path) -> dict[str, dict[str, str]]:
    """Dataset → contract column → heading in its Parquet files, of the datasets the inbox has."""
    found = {}
    for dataset, contract in load_contracts().items():
        first = next((inbox / dataset).glob("*.parquet"), None)
        if first is not None:
            headings = contract.headings()
            received = pq.read_schema(first).names
            found[dataset] = {headings[text.lower()]: text for text in received if text.lower() in headings}
    return found
