"""Draws the households of the spot check (启东 2021 二（二）2: 20 %, 整村; 城步 2017: 30 %, marked villages
whole) from a published run.

The same run, seed and request give the same households, whatever order the roll's rows come in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

FOLDER = Path(__file__).parent
FULL, RANDOM, VILLAGE, EXTRA = "整村必查", "随机抽取", "整村抽取", "补充抽取"
METHODS = (FULL, VILLAGE, RANDOM, EXTRA)
CHECKED_TYPES_NOTE = "一户享受几类救助的，在各类中都计入。"


@dataclass(frozen=True)
class SampleRequest:
    """What to draw: `fractions` by township code (0 to 1), the seed, whole villages or single households,
    clean households on top.
    """

    fractions: Mapping[str, Decimal]
    seed: int
    whole_village: bool = False
    include_unflagged: bool = False


@dataclass(frozen=True)
class Coverage:
    """One benefit type in one township: households on the roll, of them in villages checked whole, drawn,
    drawn without any finding.
    """

    benefit_type: str
    households: int
    in_full_villages: int
    drawn: int
    clean: int
    clean_drawn: int

    @property
    def share(self) -> float:
        """Drawn of all."""
        return self.drawn / self.households if self.households else 0.0


@dataclass(frozen=True)
class TownshipSample:
    """What was drawn in a township: its coverage by benefit type, the villages taken whole (name, method),
    and the households to visit.
    """

    township_code: str
    township_name: str
    county_name: str
    fraction: Decimal
    coverage: tuple[Coverage, ...]
    villages: tuple[tuple[str, str, int], ...]
    households: tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Draw:
    """The whole draw, by township."""

    request: SampleRequest
    townships: tuple[TownshipSample, ...]


def draw_sample(con: duckdb.DuckDBPyConnection, request: SampleRequest) -> Draw:
    """Draw the spot check from a run's tables (core_row, core_household, core_member, core_township,
    raw_finding, stg_townships).

    Of each benefit type and township, ceil(fraction × households) outside the villages checked whole are
    drawn, or whole villages in the order of their lots until each benefit type reaches that number; villages
    with none of what is still lacking are passed over. Villages marked full_check are in it whole and do not
    count for the fraction. Creates temporary tables only.
    """
    # Decimal: 7 % of 100 households are 7, not 7.000000000000001 and hence 8.
    fractions = [f.quantize(Decimal("0.000001")) for f in request.fractions.values()]
    con.register(
        "sample_fraction",
        pa.table({"township_code": list(request.fractions), "fraction": pa.array(fractions, pa.decimal128(9, 6))}),
    )
    try:
        _run(con, "population.sql", {"seed": str(request.seed)})
        if request.whole_village:
            _draw_villages(con, request)
        else:
            _run(con, "households.sql", {})
        con.execute(
            f"INSERT INTO sample_drawn SELECT DISTINCT township_code, household_id, '{FULL}' FROM "
            "sample_population WHERE full_check"
        )
        if request.include_unflagged:
            _run(con, "unflagged.sql", {})
        return Draw(
            request,
            tuple(
                _township(con, request, *row)
                for row in con.execute(
                    "SELECT township_code, township_name, county_name FROM core_township "
                    "WHERE township_code IN (SELECT township_code FROM sample_population) ORDER BY 1"
                ).fetchall()
            ),
        )
    finally:
        con.unregister("sample_fraction")


def _run(con: duckdb.DuckDBPyConnection, name: str, values: Mapping[str, Any]) -> None:
    for statement in con.extract_statements((FOLDER / name).read_text(encoding="utf-8")):
        con.execute(statement, {k: values[k] for k in statement.named_parameters})


def _draw_villages(con: duckdb.DuckDBPyConnection, request: SampleRequest) -> None:
    """sample_drawn by whole villages, in the order of a lot each."""
    con.execute(
        "CREATE OR REPLACE TEMP TABLE sample_drawn (township_code VARCHAR, household_id VARCHAR, method VARCHAR)"
    )
    rows = con.execute(
        "SELECT township_code, village, benefit_type, count(*) FROM sample_population WHERE NOT full_check "
        "GROUP BY township_code, village, benefit_type ORDER BY township_code, md5(concat_ws('|', ?, "
        "township_code, village)), village, benefit_type",
        [str(request.seed)],
    ).fetchall()
    townships: dict[str, dict[str, dict[str, int]]] = {}
    for township, village, benefit, households in rows:
        townships.setdefault(township, {}).setdefault(village, {})[benefit] = households
    chosen = [(t, v) for t, villages in townships.items() for v in villages_until(villages, request.fractions[t])]
    if chosen:
        drawn = pa.table({"township_code": [t for t, _ in chosen], "village": [v for _, v in chosen]})
        con.register("sample_chosen", drawn)
        con.execute(
            f"INSERT INTO sample_drawn SELECT DISTINCT p.township_code, p.household_id, '{VILLAGE}' FROM "
            "sample_population AS p "
            "INNER JOIN sample_chosen AS c ON c.township_code = p.township_code AND c.village = p.village"
        )
        con.unregister("sample_chosen")


def villages_until(villages: Mapping[str, Mapping[str, int]], fraction: Decimal) -> list[str]:
    """The first villages, in the order given, until each benefit type reaches its share; those with none of
    what lacks are passed over.

    `villages`: households by benefit type, by village.
    """
    lacking: dict[str, int] = {}
    for counts in villages.values():
        for benefit, households in counts.items():
            lacking[benefit] = lacking.get(benefit, 0) + households
    lacking = {benefit: ceil(households * fraction) for benefit, households in lacking.items()}
    chosen = []
    for village, counts in villages.items():
        if any(lacking[benefit] > 0 for benefit in counts):
            chosen.append(village)
            for benefit, households in counts.items():
                lacking[benefit] -= households
    return chosen


def _township(
    con: duckdb.DuckDBPyConnection, request: SampleRequest, code: str, name: str, county: str
) -> TownshipSample:
    coverage = con.execute(
        """
        SELECT p.benefit_type, count(*), count(*) FILTER (WHERE p.full_check), count(d.household_id),
            count(*) FILTER (WHERE NOT p.flagged), count(d.household_id) FILTER (WHERE NOT p.flagged)
        FROM sample_population AS p
        LEFT JOIN sample_drawn AS d ON d.township_code = p.township_code AND d.household_id = p.household_id
        WHERE p.township_code = ? GROUP BY 1 ORDER BY 1
        """,
        [code],
    ).fetchall()
    villages = con.execute(
        f"""
        SELECT v.village, '{FULL}', count(DISTINCT p.household_id)
        FROM sample_village AS v
        LEFT JOIN sample_population AS p ON p.township_code = v.township_code AND v.village IN (p.village, '')
        WHERE v.township_code = $code GROUP BY 1
        UNION ALL
        SELECT p.village, d.method, count(DISTINCT p.household_id)
        FROM sample_population AS p
        INNER JOIN sample_drawn AS d ON d.township_code = p.township_code AND d.household_id = p.household_id
        WHERE p.township_code = $code AND d.method = '{VILLAGE}' GROUP BY ALL ORDER BY 2 DESC, 1
        """,
        {"code": code},
    ).fetchall()
    return TownshipSample(
        code,
        name,
        county,
        request.fractions[code],
        tuple(Coverage(*row) for row in coverage),
        tuple(villages),
        tuple(_households(con, code)),
    )


def _households(con: duckdb.DuckDBPyConnection, code: str) -> list[dict[str, Any]]:
    cursor = con.execute((FOLDER / "visits.sql").read_text(encoding="utf-8"), {"code": code})
    names = [column[0] for column in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
