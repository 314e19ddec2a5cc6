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
_SAVE_AS = "open it there and save it as .xlsx or as CSV"

_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "a PDF document; ask for the table itself as .xlsx or CSV"),
    (b"{\\rtf", f"a rich text document; {_SAVE_AS}"),
    (b"Rar!\x1a\x07", "a RAR archive; unpack it and send the files in it"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive; unpack it and send the files in it"),
    (b"\x1f\x8b", "a gzip archive; unpack it and send the file in it"),
    (b"\xfd7zXZ\x00", "an xz archive; unpack it and send the file in it"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive; unpack it and send the file in it"),
    (b"\x89PNG", "a picture; ask for the table itself as .xlsx or CSV"),
    (b"\xff\xd8\xff", "a picture; ask for the table itself as .xlsx or CSV"),
    (b"GIF87a", "a picture; ask for the table itself as .xlsx or CSV"),
    (b"GIF89a", "a picture; ask for the table itself as .xlsx or CSV"),
    (b"SQLite format 3", "an SQLite database; ask for the table as .xlsx or CSV"),
    (b"\x09\x00\x04\x00", f"a workbook of Excel 2; {_SAVE_AS}"),
    (b"\x09\x02\x06\x00", f"a workbook of Excel 3; {_SAVE_AS}"),
    (b"\x09\x04\x06\x00", f"a workbook of Excel 4; {_SAVE_AS}"),
)

_MARKUP: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\s*mime-version:", re.I), f"a web archive (MHTML); {_SAVE_AS}"),
    (
        re.compile(
            r"\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body|meta|table|style)\b",
            re.I | re.S,
        ),
        f"an HTML page, often sent with the ending .xls; {_SAVE_AS}",
    ),
    (
        re.compile(r"\s*<\?xml.*urn:schemas-microsoft-com:office:spreadsheet", re.I | re.S),
        f"an Excel 2003 XML workbook; {_SAVE_AS}",
    ),
    (re.compile(r"\s*<\?xml", re.I), "an XML document; ask for the table as .xlsx or CSV"),
    (re.compile(r"\s*(\{\s*\"|\[\s*\{)"), "JSON text; ask for the table as .xlsx or CSV"),
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
        raise UnreadableFile("The file is empty (0 bytes); send it again.")
    # A heading may begin with PAR1 or PARE too: Parquet goes on with a binary byte, or ends with its magic
    if head.startswith(b"PAR1") and (tail == b"PAR1" or head[4:5] < b" "):
        return "parquet"
    if head.startswith(b"PARE") and tail == b"PARE":
        raise UnreadableFile("The file is an encrypted Parquet file; send it without encryption.")
    if head.startswith(ole.MAGIC):
        return _ole_kind(path)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")):
        return _zip_kind(path)
    for magic, found in _FOREIGN:
        if head.startswith(magic):
            raise UnreadableFile(f"The file is {found}.")
    text = _rough_text(head)
    for pattern, found in _MARKUP:
        if pattern.match(text):
            raise UnreadableFile(f"The file is {found}.")
    return "csv"


def _rough_text(head: bytes) -> str:
    """Enough of the text to see markup, whatever its encoding."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return head.decode("utf-16", errors="replace")
    return head.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"").decode("latin-1")


def _ole_kind(path: Path) -> Kind:
    try:
        names = {name.lower() for name in ole.stream_names(path)}
    except ValueError as error:
        raise UnreadableFile(f"The file is a damaged or cut-off Office file ({error}); send it again.") from None
    if names & {"encryptedpackage", "encryptioninfo"}:
        raise password_protected()
    if names & {"workbook", "book"}:
        return "xls"
    if "worddocument" in names:
        raise UnreadableFile("The file is a Word document; ask for the table itself as .xlsx or CSV.")
    raise UnreadableFile("The file is an Office file without a workbook in it; ask for the table as .xlsx or CSV.")


def password_protected() -> UnreadableFile:
    """The refusal for every kind of protected workbook."""
    return UnreadableFile("The workbook is password-protected; save it without a password and send it again.")


def _zip_kind(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            opendocument = "mimetype" in names and archive.read("mimetype").startswith(
                b"application/vnd.oasis.opendocument"
            )
    except ZIP_ERRORS:
        raise UnreadableFile(
            "The file is a damaged or cut-off workbook (its zip directory cannot be read); send it again."
        ) from None
    parts = {name.replace("\\", "/").lower() for name in names}
    if "xl/workbook.xml" in parts or any(p.startswith("xl/worksheets/") and p.endswith(".xml") for p in parts):
        return "xlsx"
    if any(p.startswith("xl/") and p.endswith(".bin") for p in parts):
        raise UnreadableFile(f"The file is an Excel binary workbook (.xlsb); {_SAVE_AS}.")
    if any(p.startswith("word/") for p in parts):
        raise UnreadableFile("The file is a Word document; ask for the table itself as .xlsx or CSV.")
    if opendocument:
        raise UnreadableFile(f"The file is an OpenDocument file; {_SAVE_AS}.")
    raise UnreadableFile("The file is a zip archive, not a workbook; unpack it and send the files in it.")
