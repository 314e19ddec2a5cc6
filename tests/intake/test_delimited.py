from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.received import as_received, cells
from transforms.intake import RawSheet, UnreadableFile, encodings, open_raw
from transforms.intake.delimited import sniff

Opener = Callable[[bytes], list[RawSheet]]
ENCODINGS = ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le-bom", "utf-16-be-bom"]
TABLE = "姓名,身份证号,备注\n张三,320681199303091146,无\n李四,32068119930309115X,\n"


def encoded(text: str, encoding: str) -> bytes:
    if encoding == "utf-16-le-bom":
        return b"\xff\xfe" + text.encode("utf-16-le")
    if encoding == "utf-16-be-bom":
        return b"\xfe\xff" + text.encode("utf-16-be")
    return text.encode(encoding)


@pytest.mark.parametrize("encoding", [*ENCODINGS, "utf-16-le", "utf-16-be"])
def test_every_encoding_reads_the_same(opened_bytes: Opener, encoding: str) -> None:
    (raw,) = opened_bytes(encoded(TABLE, encoding))
    assert (raw.kind, raw.sheet, raw.header, raw.delimiter, raw.hidden) == ("csv", "", None, ",", False)
    assert cells(raw) == [
        ("姓名", "身份证号", "备注"),
        ("张三", "320681199303091146", "无"),
        ("李四", "32068119930309115X", None),
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_the_encoding_is_decided_on_the_whole_file(
    opened_bytes: Opener, monkeypatch: pytest.MonkeyPatch, encoding: str
) -> None:
    monkeypatch.setattr(encodings, "_BLOCK", 4096)
    (raw,) = opened_bytes(b"id,name\n" * 20_000 + "1,张三\n".encode(encoding))
    assert (raw.encoding, raw.rows) == (encoding, 20_001)
    assert cells(raw)[-1] == ("1", "张三")


def test_few_damaged_characters_cost_themselves_many_the_file(opened_bytes: Opener) -> None:
    good = "张三,启东市汇龙镇\n".encode()
    (raw,) = opened_bytes(good * 500 + b"\xe5\xbc,x\n")
    assert raw.encoding == "utf-8"
    assert cells(raw)[-1] == ("\ufffd", "x")
    with pytest.raises(UnreadableFile, match="不是完好的 UTF-8、UTF-16 或 GB18030"):
        opened_bytes(good * 50 + b"\xe5\xbc,x\n" * 50)


def test_two_encodings_in_one_file_are_refused(opened_bytes: Opener) -> None:
    with pytest.raises(UnreadableFile, match="不是完好的"):
        opened_bytes("张三,启东市\n".encode() * 100 + "张三,启东市\n".encode("gb18030") * 100)


def test_a_replacement_character_in_the_file_is_text(opened_bytes: Opener) -> None:
    (raw,) = opened_bytes("a,\ufffd\ufffd\n".encode())
    assert cells(raw) == [("a", "\ufffd\ufffd")]


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_below_a_title_and_around_quotes(delimiter: str) -> None:
    rows = [["启东市2021年花名册"], ["姓名", "住址", "备注"]]
    rows += [["张三", "汇龙镇,1号;2室", "a|b\tc"]] * 3
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter).writerows(rows)
    assert sniff(text.getvalue().encode()) == delimiter.encode()


def test_a_sep_line_names_the_delimiter(opened_bytes: Opener) -> None:
    (raw,) = opened_bytes(b"sep=;\n1,5;2,5\n")
    assert cells(raw) == [("sep=", None), ("1,5", "2,5")]


def test_no_record_is_lost(opened_bytes: Opener) -> None:
    text = (
        '标题\r\n\r\na,b,c\r1,2\n"两行\r\n一格",x,y,z\n\n\n,,\n'
        'q"uo"te,"open\n"ok",2,3\r\n1\0,\x1f2\n  \n末,,\r\n \n,,\n\x1a'
    )
    (raw,) = opened_bytes(text.encode())
    assert raw.width == 4
    assert cells(raw) == [
        ("标题", None, None, None),
        (None, None, None, None),
        ("a", "b", "c", None),
        ("1", "2", None, None),
        ("两行\r\n一格", "x", "y", "z"),
        (None, None, None, None),
        (None, None, None, None),
        (None, None, None, None),
        ('q"uo"te', '"open', None, None),
        ("ok", "2", "3", None),
        ("1", "2", None, None),
        ("  ", None, None, None),
        ("末", None, None, None),
    ]


