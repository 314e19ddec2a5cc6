"""Runs the SQL files of this folder in order; each leaves a table of its name that an analyst can open."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from string import Template

from data_contracts import Contract
from transforms.engines import SqlConnection
from transforms.linkage.pinyin import pinyin_table
from transforms.linkage.probabilistic import TIER_TABLES, build_probabilistic
from transforms.linkage.roles import PersonRole, person_roles
from transforms.linkage.tables import replace_table
from transforms.pace import Progress

FOLDER = Path(__file__).parent

# In dependency order. `ref_pinyin` comes from `pinyin.py`, `register_row` is written from the contracts.
REFERENCE = (
    "ref_id_position", "ref_name_position", "ref_compound_surname", "ref_kin_relation", "ref_kin_step",
)  # fmt: skip
PEOPLE = (
    "roll_person_row", "link_person", "link_person_name", "link_person_place",
    "off_roll_mention", "known_name", "known_person",
)  # fmt: skip
PAIRS = (
    "damaged_number", "damaged_digit", "repair_candidate", "rounded_candidate", "id_repair",
    "name_question", "name_reading", "name_one_off", "name_relation",
    "pair_repaired", "township_name", "place_word", "pair_birth_place", "links", "open_row",
)  # fmt: skip
KIN = ("kin_row", "kin_near", "kin_edge", "kin_name", "kin_overloaded", "kin_two_step", "kin_closed")

# What later stages read; everything else is for the analyst of this stage.
SNAPSHOT_TABLES = ("links", "link_person", "link_person_name", "kin_closed", "kin_overloaded", "open_row", *TIER_TABLES)
# What tells the rows of the large ones apart: sorting them by more costs and changes nothing.
ROW_KEY = {
    "links": "dataset, role, _row_id, person_key",
    "link_person": "person_key",
    "link_person_name": "person_key, name",
    "kin_closed": "a_id, b_id, relation",
    "open_row": "dataset, role, _row_id",
}


@dataclass(frozen=True)
class TableRows:
    """Rows of one table this stage built."""

    table: str
    rows: int


@dataclass(frozen=True)
class LinkageReport:
    """What `build_links` did.

    tables: in the order built. links: rows per (dataset, tier). kin_rows_unusable: kinship rows with a side
    that is nobody known, or an unknown relation. kin_overloaded: numbers with an impossible crowd of kin.
    """

    tables: list[TableRows]
    links: dict[tuple[str, str], int] = field(default_factory=dict)
    kin_rows_unusable: int = 0
    kin_overloaded: int = 0


def build_links(
    con: SqlConnection, contracts: Mapping[str, Contract], progress: Progress = lambda line: None
) -> LinkageReport:
    """Link every register row to the people on the roll, and to those off it that rules ask about.

    con: has a view `stg_<dataset>` per contract (docs/architecture.md section 3). Leaves one table per SQL
    file of this folder in it, replaced when present: `links` (section 4), `link_person`, `kin_closed` and
    `open_row` among them.
    progress is told each table before it is built. Raises LinkageError naming the table that could not be built.
    """
    _replace_pinyin(con)
    tables = (*REFERENCE, *PEOPLE, "register_row", *PAIRS, *KIN)
    for number, table in enumerate(tables, start=1):
        progress(f"  linkage: {table} ({number}/{len(tables)})")
        select = register_row_sql(person_roles(contracts)) if table == "register_row" else sql_text(table)
        replace_table(con, table, select)
    progress("  linkage: probabilistic tier")
    build_probabilistic(con, contracts)
    return _report(con)


def write_links(con: SqlConnection, folder: Path) -> list[Path]:
    """Write the tables later stages read as `<folder>/<table>.parquet`, rows in a fixed order."""
    written = []
    for table in SNAPSHOT_TABLES:
        path = folder / f"{table}.parquet"
        target = str(path).replace("'", "''")
        order = ROW_KEY.get(table, "ALL")
        con.execute(f"COPY (FROM {table} ORDER BY {order}) TO '{target}' (FORMAT parquet, COMPRESSION snappy)")
        written.append(path)
    return written


@cache
def linkage_version() -> str:
    """Hash of everything that makes links: other code, SQL or model may give others. The report makes none."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file() and path.suffix != ".pyc" and "report" not in path.parts:
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def sql_text(table: str) -> str:
    """The SELECT behind one table of this stage."""
    return (FOLDER / f"{table}.sql").read_text(encoding="utf-8")


def register_row_sql(roles: list[PersonRole]) -> str:
    """The SELECT over every person column of every register, from register_row.sql."""
    template = Template(sql_text("register_row"))
    return "\nUNION ALL\n".join(template.substitute(_placeholders(role)) for role in roles)


def _placeholders(role: PersonRole) -> dict[str, str]:
    def column(name: str | None, kind: str) -> str:
        return f"CAST(NULL AS {kind})" if name is None else f"r.{name}"

    age_on = [f"r.{name}" for name in role.age_on]
    return {
        "dataset": role.dataset,
        "role": role.id_column,
        "id_number": f"r.{role.id_column}",
        "id_status": f"r.{role.id_column}_status",
        "id_key": f"r.{role.id_column}_key",
        "name": column(role.name_column, "VARCHAR"),
        "sex": column(role.sex, "VARCHAR"),
        "birth_date": column(role.birth_date, "DATE"),
        "birth_month_only": f"coalesce(r.{role.birth_date}_month_only, FALSE)" if role.birth_date else "FALSE",
        "age": column(role.age, "INTEGER"),
        "age_on": f"coalesce({', '.join(age_on)})" if age_on else "CAST(NULL AS DATE)",
        "address": column(role.address, "VARCHAR"),
        "relative_name": column(role.relative_name, "VARCHAR"),
        "people": "TRUE" if role.reads_off_roll else "p.on_roll",
        # Where the dataset tells nothing else of a person, only a number that may be repaired is kept.
        "look_further": "TRUE" if role.describes else f"r.{role.id_column}_status IN ('invalid', 'truncated')",
    }


def _replace_pinyin(con: SqlConnection) -> None:
    con.register("pinyin_arrow", pinyin_table())
    try:
        replace_table(con, "ref_pinyin", "SELECT * FROM pinyin_arrow")
    finally:
        con.unregister("pinyin_arrow")


def _report(con: SqlConnection) -> LinkageReport:
    def number(sql: str) -> int:
        row = con.execute(sql).fetchone()
        return int(row[0]) if row else 0

    tables = REFERENCE + PEOPLE + ("register_row",) + PAIRS + KIN
    # One statement: on Spark each costs its planning.
    counted = " UNION ALL ".join(f"SELECT '{table}' AS name, count(*) AS n FROM {table}" for table in tables)
    rows = {name: int(n) for name, n in con.execute(counted).fetchall()}
    by_tier = con.execute("SELECT dataset, tier, count(*) FROM links GROUP BY ALL ORDER BY ALL").fetchall()
    return LinkageReport(
        tables=[TableRows(table, rows[table]) for table in tables],
        links={(dataset, tier): rows for dataset, tier, rows in by_tier},
        kin_rows_unusable=number(
            "SELECT count(*) FROM kin_row WHERE a_id IS NULL OR b_id IS NULL OR a_id = b_id OR relation IS NULL"
        ),
        kin_overloaded=number("SELECT count(*) FROM kin_overloaded"),
    )
