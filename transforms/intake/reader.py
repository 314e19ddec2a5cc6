"""The process `apart` starts:  python -m transforms.intake.reader PARENT_PROCESS WRITABLE_BYTES

Reads JSON lines (path, kind, work_dir, stem) on standard input and answers each with one on standard output:
{"sheets": […]}, {"refused": message} or {"error": type}, without a value of any cell.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from transforms.answers import take_standard_output

from .models import UnreadableFile
from .parquet_file import open_parquet
from .workbook import open_workbook

_PR_SET_PDEATHSIG = 1


def main(parent: int, writable: int) -> int:
    """Answer until standard input ends. Linux ends this process with the one that started it."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            return 0
    _limit(resource.RLIMIT_DATA, writable)
    # No image of a memory full of people's data is left behind
    _limit(resource.RLIMIT_CORE, 0)
    answers = take_standard_output()
    for line in sys.stdin:
        answers.write(json.dumps(_answer(json.loads(line)), ensure_ascii=False) + "\n")
        answers.flush()
    return 0


def _limit(what: int, most: int) -> None:
    _, hard = resource.getrlimit(what)
    most = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(what, (most, most))


def _answer(asked: dict[str, str]) -> dict[str, Any]:
    path, kind, work_dir = Path(asked["path"]), asked["kind"], Path(asked["work_dir"])
    try:
        if kind == "parquet":
            sheets = [open_parquet(path, work_dir)]
        else:
            sheets = open_workbook(path, kind, work_dir, asked["stem"])
    except UnreadableFile as refusal:
        return {"refused": refusal.message}
    except MemoryError:
        # As where the memory of native code ends: the parent says it
        os._exit(1)
    except Exception as error:
        return {"error": type(error).__name__}
    return {"sheets": [asdict(sheet) for sheet in sheets]}


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), int(sys.argv[2])))
