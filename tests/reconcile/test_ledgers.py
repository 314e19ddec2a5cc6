"""Roll, finance and archive side by side: what is compared with the archive and what is not."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pytest

from transforms.publish.workbooks.reconciliation import ARCHIVE_DIFFERENCE
from transforms.reconcile.build import create_table

TOWN = "320681101"
TABLES = f"""
CREATE TABLE core_row (household_id VARCHAR, benefit_type VARCHAR, person_key VARCHAR, household_amount DECIMAL(18, 2), active BOOLEAN,
    is_dibao BOOLEAN, is_tekun BOOLEAN, is_low_income BOOLEAN, _row_id BIGINT, repeated BOOLEAN);
CREATE TABLE core_payment (household_id VARCHAR, item VARCHAR, township_code VARCHAR, persons INTEGER, amount_paid DECIMAL(18, 2), is_latest BOOLEAN,
    succeeded BOOLEAN);
CREATE TABLE param_benefit_items (township_code VARCHAR, key VARCHAR, value VARCHAR);
CREATE TABLE stg_archives (household_id VARCHAR, persons INTEGER, household_amount DECIMAL(18, 2));
CREATE VIEW core_household_place AS SELECT household_id, '{TOWN}' AS township_code FROM core_row
    UNION SELECT household_id, '{TOWN}' FROM stg_archives;
CREATE TABLE core_township AS SELECT '{TOWN}' AS township_code, '320681' AS county_code;
CREATE TABLE core_ctx (latest_pay_month INTEGER, archives_arrived BOOLEAN);
"""


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """One township, one household per benefit, none of them paid yet."""
    connection = duckdb.connect()
    connection.execute(TABLES)
    for number, (benefit, dibao, tekun, low) in enumerate(
        (("农村低保", 1, 0, 0), ("特困供养", 0, 1, 0), ("低收入家庭", 0, 0, 1), ("精减退职", 0, 0, 0)), start=1
    ):
        connection.execute(
            "INSERT INTO core_row VALUES (?, ?, 'p', 500, TRUE, ?, ?, ?, ?, TRUE)",
            [f"h{number}", benefit, bool(dibao), bool(tekun), bool(low), number],
        )
    connection.execute("INSERT INTO core_ctx VALUES (NULL, TRUE)")
    yield connection
    connection.close()


def archive_side(con: duckdb.DuckDBPyConnection, level: str = "household") -> dict[str, tuple]:
    """(difference as the lists show it, reason) by benefit."""
    create_table(con, "recon_ledgers")
    rows = con.execute(f"SELECT benefit_type, {ARCHIVE_DIFFERENCE}, reason FROM recon_ledgers WHERE level = '{level}'")
    return {benefit: (None if diff is None else float(diff), reason) for benefit, diff, reason in rows.fetchall()}


def test_only_benefits_that_have_archives_lack_one(con):
    con.execute("INSERT INTO stg_archives VALUES ('h1', 1, 480)")
    assert archive_side(con) == {
        "农村低保": (-20.0, "档案金额与花名册不一致"),
        "特困供养": (-500.0, "花名册在享而无档案"),
        "低收入家庭": (None, None),
        "精减退职": (None, None),
    }
    assert archive_side(con, "county") == {
        "农村低保": (-20.0, "1户不一致"),
        "特困供养": (-500.0, "1户不一致"),
        "低收入家庭": (None, None),
        "精减退职": (None, None),
    }


def test_an_archive_that_is_there_is_compared_whatever_the_benefit(con):
    con.execute("INSERT INTO stg_archives VALUES ('h3', 2, 500), ('h9', 1, 100)")
    found = archive_side(con)
    assert found["低收入家庭"] == (0.0, "档案人数与花名册不一致")
    assert found["档案户不在册"] == (100.0, "有档案而花名册无在享记录")
    assert found["精减退职"] == (None, None)


def test_without_archives_nothing_is_compared_with_them(con):
    con.execute("UPDATE core_ctx SET archives_arrived = FALSE")
    assert set(archive_side(con).values()) == {(None, None)}
