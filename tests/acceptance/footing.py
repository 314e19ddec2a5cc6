"""Whether the reconciliation tables of a run add up, from household to township to county and against what they were made from."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.acceptance.drop import Checked

KEYS = {
    "recon_ledgers": "benefit_type",
    "recon_movement": "benefit_type",
    "recon_outcomes": "outcome",
    "recon_suspects_by_rule": "rule_id, severity",
    "recon_intake": "kind",
}
PLACES = ("level", "county_code", "township_code", "household_id")
NUMBERS = ("BIGINT", "INTEGER", "DECIMAL(18,2)")


def assert_foots(checked: Checked) -> None:
    """Every table: a township is the sum of its households, a county of its townships."""
    for table, key in KEYS.items():
        described = {row[0]: row[1] for row in checked.query(f"DESCRIBE {table}")}
        assert set(PLACES) <= set(described), table
        sums = ", ".join(f'sum("{name}")' for name, kind in described.items() if kind in NUMBERS)
        where = "WHERE kind = 'quality'" if table == "recon_intake" else ""
        by = f"SELECT county_code, township_code, {key}, {sums} FROM {table} {where}"
        households, townships = (
            _rows(checked, f"{by} {'AND' if where else 'WHERE'} level = '{level}' GROUP BY ALL") for level in PLACES_OF
        )
        assert households == townships, table
        by_county = f"SELECT county_code, {key}, {sums} FROM {table} {where} {'AND' if where else 'WHERE'} level = "
        assert _rows(checked, f"{by_county} 'township' GROUP BY ALL") == _rows(
            checked, f"{by_county} 'county' GROUP BY ALL"
        ), table
        unplaced = f"SELECT count(*) FROM {table} {where} {'AND' if where else 'WHERE'} (county_code IS NULL OR (level <> 'county') <> (township_code IS NOT NULL))"
        assert _one(checked, unplaced) == 0, table


PLACES_OF = ("household", "township")


def assert_complete(checked: Checked) -> None:
    """Nothing of the roll, the payments, the archives, the findings or the files is missing from the tables."""
    ledgers = {row[0]: row[1] for row in checked.query(
        "UNPIVOT (SELECT sum(roll_persons) roll_persons, sum(roll_yuan) roll_yuan, sum(paid_yuan) paid_yuan, sum(archive_yuan) archive_yuan, "
        "sum(roll_households) roll_households FROM recon_ledgers WHERE level = 'county') ON COLUMNS(*)")}  # fmt: skip
    benefits = "SELECT household_id, benefit_type, max(household_amount) AS yuan, count(DISTINCT person_key) AS persons FROM core_row WHERE active GROUP BY 1, 2"
    assert ledgers["roll_yuan"] == _one(checked, f"SELECT sum(yuan) FROM ({benefits})")
    assert ledgers["roll_persons"] == _one(checked, f"SELECT sum(persons) FROM ({benefits})")
    assert ledgers["roll_households"] == _one(checked, f"SELECT count(*) FROM ({benefits})")
    assert ledgers["paid_yuan"] == _one(
        checked, "SELECT sum(amount_paid) FROM core_payment WHERE is_latest AND succeeded"
    )
    assert _one(checked, "SELECT count(*) FROM core_payment") == _one(checked, "SELECT count(*) FROM stg_payments")
    assert ledgers["archive_yuan"] == _one(
        checked,
        "SELECT sum(yuan) FROM (SELECT max(household_amount) AS yuan FROM stg_archives WHERE household_id IS NOT NULL GROUP BY household_id)",
    )
    active = _one(checked, "SELECT count(*) FROM core_row WHERE active")
    assert active > 0
    assert _one(checked, "SELECT sum(roll_rows) FROM recon_outcomes WHERE level = 'county'") == active
    found = checked.query("SELECT count(*), coalesce(sum(amount_at_risk), 0) FROM out_finding")
    assert (
        checked.query("SELECT sum(findings), sum(amount_at_risk) FROM recon_suspects_by_rule WHERE level = 'county'")
        == found
    )
    assert (
        _one(
            checked,
            "SELECT count(*) FROM recon_intake WHERE kind = 'file' AND received <> loaded + quarantined + ignored",
        )
        == 0
    )
    assert _one(
        checked, "SELECT sum(loaded) FROM recon_intake WHERE kind = 'file' AND dataset = 'benefit_roll'"
    ) == _one(checked, "SELECT roll_rows FROM recon_intake WHERE kind = 'quality' AND level = 'county'")


def assert_each_row_has_one_outcome(checked: Checked) -> None:
    """A household's rows by outcome are its active rows: none twice, none left out."""
    rows = "SELECT household_id, township_code, count(*) FROM core_row WHERE active GROUP BY 1, 2 ORDER BY 1, 2"
    told = "SELECT household_id, township_code, sum(roll_rows)::BIGINT FROM recon_outcomes WHERE level = 'household' GROUP BY 1, 2 ORDER BY 1, 2"
    assert checked.query(rows) == checked.query(told)


def _rows(checked: Checked, sql: str) -> set[tuple[Any, ...]]:
    return set(checked.query(sql))


def _one(checked: Checked, sql: str) -> int | Decimal:
    value: int | Decimal = checked.query(sql)[0][0]
    return value
