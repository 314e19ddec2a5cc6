"""Runs the SQL files of this folder in order; each makes a table of its name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from string import Template

from data_contracts import Contract
from transforms.engines import SqlConnection
from transforms.linkage.files import (
    BY_DATASET,
    EXACT,
    SNAPSHOT_TABLES,
    exact_file,
    exact_sql,
    take_over,
    take_over_people,
    write_exact,
    write_links,
)
from transforms.linkage.pinyin import pinyin_table
from transforms.linkage.probabilistic import build_probabilistic
from transforms.linkage.roles import PersonRole, person_roles, registers
from transforms.linkage.tables import add_rows, replace_table, replace_view, sql_text
from transforms.pace import Progress
from transforms.sql_words import words_of
from transforms.versions import code_hash

FOLDER = Path(__file__).parent

# In dependency order. `ref_pinyin` comes from `pinyin.py`, REGISTERS are written from the contracts.
REFERENCE = (
    "ref_id_position", "ref_name_position", "ref_compound_surname", "ref_kin_relation", "ref_kin_step",
)  # fmt: skip
PEOPLE = (
    "roll_person_row", "link_person", "link_person_name", "link_person_place",
    "off_roll_mention", "known_name", "known_person",
)  # fmt: skip
REGISTERS = ("register_mention", "links_exact", "register_row")
PAIRS = (
    "damaged_number", "damaged_digit", "repair_candidate", "rounded_candidate", "id_repair",
    "name_question", "name_reading", "name_one_off", "name_relation",
    "pair_repaired", "township_name", "address_spelling", "address_county", "place_word",
    "pair_birth_place", "links_other", "open_row",
)  # fmt: skip
KIN = ("kin_row", "kin_near", "kin_edge", "kin_name", "kin_overloaded", "kin_two_step", "kin_link", "kin_closed")

# What a later night takes over as it is when only registers changed that nothing of this is made from.
TAKEN_OVER = ("link_person", "link_person_name", "kin_closed", "kin_overloaded")


def build_links(
    con: SqlConnection,
    contracts: Mapping[str, Contract],
    progress: Progress = lambda line: None,
    *,
    exact: Path | None = None,
    redo: Collection[str] | None = None,
) -> None:
    """Link every register row to the people on the roll, and to those off it that rules ask about.

    con: has a view `stg_<dataset>` per contract (docs/architecture.md section 3). Leaves the tables the SQL
    files of this folder name in it, replaced when present, and the view `links` (section 4) over `links_exact` and `links_other`.
    exact: a folder for the links of `links_exact`, a file per person column (transforms.linkage.files), so that no table holds the
    millions of them, and tables are dropped as soon as no later step reads them; only of DuckDB. redo: only the rows of these datasets;
    TAKEN_OVER are there already.
    progress is told each table before it is built. Raises LinkageError naming the table that could not be built.
    """
    roles = [role for role in person_roles(contracts) if redo is None or role.dataset in redo]
    with_deaths = redo is None or any(role.age_on for role in roles)
    ahead = [*PEOPLE, *REGISTERS, *PAIRS, *(KIN if redo is None else ())]
    made: list[str] = []

    def build(tables: Iterable[str]) -> None:
        for table in tables:
            progress(f"  linkage: {table}")
            replace_table(con, table, sql_text(table))
            if exact is not None and table in ahead:
                made.append(table)
                _drop_unread(con, made, ahead[ahead.index(table) + 1 :], with_deaths)

    _replace_pinyin(con)
    build(REFERENCE)
    build(table for table in PEOPLE if redo is None or table not in TAKEN_OVER)
    progress(f"  linkage: {len(roles)} person columns of {len({role.dataset for role in roles})} registers")
    _read_registers(con, roles, exact)
    build(PAIRS)
    if redo is None:
        build(KIN)
    if with_deaths:
        progress("  linkage: probabilistic tier")
        build_probabilistic(con, contracts)
    replace_view(con, "links", "SELECT * FROM links_exact UNION ALL SELECT * FROM links_other")


def _drop_unread(con: SqlConnection, made: list[str], ahead: Sequence[str], with_deaths: bool) -> None:
    """Drop those of the tables made that no step ahead reads and no file keeps: of a province they are gigabytes."""
    texts = [sql_text(table) for table in ahead]
    if with_deaths:
        texts += [path.read_text(encoding="utf-8") for path in (FOLDER / "probabilistic").glob("*.sql")]
    for table in set(made) - words_of(texts) - set(SNAPSHOT_TABLES):
        con.execute(f"DROP TABLE {table}")
        made.remove(table)


def link_again(
    con: SqlConnection,
    contracts: Mapping[str, Contract],
    earlier: Path,
    folder: Path,
    redo: Collection[str],
    progress: Progress = lambda line: None,
) -> None:
    """Fill a snapshot's folder of links: those of the datasets in `redo` (transforms.linkage.files.datasets_to_link) anew, all others from
    an earlier snapshot's folder."""
    roles = [role for role in person_roles(contracts) if role.dataset in redo]
    made: list[str] = []
    if roles:
        made = [*BY_DATASET, *(["link_weight"] if any(role.age_on for role in roles) else [])]
        take_over_people(con, earlier, TAKEN_OVER)
        build_links(con, contracts, progress, exact=folder / EXACT, redo=redo)
    take_over(earlier, folder, redo, made)
    write_links(con, folder, [dataset for dataset in registers(contracts) if dataset in redo], made)


def _read_registers(con: SqlConnection, roles: Sequence[PersonRole], exact: Path | None) -> None:
    """REGISTERS, from all person columns at once or, with a folder for the exact links, from one after the other."""
    if exact is None:
        replace_table(con, "register_mention", register_mention_sql(roles))
        for table in ("links_exact", "register_row"):
            replace_table(con, table, sql_text(table))
        return
    for number, role in enumerate(roles):
        # Joining twice costs less than keeping a register's links between the join and their file.
        replace_view(con, "register_mention", register_mention_sql([role]))
        write_exact(con, "register_mention", exact_file(exact, role.dataset, role.id_column))
        if number:
            add_rows(con, "register_row", sql_text("register_row"))
        else:
            replace_table(con, "register_row", sql_text("register_row"))
    con.execute("DROP VIEW register_mention")
    replace_view(con, "links_exact", exact_sql(exact))


@cache
def linkage_version() -> str:
    """Hash of everything that makes links: other code, SQL or model may give others. The report makes none."""
    return code_hash("transforms/linkage", without="report")


def register_mention_sql(roles: Iterable[PersonRole]) -> str:
    """The SELECT over person columns of registers, from register_mention.sql."""
    template = Template(sql_text("register_mention"))
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
        "look_further": "TRUE" if role.describes else f"length(r.{role.id_column}) >= 18",
    }


def _replace_pinyin(con: SqlConnection) -> None:
    con.register("pinyin_arrow", pinyin_table())
    try:
        replace_table(con, "ref_pinyin", "SELECT * FROM pinyin_arrow")
    finally:
        con.unregister("pinyin_arrow")
