"""Links as files of a snapshot's folder: written, taken over from an earlier snapshot as far as what they rest on is unchanged, and read.

exact/<dataset>.<role>.parquet                  links_exact of one person column
links_other/<dataset>.parquet, open_row/<dataset>.parquet   the rows of one register
link_weight, link_person, link_person_name, kin_closed, kin_link, kin_overloaded .parquet
version                                         what made them
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from pathlib import Path

from data_contracts import Contract
from transforms.engines import SqlConnection
from transforms.intake.sql import parquet_files_literal, path_literal
from transforms.linkage.roles import person_roles
from transforms.linkage.tables import replace_view, sql_text, write_file
from transforms.sql_words import words_of
from transforms.staging.model import SnapshotFormatError, take_file

EXACT = "exact"
VERSION = "version"
#: Of register rows: a folder each, with a file per dataset; those of unchanged datasets are taken over.
BY_DATASET = ("links_other", "open_row")
#: Of people and of the tier of deaths; taken over whole.
WHOLE = ("link_person", "link_person_name", "kin_closed", "kin_link", "kin_overloaded", "link_weight")
SNAPSHOT_TABLES = (*BY_DATASET, *WHOLE)
# The columns of links_exact that a file's name does not say: a valid number that is a person's is the person's key.
_KEPT = "_row_id, person_key, household_id, on_roll, plain_relation"


def exact_file(folder: Path, dataset: str, role: str) -> Path:
    """Where the exact links of one person column lie."""
    return folder / f"{dataset}.{role}.parquet"


def write_exact(con: SqlConnection, source: str, path: Path) -> None:
    """Write those rows of `source` (as register_mention has them) that are exact links, as they come."""
    write_file(con, f"SELECT {_KEPT} FROM {source} WHERE plain_relation IS NOT NULL", path)


def split_exact(con: SqlConnection, table: str, folder: Path, contracts: Mapping[str, Contract]) -> None:
    """Write a table of exact links as the files of its person columns."""
    for role in person_roles(contracts):
        asked = f"dataset = '{role.dataset}' AND role = '{role.id_column}'"
        rows = f"(SELECT *, name_relation AS plain_relation FROM {table} WHERE {asked})"
        write_exact(con, rows, exact_file(folder, role.dataset, role.id_column))


def exact_sql(folder: Path, dataset: str = "*") -> str:
    """links_exact of one dataset, or of all, from its files. '' where there is none."""
    return " UNION ALL ".join(_read_exact(path) for path in sorted(folder.glob(f"{dataset}.*.parquet")))


def write_links(
    con: SqlConnection, folder: Path, datasets: Iterable[str], made: Iterable[str] = SNAPSHOT_TABLES
) -> None:
    """Write tables of this stage that later stages read; of BY_DATASET the rows of the datasets given."""
    for table in made:
        if table not in BY_DATASET:
            write_file(con, f"FROM {table}", folder / f"{table}.parquet")
            continue
        (folder / table).mkdir(exist_ok=True)
        for dataset in datasets:
            write_file(con, f"FROM {table} WHERE dataset = '{dataset}'", folder / table / f"{dataset}.parquet")


def link_views(folder: Path, datasets: Iterable[str]) -> dict[str, str]:
    """Name → SELECT of what a run reads of a snapshot's links: `links`, its part `links_<dataset>` of each register, and the other tables.

    Raises SnapshotFormatError when another version wrote it.
    """
    if not (folder / "kin_link.parquet").is_file():
        raise SnapshotFormatError(
            f"snapshot {folder.parent.name} was linked by another version of hedui; the next `hedui run` makes a new one"
        )
    views = {table: table_sql(folder, table) for table in SNAPSHOT_TABLES}
    for dataset in datasets:
        # None where the contract is newer than the snapshot.
        own = folder / "links_other" / f"{dataset}.parquet"
        other = _read(path_literal(own)) if own.exists() else "SELECT * FROM links_other WHERE FALSE"
        views[f"links_{dataset}"] = " UNION ALL ".join(filter(None, (exact_sql(folder / EXACT, dataset), other)))
    views["links"] = " UNION ALL ".join(filter(None, (exact_sql(folder / EXACT), "SELECT * FROM links_other")))
    return views


def table_sql(folder: Path, table: str) -> str:
    """The SELECT of one of SNAPSHOT_TABLES from its files."""
    in_parts = table in BY_DATASET
    return _read(parquet_files_literal(folder / table) if in_parts else path_literal(folder / f"{table}.parquet"))


def _read(files: str) -> str:
    return f"SELECT * FROM read_parquet({files}, hive_partitioning = false)"


def datasets_to_link(
    earlier: Path | None, changed: Collection[str], contracts: Mapping[str, Contract], version: str
) -> frozenset[str] | None:
    """The registers whose rows must be linked again beside an earlier snapshot's links; None: everything must.

    Everything rests on the people, so on every dataset a step of this stage reads by its name. Deaths compete with each other across the
    registers that tell of them: one of those changed, all are linked again.
    """
    if earlier is None or not (earlier / VERSION).exists() or (earlier / VERSION).read_text("utf-8") != version:
        return None
    if _people_rest_on().intersection(changed):
        return None
    of_deaths = {role.dataset for role in person_roles(contracts) if role.age_on}
    return frozenset(changed) | (of_deaths if of_deaths.intersection(changed) else set())


def take_over_people(con: SqlConnection, earlier: Path, tables: Iterable[str]) -> None:
    """Views of an earlier snapshot's tables."""
    for table in tables:
        replace_view(con, table, table_sql(earlier, table))


def take_over(earlier: Path, folder: Path, redone: Collection[str], made: Collection[str]) -> None:
    """Add to `folder` what an earlier snapshot linked of the datasets not redone, and its whole tables but those in `made`."""
    for path in (earlier / EXACT).glob("*.parquet"):
        if path.name.split(".")[0] not in redone:
            take_file(path, folder / EXACT / path.name)
    for table in WHOLE:
        if table not in made:
            take_file(earlier / f"{table}.parquet", folder / f"{table}.parquet")
    for table in BY_DATASET:
        (folder / table).mkdir(exist_ok=True)
        for path in (earlier / table).glob("*.parquet"):
            if path.stem not in redone:
                take_file(path, folder / table / path.name)


def _people_rest_on() -> set[str]:
    texts = (path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("*.sql"))
    return {word.removeprefix("stg_") for word in words_of(texts) if word.startswith("stg_")}


def _read_exact(path: Path) -> str:
    dataset, role = path.name.split(".")[:2]
    rows = f"SELECT '{dataset}' AS dataset, '{role}' AS role, person_key AS id_number, * FROM read_parquet({path_literal(path)})"
    return sql_text("links_exact").replace("FROM register_mention", f"FROM ({rows}) AS register_mention")
