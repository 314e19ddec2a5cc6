"""The part of a snapshot one township's findings rest on, so that a rerun costs what its township costs.

A finding is about people and households of the township; judging them takes the people and households they are bound to (kin, a shared
number or account), and judging a finding of a neighbour that names the township too takes the neighbour's own. Two steps outward hold all of
it. What lies at the edge is judged on part of its data: nothing of it is published.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb

from transforms.core.build import create_link_parts

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
    "account_activity": (ACCOUNTS,),
    **dict.fromkeys(("poverty_registry", "severe_illness", "disability_register"), (HERE, PEOPLE)),
}


def narrow_to(con: duckdb.DuckDBPyConnection, township: str, linked_datasets: Iterable[str]) -> None:
    """Make stg_*, links, its part of each dataset given and kin_closed hold what the township's findings need; core_ctx keeps speaking of the whole snapshot.

    Needs these views, core_ctx, the macros, previous_suspect and previous_roll. What belongs nowhere may come from anywhere: for 000000000 all is kept.
    """
    if township == NOWHERE:
        return
    # To find how the tables of one township are best compressed takes longer than writing them as they are.
    con.execute("SET force_compression = 'uncompressed'")
    con.execute(f"SET VARIABLE scope_township = '{township}'; SET VARIABLE scope_below = '{township}%'")
    con.execute(_sql("macros"))
    con.execute(_sql("seed"))
    # Read once: each step would read the texts of whole registers again. One file per table, its stem is the name.
    keys = [path.stem for path in sorted((FOLDER / "keys").glob("*.sql"))]
    for table in keys:
        con.execute(f"CREATE TEMP TABLE {table} AS {_sql(f'keys/{table}')}")
    for _ in range(STEPS):
        con.execute(_sql("widen"))
    for table in keys:
        con.execute(f"DROP TABLE {table}")
    near = "IN (SELECT person FROM scope_person)"
    _keep(con, "links", f"key_of(person_key) {near}")
    create_link_parts(con, linked_datasets)
    _keep(con, "kin_closed", f"key_of(a_id) {near} OR key_of(b_id) {near}")
    for dataset, conditions in KEPT.items():
        by_link = f"_row_id IN (SELECT _row_id FROM links WHERE dataset = '{dataset}')"
        _keep(con, f"stg_{dataset}", " OR ".join((*conditions, by_link)))


def _sql(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")


def is_narrowed(con: duckdb.DuckDBPyConnection) -> bool:
    """Whether `narrow_to` has left a part of the snapshot."""
    return bool(
        con.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name = 'scope_household'").fetchall()[0][0]
    )


def _keep(con: duckdb.DuckDBPyConnection, view: str, condition: str) -> None:
    con.execute(f"CREATE TABLE scoped AS SELECT * FROM {view} WHERE {condition}")
    con.execute(f"DROP VIEW {view}")
    con.execute(f"ALTER TABLE scoped RENAME TO {view}")
