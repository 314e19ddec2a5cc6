"""`hedui forms`: fill the bureaus' report forms from a published run."""

from __future__ import annotations

import datetime as dt
import re
import shutil
import tempfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import BadZipFile, ZipFile

import duckdb

from flows.plan import UsageError
from transforms.core.run_database import RUN_DATABASE, EngineLimits, open_published
from transforms.forms import Check, FormsRun, write_county_forms
from transforms.forms.model import Place
from transforms.forms.tables import counties, create_form_tables, month_of, one
from transforms.publish.store import Store, StoreError
from transforms.publish.workbooks import RunHeader
from transforms.publish.workbooks.header import safe_name

PERIOD = re.compile(r"^(\d{4})-(0[1-9]|1[0-2])$")
CORE = "{http://schemas.openxmlformats.org/package/2006/metadata/core-properties}"
TERMS = "{http://purl.org/dc/terms/}"


class WrittenForms(list[Path]):
    """The files written; `breaks` are the cross-checks that do not hold (the 说明 sheets show them too)."""

    def __init__(self, paths: list[Path], breaks: list[Check]) -> None:
        super().__init__(paths)
        self.breaks = breaks


def write_forms(
    store: Path, out: Path, county: str | None = None, period: str | None = None, run_id: str | None = None
) -> WrittenForms:
    """Write the forms of a county (all counties of the run when None) into out/<period>/<county>/.

    period ("2021-06") names the month reported; without run_id the newest nightly run as of that month is
    taken, the latest run when there is no period either. The month before is read from the newest nightly run
    as of that month, else from the payments. Raises UsageError for a period or county the store does not
    know, StoreError when there is no run, for a rerun, or when a file in the way has been edited by a person.
    """
    place = Store(store.resolve())
    manifest = _choose(place, period, run_id)
    header = _header(manifest)
    month = month_of(header.as_of)
    before = _newest(place, month - 1)
    with open_published(place.whole_run_dir(manifest["run_id"]), EngineLimits()) as con:
        create_form_tables(con, month, place.run_dir(before["run_id"]) / RUN_DATABASE if before else None)
        run = _forms_run(con, header, month, before)
        wanted = _counties(con, county)
        out.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".forms-", dir=out))
        try:
            breaks = []
            for chosen in wanted:
                folder = (
                    work / f"{month_text(month)}" / f"{safe_name(chosen.county_code)}_{safe_name(chosen.county_name)}"
                )
                breaks += write_county_forms(con, run, chosen, folder)[1]
            return WrittenForms(_move(work, out), breaks)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def month_text(month: int) -> str:
    """A month index as 2021-06."""
    return f"{(month - 1) // 12}-{(month - 1) % 12 + 1:02d}"


def _choose(store: Store, period: str | None, run_id: str | None) -> dict[str, Any]:
    if period is not None and not PERIOD.match(period):
        raise UsageError(f"{period!r} is no month; write it as 2021-06")
    if run_id is not None or period is None:
        manifest = store.manifest(run_id)
        if period is not None and month_text(_month(manifest)) != period:
            raise UsageError(f"run {run_id} is as of {manifest['as_of']}, not of {period}")
        return manifest
    year, month = period.split("-")
    found = _newest(store, int(year) * 12 + int(month))
    if found is None:
        store.run_dir()  # no published run at all is another message
        known = sorted({month_text(_month(manifest)) for manifest in _nightly(store)})
        raise UsageError(f"no published run as of {period} is kept; there are runs as of {', '.join(known)}")
    return found


def _nightly(store: Store) -> list[dict[str, Any]]:
    if not store.runs.is_dir():
        return []
    names = sorted(folder.name for folder in store.runs.iterdir() if store.keeps(folder.name))
    return [manifest for manifest in map(store.manifest, names) if manifest["kind"] == "nightly"]


def _newest(store: Store, month: int) -> dict[str, Any] | None:
    found = [manifest for manifest in _nightly(store) if _month(manifest) == month]
    return max(found, key=lambda manifest: (manifest["started"], manifest["run_id"]), default=None)


def _month(manifest: dict[str, Any]) -> int:
    return month_of(dt.date.fromisoformat(manifest["as_of"]))


def _header(manifest: dict[str, Any]) -> RunHeader:
    as_of = dt.date.fromisoformat(manifest["as_of"])
    return RunHeader(manifest["run_id"], as_of, manifest["kind"], manifest["status"])


def _forms_run(
    con: duckdb.DuckDBPyConnection, header: RunHeader, month: int, before: dict[str, Any] | None
) -> FormsRun:
    paid = one(con, "SELECT count(*) AS n FROM core_payment WHERE pay_month = ?", [month - 1])["n"]
    missing = one(con, "SELECT count(*) AS n FROM run_rule WHERE status <> 'evaluated'")["n"]
    source = "run" if before else "payments" if paid else ""
    return FormsRun(header, month, source, before["run_id"] if before else "", missing)


def _counties(con: duckdb.DuckDBPyConnection, code: str | None) -> list[Place]:
    known = counties(con)
    if code is None:
        return known
    chosen = [place for place in known if place.county_code == code]
    if not chosen:
        raise UsageError(
            f"no county {code} in the run; known: " + ", ".join(f"{p.county_code} {p.county_name}" for p in known)
        )
    return chosen


def _move(work: Path, out: Path) -> list[Path]:
    """Put every file in its place, unless one there holds what a person filled in."""
    files = sorted(path for path in work.rglob("*.xlsx"))
    targets = [out / path.relative_to(work) for path in files]
    edited = [target for target in targets if target.exists() and not _untouched(target)]
    if edited:
        raise StoreError(
            f"{len(edited)} of the forms in {out} have been edited since they were written, "
            f"the first is {edited[0].name}; "
            "move them away or name another --out"
        )
    for path, target in zip(files, targets, strict=True):
        target.parent.mkdir(parents=True, exist_ok=True)
        path.replace(target)
    return targets


def _untouched(path: Path) -> bool:
    """Whether a workbook is still as hedui wrote it: a program that saves one sets date or name anew."""
    try:
        with ZipFile(path) as archive:
            core = ElementTree.fromstring(archive.read("docProps/core.xml"))
    except (OSError, BadZipFile, KeyError, ElementTree.ParseError):
        return False
    modified = core.findtext(f"{TERMS}modified") or ""
    by = core.findtext(f"{CORE}lastModifiedBy")
    creator = core.findtext("{http://purl.org/dc/elements/1.1/}creator")
    return (
        creator == "hedui"
        and not by
        and modified.endswith("T00:00:00Z")
        and modified == core.findtext(f"{TERMS}created")
    )
