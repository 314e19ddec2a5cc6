"""The charts of report.html: lengths tell the numbers, and nothing depends on the fonts of this machine."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from transforms.publish.report.charts import (
    COLOURS,
    LINE,
    NARROW,
    ROW,
    WIDE,
    Bar,
    labelled_above,
    labelled_left,
)


def drawn_bars(svg: str) -> list[tuple[str, float, float]]:
    """(fill, left edge, width) of each bar, in drawing order."""
    found = re.findall(
        r'<path aria-label[^>]*d="M([\d.]+),[\d.]+h([\d.]+)[^"]*" fill="(#\w+)"'
        r'|<path[^>]*? d="M([\d.]+),[\d.]+h([\d.]+)v[^"]*"[^>]*? fill="(#\w+)"',
        svg,
    )
    return [(fill, float(left), float(width)) for *_, left, width, fill in found]


def texts(svg: str) -> list[str]:
    """Every text drawn."""
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def size(svg: str) -> tuple[float, float]:
    """Width and height of the drawing."""
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert found
    return float(found[1]), float(found[2])


def luminance(colour: str) -> float:
    """Relative luminance, 0 black to 1 white (WCAG 2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_lengths_are_proportional() -> None:
    bars = [Bar("甲", [("high", 80)], "80"), Bar("乙", [("high", 20)], "20")]
    (_, _, first), (_, _, second) = drawn_bars(labelled_above(bars, 80, "图"))
    assert first == pytest.approx(4 * second, rel=0.01)


def test_one_scale_for_charts_side_by_side() -> None:
    bars = [Bar("甲", [("high", 20)], "20")]
    [(_, _, of_twenty)] = drawn_bars(labelled_above(bars, 20, "图"))
    [(_, _, of_forty)] = drawn_bars(labelled_above(bars, 40, "图"))
    assert of_twenty == pytest.approx(2 * of_forty, rel=0.01)


def test_parts_follow_each_other() -> None:
    bars = [Bar("甲镇", [("high", 3), ("medium", 0), ("low", 5)], "8")]
    (dark, left, width), (light, then, rest) = drawn_bars(labelled_left(bars, 8, "图"))
    assert (dark, light) == (COLOURS["high"], COLOURS["low"])
    assert then == pytest.approx(left + width, abs=0.1)
    assert rest / width == pytest.approx(5 / 3, rel=0.01)


def test_text_stays_text() -> None:
    svg = labelled_above([Bar("死亡后仍发放", [("high", 1234)], "1,234")], 1234, "图")
    assert sorted(texts(svg)) == ["1,234", "死亡后仍发放"]


def test_size_does_not_depend_on_the_labels() -> None:
    short, long = ([Bar(label, [("low", 1)], "1")] * 3 for label in ("甲", "户主死亡次月未变更户主和账号"))
    sizes = {size(labelled_above(bars, 1, "图")) for bars in (short, long)}
    assert sizes == {(NARROW + 1, 3 * LINE + 2)}
    assert {size(labelled_left(bars, 1, "图")) for bars in (short, long)} == {(WIDE, 3 * ROW + 2)}


def test_a_long_name_beside_its_bar_is_cut() -> None:
    svg = labelled_left([Bar("江苏吕四海洋经济开发区", [("low", 1)], "1")], 1, "图")
    assert "江苏吕四海洋经济…" in texts(svg)


def test_severities_differ_in_lightness() -> None:
    shades = [luminance(COLOURS[s]) for s in ("high", "medium", "low")]
    contrasts = [(lighter + 0.05) / (darker + 0.05) for darker, lighter in pairwise(shades)]
    assert min(contrasts) > 1.7


def test_a_chart_has_a_name_and_no_address() -> None:
    svg = labelled_above([Bar("<甲>&", [("high", 1)], "1")], 1, '甲"1"条')
    assert svg.startswith('<svg class="chart" role="img" aria-label="甲&#34;1&#34;条"')
    assert "http" not in svg
    assert "&lt;甲&gt;&amp;" in svg


def test_nothing_found_is_an_empty_bar() -> None:
    svg = labelled_left([Bar("甲镇", [("high", 2)], "2"), Bar("乙镇", [("high", 0)], "0")], 2, "图")
    assert len(drawn_bars(svg)) == 1
    assert "0" in texts(svg)
