"""What earlier published runs know: their findings and their roll.

A run knows the findings of the one before, and carries on what is to be known of all that were gone by then: findings come back after nights
without their register, and runs are removed by retention.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from transforms.values import literal

EMPTY_PREVIOUS = (
    "SELECT CAST(NULL AS VARCHAR) AS finding_id, CAST(NULL AS VARCHAR) AS evidence_hash, CAST(NULL AS DATE) AS first_seen, "
    "CAST(NULL AS VARCHAR) AS rule_id, CAST(NULL AS INTEGER) AS rule_version, CAST(NULL AS VARCHAR) AS subject_key, "
    "CAST(NULL AS VARCHAR) AS township_code, CAST(NULL AS VARCHAR) AS household_id, CAST(NULL AS VARCHAR) AS severity, "
    "CAST(NULL AS VARCHAR) AS evidence, CAST(NULL AS VARCHAR) AS state, CAST(NULL AS VARCHAR) AS match_tier, "
    "CAST(NULL AS DATE) AS event_date WHERE FALSE"
)
#: In a run's folder: finding_id, evidence_hash and first_seen of every finding an earlier run had and it has not.
EARLIER = "earlier_findings.parquet"
EMPTY_ROLL = (
    "SELECT CAST(NULL AS VARCHAR) AS household_id, CAST(NULL AS VARCHAR) AS township_code, CAST(NULL AS VARCHAR) AS benefit_type, "
    "CAST(NULL AS BIGINT) AS persons, CAST(NULL AS DECIMAL(18, 2)) AS yuan WHERE FALSE"
)


def load_previous_findings(con: duckdb.DuckDBPyConnection, previous_run: Path | None, *, as_view: bool = False) -> None:
    """Create previous_suspect (all columns a comparison needs) of the run before, and the view previous_finding (finding_id, evidence_hash,
    first_seen) of all runs before.

    as_view: read where they were published, for a run that looks at few of them.
    """
    source, known = EMPTY_PREVIOUS, "SELECT finding_id, evidence_hash, first_seen FROM previous_suspect"
    if previous_run is not None:
        path = str(previous_run / "suspects.parquet").replace("'", "''")
        source = (
            "SELECT finding_id, evidence_hash, first_seen, rule_id, rule_version, subject_key, township_code, household_id, severity, evidence, state, "
            "match_tier, event_date "
            f"FROM read_parquet('{path}')"
        )
        if (earlier := previous_run / EARLIER).exists():
            known += (
                f" UNION ALL SELECT finding_id, evidence_hash, first_seen FROM read_parquet({literal(str(earlier))})"
            )
    con.execute(f"CREATE OR REPLACE {'VIEW' if as_view else 'TABLE'} previous_suspect AS {source}")
    con.execute(f"CREATE OR REPLACE VIEW previous_finding AS {known}")


def write_earlier_findings(con: duckdb.DuckDBPyConnection, run_dir: Path) -> None:
    """Write EARLIER to a run's folder: all earlier runs know of the findings it does not have. Needs previous_finding and out_finding."""
    con.execute(
        "COPY (SELECT * FROM previous_finding AS p WHERE NOT EXISTS (SELECT 1 FROM out_finding AS f WHERE f.finding_id = p.finding_id)) "
        f"TO {literal(str(run_dir / EARLIER))} (FORMAT parquet, COMPRESSION zstd)"
    )


def load_previous_roll(con: duckdb.DuckDBPyConnection, previous_run: Path | None, only: str = "TRUE") -> None:
    """Create previous_roll: the active roll of the last run with another roll, by household and benefit (persons, yuan per month).

    only: SQL condition on that run's core_row, for the households this run needs. previous_roll_known(known): whether there was such a roll.
    """
    if previous_run is None:
        con.execute(f"CREATE OR REPLACE TABLE previous_roll AS {EMPTY_ROLL}")
        con.execute("CREATE OR REPLACE TABLE previous_roll_known AS SELECT FALSE AS known")
        return
    path = str(previous_run / "run.duckdb").replace("'", "''")
    con.execute(f"ATTACH '{path}' AS previous_run (READ_ONLY)")
    try:
        con.execute(
            "CREATE OR REPLACE TABLE previous_roll_known AS SELECT count(*) > 0 AS known FROM previous_run.core_row WHERE active"
        )
        con.execute(
            f"""
            CREATE OR REPLACE TABLE previous_roll AS
            SELECT household_id, min(township_code) AS township_code, benefit_type, count(DISTINCT person_key) AS persons,
                max(household_amount) AS yuan
            FROM previous_run.core_row WHERE active AND {only} GROUP BY household_id, benefit_type
            """
        )
    finally:
        con.execute("DETACH previous_run")
