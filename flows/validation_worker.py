"""Validation in a process of its own: Great Expectations takes seconds to import, which pass while the drop is being read.

Reads one JSON line (snapshot, as_of, out_dir, earlier: the pages of the last run or null, memory_limit, threads, contracts) on standard input, answers with one on standard output:
{"checks": […], "rejected": {…}} or {"error": …, "may_pass": …} without any value of a row.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from data_contracts import load_contracts
from flows.failures import may_pass, unexpected
from transforms.answers import take_standard_output
from transforms.core.run_database import EngineLimits, open_database


def main() -> int:
    """Import first, then wait for the one request."""
    answers = take_standard_output()
    from transforms.validate.gx import Session

    Session()
    line = sys.stdin.readline()
    if not line.strip():
        return 0
    try:
        answer = _answer(json.loads(line))
    except Exception as error:
        answer = {"error": unexpected(error), "may_pass": may_pass(error)}
    print(json.dumps(answer, ensure_ascii=False, default=str), file=answers, flush=True)
    return 0


def _answer(asked: dict[str, Any]) -> dict[str, Any]:
    from transforms.staging import load_snapshot, staged_views
    from transforms.validate import validate_snapshot
    from transforms.validate.unchanged import keep_results, results_that_hold, take_pages

    contracts = load_contracts(Path(asked["contracts"]) if asked["contracts"] else None)
    snapshot = load_snapshot(Path(asked["snapshot"]))
    rows = {d: sum(f.loaded for f in snapshot.of(d)) for d in contracts if snapshot.usable(d)}
    as_of, out_dir = dt.date.fromisoformat(asked["as_of"]), Path(asked["out_dir"])
    earlier = Path(asked["earlier"]) if asked["earlier"] else None
    settled = results_that_hold(earlier, snapshot.keys, as_of)
    with open_database(None, EngineLimits(asked["memory_limit"], asked["threads"], Path(asked["spill"]))) as con:
        staged_views(con, snapshot, contracts)
        result = validate_snapshot(con, contracts, rows, as_of, out_dir, settled=settled)
    if earlier:
        take_pages(earlier, out_dir, settled)
    keep_results(out_dir, result.checks, snapshot.keys, as_of)
    return {"checks": [check.as_dict() for check in result.checks], "rejected": dict(result.rejected)}


if __name__ == "__main__":
    sys.exit(main())
