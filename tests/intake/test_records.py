"""Delimited text to plain records: the array path, the careful path and every block border must agree."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.intake import records

MESS = st.text(alphabet='ab,"\n\r', max_size=40).map(str.encode)


def streamed(data: bytes, size: int) -> bytes:
    out, rest = b"", b""
    for at in range(0, len(data), size):
        rest += data[at : at + size]
        part = records.clean(rest, b",", final=False)
        out += part.records
        rest = rest[part.consumed :]
    last = records.clean(rest, b",", final=True)
    assert last.consumed == len(rest)
    return out + last.records


@given(data=MESS, size=st.integers(1, 45), window=st.integers(1, 45), limit=st.sampled_from([4, 8, 1000]))
@settings(max_examples=1500, deadline=None)
def test_the_array_path_and_all_block_borders_follow_the_written_grammar(
    data: bytes, size: int, window: int, limit: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "_WINDOW", window)
        patch.setattr(records, "QUOTED_LIMIT", limit)
        by_grammar = records._careful(data, 0, len(data), b",", True)
        assert by_grammar.consumed == len(data)
        assert streamed(data, size) == by_grammar.records


@given(rows=st.lists(st.lists(st.text(alphabet='ab ,;"\n\r中', max_size=6), min_size=1, max_size=4), max_size=8))
@settings(max_examples=500, deadline=None)
def test_what_csv_writes_comes_back(rows: list[list[str]]) -> None:
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows)
    plain = records.clean(text.getvalue().encode(), b",", final=True).records.decode()
    back = [line.split("\x1f") for line in plain.split("\n")[:-1]]
    assert back == [
        ["\x1c"] if row == [""] else [c.replace("\n", "\x1e").replace("\r", "\x1d") for c in row] for row in rows
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b'a,"b', ["a", '"b']),
        (b'"b,c\nd', ['"b', "c", None, "d"]),
        (b'x"y",z', ['x"y"', "z"]),
        (b'"x"y,z', ['"x"y', "z"]),
        (b'"a""b",c', ['a"b', "c"]),
        (b'"a" ,c', ['"a" ', "c"]),
    ],
)
def test_a_stray_quote_is_an_ordinary_character(text: bytes, expected: list[str | None]) -> None:
    plain = records.clean(text, b",", final=True).records.decode()
    found: list[str | None] = []
    for line in plain.removesuffix("\n").split("\n"):
        found += [*line.split("\x1f"), None]
    assert found[:-1] == expected


def test_shape_counts_cells_and_records() -> None:
    plain = records.clean(b"a,b,c\n\nlonger\n", b",", final=True).records
    assert records.shape(plain) == (3, 3, 7)
    assert records.widths(plain).tolist() == [3, 1]
    assert records.shape(b"") == (0, 0, 0)
