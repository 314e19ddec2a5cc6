"""What the linkage report shows, read from the tables of a run. Names leave this module masked; ID numbers never do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from transforms.linkage.probabilistic.waterfall import link_waterfall
from transforms.staging.views import place_of

Con = duckdb.DuckDBPyConnection

SURE, LEAD = 0.9, 0.5
EXAMPLES = 5
BINS = 20
# The registers whose rows are linked by more than their number; the examples and the chart are theirs.
DESCRIBED = ("deaths", "funerals")
TIERS = {
    "id_exact": "号码相同",
    "id_exact_name_conflict": "号码相同、姓名不同",
    "id_repaired": "号码修复后相同",
    "name_birth_place": "姓名、出生日期、住址相同",
    "probabilistic": "概率模型",
}


@dataclass(frozen=True)
class RegisterLine:
    """Rows of one person column of one register, each counted at its best link to somebody on the roll."""

    dataset: str
    role: str
    rows: int
    sure: int
    lead: int

    @property
    def unlinked(self) -> int:
        return self.rows - self.sure - self.lead


@dataclass(frozen=True)
class TierLine:
    """Links of one register and tier by confidence: 0.9 and up, 0.5 to 0.9, below 0.5."""

    dataset: str
    role: str
    tier: str
    sure: int
    lead: int
    below: int


@dataclass(frozen=True)
class Example:
    """One link, masked: where its row is, both names, the confidence, and the waterfall of a probabilistic one."""

    dataset: str
    place: str
    tier: str
    confidence: float
    name: str
    person_name: str
    steps: Sequence[dict[str, Any]]


def read_registers(con: Con) -> list[RegisterLine]:
    """Every register and role with a link, in order of dataset and role."""
    roles = con.execute("SELECT DISTINCT dataset, role FROM links ORDER BY ALL").fetchall()
    best = {
        (dataset, role): (sure, lead)
        for dataset, role, sure, lead in con.execute(
            f"""
            WITH best AS (
                SELECT dataset, role, _row_id, max(confidence) AS confidence
                FROM links WHERE on_roll GROUP BY dataset, role, _row_id
            )
            SELECT dataset, role, count(*) FILTER (confidence >= {SURE}),
                count(*) FILTER (confidence >= {LEAD} AND confidence < {SURE})
            FROM best GROUP BY dataset, role
            """
        ).fetchall()
    }
    rows = {dataset: _rows_in(con, dataset) for dataset in sorted({d for d, _ in roles})}
    return [RegisterLine(d, role, rows[d], *best.get((d, role), (0, 0))) for d, role in roles]


def read_tiers(con: Con) -> list[TierLine]:
    """Links to people on the roll per register, role and tier."""
    order = list(TIERS)
    rows = con.execute(
        f"""
        SELECT dataset, role, tier, count(*) FILTER (confidence >= {SURE}),
            count(*) FILTER (confidence >= {LEAD} AND confidence < {SURE}), count(*) FILTER (confidence < {LEAD})
        FROM links WHERE on_roll GROUP BY dataset, role, tier
        """
    ).fetchall()
    return sorted((TierLine(*row) for row in rows), key=lambda x: (x.dataset, x.role, order.index(x.tier)))


def read_histogram(con: Con) -> list[tuple[float, int, int]]:
    """(lower bound, links of the deterministic tiers, links of the probabilistic tier) of DESCRIBED, in steps of 1/BINS."""
    rows = con.execute(
        f"""
        SELECT least(CAST(floor(confidence * {BINS} + 0.000001) AS INTEGER), {BINS - 1}) AS bin,
            count(*) FILTER (tier <> 'probabilistic'), count(*) FILTER (tier = 'probabilistic')
        FROM links WHERE on_roll AND list_contains(?, dataset) GROUP BY bin
        """,
        [list(DESCRIBED)],
    ).fetchall()
    found = {number: (sure, model) for number, sure, model in rows}
    return [(i / BINS, *found.get(i, (0, 0))) for i in range(BINS)]


def weakest_accepted(con: Con) -> list[Example]:
    """The links of 0.9 and up that were nearest to being refused, of DESCRIBED; probabilistic ones first among equals."""
    return _examples(con, f"confidence >= {SURE}", "confidence, tier <> 'probabilistic'")


def strongest_leads(con: Con) -> list[Example]:
    """The links nearest below 0.9 that the model alone would have let pass, of DESCRIBED."""
    return _examples(con, f"confidence >= {LEAD} AND confidence < {SURE}", "confidence DESC, tier <> 'probabilistic'")


def strongest_refused(con: Con) -> list[Example]:
    """The links nearest below 0.5, of DESCRIBED."""
    return _examples(con, f"confidence < {LEAD}", "confidence DESC, tier <> 'probabilistic'")


def masked_name(name: str | None) -> str:
    """The first character of a name, the others starred (middle dots stay)."""
    if not name:
        return "（无）"
    return name[0] + "".join("·" if ch == "·" else "＊" for ch in name[1:])


def _examples(con: Con, condition: str, order: str) -> list[Example]:
    number, row = place_of("l._row_id")
    rows = con.execute(
        f"""
        SELECT l.dataset, l.role, l._row_id, s._file, s._sheet, {row}, l.tier, l.confidence, l.person_key
        FROM links AS l INNER JOIN staged_sheet AS s ON s.dataset = l.dataset AND s.number = {number}
        WHERE l.on_roll AND list_contains(?, l.dataset) AND {condition}
        ORDER BY {order}, l.dataset, l._row_id, l.person_key LIMIT {EXAMPLES}
        """,
        [list(DESCRIBED)],
    ).fetchall()
    return [_example(con, *row) for row in rows]


def _example(  # noqa: PLR0913  one parameter per column of the row above
    con: Con,
    dataset: str,
    role: str,
    row_id: int,
    file: str,
    sheet: str,
    row: int,
    tier: str,
    confidence: float,
    person: str,
) -> Example:
    names = con.execute(f"SELECT name FROM stg_{dataset} WHERE _row_id = ?", [row_id]).fetchall()
    people = con.execute("SELECT name FROM link_person WHERE person_key = ?", [person]).fetchall()
    steps = [
        link["steps"]
        for link in link_waterfall(con, dataset, [row_id])
        if link["person_key"] == person and link["role"] == role
    ]
    place = " ".join(x for x in (file, sheet, f"第{row}行") if x)
    name, person_name = (masked_name(found[0][0] if found else None) for found in (names, people))
    return Example(dataset, place, tier, confidence, name, person_name, steps[0] if steps else ())


def _rows_in(con: Con, dataset: str) -> int:
    return int(con.execute(f"SELECT count(*) FROM stg_{dataset}").fetchall()[0][0])
