"""How well and how fast register rows are linked to people.

    python -m benchmarks.linkage_evaluation quality            the drops of HEDUI_DROPS, methods side by side
    python -m benchmarks.linkage_evaluation parameters         m and u of the model's levels, as the drops show them
    python -m benchmarks.linkage_evaluation scale              50,000 open rows against 500,000 people (and half of each)

quality: links of confidence >= 0.9 on the rows of deaths and funerals against links.csv, recall over its strong rows, and the weak rows
that are at least a lead (>= 0.5). `exact join`: equal valid ID numbers. `splink defaults`: NameComparison, DateOfBirthComparison
and sex as the library ships them, u by seeded sampling, m by EM, blocked on name or birth date. `hedui`: this pipeline.
"""

from __future__ import annotations

import argparse
import csv
import logging
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks import linkage_scale
from data_contracts import load_contracts
from rules.engine.macros import create_macros
from transforms.core.run_database import EngineLimits
from transforms.intake import take_in
from transforms.linkage.probabilistic import load_model, tier
from transforms.linkage.runner import build_links
from transforms.staging import stage_inbox, staged_views
from transforms.staging.views import place_of

REGISTERS = ("deaths", "funerals")
SURE, LEAD = 0.9, 0.5

Key = tuple[str, str, str, int]
# (row of a register, person's ID number) → confidence
Links = dict[tuple[Key, str], float]


@dataclass(frozen=True)
class Truth:
    """links.csv: the person behind each row ('' = nobody on the roll) and how strong the true link is."""

    person: dict[Key, str]
    strength: dict[Key, str]


@dataclass(frozen=True)
class Quality:
    """One method on one register of one drop."""

    strong: int
    strong_found: int
    weak: int
    weak_sure: int
    weak_leads: int
    right: int
    wrong: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.strong_found / self.strong if self.strong else 1.0


