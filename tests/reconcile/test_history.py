"""What a run knows of those before it."""

from __future__ import annotations

from pathlib import Path

import duckdb

from transforms.reconcile.history import load_previous_findings, write_earlier_findings


def night(folder: Path, previous: Path | None, *found: str) -> dict[str, str]:
    """A run that found these, published as far as later ones read it; what it knew: finding → the day it was first seen."""
    folder.mkdir()
    with duckdb.connect() as con:
        load_previous_findings(con, previous)
        known = {
            finding: str(day)
            for finding, day in con.execute("SELECT finding_id, first_seen FROM previous_finding").fetchall()
        }
        seen = ", ".join(f"('{finding}', DATE '{known.get(finding, folder.name)}')" for finding in found)
        con.execute("CREATE TABLE out_finding AS SELECT * FROM previous_suspect LIMIT 0")
        if seen:
            con.execute(f"INSERT INTO out_finding BY NAME SELECT * FROM (VALUES {seen}) AS v(finding_id, first_seen)")
        con.execute(f"COPY out_finding TO '{folder / 'suspects.parquet'}' (FORMAT parquet)")
        write_earlier_findings(con, folder)
    return known


def test_what_was_found_once_is_known_through_nights_without_it(tmp_path):
    days = [tmp_path / f"2021-07-0{n}" for n in range(1, 6)]
    night(days[0], None, "A", "B")
    night(days[1], days[0], "B")
    night(days[2], days[1])
    assert night(days[3], days[2], "A") == {"A": "2021-07-01", "B": "2021-07-01"}
    assert night(days[4], days[3]) == {"A": "2021-07-01", "B": "2021-07-01"}, "each once"
