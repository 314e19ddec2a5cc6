"""What a received file is, told by its content: departments rename files, so the ending says nothing."""

from __future__ import annotations

import codecs
import re
import zipfile
from pathlib import Path
from typing import Literal

from . import ole
from .models import UnreadableFile
from .workbook_parts import ZIP_ERRORS

Kind = Literal["csv", "xlsx", "xls", "parquet"]

_HEAD = 4096
_SAVE_AS = "请用电子表格软件打开，另存为 .xlsx 或 CSV 后重新报送"
_ASK = "请向来源单位索取表格本身（.xlsx 或 CSV）"
_UNPACK = "请解压后报送里面的文件"

_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", f"PDF 文档，不是表格；{_ASK}"),
    (b"{\\rtf", f"RTF 文档，不是表格；{_ASK}"),
    (b"Rar!\x1a\x07", f"RAR 压缩包；{_UNPACK}"),
    (b"7z\xbc\xaf\x27\x1c", f"7-Zip 压缩包；{_UNPACK}"),
    (b"\x1f\x8b", f"gzip 压缩包；{_UNPACK}"),
    (b"\xfd7zXZ\x00", f"xz 压缩包；{_UNPACK}"),
    (b"\x28\xb5\x2f\xfd", f"Zstandard 压缩包；{_UNPACK}"),
    (b"\x89PNG", f"图片，不是表格；{_ASK}"),
    (b"\xff\xd8\xff", f"图片，不是表格；{_ASK}"),
    (b"GIF87a", f"图片，不是表格；{_ASK}"),
    (b"GIF89a", f"图片，不是表格；{_ASK}"),
    (b"SQLite format 3", f"SQLite 数据库，不是表格；{_ASK}"),
    (b"\x09\x00\x04\x00", f"Excel 2 时代的工作簿；{_SAVE_AS}"),
    (b"\x09\x02\x06\x00", f"Excel 3 时代的工作簿；{_SAVE_AS}"),
    (b"\x09\x04\x06\x00", f"Excel 4 时代的工作簿；{_SAVE_AS}"),
)

_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s*mime-version:", re.I), f"网页存档（MHTML）；{_SAVE_AS}"),
    (
        re.compile(
            r"\s*+(?:<\?xml[^>]*+>\s*+)?(?:<!--(?:(?!-->).)*+-->\s*+)*+<(!doctype\s+html|html|head|body|meta|table|style)\b",
            re.I | re.S,
        ),
        f"网页（HTML），常被误存为 .xls；{_SAVE_AS}",
    ),
    (
        re.compile(r"\s*<\?xml.*urn:schemas-microsoft-com:office:spreadsheet", re.I | re.S),
        f"Excel 2003 XML 工作簿；{_SAVE_AS}",
    ),
    (re.compile(r"\s*<\?xml", re.I), f"XML 文档，不是表格；{_ASK}"),
    (re.compile(r"\s*(\{\s*\"|\[\s*\{)"), f"JSON 文本，不是表格；{_ASK}"),
)


def detect(path: Path) -> Kind:
    """The kind of the file at `path`.

    Raises UnreadableFile for anything that is no table this product reads.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        file.seek(max(0, path.stat().st_size - 4))
        tail = file.read(4)
    if not head:
        raise UnreadableFile("文件是空的（0 字节）；请重新报送。")
    # A heading may begin with PAR1 or PARE too: Parquet goes on with a binary byte, or ends with its magic
    if head.startswith(b"PAR1") and (tail == b"PAR1" or head[4:5] < b" "):
        return "parquet"
    if head.startswith(b"PARE") and tail == b"PARE":
        raise UnreadableFile("Parquet 文件已加密；请取消加密后重新报送。")
    if head.startswith(ole.MAGIC):
        return _ole_kind(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(path)
    for magic, found in _FOREIGN:
        if head.startswith(magic):
            raise UnreadableFile(f"文件是{found}。")
    text = _rough_text(head)
    for pattern, found in _MARKUP:
        if pattern.match(text):
            raise UnreadableFile(f"文件是{found}。")
    return "csv"


def _rough_text(head: bytes) -> str:
    """Enough of the text to see markup, whatever its encoding."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="replace")
    return head.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"").decode("latin-1")


def _ole_kind(path: Path) -> Kind:
    try:
        names = {name.lower() for name in ole.stream_names(path)}
    except ValueError:
        raise UnreadableFile("文件是损坏或不完整的 Office 文件；请用电子表格软件打开、另存后重新报送。") from None
    if names & {"encryptedpackage", "encryptioninfo"}:
        raise password_protected()
    if names & {"workbook", "book"}:
        return "xls"
    if "worddocument" in names:
        raise UnreadableFile(f"文件是 Word 文档，不是表格；{_ASK}。")
    raise UnreadableFile(f"文件是 Office 文件，但里面没有工作簿；{_ASK}。")


def password_protected() -> UnreadableFile:
    """The refusal for every kind of protected workbook."""
    return UnreadableFile("工作簿设有打开密码；请取消密码后重新报送。")


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            opendocument = "mimetype" in names and archive.read("mimetype").startswith(
                b"application/vnd.oasis.opendocument"
            )
    except ZIP_ERRORS:
        raise UnreadableFile("工作簿损坏或不完整（压缩目录读不出）；请用电子表格软件打开、另存后重新报送。") from None
    parts = {name.replace("\\", "/").lower() for name in names}
    if "xl/workbook.xml" in parts or any(p.startswith("xl/worksheets/") and p.endswith(".xml") for p in parts):
        return "xlsx"
    if any(p.startswith("xl/") and p.endswith(".bin") for p in parts):
        raise UnreadableFile(f"文件是 Excel 二进制工作簿（.xlsb）；{_SAVE_AS}。")
    if any(p.startswith("word/") for p in parts):
        raise UnreadableFile(f"文件是 Word 文档，不是表格；{_ASK}。")
    if opendocument:
        raise UnreadableFile(f"文件是 OpenDocument 表格；{_SAVE_AS}。")
    raise UnreadableFile(f"文件是 zip 压缩包，不是工作簿；{_UNPACK}。")
