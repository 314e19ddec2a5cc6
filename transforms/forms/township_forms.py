"""启东 annexes 1-5: the forms each township files, each on a sheet of its own."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import duckdb

from transforms.forms import headings
from transforms.forms.layout import FormBook, FormSheet, filled
from transforms.forms.model import (
    COUNT,
    DIGITS,
    HUMAN,
    MIDDLE,
    MONEY,
    PREFILLED,
    TEXT,
    Field,
    FormsRun,
    Gap,
    Place,
    Row,
    month_number,
)
from transforms.forms.proposals import HEADING as PROPOSAL
from transforms.forms.proposals import proposal
from transforms.forms.tables import rows

HERE = Path(__file__).parent
NO_COLUMN_VALUE = "花名册该栏没有填写"
NO_BEFORE = {
    "run": "{month}月花名册没有该户的月保障金，合计未含该户",
    "payments": "{month}月发放台账没有该户的应发金额，合计未含该户",
    "": "没有{month}月的花名册，也没有该月发放台账",
}
LEAST_LINES = 3


@dataclass
class TownshipData:
    """What one township's forms list, kept for the checks between forms."""

    place: Place
    annex_1: list[Row] = field(default_factory=list)
    annex_2: list[Row] = field(default_factory=list)
    annex_4: list[Row] = field(default_factory=list)
    annex_5: list[Row] = field(default_factory=list)
    gaps: list[Gap] = field(default_factory=list)

    def households(self, annex: list[Row]) -> list[Row]:
        """The first row of each household."""
        return [row for row in annex if row["first"]]


def read_township(con: duckdb.DuckDBPyConnection, place: Place) -> TownshipData:
    """The lines of annexes 1, 2, 4 and 5 of one township."""

    def lines(name: str) -> list[Row]:
        sql = (HERE / f"{name}.sql").read_text(encoding="utf-8")
        return rows(con, sql, {"township": place.township_code})

    return TownshipData(place, lines("annex_1"), lines("annex_2"), lines("annex_4"), lines("annex_5"))


def annex_1_fields(run: FormsRun) -> tuple[Field, ...]:
    """The columns of annex 1."""
    before, after = month_number(run.before_month), month_number(run.month)
    no_before = NO_BEFORE[run.before_source].format(month=before)
    return (
        Field("序号", "number", 5, COUNT, household=True),
        Field("居住地址", "address", 20, TEXT, why_empty=NO_COLUMN_VALUE),
        Field("姓名", "name", 9, MIDDLE, why_empty=NO_COLUMN_VALUE),
        Field("与申请人关系", "relation", 8, MIDDLE, why_empty=NO_COLUMN_VALUE),
        Field("身份证号", "id_number", 20, DIGITS, why_empty=NO_COLUMN_VALUE),
        Field(f"{before}月保障人口", "persons_before", 7, COUNT, household=True),
        Field(
            f"{before}月保障金/元",
            "yuan_before",
            10,
            MONEY,
            household=True,
            why_empty=no_before,
        ),
        Field("重病病种", "illness", 10, MIDDLE),
        Field("残疾类别", "disability_type", 6, MIDDLE),
        Field("残疾等级", "disability_grade", 6, MIDDLE),
        Field("低保家庭情况", "situation", 26, TEXT, PREFILLED, True, "花名册没有收入、病残等情况，也没有线索"),
        Field("变动情况", "change", 20, TEXT, PREFILLED, True, f"没有{before}月的金额，无法比较"),
        Field(
            "是否与经办人有近亲属关系",
            "relative",
            10,
            MIDDLE,
            PREFILLED,
            why_empty="近亲属筛查未能进行，或身份证号有误未能核对",
        ),
        Field(f"{after}月保障人口", "persons_after", 7, COUNT, household=True),
        Field(f"{after}月保障金/元", "yuan_after", 10, MONEY, household=True, why_empty=NO_COLUMN_VALUE),
        Field("是否单人保", "single", 6, MIDDLE, household=True, why_empty="花名册“是否单人保”栏没有填写"),
        Field("备注", "remark", 8, MIDDLE, household=True),
    )


