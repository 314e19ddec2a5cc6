"""How the departments' files look: which file holds which rows, under which headings, in which format,
with which ordinary troubles."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from data_contracts import Column, Contract

LARGEST_SHEET = 100_000
LATEST = "_本期"
DATE_STYLES = {"iso": "%Y-%m-%d", "dots": "%Y.%-m.%-d", "words": "%Y年%-m月%-d日", "digits": "%Y%m%d"}


@dataclass(frozen=True)
class Look:
    """One file's looks.

    alias: which of a column's Chinese headings it uses; ten_thousands: money columns in 万元;
    full_width: every so many rows an ID number
    typed in full-width digits (0: none); titles: title rows above the heading; totals: a 合计 row below.
    """

    name: str
    form: str = "csv"
    rows: pl.Expr | None = None
    encoding: str = "utf-8"
    alias: int = 0
    dates: str = "iso"
    serial: bool = False
    titles: bool = False
    totals: bool = False
    ten_thousands: tuple[str, ...] = ()
    full_width: int = 0


def _benefit(*names: str) -> pl.Expr:
    return pl.col("benefit_type").is_in(names)


#: The looks of a mixed drop; a dataset that is not named here is one plain CSV.
MIXED: dict[str, tuple[Look, ...]] = {
    "benefit_roll": (
        Look(
            "城乡低保花名册",
            "xlsx",
            rows=_benefit("城市低保", "农村低保"),
            serial=True,
            titles=True,
            totals=True,
        ),
        Look(
            "特困人员花名册",
            rows=_benefit("特困供养"),
            alias=1,
            encoding="gb18030",
            serial=True,
            dates="words",
            titles=True,
        ),
        Look(
            "低收入及其他花名册",
            rows=~_benefit("城市低保", "农村低保", "特困供养"),
            encoding="utf-8-sig",
            dates="dots",
            full_width=5,
        ),
    ),
    "deaths": (
        Look("公安死亡注销信息", rows=pl.col("source") == "公安", encoding="gb18030", dates="digits"),
        Look("卫健死亡信息", "xlsx", rows=pl.col("source") != "公安", alias=1, serial=True, titles=True),
    ),
    "funerals": (Look("殡仪馆火化登记", "xlsx", serial=True),),
    "vehicles": (Look("机动车登记信息", encoding="utf-8-sig", alias=1, ten_thousands=("value",)),),
    "business_licenses": (Look("市场主体登记信息", "xlsx", serial=True, ten_thousands=("registered_capital",)),),
    "kinship": (Look("户籍亲属关系", encoding="gb18030", dates="dots"),),
    "housing": (Look("不动产登记信息", "xlsx", alias=1, titles=True),),
    "pensions": (Look("养老保险信息", encoding="utf-8-sig", full_width=9),),
    "bank_assets": (Look("金融资产核对结果", encoding="gb18030", titles=True, dates="words"),),
    "disability_register": (Look("持证残疾人信息", "xlsx", serial=True, dates="dots"),),
    "archives": (Look("纸质档案目录", encoding="gb18030", serial=True, totals=True),),
    "population": (Look("户籍人口信息", "parquet"),),
    "officials": (Look("经办人员及村居干部名册", "xlsx", alias=1, titles=True),),
}


def looks_of(contract: Contract, form: str, part: str = "") -> tuple[Look, ...]:
    """The files of a dataset, or of one part of it (payments: _202109, a year or LATEST); form: csv,
    xlsx, parquet or mixed."""
    if form != "mixed":
        return (Look(contract.title + part, form),)
    if contract.dataset == "payments":
        # The bank sends old months as they lie in its archive, and the latest as a list.
        return (Look("发放台账" + part, "csv" if part == LATEST else "parquet", encoding="gb18030", alias=1),)
    return MIXED.get(contract.dataset, (Look(contract.title + part),))


def heading(column: Column, look: Look) -> str:
    """The heading a file uses for a column: one of its Chinese ones, with the unit where that is not
    yuan."""
    chinese = [a for a in column.aliases if not a.isascii()]
    text = chinese[min(look.alias, len(chinese) - 1)] if chinese else column.name
    return text + "（万元）" if column.name in look.ten_thousands else text


def as_text(frame: pl.DataFrame, contract: Contract, look: Look) -> pl.DataFrame:
    """All cells as text under their headings, empty where there is no value."""
    cells = [_cell(contract.column(name), look).alias(heading(contract.column(name), look)) for name in frame.columns]
    table = frame.select(cells)
    return (
        table.with_columns(pl.int_range(1, pl.len() + 1).cast(pl.String).alias("序号")).select("序号", *table.columns)
        if look.serial
        else table
    )


def _cell(column: Column, look: Look) -> pl.Expr:
    value = pl.col(column.name)
    if column.type == "date":
        return value.dt.to_string(DATE_STYLES[look.dates])
    if column.type == "month":
        return month_text(value)
    if column.type == "money":
        return (
            (value / 10000).round(6).cast(pl.String).str.strip_suffix(".0")
            if column.name in look.ten_thousands
            else two_places(value)
        )
    if column.type == "id18" and look.full_width:
        wide = value.str.replace_many(dict(zip("0123456789X", "０１２３４５６７８９Ｘ", strict=True)))
        return pl.when(pl.int_range(pl.len()) % look.full_width == 0).then(wide).otherwise(value)
    return value.cast(pl.String).str.strip_suffix(".0")


def month_text(value: pl.Expr) -> pl.Expr:
    """202109 from a month index (year * 12 + month)."""
    return ((value - 1) // 12 * 100 + (value - 1) % 12 + 1).cast(pl.String)


def two_places(value: pl.Expr) -> pl.Expr:
    """Yuan with two decimals, exactly."""
    cents = (value * 100).round().cast(pl.Int64)
    return pl.concat_str((cents // 100).cast(pl.String), pl.lit("."), (cents % 100).cast(pl.String).str.zfill(2))
