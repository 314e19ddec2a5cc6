"""A cell that is a number or a day already gives what its text would have given."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from data_contracts import load_codes
from transforms.intake.sql import text_of
from transforms.values import VALUE_TYPES, Context, register_functions, select_layers

NUMBERS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "TINYINT": (pa.int8(), st.integers(-128, 127)),
    "BIGINT": (pa.int64(), st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-2_000_000_000, 2_000_000_000))),
    "DOUBLE": (
        pa.float64(),
        st.one_of(
            st.floats(),
            st.integers(-(10**13), 10**13).map(lambda n: n / 100),
            st.integers(-(10**9), 10**9).map(lambda n: n / 1000),
            st.integers(-(10**12), 10**12).map(float),
        ),
    ),
}
DAYS: dict[str, tuple[pa.DataType, st.SearchStrategy[Any]]] = {
    "DATE": (pa.date32(), st.dates()),
    "TIMESTAMP": (pa.timestamp("us"), st.datetimes(dt.datetime(1000, 1, 1), dt.datetime(3000, 1, 1))),
}
CASES: list[tuple[str, str, pa.DataType, st.SearchStrategy[Any]]] = [
    (column, kind, arrow, cells) for column in ("int", "number", "money") for kind, (arrow, cells) in NUMBERS.items()
]
CASES += [("date", kind, arrow, cells) for kind, (arrow, cells) in DAYS.items()]


def _cleaned(kind: str, arrow: pa.DataType, cells: list[Any], column: str) -> list[list[tuple[Any, ...]]]:
    """The cells cleaned as they are, and by way of their text."""
    value = VALUE_TYPES[column]
    assert kind in value.native
    wanted = ", ".join(['"v"', *(f'"v{extra}"' for extra in value.extras), f"coalesce({value.is_bad('v')}, FALSE)"])
    with duckdb.connect() as con:
        register_functions(con)
        con.register("cells", pa.table({"i": pa.array(range(len(cells))), "n": pa.array(cells, arrow)}))
        con.execute(f"CREATE TABLE came AS SELECT i, CAST(n AS {kind}) AS n, {text_of('n', kind)} AS c FROM cells")
        answers = []
        for raw, native in ((text_of("n", kind), ("n", kind)), ("c", None)):
            layers = value.layers("v", raw, Context(load_codes(), native=native))
            answers.append(con.execute(f"SELECT {wanted} FROM ({select_layers('came', layers)}) ORDER BY i").fetchall())
        return answers


@pytest.mark.parametrize(("column", "kind", "arrow", "cells"), CASES, ids=lambda x: x if isinstance(x, str) else "")
@settings(max_examples=5, deadline=None)
@given(data=st.data())
def test_as_its_text_would_be_read(column, kind, arrow, cells, data) -> None:
    native, text = _cleaned(kind, arrow, data.draw(st.lists(st.none() | cells, min_size=20, max_size=200)), column)
    assert native == text


@pytest.mark.parametrize("column", ["int", "number", "money"])
def test_halves_of_a_cent_and_what_lies_at_the_bounds(column: str) -> None:
    cells = [
        1.005, 2.675, 0.1 + 0.2, 1e12, -1e12, 1e-7, 0.0, -0.0, 5e-324, math.inf, -math.inf, math.nan, 999999999.0, 1e9, 0.995, 12.5,
    ]  # fmt: skip
    native, text = _cleaned("DOUBLE", pa.float64(), cells, column)
    assert native == text


def test_days_at_the_bounds() -> None:
    days = [
        dt.date(1849, 12, 31),
        dt.date(1850, 1, 1),
        dt.date(2200, 12, 31),
        dt.date(2201, 1, 1),
        dt.date(1, 1, 1),
        dt.date(9999, 12, 31),
        None,
    ]
    native, text = _cleaned("DATE", pa.date32(), days, "date")
    assert native == text
    assert [bad for *_, bad in native] == [True, False, False, True, True, True, False]