def read_truth(folder: Path) -> Truth:
    """Read links.csv of a drop."""
    person, strength = {}, {}
    with (folder / "links.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["dataset"], Path(row["file"]).name, row["sheet"], int(row["row"]))
            person[key], strength[key] = row["roll_id_number"], row["strength"]
    return Truth(person, strength)


def measure(links: Links, truth: Truth, register: str) -> Quality:
    """Compare links with the truth, as score_links.py does: a link on a row without a true person is wrong."""
    best: dict[tuple[Key, str], float] = {
        k: v for k, v in links.items() if k[0][0] == register and k[0] in truth.person
    }
    sure = {k for k, confidence in best.items() if confidence >= SURE}
    leads = {k for k, confidence in best.items() if confidence >= LEAD}
    rows = [(key, person) for key, person in truth.person.items() if key[0] == register and person]
    strong = [pair for pair in rows if truth.strength[pair[0]] == "strong"]
    weak = [pair for pair in rows if truth.strength[pair[0]] == "weak"]
    right = {pair for pair in rows if pair in sure}
    return Quality(
        len(strong), sum(pair in sure for pair in strong), len(weak), sum(pair in sure for pair in weak),
        sum(pair in leads for pair in weak), len(right), len(sure - right),
    )  # fmt: skip


def stage(drop: Path, work: Path) -> duckdb.DuckDBPyConnection:
    """Take a drop in and open its staged registers in memory, linked."""
    contracts = load_contracts()
    intake = take_in(drop / "inbox", work / "raw")
    (work / "snapshots").mkdir()
    (work / "tmp").mkdir()
    snapshot = stage_inbox(intake, contracts, work / "snapshots", work / "tmp", limits=EngineLimits())
    con = duckdb.connect()
    create_macros(con)
    staged_views(con, snapshot, contracts)
    build_links(con, contracts)
    return con


def exact_join(con: duckdb.DuckDBPyConnection) -> Links:
    """Equal valid ID numbers, names not asked."""
    return _links(
        con,
        " UNION ALL ".join(
            f"SELECT '{d}' AS dataset, r._file, r._sheet, r._row, p.id_number, 1.0 AS confidence FROM stg_{d} AS r"
            " INNER JOIN link_person AS p ON p.id_key = r.id_number_key"
            for d in REGISTERS
        ),
    )


def hedui(con: duckdb.DuckDBPyConnection) -> Links:
    """The pipeline's links."""
    number, row = place_of("l._row_id")
    return _links(
        con,
        f"SELECT l.dataset, s._file, s._sheet, {row}, l.id_number, l.confidence FROM links AS l "
        f"INNER JOIN staged_sheet AS s ON s.dataset = l.dataset AND s.number = {number} WHERE l.on_roll",
    )


def splink_defaults(con: duckdb.DuckDBPyConnection) -> Links:
    """Splink's own name and date comparisons, trained on the drop itself."""
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)  # its hints about sample sizes would break up the table
    columns = "name, sex, birth_date"
    con.execute(
        "CREATE OR REPLACE TABLE default_rows AS "
        + " UNION ALL ".join(
            f"SELECT concat('{d}', _row_id) AS unique_id, {columns}, '{d}' AS dataset, _file, _sheet, _row, '' AS person FROM stg_{d}"
            for d in REGISTERS
        )
    )
    con.execute(
        f"CREATE OR REPLACE TABLE default_people AS SELECT person_key AS unique_id, {columns}, '' AS dataset, '' AS _file, "
        "'' AS _sheet, CAST(0 AS BIGINT) AS _row, id_number AS person FROM link_person"
    )
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.NameComparison("name"),
            cl.DateOfBirthComparison("birth_date", input_is_string=False),
            cl.ExactMatch("sex"),
        ],
        blocking_rules_to_generate_predictions=[block_on("name"), block_on("birth_date")],
    )
    api = DuckDBAPI(connection=con)
    names = {"default_rows": "a_rows", "default_people": "b_people"}
    linker = Linker([api.register(t, dataset_display_name=n) for t, n in names.items()], settings, log_level=None)
    linker.training.estimate_probability_two_random_records_match([block_on("name", "birth_date")], recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1_000_000, seed=1)
    for rule in (block_on("name"), block_on("birth_date")):
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
    scored = linker.inference.predict(threshold_match_probability=LEAD)
    return _links(
        con,
        "SELECT r.dataset, r._file, r._sheet, r._row, p.person, s.match_probability "
        f"FROM {scored.physical_name} AS s INNER JOIN default_rows AS r ON r.unique_id = s.unique_id_l "
        "INNER JOIN default_people AS p ON p.unique_id = s.unique_id_r",
    )


METHODS = {"exact join": exact_join, "splink defaults": splink_defaults, "hedui": hedui}


def print_quality(drops: Path) -> None:
    """The table of every method on every drop."""
    print(f"{'drop':18s}{'register':10s}{'method':17s}{'strong':>10s}{'recall':>8s}{'right':>7s}{'wrong':>7s}"
          f"{'precision':>10s}{'weak>=0.9':>11s}{'weak>=0.5':>11s}")  # fmt: skip
    for drop in sorted(path.parent for path in drops.glob("*/links.csv")):
        truth = read_truth(drop)
        with tempfile.TemporaryDirectory() as work:
            con = stage(drop, Path(work))
            found = {name: method(con) for name, method in METHODS.items()}
        for register in REGISTERS:
            for name, links in found.items():
                q = measure(links, truth, register)
                print(f"{drop.name:18s}{register:10s}{name:17s}{f'{q.strong_found}/{q.strong}':>10s}{q.recall:8.3f}{q.right:7d}{q.wrong:7d}"
                      f"{q.precision:10.3f}{f'{q.weak_sure}/{q.weak}':>11s}{f'{q.weak_leads}/{q.weak}':>11s}")  # fmt: skip


def print_parameters(drops: Path) -> None:
    """m over the pairs an equal ID number proves, u over every twentieth pair of an open row and a person; no truth is read."""
    for drop in sorted(path.parent for path in drops.glob("*/links.csv")):
        for side, prepare in (("m", _proven_pairs), ("u", _random_pairs)):
            with tempfile.TemporaryDirectory() as work:
                con = stage(drop, Path(work))
                prepare(con)
                tier.score_pairs(con, load_model())
                _print_levels(con, f"{drop.name} {side}")


