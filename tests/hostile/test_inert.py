"""Whatever departments write into a cell arrives inert in all that hedui writes: text, never a formula, a command or markup."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import openpyxl
import pytest

from flows.extract import write_extract
from flows.feedback import export_ledger
from flows.forms import write_forms
from flows.sample import run_sample
from flows.settings import Settings
from tests.decisions.nightly import SAMPLE, nightly
from tests.hostile import poisoned

# A whole night and every output.
pytestmark = pytest.mark.full


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with all that is written of the poisoned drop."""
    root = tmp_path_factory.mktemp("poisoned")
    inbox = poisoned.poison(SAMPLE, root / "inbox", root / "work")
    store, settings = root / "store", Settings(database_url=None)
    nightly(store, inbox, settings)
    write_forms(store, root / "out" / "forms")
    export_ledger(store, root / "out" / "ledgers")
    run_sample(store, settings, seed=1, include_unflagged=True, out=root / "out" / "samples")
    for audience in ("supervisor", "township"):
        write_extract(store, audience, root / "out" / audience)
    return root


def outputs(written: Path, pattern: str) -> list[Path]:
    return sorted([*(written / "store" / "runs").rglob(pattern), *(written / "out").rglob(pattern)])


def test_the_poison_went_through(written: Path):
    """Otherwise nothing below means anything."""
    books = outputs(written, "*.xlsx")
    holding = [path for path in books if poisoned.MARK.encode() in _texts(path)]
    assert len(holding) > 15
    assert {path.relative_to(written).parts[:2] for path in holding} >= {
        ("out", "forms"),
        ("out", "samples"),
        ("out", "township"),
    }
    seen = b"".join(map(_texts, holding)).decode()
    assert [
        payload for payload in ("cmd|", "HYPERLINK", "@SUM", "WEBSERVICE", "script", "onerror") if payload not in seen
    ] == []


def test_no_received_text_is_a_formula_or_a_link(written: Path):
    for path in outputs(written, "*.xlsx"):
        book = openpyxl.load_workbook(path)
        for sheet in book.worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f" or poisoned.MARK not in str(cell.value), (
                        path.name,
                        sheet.title,
                        cell.coordinate,
                    )
                    assert cell.hyperlink is None or "evil" not in str(cell.hyperlink.target)
        with zipfile.ZipFile(path) as archive:
            assert not [name for name in archive.namelist() if "externalLink" in name or "vba" in name.lower()]


def test_text_that_looks_like_a_formula_stays_text_when_it_is_edited(written: Path):
    """A cell typed anew is a formula unless its style says that a quote stands before it."""
    quoted = 0
    for path in outputs(written, "*.xlsx"):
        for sheet in openpyxl.load_workbook(path).worksheets:
            for row in sheet.iter_rows():
                for cell in row:
                    if (
                        isinstance(cell.value, str)
                        and cell.value.lstrip().startswith(("=", "+", "-", "@"))
                        and poisoned.MARK in cell.value
                    ):
                        assert cell.quotePrefix, (path.name, sheet.title, cell.coordinate)
                        quoted += 1
    assert quoted > 20


def test_no_markup_of_a_cell_reaches_a_page(written: Path):
    pages = [*outputs(written, "*.html")]
    assert pages
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<script>alert|<img src=x|\{\{7\*7\}\}</|javascript:", text), path.name


def test_files_are_named_within_their_folders(written: Path):
    names = [path.relative_to(written).as_posix() for path in outputs(written, "*")]
    assert not [name for name in names if re.search(r"[\x00-\x1f\x7f\u200b-\u202e<>|\"*?:`$]|\.\.", name)]


def _texts(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return b"".join(archive.read(name) for name in archive.namelist() if name.endswith(".xml"))
