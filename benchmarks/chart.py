"""The chart of a measurement: CPU time of every process against the size of the drop, both on a logarithmic scale."""

from __future__ import annotations

from pathlib import Path
from typing import Any


def write_chart(content: dict[str, Any], path: Path) -> None:
    """Draw the processes of a results file (benchmarks.run) as SVG. Raises ImportError without altair and vl-convert."""
    import altair as alt

    points = [
        {"persons": size["persons"], "process": name, "cpu": figures["cpu_s"]}
        for size in content["sizes"]
        for name, figures in _processes(size).items()
        if figures["cpu_s"] and not figures["exit"]
    ]
    base = alt.Chart(alt.Data(values=points)).encode(
        x=alt.X("persons:Q", scale=alt.Scale(type="log"), title="persons on the roll"),
        y=alt.Y("cpu:Q", scale=alt.Scale(type="log"), title="CPU seconds"),
        color=alt.Color("process:N", title=None),
    )
    chart = (base.mark_line() + base.mark_point(filled=True)).properties(width=520, height=340)
    chart.save(str(path))


def _processes(size: dict[str, Any]) -> dict[str, dict[str, float]]:
    whole = {"floor": {"cpu_s": size["floor_cpu_s"], "exit": 0}} if size["floor_cpu_s"] else {}
    return {**size["processes"], **whole}