def write_annex_1(book: FormBook, run: FormsRun, data: TownshipData) -> None:
    """启东市XX镇街（园区）城乡低保动态复核情况汇总表, single-person households on top."""
    heads = headings.annex_1(month_number(run.before_month), month_number(run.month))
    sheet = book.form("附件1", heads, annex_1_fields(run))
    place = data.place
    sheet.opening(
        "附件1：",
        filled(headings.TITLE_1, place=place.name),
        filled(headings.SEAL_1, place=f"{place.county_name}　{place.township_name}"),
    )
    sheet.headings([60])
    sheet.body(data.annex_1, least=LEAST_LINES)
    households = data.households(data.annex_1)
    before = sum(1 for row in households if row["persons_before"])
    after = sum(1 for row in households if row["persons_after"])
    months = month_number(run.before_month), month_number(run.month)
    sheet.total(
        {
            "address": f"{months[0]}月{before}户，{months[1]}月{after}户",
            "persons_before": sum(row["persons_before"] for row in households),
            "yuan_before": _sum_yuan(households, "yuan_before"),
            "persons_after": sum(row["persons_after"] for row in households),
            "yuan_after": _sum_yuan(households, "yuan_after"),
        }
    )
    sheet.note(headings.NOTE_1)
    _close(sheet, data)


def _sum_yuan(households: list[Row], key: str) -> Decimal | None:
    known = [row[key] for row in households if row[key] is not None]
    return sum(known, Decimal(0)) if known or not households else None


ANNEX_2_FIELDS = (
    Field("序号", "number", 5, COUNT),
    Field("姓名", "name", 10, MIDDLE, why_empty=NO_COLUMN_VALUE),
    Field("性别", "sex", 6, MIDDLE, why_empty="花名册没有性别，身份证号也有误"),
    Field("身份证", "id_number", 21, DIGITS, why_empty=NO_COLUMN_VALUE),
    Field("居住地址", "address", 28, TEXT, why_empty=NO_COLUMN_VALUE),
    Field("特困人员情况", "situation", 36, TEXT, PREFILLED, why_empty=NO_COLUMN_VALUE),
    Field("变动情况", "change", 20, TEXT, PREFILLED, why_empty="没有上月金额，无法比较"),
    Field("本次复核意见", "opinion", 18, TEXT, HUMAN),
)


def write_annex_2(book: FormBook, data: TownshipData, not_evaluated: int) -> None:
    """启东市XX镇街（园区）特困人员复核情况汇总表; the opinion is the township's."""
    sheet = book.form("附件2", headings.ANNEX_2, ANNEX_2_FIELDS)
    place = data.place
    sheet.opening(
        "附件2：",
        filled(headings.TITLE_2, place=place.name),
        filled(headings.SEAL_2, township=place.township_name),
    )
    sheet.headings([24, 24])
    sheet.body(data.annex_2, least=LEAST_LINES)
    sheet.beside(PROPOSAL, data.annex_2, lambda row: proposal(row, "维持", "停止供养", not_evaluated))
    if data.annex_2:
        data.gaps.append(
            Gap(
                "附件2",
                "特困人员情况",
                None,
                "供养方式、自理能力等级、照料协议没有数据来源，请人工补充；已填入名册所有的内容",
            )
        )
    _close(sheet, data)


LOW_INCOME_TYPES = ("大重疾病医疗", "一户多残", "依老养残")
ANNEX_4_FIELDS = (
    Field("开始救助时间", "since", 11, MIDDLE, why_empty=NO_COLUMN_VALUE),
    Field("序号", "number", 5, COUNT, household=True),
    Field("类型", "type", 9, MIDDLE, household=True, why_empty="花名册“低收入类型”栏没有填写，未计入附件3"),
    Field("家庭成员", "name", 9, MIDDLE, why_empty=NO_COLUMN_VALUE),
    Field("与户主关系", "relation", 8, MIDDLE, why_empty=NO_COLUMN_VALUE),
    Field("性别", "sex", 6, MIDDLE, why_empty="花名册没有性别，身份证号也有误"),
    Field("残疾类别及等级（病种）", "condition", 13, MIDDLE),
    Field("身份证号码", "id_number", 20, DIGITS, why_empty=NO_COLUMN_VALUE),
    Field("家庭住址", "address", 20, TEXT, household=True, why_empty=NO_COLUMN_VALUE),
    Field("资料情况", "papers", 16, TEXT, PREFILLED, True, "没有纸质档案目录，名册也没有授权书日期"),
    Field("联系电话", "phone", 13, DIGITS, household=True, why_empty=NO_COLUMN_VALUE),
    Field("变动情况", "change", 16, TEXT, PREFILLED, True, "没有上月金额，无法比较"),
    Field("镇复核意见", "opinion", 11, MIDDLE, HUMAN, True),
)
OPINIONS = ("维持", "否定")
OPINION_COLUMN = 13


