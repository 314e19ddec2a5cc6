"""What the parts of an .xlsx say that the cell reader does not: safe to open at all, merged ranges, long
numbers as written, where the cells start.

Standard: ECMA-376 (SpreadsheetML and Open Packaging Conventions).
"""

from __future__ import annotations

import posixpath
import re
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from .models import MAX_COLUMNS, UnreadableFile

# Unpacked, a sheet of a million rows takes about 1 GiB; XML of tables shrinks to a tenth, made-up bombs to a
# thousandth
MAX_UNPACKED_BYTES = 4 << 30
MAX_RATIO = 200
_RATIO_FROM_BYTES = 200 << 20
_MAX_PARTS = 10_000
_MAX_INDEX_BYTES = 16 << 20
# The reader holds the rectangle around all cells at 32 bytes each, so one stray cell far down and right costs
# as much as a full sheet
MAX_SHEET_CELLS = 80_000_000
MAX_ROWS = 1_048_576
_BLOCK = 1 << 20
_MAX_REST = 8 << 20
# From the start of a cell to its value there is at most a formula
_CELL_REACH = 1 << 15
_TYPE = re.compile(rb"\st=[\"'](\w+)")
_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})([0-9]+)"')

Range = tuple[int, int, int, int]
BROKEN = "工作簿损坏或不完整；请用电子表格软件打开、另存后重新报送。"
ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    RuntimeError,
    ValueError,
    KeyError,
)


@dataclass
class SheetFacts:
    """About one sheet; rows and columns count from 0.

    `first_column` is that of the leftmost cell, None when not known. `merges` are (row, column, last row,
    last column). `exact` holds (row, column, text) of the cells the cell reader does not show as they are:
    booleans, and numbers with many digits. `complete` is False when some of these could not be placed.
    """

    first_column: int | None = None
    merges: list[Range] = field(default_factory=list)
    exact: list[tuple[int, int, str]] = field(default_factory=list)
    complete: bool = True


def plain_number(value: float) -> str:
    """The shortest digits that mean `value`, without exponent: 3.2e+17 is 320000000000000000, 0.5 is 0.5, 5.0
    is 5.
    """
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")


def check_archive(path: Path, most_unpacked: int = MAX_UNPACKED_BYTES) -> None:
    """Refuse an archive that would not fit, or whose parts the reader opens are damaged.

    most_unpacked: bytes of all parts together. Raises UnreadableFile.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            unpacked = sum(part.file_size for part in parts)
            bomb = unpacked > _RATIO_FROM_BYTES and unpacked > MAX_RATIO * max(1, path.stat().st_size)
            if unpacked > most_unpacked or bomb or len(parts) > _MAX_PARTS:
                raise UnreadableFile(
                    f"工作簿解压后将达 {unpacked >> 20} MiB、{len(parts)} 个部件，打开不安全；"
                    "请把表格另存为 CSV，或拆成较小的文件后重新报送。"
                )
            if any(part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for part in parts):
                raise UnreadableFile(BROKEN)
            for part in parts:
                if part.filename.lower().endswith(("workbook.xml", "sharedstrings.xml", "styles.xml", ".rels")):
                    _check_part(archive, part)
    except ZIP_ERRORS:
        raise UnreadableFile(BROKEN) from None


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Reading a part to its end compares its size and CRC with the directory; the cell reader does not."""
    if part.flag_bits & 1:
        raise UnreadableFile("工作簿是加密的压缩包；请取消密码后重新报送。")
    with archive.open(part) as stream:
        while stream.read(_BLOCK):
            pass


def sheet_parts(path: Path) -> dict[str, str]:
    """Sheet name to the part that holds its cells, for worksheets only (no chart, macro or dialog sheets).

    Raises UnreadableFile.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            names = {_normal(name): name for name in archive.namelist()}
            book = _index(archive, names, "xl/workbook.xml")
            links = _index(archive, names, "xl/_rels/workbook.xml.rels")
    except (*ZIP_ERRORS, ElementTree.ParseError):
        raise UnreadableFile(BROKEN) from None
    targets = {
        link.get("Id", ""): names.get(_normal(posixpath.join("/xl", link.get("Target", ""))))
        for link in links.iter()
        if link.get("Type", "").endswith("/worksheet")
    }
    found: dict[str, str] = {}
    for sheet in book.iter():
        if _local(sheet.tag) == "sheet":
            identity = next((value for key, value in sheet.attrib.items() if _local(key) == "id"), "")
            part = targets.get(identity)
            if part is not None:
                found[sheet.get("name", "")] = part
    return found


def _normal(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/")).lstrip("/").lower()


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _index(archive: zipfile.ZipFile, names: dict[str, str], part: str) -> ElementTree.Element:
    info = archive.getinfo(names[part])
    if info.file_size > _MAX_INDEX_BYTES:
        raise UnreadableFile(BROKEN)
    data = archive.read(info)
    # Entities are declared in a document type, which no spreadsheet program writes
    if b"<!DOCTYPE" in data:
        raise UnreadableFile(BROKEN)
    return ElementTree.fromstring(data)


def sheet_facts(path: Path, part: str, *, bounded: bool = True) -> SheetFacts:
    """Read the XML of one sheet as a stream.

    Raises UnreadableFile when it is damaged or (unless not `bounded`: a reader that goes row by row bears stray cells far
    out) claims more cells than a sheet may have.
    """
    scan = _Scan()
    try:
        with zipfile.ZipFile(path) as archive, archive.open(part) as stream:
            for block in _blocks(iter(lambda: stream.read(_BLOCK), b""), scan):
                scan.read(block)
                if bounded:
                    scan.check()
    except ZIP_ERRORS:
        raise UnreadableFile(BROKEN) from None
    return scan.facts


def _blocks(chunks: Iterator[bytes], scan: _Scan) -> Iterator[bytes]:
    """Cut the stream before a row, cell or merged range, so that none is seen in two halves."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        if scan.prefix is None:
            scan.learn_prefix(rest)
        cut = max(rest.rfind(b"<%b%b " % (scan.prefix or b"", tag)) for tag in (b"c", b"row", b"mergeCell"))
        if len(rest) - max(cut, 0) > _MAX_REST:
            cut = len(rest)
        if cut > 0:
            yield rest[:cut]
            rest = rest[cut:]
    yield rest