def test_two_hundred_thousand_records_keep_order_and_number(opened_bytes: Opener) -> None:
    lines = [f'{i},"张,三",{"x" * (i % 7)}' if i % 11 else "" for i in range(1, 200_001)]
    (raw,) = opened_bytes("\n".join(lines).encode("gb18030"))
    assert raw.rows == 200_000
    filled = "_row % 11 <> 0"
    query = f"""
        SELECT count(*), count(DISTINCT _row), min(_row), max(_row),
            count(*) FILTER (WHERE c0 IS DISTINCT FROM CASE WHEN {filled} THEN CAST(_row AS VARCHAR) END),
            count(*) FILTER (WHERE c1 IS DISTINCT FROM CASE WHEN {filled} THEN '张,三' END)
        FROM ({raw.scan})"""
    assert duckdb.sql(query).fetchall() == [(200_000, 200_000, 1, 200_000, 0, 0)]


def test_a_very_long_record_is_read(opened_bytes: Opener) -> None:
    long = b"x" * 130_000
    (raw,) = opened_bytes(b"a,b\n" + b",".join([long] * 40) + b"\n1,2\n")
    rows = cells(raw)
    assert (len(rows), rows[1], rows[2][:2]) == (3, (long.decode(),) * 40, ("1", "2"))


def test_records_filled_up_with_empty_cells_are_read(opened_bytes: Opener) -> None:
    empty = b"," * 16_380
    (raw,) = opened_bytes(b"a,b" + empty + b"\n" + empty + b"\n,2,,x" + empty + b"\n" + empty + b"\n")
    assert cells(raw) == [("a", "b", None, None), (None,) * 4, (None, "2", None, "x")]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"x" * (9 << 20), "没有换行"),
        (b"," * 5_000 + b"x\n", "5001 个单元格"),
        (b"a,b\n1,2\n1," + b"x" * (5 << 20) + b"\n1,2\n", "第 3 行第 2 列的一格超过 32,767 字"),
        (b"\n , \n,\n", "没有任何有内容"),
        (bytes(range(256)) * 40, "二进制数据"),
    ],
)
def test_what_is_no_table_is_refused(opened_bytes: Opener, content: bytes, message: str) -> None:
    with pytest.raises(UnreadableFile, match=message):
        opened_bytes(content)


def test_nothing_but_the_stored_cells_stays_in_the_work_folder(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TABLE.encode())
    file = as_received(path)
    open_raw(file, tmp_path / "work")
    assert [p.name for p in (tmp_path / "work").iterdir()] == [f"{file.sha256}.parquet"]


# No NUL and no separators of ASCII, which are cut from every text, and no lone surrogates, which no encoding
# has
VALUES = st.text(
    alphabet=st.one_of(
        st.sampled_from('",;|\t\n\r 0123456789Xx=+-@张李启东市𠮷·'),
        st.characters(codec="utf-8", exclude_characters="\0\x1c\x1d\x1e\x1f\ufeff", exclude_categories=["Cs", "Cc"]),
    ),
    max_size=12,
)


@given(
    rows=st.lists(st.lists(VALUES, min_size=2, max_size=5), min_size=1, max_size=12),
    encoding=st.sampled_from([e for e in ENCODINGS if e != "gbk"]),
    delimiter=st.sampled_from(",\t;|"),
    ends=st.sampled_from(["\n", "\r\n", "\r\n", "\r"]),
)
@settings(max_examples=100, deadline=None)
def test_any_table_comes_back_cell_for_cell(rows: list[list[str]], encoding: str, delimiter: str, ends: str) -> None:
    text = io.StringIO(newline="")
    # Names the delimiter, which a few random cells do not, and the encoding, which a few ideographs leave
    # open
    text.write(f"sep={delimiter}{ends}")
    # With other line ends csv leaves a cell with a CR or LF in it without quotes
    if ends == "\r\n":
        writer = csv.writer(text, delimiter=delimiter)
    else:
        writer = csv.writer(text, delimiter=delimiter, lineterminator=ends, quoting=csv.QUOTE_ALL)
    writer.writerow(["社会救助对象花名册，启东市民政局，二〇二一年六月"] * 2)
    writer.writerows(rows)
    writer.writerow(["末", "末"])
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(encoded(text.getvalue(), encoding))
        (raw,) = open_raw(as_received(path), Path(folder) / "work")
        back = cells(raw)[2:-1]
    assert raw.width == max(2, *(len(row) for row in rows))
    assert back == [tuple((row[i] or None) if i < len(row) else None for i in range(raw.width)) for row in rows]


def test_a_text_written_as_a_formula_is_the_text(opened_bytes: Opener) -> None:
    (raw,) = opened_bytes(
        '姓名,身份证号,备注\n="张三","=""320681199303091146""","=""甲""&""乙"""\n=,="",="x\n'.encode()
    )
    assert cells(raw)[1:] == [("张三", "320681199303091146", '="甲"&"乙"'), ("=", None, '="x')]
