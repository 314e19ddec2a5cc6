"""Files are told by what they hold; what is no table is refused with what to do."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlwt

from tests.intake.received import as_received
from transforms.intake import RawSheet, UnreadableFile, open_raw

Opener = Callable[[bytes], list[RawSheet]]
FREE, END = 0xFFFFFFFF, 0xFFFFFFFE


def compound(*streams: str) -> bytes:
    """A compound file ([MS-CFB]) with a directory of empty streams: sector 0 is the table, the directory
    follows.
    """
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + struct.pack("<HBB", 2 * len(name) + 2, 2, 1) + bytes(60)
        for name in ("Root Entry", *streams)
    )
    directory = entries.ljust(-(-len(entries) // 512) * 512, b"\0")
    chain = [0xFFFFFFFD, *range(2, 1 + len(directory) // 512), END]
    table = struct.pack("<128I", *chain, *[FREE] * (128 - len(chain)))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<IIIIIIIII", 1, 1, 0, 4096, END, 0, END, 0, 0) + struct.pack("<108I", *[FREE] * 108)
    return header + table + directory


def zipped(**parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml").replace("_bin", ".bin"), text)
    return buffer.getvalue()


HTML = "<html><table><tr><td>姓名</td></tr></table></html>"
REFUSED = {
    "empty": (b"", "0 字节"),
    "password": (
        compound("\x06DataSpaces", "Version", "DataSpaceMap", "EncryptionInfo", "EncryptedPackage"),
        "密码",
    ),
    "doc": (compound("WordDocument", "1Table"), "Word 文档"),
    "ppt": (compound("PowerPoint Document"), "没有工作簿"),
    "cut ole": (compound("Workbook")[:700], "不完整"),
    "hollow xls": (compound("Workbook"), "没有内容"),
    "docx": (zipped(word__document_xml="<w/>"), "Word 文档"),
    "ods": (zipped(mimetype="application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument"),
    "xlsb": (zipped(xl__workbook_bin="x"), r"\.xlsb"),
    "zip": (zipped(**{"a.csv": "1"}), "zip 压缩包.*解压"),
    "hollow xlsx": (zipped(xl__workbook_xml="<workbook/>"), "损坏"),
    "entities": (zipped(xl__workbook_xml='<!DOCTYPE a [<!ENTITY b "c">]><workbook/>'), "损坏"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
    "rtf": (b"{\\rtf1 a}", "RTF"),
    "rar": (b"Rar!\x1a\x07\x00", "RAR"),
    "gzip": (b"\x1f\x8b\x08\x00", "gzip"),
    "图片": (b"\x89PNG\r\n\x1a\n", "图片"),
    "html": (HTML.encode(), "HTML"),
    "html with bom": (HTML.encode("utf-16"), "HTML"),
    "html with comment": (b"\xef\xbb\xbf<!-- x -->\n<!DOCTYPE html>" + HTML.encode("gb18030"), "HTML"),
    "mhtml": (b"MIME-Version: 1.0\r\nContent-Type: multipart/related", "网页存档"),
    "xml 2003": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "2003 XML",
    ),
    "xml": (b'<?xml version="1.0"?><a/>', "XML 文档"),
    "json": (b'[{"a": 1}]', "JSON"),
    "encrypted parquet": (b"PARE" + bytes(30) + b"PARE", "已加密"),
    "cut parquet": (b"PAR1\x15\x04" + bytes(50), "Parquet 文件损坏"),
    "junk": (bytes(range(256)) * 9, "二进制数据"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_table_is_refused_with_a_clear_message(opened_bytes: Opener, name: str) -> None:
    content, message = REFUSED[name]
    with pytest.raises(UnreadableFile, match=message) as refusal:
        opened_bytes(content)
    assert refusal.value.message == str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("heading", ["PAR1,b", "PARENT_ID,b", "PK,b", "PKID,b", "<1岁,b", "[号],b", "GIF8,b", "BM,b"])
def test_a_heading_that_looks_like_a_magic_number_is_text(opened_bytes: Opener, heading: str) -> None:
    (raw,) = opened_bytes(f"{heading}\n1,2\n".encode())
    assert (raw.kind, raw.rows, raw.width) == ("csv", 2, 2)


def samples(folder: Path) -> list[Path]:
    """One small file of each binary kind."""
    book = openpyxl.Workbook()
    for i in range(50):
        book.active.append([f"张三{i}", i, i / 7])  # type: ignore[union-attr]
    book.save(folder / "a.xlsx")
    old = xlwt.Workbook()
    sheet = old.add_sheet("名册")
    for i in range(50):
        sheet.write(i, 0, f"张三{i}")
    old.save(str(folder / "a.xls"))
    pq.write_table(pa.table({"a": [f"张三{i}" for i in range(50)]}), folder / "a.parquet")
    return [folder / "a.xlsx", folder / "a.xls", folder / "a.parquet"]


def test_damaged_files_open_or_are_refused_and_nothing_else(tmp_path: Path) -> None:
    for path in samples(tmp_path):
        content = path.read_bytes()
        for step in range(40):
            at = step * len(content) // 40
            broken = bytearray(content[:at] if step % 2 else content)
            if not step % 2:
                broken[at : at + 3] = b"\xff\x00\x7f"
            damaged = tmp_path / "damaged.bin"
            damaged.write_bytes(broken)
            try:
                sheets = open_raw(as_received(damaged), tmp_path / "work")
            except UnreadableFile as refusal:
                assert "张三" not in refusal.message
            else:
                assert not step % 2, f"{path.name} cut at {at} was opened"
                assert sheets
