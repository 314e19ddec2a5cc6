"""Text files to UTF-8, in blocks.

Which encoding a file has is decided on all of it: a long head of plain ASCII proves nothing.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from .models import UnreadableFile

Encoding = Literal["utf-8", "utf-8-sig", "utf-16-le", "utf-16-be", "gb18030"]

_BLOCK = 4 << 20
_HEAD = 1 << 16
# The share of characters that may be damaged before a file is refused: one broken byte must not cost a whole
# register, a wrong encoding must
_DAMAGE_LIMIT = 0.001
# Bytes of text have next to no control characters; this share of them means a binary file
_CONTROL_LIMIT = 0.001
# UTF-16 without a BOM: this share of one byte of each pair is zero (digits, commas, line ends), and next to
# none of the other
_ZERO_SHARE = 0.05
# So few characters of GB18030 may happen to read as UTF-8
_FEW = 20
_U_FFFD: dict[str, bytes] = {
    encoding: "\ufffd".encode(encoding) for encoding in ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
}
# NUL and the four separators of ASCII: no register means them, and the separators mark cells and records
# further on
PRIVATE = b"\x00\x1c\x1d\x1e\x1f"
_CONTROLS = bytes(sorted({*range(1, 0x20), 0x7F} - set(b"\t\n\v\f\r\x1a\x1c\x1d\x1e\x1f")))
_BOMS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass
class Text:
    """The text of one file.

    `blocks()` yields it as UTF-8 without BOM and without the bytes in `PRIVATE`, then checks what it counted.
    """

    path: Path
    encoding: Encoding
    characters: int = field(default=0, init=False)
    damaged: int = field(default=0, init=False)
    controls: int = field(default=0, init=False)

    def blocks(self, size: int = _BLOCK) -> Iterator[bytes]:
        """Raises UnreadableFile as soon as, or at the end when, too much of the file is no text in this
        encoding.
        """
        most = self.path.stat().st_size
        decoder = codecs.getincrementaldecoder("utf-8" if self.encoding == "utf-8-sig" else self.encoding)()
        first = True
        with self.path.open("rb") as file:
            while True:
                raw = file.read(size)
                text = self._decode(decoder, raw, final=not raw)
                if first:
                    text = text.removeprefix("\ufeff")
                first = first and not text
                self.characters += len(text)
                block = text.encode("utf-8", errors="replace")
                self.controls += len(block) - len(block.translate(None, _CONTROLS))
                if block:
                    yield block.translate(None, PRIVATE)
                # More damage than the whole file could excuse: no need to read on
                self._check(most)
                if not raw:
                    break
        self._check(self.characters)

    def _decode(self, decoder: codecs.IncrementalDecoder, raw: bytes, *, final: bool) -> str:
        state = decoder.getstate()
        try:
            return decoder.decode(raw, final)
        except UnicodeDecodeError:
            decoder.setstate(state)
            decoder.errors = "replace"
            text = decoder.decode(raw, final)
            decoder.errors = "strict"
            # A replacement character that was in the file already is text as received, not damage. One cut by
            # a block border counts as damage
            written = _U_FFFD[self.encoding.removesuffix("-sig")]
            self.damaged += max(1, text.count("\ufffd") - raw.count(written))
            return text

    def _check(self, characters: int) -> None:
        if self.controls > characters * _CONTROL_LIMIT:
            raise UnreadableFile("文件是二进制数据，不是能识别的表格；请报送 .xlsx、.xls、CSV 或 Parquet。")
        if self.damaged > characters * _DAMAGE_LIMIT:
            raise UnreadableFile(
                f"文件不是完好的 UTF-8、UTF-16 或 GB18030 文本（按 {self.encoding} 有 {self.damaged} 处读不出）；"
                "请另存为 .xlsx 或 CSV（UTF-8）后重新报送。"
            )


def detect_encoding(path: Path) -> Encoding:
    """The encoding of the text file at `path`: by its BOM, else UTF-16 where one byte of each pair is often
    zero, else UTF-8 if all of it is, else GB18030.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        for bom, encoding in _BOMS:
            if head.startswith(bom):
                return encoding
        wide = _utf16_without_bom(head)
        if wide is not None:
            return wide
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        while True:
            raw = file.read(_BLOCK)
            state = decoder.getstate()
            try:
                decoder.decode(raw, not raw)
            except UnicodeDecodeError:
                return "utf-8" if _damaged_utf8(state[0] + raw) else "gb18030"
            if not raw:
                return "utf-8"


def _utf16_without_bom(head: bytes) -> Encoding | None:
    pairs = len(head) // 2
    if not pairs:
        return None
    even, odd = head[0 : 2 * pairs : 2].count(0), head[1 : 2 * pairs : 2].count(0)
    if odd > pairs * _ZERO_SHARE and even <= odd * 0.01:
        return "utf-16-le"
    if even > pairs * _ZERO_SHARE and odd <= even * 0.01:
        return "utf-16-be"
    return None


def _damaged_utf8(block: bytes) -> bool:
    """Whether a block that is not clean UTF-8 is damaged UTF-8 rather than GB18030.

    Most GB18030 characters are no UTF-8, though a word or two may be. The other way round it does not work:
    most UTF-8 reads as GB18030, as other characters.
    """
    text = block.decode("utf-8", errors="replace")
    foreign = len(text) - len(text.encode("ascii", errors="ignore"))
    bad = text.count("\ufffd")
    return foreign - bad > max(bad, _FEW)
