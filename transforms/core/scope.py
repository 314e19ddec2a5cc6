"""The part of a snapshot one township's findings rest on, so that a rerun costs what its township costs.

A finding is about people and households of the township; judging them takes the people and households they are bound to (kin, a shared
number or account), and judging a finding of a neighbour that names the township too takes the neighbour's own. Two steps outward hold all of
it. What lies at the edge is judged on part of its data: nothing of it is published.

All of this only ever adds: what a county's townships need holds what any one of them needs, and finding the township's part in the county's
gives the same rows as finding it in the province. A province is therefore read once per county, not once per rerun (`narrow_to_county`).
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import duckdb

from transforms.core.build import create_link_parts
from transforms.intake.sql import path_literal
from transforms.versions import code_hash

FOLDER = Path(__file__).parent / "scope"
STEPS = 2
NOWHERE = "000000000"
HOUSEHOLDS = "key_of(household_id) IN (SELECT household FROM scope_household)"
ACCOUNTS = "key_of(bank_account) IN (SELECT account FROM scope_account)"
PEOPLE = "key_of(id_number) IN (SELECT person FROM scope_person)"
HERE = "township_code LIKE getvariable('scope_below')"
#: What is read as a whole, not through links: the rows the scope keeps, by any of these.
KEPT = {
    "benefit_roll": (HOUSEHOLDS, PEOPLE),
    "payments": (HOUSEHOLDS, ACCOUNTS),
    "archives": (HOUSEHOLDS,),
    "kinship": tuple(f"key_of({side}_id_number) IN (SELECT person FROM scope_person)" for side in "ab"),
    "account_activity": (ACCOUNTS,),
    **dict.fromkeys(("poverty_registry", "severe_illness", "disability_register"), (HERE, PEOPLE)),
}
#: A table or view of the run, and the SELECT that gives what is kept of it.
Keep = Callable[[str, str], None]


def narrow_to(con: duckdb.DuckDBPyConnection, township: str, linked_datasets: Iterable[str]) -> None:
    """Make stg_*, links, its part of each dataset given and kin_closed hold what the township's findings need; core_ctx keeps speaking of the whole snapshot.

    Needs these views, core_ctx, the macros, previous_suspect, previous_roll and decision_history. What belongs nowhere may come from anywhere:
    for 000000000 all is kept.
    """
    if township == NOWHERE:
        return

    def as_table(view: str, select: str) -> None:
        con.execute(f"CREATE TABLE scoped AS {select}")
        con.execute(f"DROP VIEW {view}")
        con.execute(f"ALTER TABLE scoped RENAME TO {view}")

    # To find how the tables of one township are best compressed takes longer than writing them as they are.
    con.execute("SET force_compression = 'uncompressed'")
    _begin(con, township)
    _reach(con)
    _keep(con, linked_datasets, as_table)


def narrow_to_county(
    con: duckdb.DuckDBPyConnection,
    township: str,
    linked_datasets: Iterable[str],
    folder: Path,
    work: Path,
    tell: Callable[[str], None],
) -> dict[str, str]:
    """Make the views narrow_to needs read what the township's county needs, from files of `folder` that are written when they are first asked for.

    folder: where the parts of this snapshot's counties are kept. work: a folder on the same file system, for what is being written. tell: hears
    that they are written. Returns the datasets whose rows only links lead to, with the view that holds the rows the county needs.
    previous_roll must be that of the whole county.
    """
    county = county_of(township)
    _begin(con, county)
    part = folder / f"{county}-{_print(con)}"
    linked = [dataset for dataset in linked_datasets if dataset not in KEPT]
    if not part.is_dir():
        tell(f"  the whole snapshot is read this once: what county {county} needs of it is kept for later reruns there")
        _write(con, linked_datasets, linked, part, work)
    for path in sorted(part.glob("*.parquet")):
        con.execute(f"CREATE OR REPLACE VIEW {path.stem} AS {_read(path)}")
    create_link_parts(con, linked_datasets)
    return {dataset: f"near_{dataset}" for dataset in linked}


def county_of(township: str) -> str:
    """The first six digits of a township's code."""
    return township[:6]


def is_narrowed(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether `narrow_to` has left a part of the snapshot."""
    return bool(
        con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'scope_household'").fetchall()[0][0]
    )


def _begin(con: duckdb.DuckDBPyConnection, below: str) -> None:
    """What the other steps read: the place asked for, and what was found and answered there before."""
    con.execute(f"SET VARIABLE scope_below = '{below}%'")
    con.execute(_sql("macros"))
    con.execute(_sql("before"))


def _reach(con: duckdb.DuckDBPyConnection) -> None:
    """scope_household, scope_account and scope_person: what the place needs."""
    con.execute(_sql("seed"))
    # Read once: each step would read the texts of whole registers again. One file per table, its stem is the name.
    keys = [path.stem for path in sorted((FOLDER / "keys").glob("*.sql"))]
    for table in keys:
        con.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS {_sql(f'keys/{table}')}")
    for _ in range(STEPS):
        con.execute(_sql("widen"))
    for table in keys:
        con.execute(f"DROP TABLE {table}")


def _keep(con: duckdb.DuckDBPyConnection, linked_datasets: Iterable[str], keep: Keep) -> None:
    near = "IN (SELECT person FROM scope_person)"
    keep("links", f"SELECT * FROM links WHERE key_of(person_key) {near}")
    create_link_parts(con, linked_datasets)
    keep("kin_closed", f"SELECT * FROM kin_closed WHERE key_of(a_id) {near} OR key_of(b_id) {near}")
    for dataset, conditions in KEPT.items():
        by_link = f"_row_id IN (SELECT _row_id FROM links WHERE dataset = '{dataset}')"
        keep(f"stg_{dataset}", f"SELECT * FROM stg_{dataset} WHERE {' OR '.join((*conditions, by_link))}")


def _write(con: duckdb.DuckDBPyConnection, linked_datasets: Iterable[str], linked: Iterable[str], part: Path, work: Path) -> None:  # fmt: skip
    being_written = work / part.name
    being_written.mkdir()

    def as_file(view: str, select: str) -> None:
        path = being_written / f"{view}.parquet"
        con.execute(f"COPY ({select}) TO {path_literal(path)} (FORMAT parquet)")
        con.execute(f"CREATE OR REPLACE VIEW {view} AS {_read(path)}")

    _reach(con)
    _keep(con, linked_datasets, as_file)
    for dataset in linked:
        rows = f"SELECT * FROM stg_{dataset} WHERE _row_id IN (SELECT _row_id FROM links WHERE dataset = '{dataset}')"
        as_file(f"near_{dataset}", rows)
    part.parent.mkdir(parents=True, exist_ok=True)
    try:
        being_written.rename(part)
    except OSError:
        # Another rerun was quicker.
        if not part.is_dir():
            raise
        shutil.rmtree(being_written)


def _print(con: duckdb.DuckDBPyConnection) -> str:
    """What the county's part rests on: the snapshot's views, what was found and answered before, and this code."""
    views = con.execute(
        "SELECT sql FROM duckdb_views() WHERE NOT internal AND (view_name IN ('links', 'kin_closed') OR starts_with(view_name, 'stg_')) ORDER BY view_name"
    ).fetchall()
    before = con.execute("SELECT count(*), sum(hash(subject, household)) FROM scope_before").fetchall()
    return hashlib.sha256(repr((views, before, code_hash("transforms/core"), duckdb.__version__)).encode()).hexdigest()[
        :16
    ]


def _read(path: Path) -> str:
    return f"SELECT * FROM read_parquet({path_literal(path)}, hive_partitioning = false)"


def _sql(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
