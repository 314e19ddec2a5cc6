"""Data Docs: an index in Chinese and, for each dataset, Great Expectations' own page of its results.

Pages stand alone: they are read where the style sheets and scripts that Great Expectations' usual page takes
from the internet are not to be had.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_contracts import Contract
from transforms.validate.model import CheckResult, ValidationResult

TEMPLATES = Path(__file__).parent / "templates"

# The fixed words of Great Expectations' tables.
_WORDS = {
    "Status": "结果",
    "Expectation": "检查项",
    "Observed Value": "检查所得",
    "Table-Level Expectations": "整表检查",
    "\n\n$unexpected_count unexpected values found. $unexpected_percent of $element_count total rows.": (
        "\n\n$unexpected_count 行不符，占 $element_count 行的 $unexpected_percent。"
    ),
}
_ENDINGS = {"% unexpected": "% 不符", "% not null": "% 已填写"}


@dataclass(frozen=True)
class DatasetPage:
    """Great Expectations' results of one dataset: of its suite, and of a sample (large datasets only)."""

    contract: Contract
    outcome: Any
    sampled: Any | None


def write_pages(
    out_dir: Path, pages: Sequence[DatasetPage], result: ValidationResult, contracts: Sequence[Contract], as_of: dt.date
) -> None:
    """Write index.html, about the datasets of these contracts, and <dataset>.html for each page into out_dir, which is made if it is not there."""
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaPageView

    out_dir.mkdir(parents=True, exist_ok=True)
    view = DefaultJinjaPageView(custom_views_directory=str(TEMPLATES))
    renderer = ValidationResultsPageRenderer()
    by_dataset = _by_dataset(result.checks)
    template = view.env.get_template("dataset_page.html")
    for page in pages:
        text = template.render(
            _document(renderer, page),
            contract=page.contract,
            checks=by_dataset.get(page.contract.dataset, []),
            reason=result.rejected.get(page.contract.dataset),
            as_of=as_of,
        )
        (out_dir / f"{page.contract.dataset}.html").write_text(text, encoding="utf-8")
    index = view.env.get_template("index_of_datasets.html")
    text = index.render(contracts=contracts, checks=by_dataset, rejected=result.rejected, as_of=as_of)
    (out_dir / "index.html").write_text(text, encoding="utf-8")


def _document(renderer: Any, page: DatasetPage) -> dict[str, Any]:
    document: dict[str, Any] = renderer.render(page.outcome).to_json_dict()
    # The first section holds run data (batch fingerprint, software version) that the manifest has.
    sections = document["sections"][1:]
    if page.sampled is not None:
        extra = renderer.render(page.sampled).to_json_dict()["sections"][1:]
        sections += [{**section, "sampled": index == 0} for index, section in enumerate(extra)]
    translated: dict[str, Any] = _translated({**document, "sections": sections})
    return translated


def _by_dataset(checks: Iterable[CheckResult]) -> dict[str, list[CheckResult]]:
    grouped: dict[str, list[CheckResult]] = {}
    for check in checks:
        grouped.setdefault(check.dataset, []).append(check)
    return grouped


def _translated(node: Any) -> Any:
    if isinstance(node, Mapping):
        return {key: _translated(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_translated(item) for item in node]
    if not isinstance(node, str):
        return node
    for ending, chinese in _ENDINGS.items():
        if node.endswith(ending):
            return node.removesuffix(ending) + chinese
    return _WORDS.get(node, node)
