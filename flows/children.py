"""Processes that must not outlive the one that started them: a killed run would leave a server and its database lock behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from typing import Any

PR_SET_PDEATHSIG = 1
#: Loaded before any fork: between fork and exec nothing may be.
LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


def start_child(command: list[str], **options: Any) -> subprocess.Popen[Any]:
    """Start a process that the kernel kills when this one (strictly: this thread) ends, however it ends. Linux only; elsewhere it is left."""
    parent = os.getpid()

    def die_with_parent() -> None:
        if LIBC is not None:
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(1)

    return subprocess.Popen(command, preexec_fn=die_with_parent, **options)  # noqa: PLW1509  nothing but two system calls
