"""`hedui feedback`: township lists come back filled in; decisions reach the next run, an explanation and the
整改台账.
"""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows.plan import RunError, UsageError
from flows.settings import Settings
from transforms.core.run_database import RUN_DATABASE, EngineLimits, open_database
from transforms.decisions.place import DecisionsError
from transforms.decisions.run_tables import load_decisions
from transforms.publish.store import Store

#: The parameter that says how many months an answer holds; 待查 settles nothing and holds until it is
#: answered.
HOLDS = {
    "属实": "decision_months_confirmed",
    "不属实": "decision_months_refuted",
    "属实但豁免": "decision_months_exempt",
}
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class FileFeedback:
    """What became of one returned file.

    rows of `refused` and `warnings`: file, sheet, row, column, code, message (no cell's content).
    """

    file: str
    sha256: str | None
    run_id: str | None
    township_code: str | None
    recorded: int
    known: int
    unanswered: int
    refused_rows: int
    refused: Rows
    missing: list[str]
    warnings: Rows


@dataclass(frozen=True)
class FeedbackReport:
    """The whole import. `exit_status`: 0 all was taken, 3 something was refused and the rest recorded."""

    files: list[FileFeedback]

    @property
    def recorded(self) -> int:
        return sum(f.recorded for f in self.files)

    @property
    def exit_status(self) -> int:
        return 3 if any(f.refused for f in self.files) else 0

    def as_json(self) -> dict[str, Any]:
        """One plain object."""
        totals = {
            k: sum(getattr(f, k) for f in self.files) for k in ("recorded", "known", "unanswered", "refused_rows")
        }
        return {
            **totals,
            "missing": sum(len(f.missing) for f in self.files),
            "files": [asdict(f) for f in self.files],
        }


def import_feedback(
    store_root: Path, files: Sequence[Path], settings: Settings, today: dt.date | None = None
) -> FeedbackReport:
    """Take back filled-in township workbooks: check every row, record what is right in one transaction.

    Raises StoreError without a published run, DecisionsError when the database fails; then nothing of any
    file is recorded.
    """
    from transforms.decisions.checking import CheckedList
    from transforms.decisions.database import open_decisions
    from transforms.decisions.repository import ReturnedList, record
    from transforms.decisions.returned import UnreadableReturn

    store = Store(store_root.resolve())
    store.run_dir()
    holds, day = _holds(settings), today or dt.date.today()
    checked: list[CheckedList | FileFeedback] = []
    for path in files:
        try:
            checked.append(_check(store, path, holds, day))
        except UnreadableReturn as reason:
            checked.append(_unreadable(path, str(reason)))
    lists = [
        ReturnedList(c.book.file_name, c.book.sha256, c.book.run_id, c.book.township_code, c.answers)
        for c in checked
        if isinstance(c, CheckedList) and c.answers
    ]
    done = []
    if lists:
        with open_decisions(store.root, settings.database_url) as engine:
            done = record(engine, lists, _account(), dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0))
    recorded = iter(done)
    return FeedbackReport(
        [_feedback(c, next(recorded) if c.answers else None) if isinstance(c, CheckedList) else c for c in checked]
    )


def _check(store: Store, path: Path, holds: Callable[[str, str, dt.date], int | None], day: dt.date) -> Any:
    from transforms.decisions.checking import check_list
    from transforms.decisions.issued import issued_list
    from transforms.decisions.returned import read_returned

    book = read_returned(path)
    return check_list(book, issued_list(store, book.run_id, book.township_code), holds, day)


def _holds(settings: Settings) -> Callable[[str, str, dt.date], int | None]:
    from rules.engine.parameters import ParameterError, load_parameters

    parameters = load_parameters(county_folder=settings.parameters)

    def months(outcome: str, township: str, day: dt.date) -> int | None:
        if outcome not in HOLDS:
            return None
        value = parameters[HOLDS[outcome]].in_force(township, day)
        if value is None:
            raise ParameterError(
                f"add a value to the county's parameter files: {HOLDS[outcome]} has none for {township} on {day}"
            )
        return int(value.value)

    return months


def _unreadable(path: Path, message: str) -> FileFeedback:
    refused = {
        "file": path.name,
        "sheet": "",
        "row": None,
        "column": "",
        "code": "unreadable_file",
        "message": message,
    }
    return FileFeedback(path.name, None, None, None, 0, 0, 0, 0, [refused], [], [])


