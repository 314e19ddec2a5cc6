"""The process that reads workbooks and Parquet files: what ends it costs one file."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.hostile import makers
from tests.intake.received import as_received, cells
from transforms.intake import RawSheet, UnreadableFile, apart, open_raw

Opener = Callable[[bytes], list[RawSheet]]
GOOD = [makers.HEADINGS, makers.PERSON]


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[apart._Reader]:
    """A reader of the test's own."""
    reader = apart._Reader()
    monkeypatch.setattr(apart, "_READER", reader)
    yield reader
    reader.stop()


@pytest.fixture
def opened(reader: apart._Reader, tmp_path: Path) -> Opener:
    def open_bytes(content: bytes) -> list[RawSheet]:
        path = tmp_path / "a.bin"
        path.write_bytes(content)
        return open_raw(as_received(path), tmp_path / "work")

    return open_bytes


def process_of(reader: apart._Reader) -> int:
    assert reader._process is not None
    return reader._process.pid


def test_a_file_that_ends_the_reader_is_refused_and_the_next_is_read(reader: apart._Reader, opened: Opener):
    make, _ = makers.REFUSED["躲开检查的格.xlsx"]
    with pytest.raises(UnreadableFile, match="内存超过 6 GiB") as refusal:
        opened(make())
    assert refusal.value.may_pass, "what ended it may have been the machine"
    assert reader._process is None
    (sheet,) = opened(makers.zipped(makers.workbook_parts()))
    assert cells(sheet) == GOOD


def test_one_process_reads_many_files(reader: apart._Reader, opened: Opener):
    opened(makers.old_workbook())
    first = process_of(reader)
    (sheet,) = opened(makers.parquet(3))
    assert (process_of(reader), sheet.header, cells(sheet)) == (first, makers.HEADINGS, [makers.PERSON] * 3)


def test_a_reader_killed_between_two_files_costs_none(reader: apart._Reader, opened: Opener):
    opened(makers.old_workbook())
    os.kill(process_of(reader), signal.SIGKILL)
    (sheet,) = opened(makers.old_workbook())
    assert cells(sheet) == GOOD


def test_a_reader_that_takes_too_long_is_stopped(
    reader: apart._Reader, opened: Opener, monkeypatch: pytest.MonkeyPatch
):
    opened(makers.old_workbook())
    late = process_of(reader)
    monkeypatch.setattr(apart, "READER_SECONDS", 0)
    os.kill(late, signal.SIGSTOP)
    with pytest.raises(UnreadableFile, match="没有读完，已停止") as refusal:
        opened(makers.old_workbook())
    assert refusal.value.may_pass, "another time it may be quicker"
    with pytest.raises(ProcessLookupError):
        os.kill(late, 0)


def test_an_unforeseen_fault_of_the_reader_is_no_fault_of_the_file(
    reader: apart._Reader, opened: Opener, tmp_path: Path
):
    (tmp_path / "work").write_text("no folder")
    with pytest.raises((RuntimeError, FileExistsError)):
        opened(makers.old_workbook())


def test_a_reader_started_ahead_reads_and_one_that_is_gone_is_started_again(reader: apart._Reader, opened: Opener):
    reader.start()
    ahead = process_of(reader)
    assert cells(opened(makers.old_workbook())[0]) == GOOD
    assert process_of(reader) == ahead
    reader.stop()
    reader.start()
    gone = reader._process
    assert gone is not None
    gone.kill()
    gone.wait()
    assert cells(opened(makers.old_workbook())[0]) == GOOD
    assert process_of(reader) != gone.pid
