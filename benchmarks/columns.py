"""Which heading of the received files carries which column of the contract."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from data_contracts import load_contracts


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
