"""Files made to do harm: what goes into the inbox of the tests beside this one."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlwt

HEADINGS = ("姓名", "身份证号", "死亡日期")
PERSON = ("张三", "320681199303091146", "2021-05-01")
MEBIBYTE = 1 << 20
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
SHEET, STRINGS, BOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"


def workbook_parts(sheet_name: str = "名册") -> dict[str, str]:
    """The parts of a small good workbook: a heading and a person, in shared strings."""
    texts = (*HEADINGS, *PERSON)
    rows = "".join(
        f'<row r="{row}">' + "".join(f'<c r="{"ABC"[i]}{row}" t="s"><v>{(row - 1) * 3 + i}</v></c>' for i in range(3)) + "</row>"
        for row in (1, 2)
    )  # fmt: skip
    return {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>'
        + "".join(f'<Override PartName="/{part}" ContentType="{_TYPE}.{kind}+xml"/>' for part, kind in ((BOOK, "sheet.main"), (SHEET, "worksheet"), (STRINGS, "sharedStrings")))
        + "</Types>",
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        BOOK: f'<?xml version="1.0"?><workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets><sheet name="{sheet_name}" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations([("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")]),
        STRINGS: f'<?xml version="1.0"?><sst xmlns="{_MAIN}" count="6" uniqueCount="6">' + "".join(f"<si><t>{text}</t></si>" for text in texts) + "</sst>",
        SHEET: f'<?xml version="1.0"?><worksheet xmlns="{_MAIN}"><dimension ref="A1:C2"/><sheetData>{rows}</sheetData></worksheet>',
    }  # fmt: skip


def _relations(targets: Iterable[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{i}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(targets, 1)
    )
    return f'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{links}</Relationships>'  # fmt: skip


def zipped(parts: dict[str, str]) -> bytes:
    """An archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def workbook_with(part: str, old: str, new: str) -> bytes:
    """The small workbook with one text in one part replaced."""
    parts = workbook_parts()
    assert old in parts[part]
    return zipped(parts | {part: parts[part].replace(old, new)})


def bomb(part: str, mebibytes: int) -> bytes:
    """A workbook one part of which unpacks to so many MiB of one letter, in the middle of a text."""
    parts = workbook_parts()
    before, after = parts[part].split("</t>", 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            if name != part:
                archive.writestr(name, text)
        with archive.open(part, "w") as stream:
            stream.write(before.encode())
            for _ in range(mebibytes):
                stream.write(b"x" * MEBIBYTE)
            stream.write(b"</t>" + after.encode())
    return out.getvalue()


def laughs(part: str, root: str) -> bytes:
    """The billion laughs: ten entities, each ten of the one before, in one part of the workbook."""
    entities = '<!ENTITY l0 "哈哈哈哈哈哈哈哈哈哈">' + "".join(
        f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10)
    )
    parts = workbook_parts()
    hidden = (
        parts[part]
        .replace(f"<{root}", f"<!DOCTYPE x [{entities}]><{root}", 1)
        .replace(PERSON[0], "&l9;")
        .replace("名册", "&l9;")
    )
    return zipped(parts | {part: hidden})  # fmt: skip


