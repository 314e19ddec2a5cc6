"""The numbers of the forms that must agree, with each other and with the roll (rule `form_totals`)."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import duckdb

from transforms.forms.annex_3 import Annex3Line
from transforms.forms.model import Check, FormsRun, Place, Row, month_number
from transforms.forms.region_forms import RegionData
from transforms.forms.tables import has_table, one
from transforms.forms.township_forms import LOW_INCOME_TYPES, TownshipData, low_income_counts

DIBAO = ("城市低保", "农村低保")
SAME_EARLIER_ROLL = """
    WITH recorded AS (
        SELECT household_id, persons, yuan FROM previous_roll WHERE benefit_type = '农村低保'
    ),
    compared AS (
        SELECT household_id, count(DISTINCT person_key) AS persons, max(household_amount) AS yuan
        FROM form_before WHERE benefit_type = '农村低保' GROUP BY household_id
    )
    SELECT count(*) = 0 AND (SELECT count(*) FROM recorded) > 0 AS same
    FROM ((FROM recorded EXCEPT FROM compared) UNION ALL (FROM compared EXCEPT FROM recorded)) AS d
"""
BY_HAND = "待附件4的镇复核意见填齐后核对"
NOT_ENTERED = "有的户没有登记患病成员的病种"


def township_checks(con: duckdb.DuckDBPyConnection, run: FormsRun, data: TownshipData) -> list[Check]:
    """Annexes 1-4 of one township against each other and against the roll as reconciliation counted it."""
    return [
        *_annex_1(con, run, data),
        *_annex_2(con, data),
        *_low_income(con, data),
    ]


def _annex_1(con: duckdb.DuckDBPyConnection, run: FormsRun, data: TownshipData) -> list[Check]:
    place, households = data.place.name, data.households(data.annex_1)
    now = [row for row in households if row["persons_after"]]
    persons = sum(row["persons_after"] for row in now)
    month = month_number(run.month)
    single = [row for row in now if row["remark"]]
    leading = next((n for n, row in enumerate(households) if not row["remark"]), len(households))
    marked = sum(1 for row in households if row["remark"])
    found = [
        Check(
            place,
            "附件1",
            f"{month}月保障人口合计＝在享成员行数",
            persons,
            sum(row["current"] for row in data.annex_1),
        ),
        Check(place, "附件1", "单人保 户数＝人数", len(single), sum(row["persons_after"] for row in single)),
        Check(place, "附件1", "单人保都排在最上面", leading if marked else 0, marked),
    ]
    if any(row["covered"] for row in now):
        covered = sum(row["covered"] for row in now)
        found.append(Check(place, "附件1", f"{month}月保障人口合计＝花名册“保障人口”栏合计", persons, covered))
    ledger = _ledger(con, data.place, DIBAO)
    if ledger:
        yuan = sum((row["yuan_after"] for row in now if row["yuan_after"] is not None), Decimal(0))
        found += [
            Check(place, "附件1", f"{month}月保障人口合计＝对账表花名册人数", persons, ledger["persons"]),
            Check(place, "附件1", f"{month}月保障金合计＝对账表花名册金额", yuan, ledger["yuan"]),
        ]
    return found


def _annex_2(con: duckdb.DuckDBPyConnection, data: TownshipData) -> list[Check]:
    ledger = _ledger(con, data.place, ("特困供养",))
    if not ledger:
        return []
    return [Check(data.place.name, "附件2", "人数＝对账表花名册特困人数", len(data.annex_2), ledger["persons"])]


def _low_income(con: duckdb.DuckDBPyConnection, data: TownshipData) -> list[Check]:
    place, counts = data.place.name, low_income_counts(data.annex_4)
    on_roll = one(
        con,
        """SELECT count(DISTINCT CASE WHEN r.low_income_type = '大重疾病医疗' THEN r.household_id END) AS ill,
               count(DISTINCT CASE WHEN r.low_income_type = '一户多残' THEN r.household_id END) AS disabled,
               count(DISTINCT CASE WHEN r.low_income_type = '依老养残' THEN r.household_id END) AS aged
           FROM core_row AS r
           INNER JOIN core_household_place AS p ON p.household_id = r.household_id
           LEFT JOIN core_township AS t ON t.township_code = p.township_code
           WHERE r.active AND r.is_low_income AND coalesce(t.township_code, '000000000') = $township""",
        {"township": data.place.township_code},
    )
    pairs = zip(LOW_INCOME_TYPES, (on_roll["ill"], on_roll["disabled"], on_roll["aged"]), strict=True)
    total = sum(counts[kind] for kind in LOW_INCOME_TYPES)
    ill = LOW_INCOME_TYPES[0]
    return [
        *(Check(place, "附件3", f"{kind}户数＝花名册{kind}户数", counts[kind], number) for kind, number in pairs),
        Check(
            place,
            "附件3、4",
            "附件3三类户数之和＝附件4户数",
            total,
            len(data.households(data.annex_4)),
            "不平为花名册未填低收入类型",
        ),
        Check(
            place,
            "附件3",
            f"{ill}人数（入系统人数）≥户数",
            counts["ill"],
            counts[ill],
            NOT_ENTERED,
            at_least=True,
        ),
        Check(place, "附件3", "年检总数＝否定数＋符合数", total, None if total else 0, BY_HAND),
    ]


def _ledger(con: duckdb.DuckDBPyConnection, place: Place, benefits: Sequence[str]) -> Row:
    if not has_table(con, "recon_ledgers"):
        return {}
    return one(
        con,
        """SELECT coalesce(sum(roll_persons), 0) AS persons, coalesce(sum(roll_yuan), 0) AS yuan
           FROM recon_ledgers
           WHERE level = 'township' AND county_code = $county AND township_code = $township
               AND list_contains($benefits, benefit_type)""",
        {"county": place.county_code, "township": place.township_code, "benefits": list(benefits)},
    )


def roster_checks(con: duckdb.DuckDBPyConnection, place: Place, lines: Sequence[Row]) -> list[Check]:
    """城步's roster against recon_movement, where both compare with the same earlier roll."""
    if not has_table(con, "recon_movement") or not one(con, SAME_EARLIER_ROLL)["same"]:
        return []
    moved = one(
        con,
        """SELECT coalesce(sum(joined + "left"), 0) AS came_or_went,
               coalesce(sum(raised + lowered), 0) AS repriced
           FROM recon_movement
           WHERE level = 'township' AND benefit_type = '农村低保'
               AND county_code = $county AND township_code = $township""",
        {"county": place.county_code, "township": place.township_code},
    )
    came_or_went = sum(line["kind"] in ("新增", "清退") for line in lines)
    repriced = sum(line["kind"] in ("增发", "减发") and line["yuan_before"] != line["yuan_after"] for line in lines)
    return [
        Check(place.name, "花名册", "新增、清退户数＝对账表变动户数", came_or_went, moved["came_or_went"]),
        Check(place.name, "花名册", "增发、减发户数＝对账表变动户数", repriced, moved["repriced"]),
    ]