@dataclass(frozen=True)
class Annex4Ranges:
    """Where annex 3 counts: the ranges of types, opinions and ill persons; '' without a household."""

    types: str = ""
    opinions: str = ""
    ill: str = ""


def write_annex_4(book: FormBook, data: TownshipData, not_evaluated: int) -> Annex4Ranges:
    """启东市XX镇街（园区）低收入家庭年检明细表: member rows, one opinion per household from a drop-down."""
    sheet = book.form("附件4", headings.ANNEX_4, ANNEX_4_FIELDS)
    sheet.opening("附件4：", filled(headings.TITLE_4, place=data.place.name))
    sheet.headings([24, 24])
    sheet.body(data.annex_4, merge=True, least=LEAST_LINES)
    first, last = sheet.first_body_row, sheet.row - 1
    sheet.choices(OPINION_COLUMN, last, OPINIONS, "只能填写维持或否定，不得更改。")
    sheet.beside(PROPOSAL, data.annex_4, lambda row: proposal(row, "维持", "否定", not_evaluated))
    ill = sheet.beside("入系统人数（表外，供附件3计数）", data.annex_4, lambda row: int(row["ill"]), 1, 14)
    sheet.note(headings.NOTE_4)
    _close(sheet, data)
    if not data.annex_4:
        return Annex4Ranges()
    letters = "C", "M", ill
    return Annex4Ranges(*(f"附件4!${letter}${first}:${letter}${last}" for letter in letters))


ANNEX_5_FIELDS = (
    Field("序号", "number", 6, COUNT),
    Field("村名", "village", 14, MIDDLE, why_empty="建档立卡名册该栏没有填写"),
    Field("姓名", "name", 10, MIDDLE),
    Field(
        "家庭人口",
        "persons",
        8,
        COUNT,
        why_empty="建档立卡名册每户只有一行、没有家庭人口，该户也不在救助花名册",
    ),
    Field("身份证号码", "id_number", 21, DIGITS, why_empty="建档立卡名册该栏没有填写"),
    Field("返贫风险", "risk", 16, TEXT, why_empty="建档立卡名册没有返贫风险，请人工填写"),
    Field(
        "采取的帮扶措施",
        "measures",
        26,
        TEXT,
        PREFILLED,
        why_empty="建档立卡名册没有帮扶措施，也没有享受救助",
    ),
)


def write_annex_5(book: FormBook, data: TownshipData, registry: bool) -> None:
    """启东市XX镇街（园区）脱贫检测户信息采集表, with households whose risk is not removed."""
    sheet = book.form("附件5", headings.ANNEX_5, ANNEX_5_FIELDS, portrait=True)
    place = data.place
    sheet.opening(
        "附件5：",
        filled(headings.TITLE_5, place=place.name),
        filled(headings.SEAL_5, place=f"{place.county_name}　{place.township_name}"),
    )
    sheet.headings([38])
    sheet.body(data.annex_5, least=LEAST_LINES)
    known = [row["persons"] for row in data.annex_5 if row["persons"] is not None]
    if registry:
        sheet.total({"village": f"{len(data.annex_5)}户", "persons": sum(known)})
    else:
        sheet.total({})
        data.gaps.append(Gap("附件5", "全表", None, "没有收到建档立卡及防返贫监测对象名册"))
    _close(sheet, data)


def low_income_counts(annex_4: list[Row]) -> dict[str, int]:
    """Annex 3's totals from annex 4's lines: households per type, ill persons entered for the first."""
    households = [row for row in annex_4 if row["first"]]
    counts = Counter(row["type"] for row in households)
    ill = sum(row["ill"] for row in households if row["type"] == LOW_INCOME_TYPES[0])
    return {**{kind: counts[kind] for kind in LOW_INCOME_TYPES}, "ill": ill, "untyped": counts[None]}


def _close(sheet: FormSheet, data: TownshipData) -> None:
    sheet.close()
    data.gaps.extend(sheet.gaps)
