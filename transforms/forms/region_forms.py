"""启东 annexes 6-8: what the county sums up per township and month."""

from __future__ import annotations

from dataclasses import dataclass, field

import duckdb

from transforms.forms import headings
from transforms.forms.layout import FormBook, FormSheet, filled
from transforms.forms.model import (
    COUNT,
    MIDDLE,
    Field,
    FormsRun,
    Gap,
    Head,
    Place,
    Row,
    month_number,
    year_number,
)
from transforms.forms.tables import LOOKBACK, has_table, one, rows

FIELDS = (
    Field("序号", "number", 8, COUNT),
    Field("区域", "region", 30, MIDDLE),
    Field("户数", "households", 20, COUNT),
    Field("人数", "persons", 20, COUNT),
)
REENTRY_FIELDS = (*FIELDS, Field("纳入保障类型", "benefit", 20, MIDDLE))
COUNTED = """
    SELECT {number}, t.township_name AS region, t.township_code,
        count(DISTINCT r.household_id) AS households,
        count(DISTINCT CASE WHEN r.household_id IS NOT NULL THEN (r.household_id, r.person_key) END)
            AS persons{more}
    FROM (
        SELECT unnest($codes) AS township_code, unnest($names) AS township_name,
            generate_subscripts($codes, 1) AS nth
    ) AS t
    LEFT JOIN ({source}) AS r ON r.township_code = t.township_code
    GROUP BY t.nth, t.township_name, t.township_code{group}
    ORDER BY {order}
"""
GRACE = "SELECT * FROM form_row WHERE current AND kind = 'dibao' AND status = '缓退'"
SINGLE = """
    SELECT r.* FROM form_row AS r
    INNER JOIN form_household AS h
        ON h.household_id = r.household_id AND h.benefit_type = r.benefit_type AND h.low_type = r.low_type
    WHERE r.current AND r.kind = 'dibao' AND h.single_person"""
BENEFIT_ORDER = "CASE r.benefit WHEN '低保' THEN 1 WHEN '特困' THEN 2 WHEN '低收入' THEN 3 WHEN '临时救助' THEN 4 END"


@dataclass
class RegionData:
    """The lines of annexes 6-8 of one county, kept for the checks between forms."""

    grace: list[Row] = field(default_factory=list)
    single: list[Row] = field(default_factory=list)
    reentered: list[Row] = field(default_factory=list)
    exits: Row = field(default_factory=dict)
    since: int | None = None
    gaps: list[Gap] = field(default_factory=list)


def read_regions(con: duckdb.DuckDBPyConnection, townships: list[Place]) -> RegionData:
    """Count every township of the county; one without anybody stands with zero."""
    values: dict[str, object] = {
        "codes": [place.township_code for place in townships],
        "names": [place.township_name for place in townships],
    }
    plain = {"number": "t.nth AS number", "more": "", "group": "", "order": "t.nth"}
    data = RegionData(
        rows(con, COUNTED.format(source=GRACE, **plain), values),
        rows(con, COUNTED.format(source=SINGLE, **plain), values),
    )
    if not has_table(con, LOOKBACK):
        data.gaps.append(Gap("附件8", "全表", None, "没有“退出复核起始日期”参数"))
        return data
    reentry = COUNTED.format(
        source="SELECT * FROM form_reentry WHERE benefit IS NOT NULL",
        number=f"row_number() OVER (ORDER BY t.nth, {BENEFIT_ORDER}) AS number",
        more=", r.benefit",
        group=", r.benefit",
        order="number",
    )
    data.reentered = rows(con, reentry, values)
    data.exits = _exits(con, values)
    data.since = one(
        con,
        f"SELECT year(min(value)) AS since FROM {LOOKBACK} WHERE list_contains($codes, township_code)",
        {"codes": values["codes"]},
    )["since"]
    return data


def _exits(con: duckdb.DuckDBPyConnection, values: dict[str, object]) -> Row:
    """Persons who left, and of them who is back and who is not."""
    return one(
        con,
        """SELECT count(DISTINCT person_key) AS left_roll,
               count(DISTINCT CASE WHEN benefit IS NOT NULL THEN person_key END) AS back,
               count(DISTINCT CASE WHEN benefit IS NULL THEN person_key END) AS not_back,
               count(CASE WHEN benefit IS NOT NULL THEN 1 END) AS benefits
           FROM form_reentry WHERE list_contains($codes, township_code)""",
        {"codes": values["codes"]},
    )


def write_regions(book: FormBook, run: FormsRun, county: Place, data: RegionData) -> None:
    """The sheets 附件6, 附件7 and 附件8 of one county."""
    month = {"year": year_number(run.month), "month": month_number(run.month), "place": county.county_name}
    _write(book, "附件6", filled(headings.TITLE_6, **month), data.grace)
    _write(book, "附件7", filled(headings.TITLE_7, **month), data.single)
    since = data.since or 2018
    sheet = _open(book, "附件8", filled(headings.TITLE_8, since=since), headings.ANNEX_8, REENTRY_FIELDS)
    _finish(sheet, data.reentered)


def _write(book: FormBook, name: str, title: str, lines: list[Row]) -> None:
    _finish(_open(book, name, title, headings.ANNEX_6, FIELDS), lines)


def _open(book: FormBook, name: str, title: str, heads: tuple[Head, ...], fields: tuple[Field, ...]) -> FormSheet:
    sheet = book.form(name, heads, fields, portrait=True)
    sheet.opening(f"{name}：", title)
    sheet.headings([28])
    return sheet


def _finish(sheet: FormSheet, lines: list[Row]) -> None:
    sheet.body(lines)
    sheet.total({key: sum(line[key] for line in lines) for key in ("households", "persons")})
    sheet.close()
