"""The audit trail: what verification finds, who may write at once, what a killed writer leaves."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from transforms.audit import AuditError, record, verify
from transforms.audit.trail import Head, TrailFiles, canonical, sealed_entry, trail_of

ENTRIES = 7
SECRET, OTHER_SECRET = b"a secret of the county " * 2, b"a secret of somebody else " * 2
ROOT = Path(__file__).parent.parent.parent
Lines = list[bytes]


@pytest.fixture(autouse=True)
def no_secret(monkeypatch):
    for name in ("HEDUI_AUDIT_KEY", "HEDUI_AUDIT_KEY_FILE", "HEDUI_OPERATOR"):
        monkeypatch.delenv(name, raising=False)


def write_entries(store: Path, count: int = ENTRIES, **how) -> TrailFiles:
    for number in range(count):
        record(store, "explain", {"finding_id": f"{number:016X}", "说明": "查看"}, who="张科员", **how)
    return trail_of(store)


@pytest.fixture(scope="module")
def sound(tmp_path_factory) -> Path:
    """A store whose trail holds ENTRIES entries; tests copy it."""
    store = tmp_path_factory.mktemp("audit") / "store"
    files = write_entries(store)
    assert files.trail.read_bytes().count(b"\n") == ENTRIES
    return store


@pytest.fixture
def copied(sound: Path, tmp_path: Path) -> Callable[[], TrailFiles]:
    """A function that gives a fresh copy of the sound trail."""

    def copy() -> TrailFiles:
        shutil.rmtree(tmp_path / "store", ignore_errors=True)
        shutil.copytree(sound, tmp_path / "store")
        return trail_of(tmp_path / "store")

    return copy


def check(files: TrailFiles, **how):
    return verify(files.folder.parent, **how)


def lines_of(files: TrailFiles) -> Lines:
    return files.trail.read_bytes().splitlines(keepends=True)


many = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_a_trail_as_written_is_sound(sound):
    report = verify(sound)
    assert (report.ok, report.entries, report.first_bad) == (True, ENTRIES, None)
    last = json.loads(lines_of(trail_of(sound))[-1])
    assert report.last_hash == last["hash"]
    assert last["who"] == "张科员" and last["action"] == "explain"


def test_a_store_without_a_trail_has_nothing_wrong(tmp_path):
    report = verify(tmp_path)
    assert (report.ok, report.entries) == (True, 0)


@many
@given(data=st.data())
def test_any_altered_byte_of_the_trail_is_found_in_its_entry(copied, data):
    files = copied()
    raw = bytearray(files.trail.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[place]))
    files.trail.write_bytes(raw)
    report = check(files)
    assert report.first_bad == bytes(raw)[:place].count(b"\n") + 1
    assert not report.ok


@many
@given(data=st.data())
def test_any_altered_byte_of_the_head_is_found(copied, data):
    files = copied()
    raw = bytearray(files.head.read_bytes())
    place = data.draw(st.integers(0, len(raw) - 1))
    raw[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != raw[place]))
    files.head.write_bytes(raw)
    assert not check(files).ok


@many
@given(gone=st.sets(st.integers(1, ENTRIES), min_size=1))
def test_deleted_entries_are_found_and_the_first_is_named(copied, gone):
    files = copied()
    kept = [line for number, line in enumerate(lines_of(files), 1) if number not in gone]
    files.trail.write_bytes(b"".join(kept))
    assert check(files).first_bad == min(gone)


@many
@given(which=st.integers(1, ENTRIES), where=st.integers(1, ENTRIES))
def test_a_duplicated_entry_is_found(copied, which, where):
    files = copied()
    lines = lines_of(files)
    lines.insert(where, lines[which - 1])
    files.trail.write_bytes(b"".join(lines))
    # Beside itself the copy is the second of the two.
    assert check(files).first_bad == where + 1 + (which == where + 1)


@many
@given(order=st.permutations(range(ENTRIES)).filter(lambda order: list(order) != list(range(ENTRIES))))
def test_reordered_entries_are_found(copied, order):
    files = copied()
    lines = lines_of(files)
    files.trail.write_bytes(b"".join(lines[number] for number in order))
    assert check(files).first_bad == next(n for n, number in enumerate(order, 1) if number != n - 1)


@pytest.mark.parametrize("cut", [1, 2, 30])
def test_a_torn_end_without_a_writer_is_found(copied, cut):
    files = copied()
    files.trail.write_bytes(files.trail.read_bytes()[:-cut])
    assert check(files).first_bad == ENTRIES


def forged(files: TrailFiles, key: bytes | None = None) -> str:
    last = json.loads(lines_of(files)[-1])
    at = "2021-07-01T00:00:00.000+00:00"
    return sealed_entry(ENTRIES + 1, at, "nobody", "extract", {}, last["hash"], key)[1]


def test_an_entry_added_by_other_means_is_found(copied):
    files = copied()
    with files.trail.open("a") as trail:
        trail.write(f"{forged(files)}\n")
    report = check(files)
    assert report.first_bad == ENTRIES + 1 and "other means" in report.problem


@pytest.mark.parametrize("lost", ["head", "trail"])
def test_a_missing_file_is_found_and_the_next_writer_does_not_paper_over_it(copied, lost):
    files = copied()
    getattr(files, lost).unlink()
    assert not check(files).ok
    if lost == "head":
        with pytest.raises(AuditError, match=r"head\.json"):
            record(files.folder.parent, "explain", {})
    else:
        record(files.folder.parent, "explain", {})
        assert check(files).first_bad == 1


def test_both_files_missing_is_found(copied):
    files = copied()
    files.head.unlink()
    files.trail.unlink()
    assert check(files).first_bad == 1


def test_a_changed_entry_stays_found_after_later_entries(copied):
    files = copied()
    files.trail.write_bytes(files.trail.read_bytes().replace(b'"explain"', b'"extract"', 1))
    record(files.folder.parent, "explain", {"finding_id": "A"})
    assert check(files).first_bad == 1


@pytest.mark.parametrize("which", range(1, ENTRIES + 1))
@pytest.mark.parametrize("prev", ["as it was", "another"])
def test_an_entry_made_anew_with_a_hash_of_its_own_is_found(copied, which, prev):
    files = copied()
    lines = lines_of(files)
    old = json.loads(lines[which - 1])
    follows = old["prev"] if prev == "as it was" else "1" * 64
    _, text = sealed_entry(which, old["at"], "某人", old["action"], old["details"], follows, None)
    lines[which - 1] = f"{text}\n".encode()
    files.trail.write_bytes(b"".join(lines))
    report = check(files)
    assert (report.first_bad, report.entries) == (which, which - 1)


def rewritten(files: TrailFiles, key: bytes | None) -> None:
    """The whole trail and its head made anew with another name in it, as one who knows the format could."""
    prev, lines = "0" * 64, []
    for line in lines_of(files):
        old = json.loads(line)
        entry, text = sealed_entry(old["n"], old["at"], "某人", old["action"], old["details"], prev, key)
        lines.append(f"{text}\n".encode())
        prev = entry.hash
    files.trail.write_bytes(b"".join(lines))
    files.head.write_text(canonical(Head(len(lines), prev, sum(map(len, lines))).__dict__))


def test_with_a_secret_a_rewritten_trail_is_found(tmp_path):
    files = write_entries(tmp_path, key=SECRET)
    assert check(files, key=SECRET).sealed_through == ENTRIES
    rewritten(files, OTHER_SECRET)
    assert check(files, key=SECRET).first_bad == 1
    rewritten(files, None)
    assert check(files, key=SECRET).sealed_through == 0
    assert check(files).sealed_through is None


def test_entries_without_a_secret_among_sealed_ones_are_told(tmp_path):
    write_entries(tmp_path, 3, key=SECRET)
    write_entries(tmp_path, 2)
    report = verify(tmp_path, key=SECRET)
    assert (report.ok, report.entries, report.sealed_through) == (True, 5, 3)


@pytest.mark.parametrize("part", ["nothing", "half", "all but the line break", "all"])
def test_a_killed_writer_leaves_a_sound_trail_that_the_next_completes(copied, part):
    files = copied()
    head = Head(**json.loads(files.head.read_bytes()))
    pending = forged(files)
    files.head.write_text(canonical(Head(head.n, head.hash, head.size, pending).__dict__))
    shares = {"nothing": "", "half": pending[:80], "all but the line break": pending, "all": f"{pending}\n"}
    with files.trail.open("a") as trail:
        trail.write(shares[part])
    assert check(files).ok
    record(files.folder.parent, "explain", {})
    report = check(files)
    assert (report.ok, report.entries) == (True, ENTRIES + 2)
    assert lines_of(files)[ENTRIES] == f"{pending}\n".encode()


def test_writers_at_once_leave_one_chain(tmp_path):
    code = (
        "import sys; from pathlib import Path; from transforms.audit import record\n"
        "for n in range(12): record(Path(sys.argv[1]), 'explain', {'writer': sys.argv[2], 'number': n})"
    )
    writers = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), str(number)], cwd=ROOT) for number in range(4)
    ]
    assert [writer.wait() for writer in writers] == [0] * 4
    assert verify(tmp_path).ok
    written = [json.loads(line)["details"] for line in lines_of(trail_of(tmp_path))]
    for number in range(4):
        assert [d["number"] for d in written if d["writer"] == str(number)] == list(range(12))


@pytest.mark.parametrize(
    "details",
    [{"id": "11010519491231002X"}, {"a": ["见 11010519491231002X 一行"]}, {"11010519491231002x": 1}],
)
def test_no_id_number_gets_into_the_trail(tmp_path, details):
    with pytest.raises(AuditError) as refused:
        record(tmp_path, "explain", details)
    assert "11010519491231002" not in str(refused.value)
    assert verify(tmp_path).entries == 0


def test_details_that_json_writes_in_another_way_are_sound(tmp_path):
    record(tmp_path, "import", {"by": {2: "a", 10: "b"}, "files": ("一.xlsx", "\udcff\u2028")}, who="某\udcff")
    assert verify(tmp_path).ok


def test_the_operator_and_the_secret_come_from_the_environment(tmp_path, monkeypatch):
    secret = tmp_path / "secret"
    secret.write_text("0123456789abcdef0123\n")
    monkeypatch.setenv("HEDUI_OPERATOR", "审计员")
    monkeypatch.setenv("HEDUI_AUDIT_KEY_FILE", str(secret))
    entry = record(tmp_path, "extract", {})
    assert entry.who == "审计员"
    assert verify(tmp_path, key=b"0123456789abcdef0123").sealed_through == 1
    monkeypatch.setenv("HEDUI_AUDIT_KEY", "short")
    with pytest.raises(AuditError, match="HEDUI_AUDIT_KEY"):
        record(tmp_path, "extract", {})


def test_a_trail_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "audit").write_text("a file where the folder should be")
    with pytest.raises(AuditError, match="cannot be written"):
        record(tmp_path, "explain", {})
