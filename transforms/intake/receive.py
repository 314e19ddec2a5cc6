"""Inbox to kept files: every file is copied under its content hash before anything reads it, so a run can
always be explained from its input.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import tempfile
from collections.abc import Collection
from pathlib import Path

from data_contracts.loader import load_contracts

from .models import Intake, Notice, ReceivedFile

_BLOCK = 1 << 20
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_ATTEMPTS = 3


class _NotTaken(Exception):
    """The file cannot be copied; the message says why."""


class _Changing(_NotTaken):
    def __init__(self) -> None:
        super().__init__("was still being written while it was read; send it again when it is complete")


def receive(inbox: Path, raw_dir: Path, datasets: Collection[str] | None = None) -> list[ReceivedFile]:
    """Copy the files of a drop into `raw_dir`; see `take_in`, which also tells what was left lying."""
    return list(take_in(inbox, raw_dir, datasets).files)


def take_in(inbox: Path, raw_dir: Path, datasets: Collection[str] | None = None) -> Intake:
    """Copy every file `<inbox>/<dataset>/<name>` to `<raw_dir>/<aa>/<sha256><suffix>` and report the rest.

    The same content is kept once, however often it is sent. A copy is written beside and moved into place
    whole. `datasets` are the folder names that are known, by default those that have a contract. Symbolic
    links are not followed: what is checked must be what was sent. Raises NotADirectoryError when there is no
    inbox.
    """
    if not inbox.is_dir():
        raise NotADirectoryError(f"the inbox {inbox} is not a folder")
    known = frozenset(load_contracts() if datasets is None else datasets)
    files: list[ReceivedFile] = []
    notices: list[Notice] = []
    for entry in _entries(inbox):
        notice = _folder_notice(entry, known)
        if notice is not None:
            notices.append(notice)
            continue
        for item in _entries(Path(entry.path)):
            taken = _take(item, entry.name, raw_dir)
            if isinstance(taken, Notice):
                notices.append(taken)
            else:
                files.append(taken)
    return Intake(tuple(sorted(files, key=lambda f: (f.dataset, f.name))), tuple(sorted(notices, key=lambda n: n.name)))


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def shown_name(name: str) -> str:
    """A file name as text: names from archives packed on Windows may be GB18030 bytes."""
    raw = os.fsencode(name)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", errors="replace")


def _litter(name: str) -> str | None:
    """Why a file is known not to be data, or None."""
    if name.startswith("~$"):
        return "lock file of an open workbook; ignored"
    if name.startswith("."):
        return "hidden file; ignored"
    if name.lower() in {"thumbs.db", "desktop.ini"}:
        return "file of the desktop; ignored"
    return None


def _folder_notice(entry: os.DirEntry[str], known: frozenset[str]) -> Notice | None:
    name = shown_name(entry.name)
    litter = _litter(entry.name)
    if litter:
        return Notice(name, litter, rejected=False)
    if entry.is_symlink():
        return Notice(
            name,
            "is a symbolic link, which is not followed; put the folder itself into the inbox",
            rejected=True,
        )
    if not entry.is_dir(follow_symlinks=False):
        return Notice(name, "lies outside any dataset folder; put it into the folder of its dataset", rejected=True)
    if entry.name not in known:
        return Notice(name, f"is no known dataset folder; expected one of: {', '.join(sorted(known))}", rejected=True)
    return None


def _take(item: os.DirEntry[str], dataset: str, raw_dir: Path) -> ReceivedFile | Notice:
    name = f"{dataset}/{shown_name(item.name)}"
    litter = _litter(item.name)
    if litter:
        return Notice(name, litter, rejected=False)
    if item.is_symlink():
        return Notice(name, "is a symbolic link, which is not followed; send the file itself", rejected=True)
    if item.is_dir(follow_symlinks=False):
        return Notice(
            name,
            "is a folder inside a dataset folder and is not read; put its files one level up",
            rejected=True,
        )
    if not item.is_file(follow_symlinks=False):
        return Notice(name, "is not a regular file", rejected=True)
    try:
        kept, digest, size = _keep(Path(item.path), raw_dir)
    except _NotTaken as reason:
        return Notice(name, str(reason), rejected=True)
    return ReceivedFile(dataset, name, kept, digest, size)


def _keep(source: Path, raw_dir: Path) -> tuple[Path, str, int]:
    for _ in range(_ATTEMPTS):
        try:
            return _copy(source, raw_dir)
        except _Changing:
            continue
    raise _Changing


def _open(source: Path) -> int:
    try:
        # The entry may have been swapped for a link or a pipe since it was listed
        return os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _NotTaken(f"cannot be opened ({reason}); correct that and send it again") from None


def _copy(source: Path, raw_dir: Path) -> tuple[Path, str, int]:
    """Copy and hash in one pass; the hash names the copy."""
    beside = raw_dir / ".incoming"
    beside.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    descriptor = _open(source)
    handle, part = tempfile.mkstemp(dir=beside)
    try:
        with os.fdopen(descriptor, "rb") as received, os.fdopen(handle, "wb") as copy:
            before = os.fstat(received.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise _Changing
            while block := received.read(_BLOCK):
                digest.update(block)
                copy.write(block)
                if copy.tell() > before.st_size:
                    # Reading on would never end where a file grows as fast as it is read.
                    raise _Changing
            size = copy.tell()
            after = os.fstat(received.fileno())
            copy.flush()
            os.fsync(copy.fileno())
        if (before.st_size, before.st_mtime_ns) != (
            after.st_size,
            after.st_mtime_ns,
        ) or size != after.st_size:
            raise _Changing
        return _place(Path(part), raw_dir, digest.hexdigest(), source.suffix, size), digest.hexdigest(), size
    finally:
        Path(part).unlink(missing_ok=True)


def _place(part: Path, raw_dir: Path, sha256: str, suffix: str, size: int) -> Path:
    """Move a finished copy to its name, unless the same content is kept already (under whatever suffix it
    first came).
    """
    folder = raw_dir / sha256[:2]
    folder.mkdir(parents=True, exist_ok=True)
    for kept in sorted(folder.glob(f"{sha256}*")):
        if kept.stat().st_size == size:
            return kept
    ending = suffix.lower() if _SUFFIX.fullmatch(suffix.lower()) else ""
    target = folder / f"{sha256}{ending}"
    part.chmod(0o440)
    part.replace(target)
    return target
