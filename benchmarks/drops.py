"""The drops that are measured: written once per size by sample_data.generate, from one seed, and kept."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

from sample_data.generate import SMALL, write_drop
from sample_data.world import Settings

AS_OF, NEXT_DAY = "2021-09-30", "2021-10-01"
PERSONS_PER_CASE = 2_000
PERSONS_PER_TOWNSHIP = 5_000
TOWNSHIPS_PER_COUNTY = 20
MOST_COUNTIES = 98
# With these 5 million persons on the roll come with about 20 million vehicles, 12 million kinship rows, 8 million licences,
# 3 million deaths and 2.4 million cremations.
REGISTERS = 1.4
SHARES = {
    "vehicles": 2.14, "kinship": 1.0, "business_licenses": 0.85, "deaths": 0.25, "funerals": 1.0,
    "housing": 0.1, "pensions": 0.1, "income_tax": 0.05, "bank_assets": 0.05, "population": 0.2,
}  # fmt: skip
PAY_MONTHS = 3
FIRST, SECOND = (
    "云青石清龙山平大新永长高白金东西南北上下双天仙竹松梅桃杨柳梨",
    "岭桥坪塘河溪湾坝场寨湖泉岩洞峰田坡井关渡",
)


@dataclass(frozen=True)
class Drop:
    """One generated drop: an inbox of Parquet files for about so many persons on active rows, and what a run over it must find."""

    persons: int
    folder: Path

    @property
    def inbox(self) -> Path:
        return self.folder / "drop"

    @property
    def truth(self) -> Path:
        return self.folder / "truth.csv"

    def rows(self) -> dict[str, int]:
        """Rows per dataset, from the files' own counts."""
        return {
            folder.name: sum(pq.read_metadata(path).num_rows for path in folder.glob("*.parquet"))
            for folder in sorted(self.inbox.iterdir())
        }


def province(persons: int) -> pl.DataFrame:
    """An invented list of townships for so many persons: township_code, township_name, county_name."""
    count = max(persons // PERSONS_PER_TOWNSHIP, 3)
    number = pl.int_range(count, eager=True)
    county = (number // TOWNSHIPS_PER_COUNTY) % MOST_COUNTIES + 1
    names = [FIRST[i % len(FIRST)] + SECOND[i // len(FIRST) % len(SECOND)] + "镇" for i in range(count)]
    code = county.cast(pl.String).str.zfill(2)
    place = (number - number // TOWNSHIPS_PER_COUNTY * TOWNSHIPS_PER_COUNTY + 100).cast(pl.String)
    again = (number // (TOWNSHIPS_PER_COUNTY * MOST_COUNTIES)).cast(pl.Int64)
    frame = pl.DataFrame({"code": code, "place": place, "again": again, "township_name": names})
    return frame.select(
        township_code=pl.concat_str(pl.lit("9901"), "code", pl.col("place").cast(pl.Int64) + pl.col("again") * 20),
        township_name="township_name",
        county_name=pl.concat_str(pl.lit("第"), "code", pl.lit("县")),
    )


def drop_of(work: Path, persons: int) -> Drop:
    """The drop of this size under `work`, written unless it is there. Raises CalledProcessError when it cannot be made."""
    drop = Drop(persons, work / f"drop-{persons}")
    if not drop.truth.exists():
        command = [sys.executable, "-m", "benchmarks.drops", "--persons", str(persons), "--out", str(drop.folder)]
        subprocess.run(command, check=True)
    return drop


def of_datasets(drop: Drop, folder: Path, datasets: Collection[str]) -> Drop:
    """The drop as if only these datasets had come. Raises ValueError for one it does not have."""
    unknown = sorted(set(datasets) - set(drop.rows()))
    if unknown:
        raise ValueError(f"the drop has no {', '.join(unknown)}; it has {', '.join(drop.rows())}")
    part = Drop(drop.persons, folder)
    for dataset in datasets:
        shutil.copytree(drop.inbox / dataset, part.inbox / dataset, copy_function=os.link, dirs_exist_ok=True)
    return part


def settings_of(persons: int) -> Settings:
    """The generator's settings for a drop of this size."""
    return Settings(
        persons=persons,
        seed=int(str(SMALL["seed"])),
        as_of=dt.date.fromisoformat(AS_OF),
        county="9901",
        townships=province(persons),
        registers=REGISTERS,
        cases=max(1, persons // PERSONS_PER_CASE),
        months=PAY_MONTHS,
        shares=SHARES,
    )


def with_one_register_changed(inbox: Path, folder: Path, dataset: str = "vehicles") -> Path:
    """An inbox of the same files but for one register, which lacks its last row. Returns it; an earlier one there is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    for path in (p for p in inbox.rglob("*") if p.is_file()):
        target = folder / path.relative_to(inbox)
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.parent.name == dataset:
            _without_last_row(path, target)
        else:
            os.link(path, target)
    return folder


def _without_last_row(source: Path, target: Path) -> None:
    """The same Parquet file with one row less, a row group at a time."""
    file = pq.ParquetFile(source)
    with pq.ParquetWriter(target, file.schema_arrow, compression="zstd") as writer:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            writer.write_table(table.slice(0, table.num_rows - int(group == file.num_row_groups - 1)))


def main() -> int:
    """The command line: write one drop in this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    rows = write_drop(settings_of(asked.persons), asked.out, "parquet")
    print(f"{asked.out}: {sum(rows.values()):,} rows in {len(rows)} datasets")
    return 0


if __name__ == "__main__":
    sys.exit(main())
