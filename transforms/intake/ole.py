"""Names of the streams in an OLE2 compound file ([MS-CFB]), enough to tell a workbook from a document or an
encrypted package.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_HEADER = 512
_ENTRY = 128
_LAST_SECTOR = 0xFFFFFFFA
# A workbook has a handful of streams; embedded objects may add hundreds. A longer chain is damage or malice
_MAX_CHAIN = 4096


def stream_names(path: Path) -> frozenset[str]:
    """The names in the directory of the compound file at `path`.

    Raises ValueError when its structure is broken.
    """
    with path.open("rb") as file:
        header = file.read(_HEADER)
        if len(header) < _HEADER or not header.startswith(MAGIC):
            raise ValueError("no compound file header")
        shift = struct.unpack_from("<H", header, 30)[0]
        if shift not in (9, 12):
            raise ValueError("impossible sector size")
        return frozenset(_directory(_Sectors(file, 1 << shift), header))


class _Sectors:
    def __init__(self, file: BinaryIO, size: int) -> None:
        self.file = file
        self.size = size

    def read(self, number: int) -> bytes:
        self.file.seek((number + 1) * self.size)
        data = self.file.read(self.size)
        if len(data) < self.size:
            raise ValueError("a sector lies beyond the end of the file")
        return data

    def numbers(self, number: int) -> tuple[int, ...]:
        return struct.unpack(f"<{self.size // 4}I", self.read(number))


def _directory(sectors: _Sectors, header: bytes) -> Iterator[str]:
    fat = _fat_sectors(sectors, header)
    number = struct.unpack_from("<I", header, 48)[0]
    for _ in range(_MAX_CHAIN):
        yield from _names(sectors.read(number))
        slot, place = divmod(number, sectors.size // 4)
        if slot >= len(fat):
            raise ValueError("the directory leaves the allocation table")
        number = sectors.numbers(fat[slot])[place]
        if number >= _LAST_SECTOR:
            return
    raise ValueError("the directory does not end")


def _fat_sectors(sectors: _Sectors, header: bytes) -> list[int]:
    """Where the allocation table lies: the first 109 places are in the header, the rest in a chain of their
    own.
    """
    fat = list(struct.unpack_from("<109I", header, 76))
    number = struct.unpack_from("<I", header, 68)[0]
    for _ in range(_MAX_CHAIN):
        if number >= _LAST_SECTOR:
            return fat
        *more, number = sectors.numbers(number)
        fat.extend(more)
    raise ValueError("the allocation table does not end")


def _names(directory: bytes) -> Iterator[str]:
    for start in range(0, len(directory), _ENTRY):
        length = struct.unpack_from("<H", directory, start + 64)[0]
        if 2 <= length <= 64:
            yield directory[start : start + length - 2].decode("utf-16-le", errors="replace")
