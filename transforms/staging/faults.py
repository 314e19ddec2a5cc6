"""Why a record is quarantined: reasons as bits of one number, worked out in the pass that cleans the row."""

from __future__ import annotations

from dataclasses import dataclass

from data_contracts import Check, Column, Contract
from transforms.values import VALUE_TYPES, literal, name

#: Column type → what a sender should write.
EXPECTED = {
    "id18": "18位公民身份号码（GB 11643，末位校验码正确），单元格设为文本",
    "date": "日期，如 2021-05-31、20210531、2021年5月31日",
    "month": "月份，如 202105、2021-05、2021年5月",
    "money": "不小于0的金额",
    "int": "整数",
    "number": "数",
    "bool": "是 或 否",
}
#: Of rows below a heading that is not the sheet's (classify.OTHER_HEADING), known only when the rows above are.
MISREAD = "other_heading"
MISREAD_SAID = "上方表头的列序或金额单位与第一行表头不同，无法按列读取"
_PARSED = ("date", "month", "int", "number", "money", "bool")


@dataclass(frozen=True)
class Fault:
    """One reason: its code (missing_value:death_date), what people read, and its SQL over the cleaned row."""

    code: str
    text: str
    condition: str


def contract_faults(contract: Contract) -> list[Fault]:
    """The reasons a row can be quarantined for. A column its sheet has not is NULL in the row."""
    return [
        *_no_person(contract),
        *(fault for c in contract.columns if c.row_required for fault in _no_value(c)),
        *(
            Fault(f"negative:{c.name}", f"{c.label}为负数", f"{name(c.name)} < 0")
            for c in contract.columns
            if c.type == "money"
        ),
        *(fault for c in contract.columns for check in c.checks for fault in _failed(c, check)),
        Fault(MISREAD, MISREAD_SAID, "FALSE"),
    ]


def misread_bit(contract: Contract) -> int:
    """The bit of MISREAD as a number."""
    codes = [fault.code for fault in contract_faults(contract)]
    return 1 << codes.index(MISREAD)


def bits(conditions: list[str]) -> str:
    """SQL: a BIGINT with bit i set where condition i holds."""
    # A condition that is NULL does not hold.
    parts = [f"CASE WHEN {condition} THEN {1 << bit} ELSE 0 END" for bit, condition in enumerate(conditions)]
    return f"CAST({' + '.join(parts) or '0'} AS BIGINT)"


def set_bits(number: int) -> list[int]:
    """The bits that are set, lowest first."""
    return [bit for bit in range(number.bit_length()) if number >> bit & 1]


def unusable_cells(contract: Contract) -> dict[str, str]:
    """Column → SQL predicate: the cell holds something that cannot be read as the column's type."""
    return {
        c.name: f"coalesce({VALUE_TYPES[c.type].is_bad(c.name)}, FALSE)" for c in contract.columns if c.type in _PARSED
    }


def _no_person(contract: Contract) -> list[Fault]:
    """Neither a name nor an ID number of a person the row is about, where the dataset has both."""
    groups = [contract.person] if contract.person else list(contract.other_persons)
    faults = []
    for group in groups:
        who = [c for c in map(contract.column, group) if c.type in ("id18", "name")]
        if {c.type for c in who} == {"id18", "name"}:
            empty = " AND ".join(f"{name(c.name)} IS NULL" for c in who)
            faults.append(Fault(f"no_person:{who[0].name}", f"{'和'.join(c.label for c in who)}都为空", f"({empty})"))
    return faults


def _no_value(column: Column) -> list[Fault]:
    empty = f"{name(column.name)} IS NULL"
    if column.type not in _PARSED:
        return [Fault(f"missing_value:{column.name}", f"{column.label}为空", empty)]
    unreadable = f"coalesce({VALUE_TYPES[column.type].is_bad(column.name)}, FALSE)"
    kind = "日期" if column.type in ("date", "month") else "有效数值"
    return [
        Fault(f"missing_value:{column.name}", f"{column.label}为空", f"({empty} AND NOT {unreadable})"),
        Fault(f"bad_value:{column.name}", f"{column.label}不是{kind}", unreadable),
    ]


def _failed(column: Column, check: Check) -> list[Fault]:
    if check.level != "fail" or check.at_most:
        return []
    value = name(column.name)
    if check.kind == "pattern" and check.pattern is not None:
        return [
            Fault(
                f"pattern:{column.name}",
                f"{column.label}格式不对",
                f"NOT regexp_matches({value}, {literal(check.pattern)})",
            )
        ]
    # A negative amount of money has its reason already.
    if check.kind == "range" and not (column.type == "money" and check.minimum == 0 and check.maximum is None):
        return [Fault(f"range:{column.name}", f"{column.label}超出允许范围", outside_range(value, check))]
    return []


def outside_range(value: str, check: Check) -> str:
    """SQL predicate: the value lies outside the range of a check (NULL for an empty value)."""
    limits = [(check.minimum, "<"), (check.maximum, ">")]
    tests = [f"{value} {sign} {_bound(limit)}" for limit, sign in limits if limit is not None]
    return "(" + " OR ".join(tests) + ")"


def _bound(limit: float | str) -> str:
    return f"DATE {literal(limit)}" if isinstance(limit, str) else repr(limit)
