"""The page's charts: Vega-Lite specifications made with Altair, drawn as SVG without a browser.

Text stays text: the reader's device draws it with its own Chinese font, so the machine that makes the page
needs none. No position depends on how wide a text would be: labels stand at fixed places, and the padding is
given. Severity is told by lightness before hue: it survives colour blindness and a black-and-white printer.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import altair as alt
import vl_convert
from markupsafe import Markup, escape

INK, MUTED = "#1f2933", "#5c6875"
COLOURS = {
    "high": "#8c1d2f",
    "medium": "#dd8f2b",
    "low": "#d3dde6",
    "clear": "#e9edf0",
    "decided": "#5b7f95",
    "not_evaluated": "#ffffff",
}
OUTLINES = {"clear": "#9aa5b1", "low": "#8496a8", "not_evaluated": "#1f2933"}
# Pixels. Three charts with long labels stand abreast on paper, and still read there.
WIDE, NARROW = 344, 300
LINE, BAR = 33, 11
ROW, ROW_BAR = 22, 13
FONT_SIZE, NUMBER_SIZE = 12.5, 12
LONGEST_NAME = 9
LATIN = 0x2E7F
VEGA_LITE = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
OPENING = re.compile(r"<svg [^>]*?width=\"([\d.]+)\" height=\"([\d.]+)\"[^>]*>")


@dataclass(frozen=True)
class Bar:
    """One bar: its label, its parts as (code of COLOURS, number), and what is written at its end."""

    label: str
    parts: Sequence[tuple[str, int]]
    note: str

    @property
    def number(self) -> int:
        return sum(n for _, n in self.parts)


def labelled_above(bars: Sequence[Bar], most: int, title: str) -> Markup:
    """Bars with their labels above them, for long labels. most: what the full width stands for."""
    positions = {"y": alt.Y("order:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))}
    data = _values(bars)
    label = (
        alt.Chart(_data(data, first=True))
        .mark_text(align="left", baseline="top", dy=-LINE / 2 + 1, fontSize=FONT_SIZE, color=INK)
        .encode(**positions, x=alt.value(0), text="label:N")
    )
    drawn = label + _bars(data, positions, most, BAR, offset=6) + _notes(data, positions, most, offset=6)
    room = _room(bars)
    return _svg(drawn.properties(width=NARROW - room, height=LINE * len(bars)), left=1, right=room, title=title)


def labelled_left(bars: Sequence[Bar], most: int, title: str) -> Markup:
    """Bars with short labels to their left (a longer one is cut)."""
    positions = {"y": alt.Y("order:O", axis=None, scale=alt.Scale(paddingInner=0, paddingOuter=0))}
    cut = [
        replace(b, label=b.label if len(b.label) <= LONGEST_NAME else b.label[: LONGEST_NAME - 1] + "…") for b in bars
    ]
    left, room = int(max(len(b.label) for b in cut) * FONT_SIZE) + 8, _room(bars)
    data = _values(cut)
    label = (
        alt.Chart(_data(data, first=True))
        .mark_text(align="right", baseline="middle", fontSize=FONT_SIZE, color=INK)
        .encode(**positions, x=alt.value(-8), text="label:N")
    )
    drawn = label + _bars(data, positions, most, ROW_BAR) + _notes(data, positions, most)
    return _svg(drawn.properties(width=WIDE - left - room, height=ROW * len(bars)), left=left, right=room, title=title)


def _room(bars: Sequence[Bar]) -> int:
    """Pixels for the longest note: Chinese characters are as wide as high, digits two thirds of that."""
    return 8 + max(sum(NUMBER_SIZE if ord(c) > LATIN else 8 for c in b.note) for b in bars)


def _values(bars: Sequence[Bar]) -> list[dict[str, Any]]:
    rows = []
    for order, bar in enumerate(bars):
        start = 0
        for code, number in bar.parts or [("low", 0)]:
            outline = OUTLINES.get(code, COLOURS[code])
            rows.append(
                {
                    "order": order,
                    "label": bar.label,
                    "note": bar.note,
                    "end": bar.number,
                    "from": start,
                    "to": start + number,
                    "fill": COLOURS[code],
                    "stroke": outline,
                }
            )
            start += number
    return rows


def _data(values: Sequence[dict[str, Any]], *, first: bool = False) -> alt.InlineData:
    seen: dict[int, dict[str, Any]] = {}
    for row in values:
        seen.setdefault(row["order"], row)
    return alt.InlineData(values=list(seen.values()) if first else [row for row in values if row["to"] > row["from"]])


def _x(field: str, most: int) -> alt.X:
    return alt.X(f"{field}:Q", axis=None, scale=alt.Scale(domain=[0, max(most, 1)], nice=False, zero=True))


def _bars(
    values: Sequence[dict[str, Any]], positions: dict[str, Any], most: int, height: int, offset: int = 0
) -> alt.Chart:
    marks = alt.Chart(_data(values)).mark_bar(height=height, yOffset=offset, strokeWidth=0.8)
    fill, stroke = alt.Fill("fill:N", scale=None), alt.Stroke("stroke:N", scale=None)
    drawn: alt.Chart = marks.encode(**positions, x=_x("from", most), x2="to:Q", fill=fill, stroke=stroke)
    return drawn


def _notes(values: Sequence[dict[str, Any]], positions: dict[str, Any], most: int, offset: int = 0) -> alt.Chart:
    marks = alt.Chart(_data(values, first=True)).mark_text(
        align="left", baseline="middle", dx=5, dy=offset, fontSize=NUMBER_SIZE, color=MUTED
    )
    drawn: alt.Chart = marks.encode(**positions, x=_x("end", most), text="note:N")
    return drawn


def _svg(chart: alt.LayerChart, *, left: int, right: int, title: str) -> Markup:
    chart = chart.properties(
        autosize=alt.AutoSizeParams(type="none"),
        padding={"left": left, "right": right, "top": 1, "bottom": 1},
    ).configure(aria=False, background="transparent", view=alt.ViewConfig(stroke=None))
    drawn = vl_convert.vegalite_to_svg(chart.to_dict(validate=False), vl_version=VEGA_LITE, allowed_base_urls=[])
    return _inline(drawn, title)


def _inline(drawn: str, title: str) -> Markup:
    """The drawing as a part of an HTML page: named for screen readers, as wide as its place, no addresses."""
    opening = OPENING.match(drawn)
    assert opening, "vl-convert wrote no <svg width height>"
    width, height = opening.groups()
    start = f'<svg class="chart" role="img" aria-label="{escape(title)}" viewBox="0 0 {width} {height}">'
    return Markup(start + drawn[opening.end() :])