def _proven_pairs(con: duckdb.DuckDBPyConnection) -> None:
    """Cremations whose number and name were a person's, put to the model as if they had no number."""
    con.execute(
        "CREATE OR REPLACE TABLE proven AS SELECT DISTINCT dataset, role, _row_id, person_key FROM links"
        " WHERE dataset = 'funerals' AND tier = 'id_exact' AND on_roll"
    )
    con.execute(
        "CREATE OR REPLACE TABLE open_row AS SELECT dataset, role, _row_id, CAST(NULL AS VARCHAR) AS shown_number,"
        " 'empty' AS id_status, name, sex, birth_date, birth_month_only, age, age_on, address, relative_name"
        " FROM register_row SEMI JOIN proven USING (dataset, role, _row_id)"
    )
    tier.build_candidates(con, load_contracts(), load_model())
    con.execute(
        "CREATE OR REPLACE TABLE prob_pair AS SELECT row_no, person_no, 'proven' AS rule FROM prob_row"
        " INNER JOIN proven USING (dataset, role, _row_id) INNER JOIN prob_person USING (person_key)"
    )


def _random_pairs(con: duckdb.DuckDBPyConnection) -> None:
    tier.build_candidates(con, load_contracts(), load_model())
    con.execute(
        "CREATE OR REPLACE TABLE prob_pair AS SELECT row_no, person_no, 'random' AS rule FROM prob_row, prob_person"
        " WHERE (row_no * 7919 + person_no * 104729) % 20 = 0"
    )


def _print_levels(con: duckdb.DuckDBPyConnection, title: str) -> None:
    for comparison in load_model().comparisons:
        rows = con.execute(
            f"SELECT v.id, count(*), count(*) / sum(count(*)) OVER () FROM prob_prediction AS s INNER JOIN prob_level AS v"
            f" ON v.comparison = '{comparison.name}' AND v.gamma = s.gamma_{comparison.name}"
            f" WHERE v.gamma >= 0 GROUP BY v.id ORDER BY 2 DESC, 1"
        ).fetchall()
        said = ", ".join(f"{level} {share:.3g} ({number})" for level, number, share in rows)
        print(f"{title} {comparison.name}: {said or 'nothing to compare'}")


def _links(con: duckdb.DuckDBPyConnection, sql: str) -> Links:
    found: Links = {}
    for dataset, file, sheet, row, person, confidence in con.execute(sql).fetchall():
        pair = ((dataset, Path(file).name, sheet or "", row), person)
        found[pair] = max(found.get(pair, 0.0), float(confidence))
    return found


def print_scale(sizes: Iterable[tuple[int, int]]) -> None:
    """Each size in a process of its own, so that its memory is its own."""
    print(f"{'open rows':>10s}{'people':>10s}{'pairs':>10s}{'links':>8s}{'seconds':>9s}{'peak MB':>9s}")
    for rows, people in sizes:
        subprocess.run([sys.executable, "-m", linkage_scale.__name__, str(rows), str(people)], check=True)


def main(argv: list[str] | None = None) -> int:
    """Run one of the measurements; see the module's text."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["quality", "parameters", "scale"], nargs="?", default="quality")
    parser.add_argument(
        "--drops", type=Path, default=os.environ.get("HEDUI_DROPS"), help="folder of the drops (HEDUI_DROPS)"
    )
    arguments = parser.parse_args(argv)
    if arguments.what == "scale":
        print_scale(linkage_scale.SIZES)
    elif arguments.drops is None:
        parser.error("name the folder of the drops with --drops or HEDUI_DROPS")
    elif arguments.what == "quality":
        print_quality(Path(arguments.drops))
    else:
        print_parameters(Path(arguments.drops))
    return 0


if __name__ == "__main__":
    sys.exit(main())
