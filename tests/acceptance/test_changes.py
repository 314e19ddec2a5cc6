"""A second drop with ten edits, each made to change one finding: these ten are the changes, and nothing else."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator

import polars as pl
import pytest

from tests.acceptance.conftest import STRAY, Small
from tests.acceptance.drop import RULES, Bench, Checked, Drop, new_bench
from tests.acceptance.footing import assert_foots

NEW, CHANGED, GONE = ("new", "新出现的事实"), ("changed", "证据有变化"), ("gone", "源头已更正")
LATEST = "2021-09"

# Rural dibao households nothing was found of, one member each row: household_id, id_number, name.
CLEAN = """
SELECT m.household_id, min(m.id_number), min(m.name)
FROM core_member AS m
INNER JOIN core_household AS h ON h.household_id = m.household_id
WHERE h.is_dibao AND NOT h.is_tekun AND NOT h.is_low_income AND h.area = 'rural'
    AND m.household_id NOT IN (SELECT household_id FROM out_finding WHERE household_id IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM out_finding AS f WHERE contains(f.subject_key, m.id_number) OR contains(f.evidence, m.household_id))
GROUP BY m.household_id
HAVING count(*) = 1
ORDER BY 1
"""


def latest(bench: Bench) -> str:
    """The run that changes are told against."""
    named = bench.store.latest()
    assert named is not None
    return named["run_id"]


def edit_ten(drop: Drop, base: Checked) -> Iterator[tuple[str, str, tuple[str, str]]]:
    """Make the ten edits; yields rule, subject and (change, reason) of each."""
    roll, paid = drop.files("benefit_roll")[0], drop.files("payments")
    one = lambda rule: min(base.found[rule])  # noqa: E731
    (unsigned, *_), (misnamed, *_), (_, driver, name), (earner, *_) = base.query(CLEAN)[:4]

    drop.assign(roll, {"household_id": unsigned}, authorisation_date=None)
    yield "authorization_missing", unsigned, NEW
    month = drop.read(paid[-1])["pay_month"].max()
    drop.assign(paid[-1], {"household_id": misnamed, "pay_month": str(month)}, item="救济款")
    yield "pay_item_nonstandard", f"{misnamed}|{LATEST}", NEW
    drop.append(
        drop.files("vehicles")[0],
        owner_name=name,
        owner_id_number=driver,
        plate_number="贵J0A001",
        vehicle_type="小型轿车",
        status="正常",
    )
    yield "asset_vehicle", driver, NEW
    drop.assign(roll, {"household_id": earner}, declared_income="9000.00")
    yield "income_over_standard", earner, NEW

    drop.assign(drop.files("doubtful_history")[0], {"id_number": one("clue_unhandled"), "handled": "否"}, handled="是")
    yield "clue_unhandled", one("clue_unhandled"), GONE
    household, late = one("pay_late").split("|")
    in_time = pl.when((pl.col("household_id") == household) & (pl.col("pay_month") == late.replace("-", "")))
    drop.edit_all(
        "payments",
        lambda table: table.with_columns(in_time.then(pl.lit(f"{late}-05")).otherwise("pay_date").alias("pay_date")),
    )
    yield "pay_late", one("pay_late"), GONE
    person = one("id_sex_mismatch")
    drop.assign(roll, {"id_number": person}, sex="男" if int(person[16]) % 2 else "女")
    yield "id_sex_mismatch", person, GONE

    owner = base.query(
        f"SELECT min(id_number) FROM core_member SEMI JOIN link_bank_assets USING (id_number) WHERE household_id = '{one('asset_deposit')}'"
    )[0][0]
    drop.assign(drop.files("bank_assets")[0], {"id_number": owner}, total="987654.32")
    yield "asset_deposit", one("asset_deposit"), CHANGED
    car = base.query(
        "SELECT subject_key FROM out_finding WHERE rule_id = 'supporter_capacity' AND contains(evidence, 'plate_number') ORDER BY 1"
    )[0][0]
    drop.assign(drop.files("vehicles")[0], {"owner_id_number": car.split("|")[1]}, value="456789.00")
    yield "supporter_capacity", car, CHANGED
    drop.assign(drop.files("severe_illness")[0], {"id_number": one("missed_severe_illness")}, self_paid="76543.21")
    yield "missed_severe_illness", one("missed_severe_illness"), CHANGED


def test_ten_edits_are_ten_changes(published: Checked, bench: Bench, copy: Drop):
    expected = {(rule, subject, *why) for rule, subject, why in edit_ten(copy, published)}
    assert len(expected) == 10
    second = bench.check(copy, previous_run_id=latest(bench), reconcile=True)
    assert set(second.query("SELECT rule_id, subject_key, change, reason FROM recon_changes")) == expected
    assert second.query("SELECT count(*) FROM recon_changes") == [(10,)]
    told = dict(
        second.query(
            "SELECT change, min((evidence_before IS NULL)::INT * 2 + (evidence_now IS NULL)::INT) FROM recon_changes GROUP BY 1"
        )
    )
    assert told == {"new": 2, "changed": 0, "gone": 1}
    states = dict(second.query("SELECT state, count(*) FROM out_finding GROUP BY 1"))
    assert states == {"new": 4, "changed": 3, "continuing": len(published.query("SELECT 1 FROM out_finding")) - 3 - 3}
    assert_foots(second)
    moved = second.query(
        "SELECT sum(joined), sum(\"left\"), sum(raised), sum(lowered), sum(unchanged) > 0 FROM recon_movement WHERE level = 'county'"
    )
    assert moved == [(0, 0, 0, 0, True)], "the roll is another one, its amounts are not"


@pytest.mark.full
def test_findings_whose_data_did_not_come_are_gone_for_that_reason(published: Checked, bench: Bench, copy: Drop):
    second = bench.check(copy.remove("officials"), previous_run_id=latest(bench), reconcile=True)
    expected = {
        (rule.id, key, "gone", "数据缺失，规则未评估")
        for rule in RULES.values()
        if "officials" in rule.requires
        for key in published.found[rule.id]
    }
    assert len(expected) >= 4
    assert set(second.query("SELECT rule_id, subject_key, change, reason FROM recon_changes")) == expected


@pytest.mark.full
def test_findings_whose_data_came_in_part_are_not_taken_for_corrected(published: Checked, bench: Bench, copy: Drop):
    """One of two registers that will do, and one of a dataset's files: the rules are evaluated, on less."""
    second = bench.check(copy.remove("deaths"), previous_run_id=latest(bench), reconcile=True)
    gone = set(second.query("SELECT rule_id, reason FROM recon_changes WHERE change = 'gone'"))
    assert {rule for rule, _ in gone} >= {"death_still_on_roll", "death_paid_after"}
    assert {reason for _, reason in gone} == {"数据缺失，所依据的数据本次未到齐"}
    assert second.outcomes["death_still_on_roll"].status == "evaluated"


