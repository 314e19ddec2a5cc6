"""`hedui feedback`: township lists and spot check lists come back filled in; what they say reaches the next run, an
explanation, the 整改台账 and the estimate of misses.
"""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import duckdb

from flows.failures import PassingError
from flows.plan import RunPlan, UsageError
from flows.settings import Settings
from transforms import china_time
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
    """What became of one returned file. kind: 'leads' (a township's list), 'visits' (a spot check) or None (unreadable).

    rows of `refused` and `warnings`: file, sheet, row, column, code, message (no cell's content).
    """

    file: str
    kind: str | None
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
    """Take back filled-in township lists and spot check lists: check every row, record what is right in one transaction.

    Raises StoreError without a published run, DecisionsError when the database fails; then nothing of any
    file is recorded.
    """
    from transforms.decisions.checking import CheckedList, contradictions
    from transforms.decisions.database import open_decisions
    from transforms.decisions.repository import record
    from transforms.decisions.returned import UnreadableReturn

    store = Store(store_root.resolve())
    store.run_dir()
    holds, day = _holds(settings), today or china_time.today()
    checked: list[CheckedList[Any] | FileFeedback] = []
    for path in files:
        try:
            checked.append(_check(store, path, settings, holds, day))
        except UnreadableReturn as reason:
            checked.append(_unreadable(path, str(reason)))
    contradictions([c for c in checked if isinstance(c, CheckedList)])
    lists = [_returned(c) for c in checked if isinstance(c, CheckedList) and c.answers]
    done = []
    if lists:
        with open_decisions(store.root, settings.database_url) as engine:
            done = record(engine, lists, account(), dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0))
    recorded = iter(done)
    return FeedbackReport(
        [_feedback(c, next(recorded) if c.answers else None) if isinstance(c, CheckedList) else c for c in checked]
    )


def _check(
    store: Store, path: Path, settings: Settings, holds: Callable[[str, str, dt.date], int | None], day: dt.date
) -> Any:
    from transforms.decisions.checking import check_list
    from transforms.decisions.issued import issued_list
    from transforms.decisions.returned import LEADS_FORM, read_returned
    from transforms.decisions.spot_checks import draw_of
    from transforms.sampling.checking import VISITS_FORM, check_visits
    from transforms.sampling.workbook import DRAW_KEY

    book = read_returned(path, (LEADS_FORM, VISITS_FORM))
    if book.form == VISITS_FORM:
        draw = draw_of(store.root, settings.database_url, book.commonest(DRAW_KEY), book.township_code)
        return check_visits(book, draw, day)
    return check_list(book, issued_list(store, book.run_id, book.township_code), holds, day)


def _returned(checked: Any) -> Any:
    """The accepted answers of a checked list, as they are recorded."""
    from transforms.decisions.repository import ReturnedList
    from transforms.decisions.returned import LEADS_FORM
    from transforms.decisions.spot_checks import ReturnedVisits
    from transforms.sampling.workbook import DRAW_KEY

    book = checked.book
    said = (book.file_name, book.sha256, book.run_id, book.township_code, checked.answers)
    return ReturnedList(*said) if book.form == LEADS_FORM else ReturnedVisits(*said, book.commonest(DRAW_KEY))


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
    return FileFeedback(path.name, None, None, None, None, 0, 0, 0, 0, [refused], [], [])


def _feedback(checked: Any, recorded: Any) -> FileFeedback:
    from transforms.decisions.checking import as_rows, recorded_remarks
    from transforms.decisions.returned import LEADS_FORM

    book = checked.book
    if recorded:
        refused, warnings = recorded_remarks(book, recorded)
        checked.refused += refused
        checked.warnings += warnings
    return FileFeedback(
        book.file_name,
        "leads" if book.form == LEADS_FORM else "visits",
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


def account() -> str:
    """Who is at work, as the operating system knows it."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def load_into_run(con: duckdb.DuckDBPyConnection, plan: RunPlan, settings: Settings) -> int:
    """Create the decision tables of a run.

    Raises RunError (one that may pass) when the database cannot be read: a list that forgets answers misleads.
    """
    try:
        return load_decisions(con, plan.store, settings.database_url, plan.as_of, plan.work)
    except DecisionsError as error:
        raise PassingError(str(error)) from None


def decisions_of(store_root: Path, finding_id: str, settings: Settings | None = None) -> Rows:
    """Every decision on a finding, oldest first, for `hedui explain`. Raises DecisionsError."""
    from transforms.decisions.repository import decisions_of as history

    return history(store_root.resolve(), finding_id, (settings or Settings()).database_url)


def spot_check_estimate(store_root: Path, settings: Settings) -> Rows:
    """What the spot checks say now, by county, township and benefit type ('' for all), whatever the last run knew of them.

    Columns of sample_estimate (docs/architecture.md) beside county_name and township_name. Raises StoreError
    without a published run, DecisionsError when the database cannot be read.
    """
    store = Store(store_root.resolve())
    with open_database(store.run_dir() / RUN_DATABASE, EngineLimits(), read_only=True) as run:
        names = run.execute(
            "SELECT township_code, township_name, county_code, county_name FROM core_township"
        ).fetchall()
    townships, counties = {r[0]: r[1] for r in names}, {r[2]: r[3] for r in names}
    with open_database(None, EngineLimits()) as con, store.passing("estimate") as work:
        load_decisions(con, store.root, settings.database_url, dt.date.max, work)
        cursor = con.execute("SELECT * FROM sample_estimate WHERE drawn > 0")
        columns = [c[0] for c in cursor.description or ()]
        rows = [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return [
        {**r, "county_name": counties.get(r["county_code"]), "township_name": townships.get(r["township_code"])}
        for r in rows
    ]


def export_ledger(store_root: Path, out: Path, township: str | None = None, run_id: str | None = None) -> list[Path]:
    """Write the 整改台账 of every township of a run (or the one named) to `out` and return the files, by
    township code.

    Raises StoreError without such a run or for a rerun, UsageError for a township it does not know.
    """
    from transforms.publish.workbooks import ledger_file_name, write_rectification
    from transforms.publish.workbooks.reading import UNKNOWN_TOWNSHIP

    store = Store(store_root.resolve())
    run_dir = store.nightly_dir(run_id)
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
        out.mkdir(parents=True, exist_ok=True)
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
        about = "抽查户" if f.kind == "visits" else "线索"
        lines += [f"  缺行 {about} {number}：名单中有，报回的表中没有" for number in f.missing]
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


def estimate_lines(rows: Rows) -> list[str]:
    """The estimate as lines for a person: counties first, each with its benefit types."""
    from transforms.publish.workbooks.reviews import share_text

    lines = []
    for r in rows:
        place = r["township_name"] or r["township_code"] or r["county_name"] or r["county_code"]
        lines.append(
            f"{place} {r['benefit_type'] or '合计'}：抽到{r['drawn']}户；随机抽查 "
            f"{share_text(r['problems'], r['reviewed'], '有问题')}；无疑点户 "
            f"{share_text(r['misses'], r['clean_reviewed'], '有问题')}（漏查，其中应退未退{r['misses_to_end']}户）"
        )
    return lines or [
        "还没有抽查结果。先用 hedui sample --include-unflagged 抽取名单，填好后用 hedui feedback import 报回。"
    ]
