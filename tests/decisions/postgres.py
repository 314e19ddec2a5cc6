"""A PostgreSQL server of a test session's own, on a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path


def program_folder() -> Path:
    """Where initdb and pg_ctl are: Debian keeps them off PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path or "/usr/bin/initdb").parent


def account() -> str | None:
    """Who may run the server: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


class Server:
    """One cluster that can be started, stopped and killed."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="hedui-postgres-"))
        self.user = account()
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "--auth=trust", "--username=hedui", "--encoding=UTF8", "--no-locale", "--no-sync")

    @property
    def url(self) -> str:
        return f"postgresql://hedui@/postgres?host={self.folder}"

    def start(self) -> None:
        options = f"-c listen_addresses='' -c unix_socket_directories='{self.folder}' -c fsync=off"
        self._run("pg_ctl", "start", "--wait", "--silent", f"--log={self.folder}/log", "--options", options)

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "--wait", "--silent", "--mode=immediate")

    def remove(self) -> None:
        subprocess.run(
            [program_folder() / "pg_ctl", "stop", "--mode=immediate", f"--pgdata={self.folder}/data"],
            user=self.user,
            check=False,
            capture_output=True,
            cwd=self.folder,
        )
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        # Not captured: the server would inherit the pipe and keep it open.
        command = [str(program_folder() / program), f"--pgdata={self.folder}/data", *arguments]
        subprocess.run(
            command,
            user=self.user,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
        )
