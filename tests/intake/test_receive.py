from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from transforms.intake.receive import take_in

DATASETS = {"deaths", "vehicles"}


def put(inbox: Path, name: str, content: bytes = b"x") -> Path:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_files_come_by_dataset_then_name_and_are_kept_under_their_hash(tmp_path: Path) -> None:
    inbox, raw = tmp_path / "in'box 中", tmp_path / "raw"
    put(inbox, "vehicles/b.CSV", b"2")
    put(inbox, "deaths/卫健.xlsx", b"1" * 3_000_000)
    put(inbox, "deaths/a.csv", b"")
    files = take_in(inbox, raw, DATASETS).files
    assert [(f.dataset, f.name, f.size) for f in files] == [
        ("deaths", "deaths/a.csv", 0),
        ("deaths", "deaths/卫健.xlsx", 3_000_000),
        ("vehicles", "vehicles/b.CSV", 1),
    ]
    for file in files:
        content = (inbox / file.name).read_bytes()
        assert file.sha256 == hashlib.sha256(content).hexdigest()
        assert file.path == raw / file.sha256[:2] / (file.sha256 + Path(file.name).suffix.lower())
        assert file.path.read_bytes() == content


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    inbox, raw = tmp_path / "inbox", tmp_path / "raw"
    put(inbox, "deaths/a.csv", b"same")
    put(inbox, "deaths/b.txt", b"same")
    first = take_in(inbox, raw, DATASETS).files
    kept = first[0].path.stat().st_ino
    second = take_in(inbox, raw, DATASETS).files
    assert {f.path for f in first + second} == {first[0].path}
    assert first[0].path.stat().st_ino == kept
    assert [p for p in raw.rglob("*") if p.is_file()] == [first[0].path]


def test_a_damaged_kept_copy_is_replaced(tmp_path: Path) -> None:
    inbox, raw = tmp_path / "inbox", tmp_path / "raw"
    put(inbox, "deaths/a.csv", b"whole")
    kept = take_in(inbox, raw, DATASETS).files[0].path
    kept.chmod(0o644)
    kept.write_bytes(b"wh")
    assert take_in(inbox, raw, DATASETS).files[0].path.read_bytes() == b"whole"


def test_what_is_no_dataset_file_is_noticed(tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    put(inbox, "deaths/a.csv")
    put(inbox, "说明.txt")
    put(inbox, "death/b.csv")
    put(inbox, "deaths/2021/c.csv")
    put(inbox, "deaths/~$a.xlsx")
    put(inbox, "deaths/.DS_Store")
    put(inbox, ".git/config")
    os.mkfifo(inbox / "deaths" / "pipe.csv")
    (inbox / "deaths" / "link.csv").symlink_to(inbox / "说明.txt")
    (inbox / "vehicles").symlink_to(inbox / "deaths")
    intake = take_in(inbox, tmp_path / "raw", DATASETS)
    assert [f.name for f in intake.files] == ["deaths/a.csv"]
    assert {n.name: n.rejected for n in intake.notices} == {
        ".git": False,
        "death": True,
        "deaths/.DS_Store": False,
        "deaths/2021": True,
        "deaths/link.csv": True,
        "deaths/pipe.csv": True,
        "deaths/~$a.xlsx": False,
        "vehicles": True,
        "说明.txt": True,
    }
    assert "deaths、vehicles" in next(n.message for n in intake.notices if n.name == "death")


def test_datasets_are_those_with_a_contract(tmp_path: Path) -> None:
    put(tmp_path / "inbox", "benefit_roll/a.csv")
    assert [f.dataset for f in take_in(tmp_path / "inbox", tmp_path / "raw").files] == ["benefit_roll"]


def test_an_old_file_name_in_gb18030_is_shown_as_text(tmp_path: Path) -> None:
    folder = tmp_path / "inbox" / "deaths"
    folder.mkdir(parents=True)
    with open(os.path.join(os.fsencode(folder), "死亡.csv".encode("gb18030")), "wb") as file:  # noqa: PTH118, PTH123
        file.write(b"x")
    assert take_in(tmp_path / "inbox", tmp_path / "raw", DATASETS).files[0].name == "deaths/死亡.csv"


def test_without_an_inbox_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotADirectoryError, match="no-inbox"):
        take_in(tmp_path / "no-inbox", tmp_path / "raw", DATASETS)


def test_a_folder_that_may_not_be_listed_is_told_and_the_rest_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "inbox"
    put(inbox, "deaths/a.csv")
    put(inbox, "vehicles/b.csv")
    scandir = os.scandir

    def forbidden(folder: Path) -> object:
        # The tests may run as root, whom no mode keeps out.
        if Path(folder).name == "vehicles":
            raise PermissionError(13, "Permission denied")
        return scandir(folder)

    monkeypatch.setattr("transforms.intake.receive.os.scandir", forbidden)
    intake = take_in(inbox, tmp_path / "raw", DATASETS)
    assert [f.name for f in intake.files] == ["deaths/a.csv"]
    assert [(n.name, n.rejected) for n in intake.notices] == [("vehicles", True)]
    assert "权限" in intake.notices[0].message
