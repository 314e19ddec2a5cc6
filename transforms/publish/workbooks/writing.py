"""Writing a workbook's file: the same bytes for the same content."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.writer.excel import ExcelWriter

COMPRESSION = 4


def save(workbook: Workbook, path: Path) -> Path:
    """Write the file; equal content gives equal bytes, whenever and wherever it is written."""
    with _FixedDateZip(path, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        ExcelWriter(workbook, archive).write_data()
    return path


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """For building one workbook: many small objects that live and die together. Looking for garbage among them again and again
    while it grows takes a fifth of its time; here it is looked for once, at the end.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()
            gc.collect(0)


class _FixedDateZip(ZipFile):
    """A zip whose entries all carry one date, so that the clock leaves no trace in the file."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_: Any, **__: Any) -> None:
        """Add bytes or text under a name."""
        entry = ZipInfo(str(zinfo_or_arcname), (1980, 1, 1, 0, 0, 0))
        super().writestr(entry, data, ZIP_DEFLATED, COMPRESSION)

    def write(self, filename: Any, arcname: Any = None, *_: Any, **__: Any) -> None:
        """Add a file's bytes under `arcname`."""
        self.writestr(arcname or filename, Path(filename).read_bytes())
