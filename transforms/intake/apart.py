"""Workbooks and Parquet files are opened in a process of its own, with limited memory and time.

Their readers are native code: what a sender made, by accident or on purpose, may end the process that reads it
or fill its memory. Then that file is refused, and the run goes on with the rest.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from .models import RawSheet, UnreadableFile

# Writable memory of the reader. A workbook of a million rows and twenty columns takes 3.8 GiB of it
READER_BYTES = 6 << 30
# What no file that can be taken in needs: a million rows and twenty columns take half a minute
READER_SECONDS = 1_200
_ROOT = Path(__file__).parents[2]


def open_apart(path: Path, kind: str, work_dir: Path, stem: str) -> list[RawSheet]:
    """The sheets of the workbook or Parquet file at `path` as `open_workbook` and `open_parquet` give them.

    kind: 'xlsx', 'xls' or 'parquet'. Raises UnreadableFile, also when the reader ended, ran out of memory or took
    longer than READER_SECONDS.
    """
    asked = {"path": str(path.resolve()), "kind": kind, "work_dir": str(work_dir.resolve()), "stem": stem}
    return [RawSheet(**_with_tuples(sheet)) for sheet in _READER.ask(asked)]


def start_reader() -> None:
    """Start the process of the readers ahead of the first file: it takes half a second to import them. It ends with the calling thread."""
    _READER.start()


def stop_reader() -> None:
    """End the process of the readers, which keeps what memory it once took; the next file starts it again."""
    _READER.stop()


def _with_tuples(sheet: dict[str, Any]) -> dict[str, Any]:
    header = None if sheet["header"] is None else tuple(sheet["header"])
    return sheet | {"header": header, "native": tuple(sheet["native"])}


class _Ended(Exception):
    """The process ended without an answer."""


class _Reader:
    """The process, started when first asked and again after it ended; one question at a time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._has_read = False

    def start(self) -> None:
        with self._lock:
            self._start_unless_there()

    def _start_unless_there(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._process is None:
            self._process, self._has_read = _start(), False
        return self._process

    def ask(self, asked: dict[str, str]) -> list[dict[str, Any]]:
        with self._lock:
            try:
                line = self._answer(json.dumps(asked).encode() + b"\n")
            except BaseException:
                # Whatever it is busy with, nobody waits for it any more
                self._end()
                raise
        answer = json.loads(line)
        if "refused" in answer:
            raise UnreadableFile(answer["refused"])
        if "error" in answer:
            raise RuntimeError(f"the reader of workbooks and Parquet files failed: {answer['error']}")
        sheets: list[dict[str, Any]] = answer["sheets"]
        return sheets

    def _answer(self, question: bytes) -> bytes:
        used = self._process is not None and self._has_read
        try:
            return self._exchange(question)
        except _Ended:
            self._end()
        try:
            # One that had read other files may have ended for another reason, or had less memory left
            if used:
                return self._exchange(question)
        except _Ended:
            pass
        raise UnreadableFile(
            f"文件打不开：已经损坏，或打开它所用的内存超过 {READER_BYTES >> 30} GiB；"
            "请用电子表格软件打开、另存为 CSV（UTF-8），或拆成较小的文件后重新报送。",
            may_pass=True,
        )

    def _exchange(self, question: bytes) -> bytes:
        process = self._start_unless_there()
        sent, received = process.stdin, process.stdout
        assert sent is not None
        assert received is not None
        try:
            sent.write(question)
            sent.flush()
        except BrokenPipeError:
            raise _Ended from None
        readable, _, _ = select.select([received], [], [], READER_SECONDS)
        if not readable:
            raise UnreadableFile(
                f"文件在 {READER_SECONDS // 60} 分钟内没有读完，已停止；请另存为 CSV（UTF-8），或拆成较小的文件后重新报送。",
                may_pass=True,
            )
        line = received.readline()
        if not line.endswith(b"\n"):
            raise _Ended
        self._has_read = True
        return line

    def stop(self) -> None:
        with self._lock:
            self._end()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _start() -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, (str(_ROOT), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-m", "transforms.intake.reader", str(os.getpid()), str(READER_BYTES)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # A panic of the readers quotes what it was about
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": path},
    )


_READER = _Reader()
