"""Runs a command where there is no network, and writes down every attempt to use one.

As a program (inside `unshare -rnm`): `python sealed.py RECORD COMMAND …`. The namespace has a loopback interface and no route. Names are asked of a
name server on the loopback that answers nothing and writes the question down, whatever library asks; and every Python process writes
down the names it resolves and the addresses it connects to.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
UNSHARE = ("unshare", "--map-root-user", "--net", "--mount")
#: What the test suite itself says to libraries; the command must not need it.
SAID_BY_TESTS = (
    "PREFECT_SERVER_ANALYTICS_ENABLED",
    "DO_NOT_TRACK",
    "GX_ANALYTICS_ENABLED",
    "PREFECT_HOME",
    "PREFECT_API_URL",
)
#: Runs in every Python process of the command.
WATCH = """
import os, sys
def watch(event, arguments):
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        asked = str(arguments[0])
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        asked = str(arguments[1][0])
    else:
        return
    if asked not in ("localhost", "::1", "", "0.0.0.0", "None") and not asked.startswith("127."):
        with open({record!r}, "a") as record:
            record.write(event + " " + asked + "\\n")
sys.addaudithook(watch)
"""


def permitted() -> bool:
    """Whether this account may make a namespace of its own."""
    if not shutil.which("unshare"):
        return False
    asked = [*UNSHARE, "sh", "-c", "mount --bind /etc/resolv.conf /etc/resolv.conf"]
    return subprocess.run(asked, capture_output=True, check=False).returncode == 0


def run_sealed(record: Path, command: list[str], cwd: Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command without a network; the lines of `record` are what it tried."""
    record.touch()
    sealed = [*UNSHARE, sys.executable, __file__, str(record), *command]
    return subprocess.run(sealed, cwd=cwd, env=env, capture_output=True, text=True, check=False)


def _bring_up_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def _answer_no_name(record: Path, folder: Path) -> None:
    (folder / "resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    subprocess.run(["mount", "--bind", str(folder / "resolv.conf"), "/etc/resolv.conf"], check=True)
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind(("127.0.0.1", 53))

    def listen() -> None:
        while True:
            question, sender = server.recvfrom(512)
            with record.open("a") as out:
                out.write(f"dns {_name(question)}\n")
            # The same header, marked as an answer: no such name.
            server.sendto(question[:2] + b"\x81\x83" + question[4:6] + b"\0" * 6 + question[12:], sender)

    threading.Thread(target=listen, daemon=True).start()


def _name(question: bytes) -> str:
    labels, at = [], 12
    while at < len(question) and (length := question[at]):
        labels.append(question[at + 1 : at + 1 + length].decode("ascii", errors="replace"))
        at += length + 1
    return ".".join(labels)


def main() -> int:
    """Seal off, run, and pass the command's exit status on."""
    record, command = Path(sys.argv[1]), sys.argv[2:]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _bring_up_loopback()
        _answer_no_name(record, folder)
        (folder / "sitecustomize.py").write_text(WATCH.format(record=str(record)))
        path = os.pathsep.join(filter(None, (name, os.environ.get("PYTHONPATH"))))
        return subprocess.run(command, check=False, env={**os.environ, "PYTHONPATH": path}).returncode


if __name__ == "__main__":
    raise SystemExit(main())
