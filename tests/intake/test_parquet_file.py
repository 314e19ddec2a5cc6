from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.intake.received import cells
from transforms.intake import RawSheet, UnreadableFile

Opener = Callable[[Path], list[RawSheet]]


def test_every_type_comes_as_plain_text(opened: Opener, tmp_path: Path) -> None:
    columns = {
        '姓名 "x"': pa.array(["张三", None, ""]),
        "整数": pa.array([320681199303091146, -7, None]),
        "double": pa.array([3.20681199303091e17, -1e-7, float("nan")]),
        "float": pa.array([5.0, 0.5, -1e16], pa.float32()),
        "decimal": pa.array([Decimal("12.50"), Decimal("-0.01"), None]),
        "date": pa.array([dt.date(2021, 5, 31), None, None]),
        "time": pa.array([dt.datetime(2021, 5, 31, 8, 5), None, None], pa.timestamp("us")),
        "instant": pa.array([dt.datetime(2021, 5, 30, 16), None, None], pa.timestamp("us", "UTC")),
        "bool": pa.array([True, False, None]),
        "bytes": pa.array(["汇龙".encode(), b"x", None]),
        "code": pa.array(["a", "b", "a"]).dictionary_encode(),
    }
    pq.write_table(pa.table(columns), tmp_path / "a.csv")
    (raw,) = opened(tmp_path / "a.csv")
    assert (raw.kind, raw.sheet, raw.header, raw.width) == ("parquet", "", tuple(columns), 11)
    number = "320681199303091146"
    dates = ("2021-05-31", "2021-05-31 08:05:00", "2021-05-31 00:00:00")
    assert cells(raw) == [
        ("张三", number, "320681199303091000", "5", "12.50", *dates, "TRUE", "汇龙", "a"),
        (None, "-7", "-0.0000001", "0.5", "-0.01", None, None, None, "FALSE", "x", "b"),
        (None, None, None, "-10000000000000000", None, None, None, None, None, None, "a"),
    ]
    kinds = ("BIGINT", "DOUBLE", "FLOAT", "DECIMAL(4,2)", "DATE", "TIMESTAMP", "TIMESTAMP WITH TIME ZONE", "BOOLEAN")
    assert raw.native == (None, *kinds, None, None)
    asked = ", ".join(f"n{i}" for i, kind in enumerate(raw.native) if kind and "ZONE" not in kind)
    assert duckdb.sql(f"SELECT {asked} FROM ({raw.scan}) WHERE _row = 1").fetchall() == [
        (
            320681199303091146,
            3.20681199303091e17,
            5.0,
            Decimal("12.50"),
            dt.date(2021, 5, 31),
            dt.datetime(2021, 5, 31, 8, 5),
            True,
        )
    ]


def test_records_keep_their_number_over_row_groups(opened: Opener, tmp_path: Path) -> None:
    pq.write_table(pa.table({"n": list(range(1, 50_001))}), tmp_path / "a.parquet", row_group_size=999)
    (raw,) = opened(tmp_path / "a.parquet")
    query = f"SELECT count(*), count(*) FILTER (WHERE CAST(c0 AS BIGINT) = _row) FROM ({raw.scan})"
    assert duckdb.sql(query).fetchall() == [(50_000, 50_000)]


def test_empty_records_are_cut_at_the_end_only(opened: Opener, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [None, "x", None, " "], "b": [None, None, None, ""]}), tmp_path / "a.parquet")
    (raw,) = opened(tmp_path / "a.parquet")
    assert cells(raw) == [(None, None), ("x", None)]


def test_columns_that_differ_only_in_case_stay_apart(opened: Opener, tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array(["1"]), pa.array(["2"]), pa.array(["3"])], names=["Id", "ID", "Id"])
    pq.write_table(table, tmp_path / "a.parquet")
    (raw,) = opened(tmp_path / "a.parquet")
    assert (raw.header, cells(raw)) == (("Id", "ID", "Id"), [("1", "2", "3")])


def test_a_file_without_records_has_its_columns(opened: Opener, tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": pa.array([], pa.string())}), tmp_path / "a.parquet")
    (raw,) = opened(tmp_path / "a.parquet")
    assert (raw.header, raw.rows, cells(raw)) == (("a",), 0, [])


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (pa.table({"a": [[1]], "b": [1]}), "一格存了多个值"),
        (pa.table({"a": [{"x": 1}]}), "第 1 列一格存了多个值"),
        (pa.table({"a": ["x", "y"], "b": ["x", "长" * 50_000]}), "第 2 行第 2 列的一格超过"),
        (pa.table({"File_Row_Number": [1]}), "保留"),
        (pa.table({"a": pa.array([b"\xff\xfe"])}), "不是 UTF-8"),
    ],
)
def test_what_is_no_flat_table_is_refused(opened: Opener, tmp_path: Path, table: pa.Table, message: str) -> None:
    pq.write_table(table, tmp_path / "a.parquet")
    with pytest.raises(UnreadableFile, match=message):
        opened(tmp_path / "a.parquet")


def test_damage_shows_when_the_file_is_opened(opened: Opener, tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": [f"v{i}" for i in range(50_000)]}), path, use_dictionary=False)
    content = bytearray(path.read_bytes())
    content[200:5000] = bytes(4800)
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match="损坏"):
        opened(path)
