"""What of a finding a decision vouches for: the evidence hash."""

from __future__ import annotations

from itertools import pairwise

import duckdb
import pytest

from rules.engine.findings import FOLDER

TABLES = """
CREATE TABLE placed_finding (rule_id VARCHAR, subject_key VARCHAR, severity VARCHAR, township_code VARCHAR, village VARCHAR, household_id VARCHAR,
    head_name VARCHAR, id_number VARCHAR, name VARCHAR, benefit_type VARCHAR, match_tier VARCHAR, match_confidence DOUBLE, amount_at_risk DECIMAL(18, 2),
    event_date DATE, contradictions VARCHAR, besides VARCHAR, explanation VARCHAR);
CREATE TABLE finding_rule AS SELECT 'r' AS rule_id, 1 AS rule_version, 't' AS rule_title, 'medium' AS default_severity, 'household' AS subject, 'rule' AS amount,
    CAST(NULL AS VARCHAR) AS caveat;
CREATE TABLE evidence_item AS SELECT 'r' AS rule_id, 'H1' AS subject_key, 'benefit_roll' AS dataset, 'f' AS file, '' AS sheet, 2 AS row,
    CAST('{"household_id":"H1"}' AS JSON) AS shown, 1 AS copy;
CREATE TABLE core_township (township_code VARCHAR, township_name VARCHAR);
CREATE TABLE also_township (rule_id VARCHAR, subject_key VARCHAR, also_townships VARCHAR[]);
CREATE TABLE paid_amount (rule_id VARCHAR, subject_key VARCHAR, amount DECIMAL(18, 2));
CREATE TABLE standard_amount (rule_id VARCHAR, subject_key VARCHAR, amount DECIMAL(18, 2));
CREATE TABLE core_ctx AS SELECT DATE '2021-07-31' AS as_of;
CREATE TABLE previous_finding (finding_id VARCHAR, evidence_hash VARCHAR, first_seen DATE);
CREATE TABLE current_decision (finding_id VARCHAR, outcome VARCHAR, evidence_hash VARCHAR, decided_on DATE, expires_on DATE);
SET VARIABLE run_id = 'run';
"""


@pytest.fixture
def con():
    with duckdb.connect() as connection:
        connection.execute(TABLES)
        yield connection


def found(con: duckdb.DuckDBPyConnection, besides: str | None) -> tuple[str, str, str]:
    """(finding_id, evidence_hash, state) of the one finding."""
    con.execute("DELETE FROM placed_finding")
    con.execute(
        "INSERT INTO placed_finding BY NAME SELECT 'r' AS rule_id, 'H1' AS subject_key, ? AS besides", [besides]
    )
    con.execute((FOLDER / "out_finding.sql").read_text(encoding="utf-8"))
    return con.execute("SELECT finding_id, evidence_hash, state FROM out_finding").fetchall()[0]


def test_a_decision_about_one_missing_month_does_not_settle_the_next(con):
    finding_id, evidence_hash, _ = found(con, "2021-06")
    con.execute(
        "INSERT INTO current_decision VALUES (?, '不属实', ?, '2021-07-01', '2022-07-01')", [finding_id, evidence_hash]
    )
    assert [found(con, month)[2] for month in ("2021-06", "2021-07")] == ["decided", "reopened"]


def test_the_hash_covers_what_no_row_says_and_is_as_it_was_without(con):
    hashes = [found(con, besides)[1] for besides in (None, "2021-06", "2021-07")]
    assert all(one != other for one, other in pairwise(hashes))
    facts = con.execute("SELECT md5('benefit_roll' || '{\"household_id\":\"H1\"}')").fetchall()[0][0]
    assert hashes[0] == con.execute("SELECT md5('medium||' || ?)", [facts]).fetchall()[0][0]
