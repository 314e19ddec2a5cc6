"""What earlier published runs know: their findings and their roll."""

from __future__ import annotations

from pathlib import Path

import duckdb

EMPTY_PREVIOUS = (
    "SELECT CAST(NULL AS VARCHAR) AS finding_id, CAST(NULL AS VARCHAR) AS evidence_hash, CAST(NULL AS DATE) AS first_seen, "
    "CAST(NULL AS VARCHAR) AS rule_id, CAST(NULL AS INTEGER) AS rule_version, CAST(NULL AS VARCHAR) AS subject_key, "
    "CAST(NULL AS VARCHAR) AS township_code, CAST(NULL AS VARCHAR) AS household_id, CAST(NULL AS VARCHAR) AS severity, "
    "CAST(NULL AS VARCHAR) AS evidence, CAST(NULL AS VARCHAR) AS state WHERE FALSE"
)
EMPTY_ROLL = (
    "SELECT CAST(NULL AS VARCHAR) AS household_id, CAST(NULL AS VARCHAR) AS township_code, CAST(NULL AS VARCHAR) AS benefit_type, "
    "CAST(NULL AS BIGINT) AS persons, CAST(NULL AS DECIMAL(18, 2)) AS yuan WHERE FALSE"
)


def load_previous_findings(con: duckdb.DuckDBPyConnection, previous_run: Path | None, *, as_view: bool = False) -> None:
    """Create previous_suspect (all columns a comparison needs) and the view previous_finding (finding_id, evidence_hash, first_seen).

    as_view: read where they were published, for a run that looks at few of them.
    """
    source = EMPTY_PREVIOUS
    if previous_run is not None:
        path = str(previous_run / "suspects.parquet").replace("'", "''")
        source = (
            "SELECT finding_id, evidence_hash, first_seen, rule_id, rule_version, subject_key, township_code, household_id, severity, evidence, state "
            f"FROM read_parquet('{path}')"
        )
    con.execute(f"CREATE OR REPLACE {'VIEW' if as_view else 'TABLE'} previous_suspect AS {source}")
    con.execute(
        "CREATE OR REPLACE VIEW previous_finding AS SELECT finding_id, evidence_hash, first_seen FROM previous_suspect"
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
