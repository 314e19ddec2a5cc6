"""Results of the last run that hold again: of datasets whose files, contract and staging are the same, on the same check date."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path

from transforms.staging.model import take_file
from transforms.validate.model import CheckResult
from transforms.versions import code_hash

RESULTS = "checks.json"


def results_that_hold(earlier: Path | None, keys: Mapping[str, str], as_of: dt.date) -> dict[str, list[CheckResult]]:
    """Dataset → its results in an earlier run's folder of pages. keys: of the datasets of this run (Snapshot.keys)."""
    if earlier is None or not (earlier / RESULTS).exists():
        return {}
    kept = json.loads((earlier / RESULTS).read_text(encoding="utf-8"))
    if (kept["version"], kept["as_of"]) != (_version(), as_of.isoformat()):
        return {}
    return {
        dataset: [CheckResult(**{**check, "columns": tuple(check["columns"])}) for check in found["checks"]]
        for dataset, found in kept["datasets"].items()
        if found["key"] == keys.get(dataset) and (earlier / f"{dataset}.html").exists()
    }


def take_pages(earlier: Path, out_dir: Path, datasets: Iterable[str]) -> None:
    """The pages that show these results."""
    for dataset in datasets:
        take_file(earlier / f"{dataset}.html", out_dir / f"{dataset}.html")


def keep_results(out_dir: Path, checks: Sequence[CheckResult], keys: Mapping[str, str], as_of: dt.date) -> None:
    """Note the results beside their pages for a later run."""
    datasets = {
        dataset: {"key": keys[dataset], "checks": [check.as_dict() for check in checks if check.dataset == dataset]}
        for dataset in {check.dataset for check in checks}
    }
    content = {"version": _version(), "as_of": as_of.isoformat(), "datasets": datasets}
    (out_dir / RESULTS).write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


@cache
def _version() -> str:
    return f"{code_hash('transforms/validate')}, Great Expectations {version('great-expectations')}"
