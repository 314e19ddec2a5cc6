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

from .models import Intake, Notice, ReceivedFile, visible

_BLOCK = 1 << 20
_SUFFIX = re.compile(r"\.[a-z0-9]{1,8}")
_ATTEMPTS = 3
# What st_blocks counts in, whatever the file system's own blocks
_STAT_BLOCK = 512


class _NotTaken(Exception):
    """The file cannot be copied; the message says why."""


class _Hollow(_NotTaken):
    def __init__(self) -> None:
        super().__init__("文件大半是空洞，没有写完或不是真正的数据；请重新报送完整的文件。")


class _Changing(_NotTaken):
    def __init__(self) -> None:
        super().__init__("读取时文件还在变化；请等它写完后重新报送。")


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
        try:
            items = _entries(Path(entry.path))
        except PermissionError:
            notices.append(Notice(entry.name, "文件夹打不开（没有读取权限）；请改正权限后重新报送。", rejected=True))
            continue
        for item in items:
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
    """A file name as text: names from archives packed on Windows may be GB18030 bytes.

    What would break a line or turn the writing round is shown by its code (`\\u202e`).
    """
    raw = os.fsencode(name)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        text = raw.decode("gb18030", errors="replace")
    return visible(text)


def _litter(name: str) -> str | None:
    """Why a file is known not to be data, or None."""
    if name.startswith("~$"):
        return "打开工作簿时留下的锁定文件，不读取。"
    if name.startswith("."):
        return "隐藏文件，不读取。"
    if name.lower() in {"thumbs.db", "desktop.ini"}:
        return "桌面系统的附带文件，不读取。"
    return None


def _folder_notice(entry: os.DirEntry[str], known: frozenset[str]) -> Notice | None:
    name = shown_name(entry.name)
    litter = _litter(entry.name)
    if litter:
        return Notice(name, litter, rejected=False)
    if entry.is_symlink():
        return Notice(
            name,
            "是符号链接，系统不跟随链接；请把文件夹本身放进收件箱。",
            rejected=True,
        )
    if not entry.is_dir(follow_symlinks=False):
        return Notice(name, "不在任何数据文件夹里；请放进它所属数据的文件夹。", rejected=True)
    if entry.name not in known:
        return Notice(name, f"不是已知的数据文件夹；文件夹名应为以下之一：{'、'.join(sorted(known))}。", rejected=True)
    return None


def _take(item: os.DirEntry[str], dataset: str, raw_dir: Path) -> ReceivedFile | Notice:
    name = f"{dataset}/{shown_name(item.name)}"
    litter = _litter(item.name)
    if litter:
        return Notice(name, litter, rejected=False)
    if item.is_symlink():
        return Notice(name, "是符号链接，系统不跟随链接；请报送文件本身。", rejected=True)
    if item.is_dir(follow_symlinks=False):
        return Notice(
            name,
            "是数据文件夹里的子文件夹，不读取；请把其中的文件上移一级。",
            rejected=True,
        )
    if not item.is_file(follow_symlinks=False):
        return Notice(name, "不是普通文件（管道、设备等），不读取；请报送普通文件。", rejected=True)
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
        reason = "没有读取权限" if isinstance(error, PermissionError) else f"系统错误 {error.errno}"
        raise _NotTaken(f"文件打不开（{reason}）；请排除后重新报送。") from None


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
            if _hollow(received.fileno(), before):
                raise _Hollow
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


def _hollow(descriptor: int, status: os.stat_result) -> bool:
    """Whether most of a file was never written: a copy of it would fill the disk with nothing."""
    if status.st_blocks * _STAT_BLOCK * 2 >= status.st_size or not hasattr(os, "SEEK_HOLE"):
        return False
    try:
        hole = os.lseek(descriptor, 0, os.SEEK_HOLE)
    except OSError:
        return False
    os.lseek(descriptor, 0, os.SEEK_SET)
    return hole < status.st_size


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
