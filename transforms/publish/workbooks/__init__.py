"""The two workbooks of a run: what a township's officer takes to the village, and what the county reads.

Both are built from the tables of run.duckdb alone (docs/architecture.md section 7) and are the same, byte for
byte, whenever those tables are.
"""

from transforms.publish.workbooks.county import write_county_workbooks
from transforms.publish.workbooks.header import (
    RunHeader,
    county_file_name,
    ledger_file_name,
    township_file_name,
)
from transforms.publish.workbooks.leads import FILL_IN_HEADINGS, HIDDEN_KEYS, LEADS_SHEET, OUTCOMES
from transforms.publish.workbooks.rectification import write_rectification
from transforms.publish.workbooks.township import write_township_workbooks

__all__ = [
    "FILL_IN_HEADINGS",
    "HIDDEN_KEYS",
    "LEADS_SHEET",
    "OUTCOMES",
    "RunHeader",
    "county_file_name",
    "ledger_file_name",
    "township_file_name",
    "write_county_workbooks",
    "write_rectification",
    "write_township_workbooks",
]
