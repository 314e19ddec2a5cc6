"""Writes a drop of invented data with a known answer:  python -m sample_data.generate --out DIR --persons N

DIR/drop/<dataset>/… is what the departments would send, DIR/truth.csv what a run over it must find, and
every other finding is false.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import polars as pl

from data_contracts import load_contracts
from sample_data import dying, registers, roll, wealth
from sample_data.edits import Edits
from sample_data.files import LATEST, looks_of
from sample_data.plants import plant
from sample_data.world import Settings, World, build_world, month_day, read_townships, village_list
from sample_data.writing import write_part

HERE = Path(__file__).parent
SMALL = {"persons": 260, "seed": 20210930, "as_of": date(2021, 9, 30), "county": "522728", "registers": 0.5}

FRAMES: dict[str, Callable[[World], pl.DataFrame]] = {
    "townships": lambda world: village_list(world.settings),
    "benefit_roll": roll.benefit_roll,
    "account_activity": roll.account_activity,
    "archives": roll.archives,
    "deaths": dying.deaths,
    "funerals": dying.funerals,
    "vehicles": wealth.vehicles,
    "business_licenses": wealth.business_licenses,
    "kinship": registers.kinship,
    "officials": registers.officials,
    "relative_filings": registers.relative_filings,
    "housing": wealth.housing,
    "pensions": wealth.pensions,
    "income_tax": wealth.income_tax,
    "bank_assets": wealth.bank_assets,
    "disability_register": registers.disability_register,
    "disability_subsidies": registers.disability_subsidies,
    "poverty_registry": registers.poverty_registry,
    "severe_illness": registers.severe_illness,
    "doubtful_history": registers.doubtful_history,
    "population": registers.population,
}


def parts_of(dataset: str, world: World, edits: Edits, form: str) -> Iterator[tuple[str, pl.DataFrame]]:
    """The rows of a dataset with their edits, in parts that go to separate files: (part of the file
    name, rows).

    Payments: one part per month; in a mixed drop one per year, and one for the latest two months.
    """
    if dataset != "payments":
        yield "", edits.apply(dataset, FRAMES[dataset](world))
        return
    waiting: list[pl.DataFrame] = []
    name = ""
    for frame in roll.payments(world):
        month = int(frame["pay_month"][0])
        own = month_day(month).strftime("_%Y%m")
        if form == "mixed":
            own = LATEST if month >= world.settings.latest_month - 1 else own[:5]
        if waiting and own != name:
            yield name, pl.concat(waiting)
            waiting = []
        name = own
        waiting.append(edits.apply(dataset, frame, {"pay_month": month}))
    yield name, pl.concat(waiting)


def write_drop(settings: Settings, out: Path, form: str = "mixed") -> dict[str, int]:
    """Write out/drop and out/truth.csv; returns the rows written per dataset.

    An earlier drop there is replaced. Raises ValueError when out/drop holds anything but datasets, or
    the roll is too small.
    """
    contracts = load_contracts()
    drop = out / "drop"
    strange = [p.name for p in drop.iterdir() if p.name not in contracts] if drop.exists() else []
    if strange:
        raise ValueError(f"{drop} holds more than a drop ({', '.join(sorted(strange)[:3])}); choose another folder")
    world = build_world(settings)
    edits = plant(world)
    shutil.rmtree(drop, ignore_errors=True)
    county = settings.townships["county_name"][0]
    until = f"填报单位：{county}    数据截止：{settings.as_of.year}年{settings.as_of.month}月"
    rows = {}
    for dataset, contract in contracts.items():
        rows[dataset] = 0
        for part, frame in parts_of(dataset, world, edits, form):
            ordered = frame.select([c.name for c in contract.columns])
            write_part(
                drop / dataset,
                contract,
                ordered,
                looks_of(contract, form, part),
                (f"{county}{contract.title}", until),
            )
            rows[dataset] += len(frame)
    write_truth(edits, out / "truth.csv")
    return rows


def write_truth(edits: Edits, path: Path) -> None:
    """rule_id, subject_key, township_code, expect (must), note: one row per finding a run must make."""
    columns = {
        "rule_id": "rule_id",
        "subject_key": "subject_key",
        "township_code": "township_code",
        "note": "note",
    }
    frame = pl.DataFrame([{c: getattr(e, c) for c in columns} for e in edits.expected])
    frame.select("rule_id", "subject_key", "township_code", pl.lit("must").alias("expect"), "note").sort(
        "rule_id", "subject_key"
    ).write_csv(path)


def main(arguments: list[str] | None = None) -> int:
    """The command line; exit status 2 for settings that cannot be met."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for drop/ and truth.csv")
    parser.add_argument(
        "--persons",
        type=int,
        default=SMALL["persons"],
        help="people on active rows, about (default %(default)s)",
    )
    parser.add_argument("--seed", type=int, default=SMALL["seed"])
    parser.add_argument(
        "--as-of", type=date.fromisoformat, default=SMALL["as_of"], help="check date (default %(default)s)"
    )
    parser.add_argument("--county", default=SMALL["county"], help="six-digit code (default %(default)s)")
    parser.add_argument(
        "--townships",
        type=Path,
        default=HERE / "townships.csv",
        help="CSV: township_code,township_name,county_code,county_name",
    )
    parser.add_argument(
        "--registers",
        type=float,
        default=SMALL["registers"],
        help="size of the registers against the roll (default %(default)s)",
    )
    parser.add_argument("--cases", type=int, default=1, help="times each planted case is planted (default %(default)s)")
    parser.add_argument("--format", choices=("csv", "xlsx", "parquet", "mixed"), default="mixed")
    asked = parser.parse_args(arguments)
    try:
        settings = Settings(
            persons=asked.persons,
            seed=asked.seed,
            as_of=asked.as_of,
            county=asked.county,
            townships=read_townships(asked.townships, asked.county),
            registers=asked.registers,
            cases=asked.cases,
        )
        asked.out.mkdir(parents=True, exist_ok=True)
        rows = write_drop(settings, asked.out, asked.format)
    except (OSError, ValueError) as error:
        print(f"sample_data.generate: {error}", file=sys.stderr)
        return 2
    print(f"{asked.out}/drop: {sum(rows.values())} rows in {len(rows)} datasets; {asked.out}/truth.csv")
    return 0


if __name__ == "__main__":
    sys.exit(main())