class _Scan:
    """Finds what `SheetFacts` holds in the XML of a sheet by patterns; a parser would take longer than
    reading the cells.
    """

    def __init__(self) -> None:
        self.facts = SheetFacts()
        self.prefix: bytes | None = None
        self.last_row = 0
        self.last_column = 0

    def learn_prefix(self, start: bytes) -> None:
        """Some programs write <x:row> for <row>."""
        root = re.search(rb"<(\w+:)?worksheet\b", start)
        if root is None:
            return
        p = self.prefix = root[1] or b""
        number = rb"-?(?:\d{16,}|\d{7,}\.\d+|\d+(?:\.\d+)?[eE][+-]?\d+)"
        self._number = re.compile(rb"<%bv>(%b)</%bv>" % (p, number, p))
        self._cell = b"<%bc " % p
        self._row = b"<%brow " % p
        self._wide = re.compile(rb' r="([A-Z]{2,3})[0-9]')
        self._merge = re.compile(rb'<%bmergeCell [^<>]*?ref="([A-Z]{1,3})([0-9]+):([A-Z]{1,3})([0-9]+)"' % p)
        formula = rb"(?:<%bf[^<>]*(?:/>|>[^<]*</%bf>))?" % (p, p)
        self._boolean = re.compile(rb' t="b"[^<>]{0,200}>%b<%bv>([01])</%bv>' % (formula, p, p))
        value = rb"(?:<%bv>[^<]|<%bis><%bt[^<>]*>[^<])" % (p, p, p)
        self._in_a = re.compile(rb'<%bc r="A[0-9]+"[^<>]*(?<!/)>%b%b' % (p, formula, value))

    def read(self, block: bytes) -> None:
        """Take note of what one block holds."""
        if self.prefix is None:
            return
        if self.facts.first_column is None and self._in_a.search(block):
            self.facts.first_column = 0
        for match in self._number.finditer(block):
            self._place(block, match, _exact_number(match[1].decode()))
        for match in self._boolean.finditer(block):
            self._place(block, match, "TRUE" if match[1] == b"1" else "FALSE")
        for a, b, c, d in self._merge.findall(block):
            self.facts.merges.append((int(b) - 1, _column(a), int(d) - 1, _column(c)))
        self._extent(block)

    def _place(self, block: bytes, match: re.Match[bytes], text: str) -> None:
        """Note the text of the cell a value was found in, unless the cell holds text that looks like a
        number.
        """
        start = block.rfind(self._cell, max(0, match.start() - _CELL_REACH), match.start())
        if start < 0:
            self.facts.complete = False
            return
        tag = block[start : block.find(b">", start)]
        kind = _TYPE.search(tag)
        if kind is not None and kind[1] not in (b"n", b"b"):
            return
        place = _REFERENCE.search(tag)
        if place is None:
            self.facts.complete = False
        else:
            self.facts.exact.append((int(place[2]) - 1, _column(place[1]), text))

    def _extent(self, block: bytes) -> None:
        for start in (block.rfind(self._row), block.rfind(self._cell)):
            tag = block[start : block.find(b">", start)] if start >= 0 else b""
            place = re.search(rb'\sr="[A-Z]{0,3}([0-9]+)"', tag)
            if place:
                self.last_row = max(self.last_row, int(place[1]))
        self.last_column = max([self.last_column, *(_column(name) for name in set(self._wide.findall(block)))])

    def check(self) -> None:
        """Refuse what no spreadsheet program could have written, or what would not fit into memory."""
        cells = self.last_row * (self.last_column + 1)
        if self.last_row > MAX_ROWS or self.last_column >= MAX_COLUMNS or cells > MAX_SHEET_CELLS:
            raise UnreadableFile(
                f"有工作表一直延伸到第 {self.last_row} 行、第 {self.last_column + 1} 列，超出可打开的范围；"
                "请删去表格之外的零散单元格后重新报送。"
            )


def _exact_number(digits: str) -> str:
    # Whole numbers stay as written: a double would change digits beyond the 16th
    return digits if digits.lstrip("-").isdigit() else plain_number(float(digits))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1