def old_workbook() -> bytes:
    """The small workbook as .xls."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("名册")
    for row, cells in enumerate((HEADINGS, PERSON)):
        for column, cell in enumerate(cells):
            sheet.write(row, column, cell)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def parquet(rows: int = 1) -> bytes:
    """The person so many times, which takes no more room than once."""
    out = io.BytesIO()
    once = {
        h: pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), [cell])
        for h, cell in zip(HEADINGS, PERSON, strict=True)
    }
    pq.write_table(pa.table(once).cast(pa.schema([(h, pa.string()) for h in HEADINGS])), out)  # fmt: skip
    return out.getvalue()


def parquet_that_claims(rows: int) -> bytes:
    """A Parquet file whose footer says it has so many rows (thrift: zig-zag varint, in both the file's and the row group's place)."""
    content = parquet()
    size = struct.unpack("<I", content[-8:-4])[0]
    body, footer = content[: -8 - size], content[-8 - size : -8]
    # The field after the schema list: num_rows, an i64 of delta 1 (0x16) with the value 1 (zig-zag 2).
    at = footer.index(b"\x16\x02\x19")
    footer = footer[: at + 1] + _varint(rows * 2) + footer[at + 2 :]
    return body + footer + struct.pack("<I", len(footer)) + b"PAR1"


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def sparse(path: Path, size: int) -> None:
    """A file of so many bytes, none of them written but the heading."""
    with path.open("wb") as file:
        file.write(",".join(HEADINGS).encode() + b"\n")
        file.truncate(size)


def parquet_repeating(rows: int, length: int) -> bytes:
    """A Parquet file with one column: one text of this length, so many times."""
    out = io.BytesIO()
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), ["x" * length])
    pq.write_table(pa.table({HEADINGS[0]: column}), out, store_schema=False)
    return out.getvalue()


#: Name → content and what its one rejection says.
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "压缩炸弹.xlsx": (lambda: bomb(STRINGS, 260), "打开不安全"),
    "长格.xlsx": (lambda: workbook_with(STRINGS, PERSON[0], "长" * (10 * MEBIBYTE // 3)), "第 2 行第 1 列的一格超过"),
    "压缩过的长格.xlsx": (lambda: bomb(STRINGS, 60), "第 1 行第 1 列的一格超过"),
    "嵌套压缩包.xlsx": (lambda: zipped({"a.zip": zipped({"b.zip": "x"}).decode("latin-1")}), "zip 压缩包"),
    "实体膨胀的文字.xlsx": (lambda: laughs(STRINGS, "sst"), "损坏或不完整"),
    "没有的实体.xlsx": (lambda: workbook_with(STRINGS, PERSON[0], "&e;"), "损坏或不完整"),
    "实体膨胀.xlsx": (lambda: laughs(BOOK, "workbook"), "损坏或不完整"),
    "外部实体.xlsx": (lambda: workbook_with(BOOK, "<workbook", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><workbook'), "损坏或不完整"),
    "远处的格.xlsx": (lambda: workbook_with(SHEET, 'r="C2"', 'r="XFD1048576"'), "零散单元格"),
    "远处的行.xlsx": (lambda: workbook_with(SHEET, '<row r="2"', '<row r="1048577"'), "零散单元格"),
    "躲开检查的格.xlsx": (lambda: workbook_with(SHEET, 'r="C2"', "r = 'XFD1048576'"), "损坏，或打开它所用的内存超过"),
    "自称四十亿.xlsx": (lambda: workbook_with(STRINGS, 'uniqueCount="6"', 'uniqueCount="4294967295"'), "内存超过"),
    "没有的列.xlsx": (lambda: workbook_with(SHEET, 'r="C2"', 'r="ZZZZZZZZ2"'), "损坏"),
    "截断.xlsx": (lambda: zipped(workbook_parts())[:900], "损坏"),
    "截断.xls": (lambda: old_workbook()[:3000], "损坏"),
    "截断.parquet": (lambda: parquet()[:200], "损坏"),
    "自称万亿行.parquet": (lambda: parquet_that_claims(10**12), "超过可读的"),
    "负数行.parquet": (lambda: parquet()[:-8] + struct.pack("<i", -1) + b"PAR1", "损坏"),
    "尾部过大.parquet": (lambda: parquet()[:-8] + struct.pack("<I", 2**31 - 1) + b"PAR1", "损坏"),
    "一格亿遍.parquet": (lambda: parquet_repeating(400_000, 30_000), "与文件大小不相称"),
    "长格.csv": (lambda: (",".join(HEADINGS) + "\n" + "长" * (2 * MEBIBYTE) + ",,\n").encode(), "第 2 行第 1 列的一格超过"),
    "无换行.csv": (lambda: b"x" * (10 * MEBIBYTE), "没有换行"),
    "二进制.csv": (lambda: bytes(range(256)) * 64, "二进制数据"),
    "空.csv": (lambda: b"", "0 字节"),
}  # fmt: skip


def _merged() -> bytes:
    ranges = "".join(f'<mergeCell ref="A{row}:XFD1048576"/>' for row in range(3, 20_000))
    return workbook_with(SHEET, "</sheetData>", f"</sheetData><mergeCells>{ranges}</mergeCells>")


#: Name → content of files that say less than they seem to: the person in them is loaded.
HARMLESS: dict[str, Callable[[], bytes]] = {
    "自称全表.xlsx": lambda: workbook_with(SHEET, "A1:C2", "A1:XFD1048576"),
    "合并全表.xlsx": _merged,
    "外部实体的文字.xlsx": lambda: workbook_with(STRINGS, "<sst", '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><sst'),
    "深层嵌套.xlsx": lambda: workbook_with(SHEET, "</sheetData>", "</sheetData>" + "<a>" * 200_000 + "</a>" * 200_000),
    "没有闭合的标签.xlsx": lambda: workbook_with(SHEET, "</sheetData>", "</sheetData><x>" + ' r="A1" t="b"' * 100_000 + "</x>"),
    "注释.csv": lambda: b"<!---->" * 585 + ("\n" + ",".join(HEADINGS) + "\n" + ",".join(PERSON) + "\n").encode(),
    "方向标记.csv": lambda: (",".join(HEADINGS) + "\n" + "\u202e" + ",".join(PERSON) + "\x00\n").encode(),
    "转义字符.xlsx": lambda: workbook_with(STRINGS, PERSON[0], "_xD800_张_x0000_三_x0007_"),
}  # fmt: skip