def _feedback(checked: Any, recorded: Any) -> FileFeedback:
    from transforms.decisions.checking import as_rows

    book = checked.book
    return FileFeedback(
        book.file_name,
        book.sha256,
        book.run_id,
        book.township_code,
        recorded.new if recorded else 0,
        recorded.known if recorded else 0,
        checked.unanswered,
        checked.refused_rows,
        as_rows(checked.refused),
        checked.missing,
        as_rows(checked.warnings),
    )


def _account() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def load_into_run(con: duckdb.DuckDBPyConnection, store_root: Path, settings: Settings, as_of: dt.date) -> int:
    """Create the decision tables of a run.

    Raises RunError when the database cannot be read: a list that forgets answers misleads.
    """
    try:
        return load_decisions(con, store_root, settings.database_url, as_of)
    except DecisionsError as error:
        raise RunError(str(error)) from None


def decisions_of(store_root: Path, finding_id: str, settings: Settings | None = None) -> Rows:
    """Every decision on a finding, oldest first, for `hedui explain`. Raises DecisionsError."""
    from transforms.decisions.repository import decisions_of as history

    return history(store_root.resolve(), finding_id, (settings or Settings()).database_url)


def export_ledger(store_root: Path, out: Path, township: str | None = None, run_id: str | None = None) -> list[Path]:
    """Write the 整改台账 of every township of a run (or the one named) to `out` and return the files, by
    township code.

    Raises StoreError without such a run, UsageError for a township it does not know.
    """
    from transforms.publish.workbooks import ledger_file_name, write_rectification
    from transforms.publish.workbooks.reading import UNKNOWN_TOWNSHIP

    store = Store(store_root.resolve())
    run_dir = store.run_dir(run_id)
    out.mkdir(parents=True, exist_ok=True)
    with open_database(run_dir / RUN_DATABASE, EngineLimits(), read_only=True) as con:
        header = run_header(con, store.manifest(run_dir.name))
        townships = con.execute("SELECT township_code, township_name FROM core_township ORDER BY 1").fetchall()
        confirmed = {row[0] for row in con.execute("SELECT township_code FROM rectification").fetchall()}
        wanted = [
            # What belongs to no township has a ledger only where something of it was confirmed.
            t
            for t in townships
            if township == t[0] or (township is None and (t[0] in confirmed or t[0] != UNKNOWN_TOWNSHIP))
        ]
        if not wanted:
            raise UsageError(
                f"no township {township} in run {run_dir.name}; known: " + ", ".join(f"{c} {n}" for c, n in townships)
            )
        return [write_rectification(con, code, out / ledger_file_name(code, name), header) for code, name in wanted]


def run_header(con: duckdb.DuckDBPyConnection, manifest: dict[str, Any]) -> Any:
    """The header of workbooks drawn from a published run."""
    from transforms.publish.workbooks import RunHeader

    counties = dict(con.execute("SELECT DISTINCT county_code, county_name FROM core_township").fetchall())
    return RunHeader(
        manifest["run_id"],
        dt.date.fromisoformat(manifest["as_of"]),
        manifest["kind"],
        manifest["status"],
        dt.datetime.fromisoformat(manifest["started"]),
        None,
        counties,
    )


def report_lines(report: FeedbackReport) -> list[str]:
    """The report as lines for a person."""
    lines = []
    for f in report.files:
        place = f"（{f.township_code}，批次 {f.run_id}）" if f.run_id else ""
        lines.append(
            f"{f.file}{place}：新采用{f.recorded}条，此前已采用{f.known}条，未填写{f.unanswered}条，"
            f"拒收{f.refused_rows}行，缺少{len(f.missing)}条"
        )
        lines += [f"  拒收 {_where(r)}：{r['message']}" for r in f.refused]
        lines += [f"  缺行 线索 {finding_id}：名单中有，报回的表中没有" for finding_id in f.missing]
        lines += [f"  提示 {_where(r)}：{r['message']}" for r in f.warnings]
    return lines


def _where(remark: dict[str, Any]) -> str:
    return (
        " ".join(
            part
            for part in (remark["sheet"], f"第{remark['row']}行" if remark["row"] else "", remark["column"])
            if part
        )
        or "整个文件"
    )