def county_checks(
    county: Place, lines: Sequence[Annex3Line], townships: Sequence[TownshipData], regions: RegionData
) -> list[Check]:
    """Annexes 3 and 6-8 of one county against its townships' annexes 1 and 4 and the exits."""
    households = [row for data in townships for row in data.households(data.annex_1) if row["persons_after"]]
    single = [row for row in households if row["remark"]]
    place = county.county_name
    checks = [
        Check(
            place,
            "附件3",
            "合计＝各镇附件4户数之和",
            sum(ill + disabled + aged for ill, _, disabled, aged in (line.totals for line in lines)),
            sum(len([row for row in data.households(data.annex_4) if row["type"]]) for data in townships),
        ),
        Check(place, "附件3", "年检总数＝否定数＋符合数", sum(sum(line.totals) for line in lines), None, BY_HAND),
        Check(
            place,
            "附件6",
            "户数合计＝各镇附件1缓退户数",
            _sum(regions.grace, "households"),
            _distinct(households, "grace_persons"),
        ),
        Check(
            place,
            "附件6",
            "人数合计＝各镇附件1缓退人数",
            _sum(regions.grace, "persons"),
            _sum(households, "grace_persons"),
        ),
        Check(place, "附件7", "户数＝人数", _sum(regions.single, "households"), _sum(regions.single, "persons")),
        Check(
            place,
            "附件7",
            "户数合计＝各镇附件1单人保户数",
            _sum(regions.single, "households"),
            _distinct(single, "remark"),
        ),
    ]
    if regions.exits:
        exits = regions.exits
        checks += [
            Check(
                place,
                "附件8",
                "退出人数＝重新纳入人数＋未重新纳入人数",
                exits["left_roll"],
                exits["back"] + exits["not_back"],
            ),
            Check(
                place,
                "附件8",
                "人数合计＝退出台账中重新纳入人次",
                _sum(regions.reentered, "persons"),
                exits["benefits"],
            ),
        ]
    return checks


def _sum(rows: Sequence[Row], key: str) -> int:
    return sum(row[key] for row in rows)


def _distinct(rows: Sequence[Row], key: str) -> int:
    return len({row["household_id"] for row in rows if row[key]})
