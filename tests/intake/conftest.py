from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.intake.received import as_received
from transforms.intake import RawSheet, open_raw


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[Path], list[RawSheet]]:
    """Opens a file in a work folder whose name needs quoting everywhere."""
    work = tmp_path / "o'work [1]* 中 文" / "a=b"
    return lambda path: open_raw(as_received(path), work)


@pytest.fixture
def opened_bytes(tmp_path: Path, opened: Callable[[Path], list[RawSheet]]) -> Callable[[bytes], list[RawSheet]]:
    """Opens a file with this content."""

    def open_bytes(content: bytes) -> list[RawSheet]:
        path = tmp_path / "file.bin"
        path.write_bytes(content)
        return opened(path)

    return open_bytes
