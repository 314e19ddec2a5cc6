"""`hedui sample`: draws the random spot check of a published run and writes one list per township."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import asdict, dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from flows.feedback import account, run_header
from flows.plan import UsageError
from flows.settings import Settings
from transforms.core.run_database import EngineLimits, open_published
from transforms.publish.store import Store
from transforms.publish.workbooks.reviews import estimate_texts

SEEDS = 2**31


@dataclass(frozen=True)
class SampleReport:
    """What was drawn: number of the draw, seed, run, folder; by township its file, households and coverage by benefit type."""

    draw_id: str
    seed: int
    run_id: str
    out: Path
    townships: list[dict[str, Any]]

    def as_json(self) -> dict[str, Any]:
        """One plain object."""
        return {
            "draw_id": self.draw_id,
            "seed": self.seed,
            "run_id": self.run_id,
            "out": str(self.out),
            "townships": self.townships,
        }


def run_sample(
    store_root: Path,
    settings: Settings,
    *,
    fraction: float | None = None,
    whole_village: bool = False,
    seed: int | None = None,
    include_unflagged: bool = False,
    out: Path | None = None,
    run_id: str | None = None,
) -> SampleReport:
    """Draw the spot check of the latest (or the named) run, keep it in the decisions database, and write its lists.

    Without `fraction` each township's parameter sample_fraction holds; without `seed` one is drawn and
    printed on the lists. Raises StoreError without such a run or for a rerun, UsageError for a fraction outside 0 to 1, ParameterError where no fraction is known, DecisionsError when the draw cannot be
    kept: then no list is written, for what it brings back could not be taken in.
    """
    from transforms.decisions.database import open_decisions
    from transforms.decisions.spot_checks import record_draw
    from transforms.sampling import SampleRequest, draw_sample, issued, sample_file_name, write_sample_workbook

    if fraction is not None and not 0 < fraction <= 1:
        raise UsageError(f"--fraction {fraction}: expected a share above 0 and up to 1, such as 0.2")
    if seed is not None and seed < 0:
        raise UsageError(f"--seed {seed}: expected a whole number from 0")
    store = Store(store_root.resolve())
    run_dir = store.whole_run_dir(run_id)
    chosen = secrets.randbelow(SEEDS) if seed is None else seed
    with open_published(run_dir, EngineLimits(settings.memory_limit, settings.threads)) as con:
        header = run_header(con, store.manifest(run_dir.name))
        request = SampleRequest(
            _fractions(con, fraction, settings, header.as_of), chosen, whole_village, include_unflagged
        )
        draw = draw_sample(con, request)
        past = estimate_texts(con, request.fractions)
    kept = issued(draw, run_dir.name, header.as_of)
    with open_decisions(store.root, settings.database_url) as engine:
        record_draw(engine, kept, account(), dt.datetime.now(dt.UTC).replace(tzinfo=None, microsecond=0))
    folder = out or store.root / "samples" / _folder_name(
        run_dir.name, chosen, fraction, whole_village, include_unflagged
    )
    folder.mkdir(parents=True, exist_ok=True)
    told = []
    for sample in draw.townships:
        target = folder / sample_file_name(sample.township_code, sample.township_name)
        beside = folder / f".{secrets.token_hex(4)}.xlsx"
        write_sample_workbook(sample, request, beside, header, past[sample.township_code]).replace(target)
        told.append(
            {
                "township_code": sample.township_code,
                "township_name": sample.township_name,
                "file": str(target),
                "fraction": float(sample.fraction),
                "households": len(sample.households),
                "coverage": [{**asdict(c), "share": c.share} for c in sample.coverage],
            }
        )
    return SampleReport(kept.id, chosen, run_dir.name, folder, told)


def _fractions(
    con: duckdb.DuckDBPyConnection, fraction: float | None, settings: Settings, as_of: Any
) -> dict[str, Decimal]:
    from rules.engine.parameters import ParameterError, load_parameters

    codes = [row[0] for row in con.execute("SELECT township_code FROM core_township ORDER BY 1").fetchall()]
    if fraction is not None:
        return dict.fromkeys(codes, Decimal(str(fraction)))
    parameter = load_parameters(county_folder=settings.parameters)["sample_fraction"]
    counties = sorted({code[:6] for code in codes if not code.startswith("000000")})
    found = {}
    for code in codes:
        # Nobody's township takes the value of the county.
        value = parameter.in_force(counties[0] if code.startswith("000000") and len(counties) == 1 else code, as_of)
        if value is None:
            raise ParameterError(
                f"sample_fraction has no value for {code} on {as_of}; add one to the county's parameter "
                "files or give --fraction"
            )
        found[code] = value.value
    return found


def _folder_name(run_id: str, seed: int, fraction: float | None, whole_village: bool, include_unflagged: bool) -> str:
    parts = [
        run_id,
        f"seed{seed}",
        f"f{fraction:g}" if fraction is not None else "",
        "villages" if whole_village else "",
        "unflagged" if include_unflagged else "",
    ]
    return "_".join(part for part in parts if part)


def sample_lines(report: SampleReport) -> list[str]:
    """The report as lines for a person."""
    lines = [f"抽查编号 {report.draw_id}，随机种子 {report.seed}，批次 {report.run_id}，名单在 {report.out}"]
    for t in report.townships:
        shares = "，".join(
            f"{c['benefit_type']} {c['drawn']}/{c['households']}户（{c['share']:.1%}）" for c in t["coverage"]
        )
        lines.append(f"{t['township_code']} {t['township_name']}：{t['households']}户；{shares}")
    return lines