@pytest.mark.full
def test_findings_a_later_day_has_no_more_are_not_taken_for_corrected(published: Checked, bench: Bench, copy: Drop):
    later = bench.check(copy, dt.date(2021, 11, 30), previous_run_id=latest(bench), reconcile=True)
    gone = set(later.query("SELECT rule_id, reason FROM recon_changes WHERE change = 'gone'"))
    assert ("pay_dormant_remind", "因核对日期推移不再列入") in gone
    assert {reason for _, reason in gone} == {"因核对日期推移不再列入"}


@pytest.mark.full
def test_findings_come_back_as_what_they_were_after_nights_without_their_data(tmp_path, small: Small, copy: Drop):
    """Also when the run that first had them is removed: each run carries on what those before it knew."""
    own = new_bench(tmp_path / "store")
    first = own.check(small.drop, reconcile=True)
    own.publish(first)
    runs = [latest(own)]
    gap = small.drop.copy(tmp_path / "gap").remove("officials")
    for day in (dt.date(2021, 10, 1), dt.date(2021, 10, 2)):
        own.publish(own.check(gap, day, previous_run_id=runs[-1], reconcile=True))
        runs.append(latest(own))
    for path in (own.store.runs / runs[0]).iterdir():
        if path.name != "manifest.json":
            path.unlink() if path.is_file() else shutil.rmtree(path)
    back = own.check(copy, dt.date(2021, 10, 3), previous_run_id=runs[-1], reconcile=True)
    told = set(
        back.query(
            "SELECT DISTINCT state, first_seen::VARCHAR, change, reason FROM out_finding INNER JOIN recon_changes USING (finding_id) "
            "WHERE out_finding.rule_id IN ('official_on_roll', 'relative_unfiled')"
        )
    )
    assert told == {("continuing", "2021-09-30", "returned", "以前发现过，证据没有变化")}


@pytest.mark.full
def test_the_same_drop_again_changes_nothing_and_a_household_that_leaves_is_told(
    published: Checked, bench: Bench, copy: Drop
):
    again = bench.check(copy, previous_run_id=latest(bench), reconcile=True)
    assert again.query("SELECT count(*) FROM recon_changes") == [(0,)]
    assert again.query("SELECT DISTINCT state, first_seen::VARCHAR FROM out_finding") == [("continuing", "2021-09-30")]
    (leaver, *_), (raised, *_) = published.query(CLEAN)[:2]
    roll = copy.files("benefit_roll")[0]
    copy.edit(roll, lambda table: table.filter(pl.col("household_id") != leaver))
    copy.assign(roll, {"household_id": raised}, household_amount="5000.00")
    second = bench.check(copy, previous_run_id=latest(bench), reconcile=True)
    told = second.query(
        "SELECT household_id, \"left\", raised FROM recon_movement WHERE level = 'household' AND unchanged = 0 ORDER BY 1"
    )
    assert sorted(told) == sorted([(leaver, 1, 0), (raised, 0, 1)])
    assert_foots(second)
    assert STRAY not in {key for _, key in second.query("SELECT rule_id, subject_key FROM recon_changes")}


def test_a_row_that_comes_in_a_second_file_too_is_no_new_evidence_but_a_second_payment_is(small: Small, bench: Bench, copy: Drop):  # fmt: skip
    (deaths,), paid = copy.files("deaths"), copy.files("payments")[-1]
    copy.write(deaths.with_name("重报.csv"), copy.read(deaths).reverse())
    money = copy.read(paid)
    copy.write(paid.with_name("补.csv"), money.filter(pl.col("household_id") == STRAY))
    now = bench.check(copy)
    ask = "SELECT subject_key, evidence_hash, len(CAST(evidence AS JSON[])) FROM out_finding WHERE rule_id = '{}'"
    before = {key: (hashed, rows) for key, hashed, rows in small.checked.query(ask.format("death_still_on_roll"))}
    after = {key: (hashed, rows) for key, hashed, rows in now.query(ask.format("death_still_on_roll"))}
    assert {key: hashed for key, (hashed, _) in after.items()} == {key: hashed for key, (hashed, _) in before.items()}
    assert any(rows > before[key][1] for key, (_, rows) in after.items()), "both rows are shown"
    stray = ask.format("pay_not_on_roll") + f" AND starts_with(subject_key, '{STRAY}')"
    assert now.query(stray)[0][1] != small.checked.query(stray)[0][1]
