"""What every workbook says of the run it comes from, and how the files are called."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

UNSAFE_IN_NAMES = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*`$\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+')
LONGEST_NAME = 40


@dataclass(frozen=True)
class RunHeader:
    """kind: 'nightly' or 'rerun'; status: 'complete', 'incomplete' or 'failed'; names by county code."""

    run_id: str
    as_of: dt.date
    kind: str
    status: str
    started: dt.datetime | None = None
    finished: dt.datetime | None = None
    county_names: Mapping[str, str] = field(default_factory=dict)


def township_file_name(township_code: str, township_name: str) -> str:
    """File name of a township's workbook; characters that some file system refuses are cut from the name."""
    return f"{safe_name(township_code)}_{safe_name(township_name)}_疑点线索.xlsx"


def ledger_file_name(township_code: str, township_name: str) -> str:
    """File name of a township's 整改台账."""
    return f"{safe_name(township_code)}_{safe_name(township_name)}_整改台账.xlsx"


def county_file_name(county_code: str) -> str:
    """File name of a county's workbook."""
    return f"{safe_name(county_code)}_汇总.xlsx"


def safe_name(name: str) -> str:
    """A received code or name as part of a file name: without what leads elsewhere, breaks a line or some file system refuses."""
    cut = UNSAFE_IN_NAMES.sub("", name or "").strip(" .")[:LONGEST_NAME].rstrip(" .")
    return cut or "未定"
