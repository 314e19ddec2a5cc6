"""Puts the linkage report together: one self-contained page, its chart drawn as SVG by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from data_contracts import load_contracts
from transforms.linkage.probabilistic.model import load_model
from transforms.linkage.report import reading

TEMPLATE = "linkage_report.html"

# Pixels of the chart.
WIDTH, HEIGHT, TOP, BOTTOM = 760, 180, 18, 24
DETERMINISTIC, PROBABILISTIC = "#5b7f95", "#dd8f2b"


def write_linkage_report(con: duckdb.DuckDBPyConnection, out_path: Path) -> Path:
    """Write the linkage report of a run and return its path.

    con: run.duckdb or any connection with `links`, `link_person`, `link_weight` and `stg_<dataset>`. Shows per register
    the rows received and those linked at 0.9 and up, from 0.5, and not; the same per tier; the spread of the
    confidences; the weakest accepted and strongest refused links of the death and cremation registers with
    masked names and no ID number.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    contracts = load_contracts()
    titles = {name: contract.title for name, contract in contracts.items()}
    roles = {
        (name, column.name): column.aliases[0] if column.aliases else column.name
        for name, contract in contracts.items()
        for column in contract.columns
    }
    text = environment.get_template(TEMPLATE).render(
        titles=titles,
        roles=roles,
        tiers=reading.TIERS,
        registers=reading.read_registers(con),
        tier_lines=reading.read_tiers(con),
        chart=histogram(reading.read_histogram(con)),
        examples=[
            ("勉强采信（可信度0.9以上的最低者）", reading.weakest_accepted(con)),
            ("未达采信的最强线索（0.5至0.9的最高者）", reading.strongest_leads(con)),
            ("被否定的最强者（0.5以下的最高者）", reading.strongest_refused(con)),
        ],
        model_version=load_model().version,
    )
    out_path.write_text(text, encoding="utf-8")
    return out_path


def histogram(bins: Sequence[tuple[float, int, int]]) -> Markup:
    """Stacked bars over confidence, heights by the logarithm of the count, each count written above its bar."""
    most = max((sure + model for _, sure, model in bins), default=0)
    room = HEIGHT - TOP - BOTTOM
    step = WIDTH / max(len(bins), 1)
    parts = []
    for number, (lower, sure, model) in enumerate(bins):
        total, x = sure + model, number * step
        parts.append(_text(x + step / 2, HEIGHT - 8, f"{lower:.2f}", "axis"))
        if not total:
            continue
        height = room * math.log1p(total) / math.log1p(most)
        top = HEIGHT - BOTTOM - height
        split = height * model / total
        parts += [_bar(x, top, step, split, PROBABILISTIC), _bar(x, top + split, step, height - split, DETERMINISTIC)]
        parts.append(_text(x + step / 2, top - 4, str(total), "count"))
    return Markup(f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="可信度分布">{"".join(parts)}</svg>')


def _bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    if height <= 0:
        return ""
    return f'<rect x="{x + 2:.1f}" y="{y:.1f}" width="{width - 4:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _text(x: float, y: float, text: str, kind: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="middle">{text}</text>'
