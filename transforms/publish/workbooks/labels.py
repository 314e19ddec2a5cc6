"""The Chinese words of the workbooks for the codes of run.duckdb. A code without a word is shown as it is."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from functools import cache

SEVERITIES = ("high", "medium", "low")
SEVERITY = {"high": "高", "medium": "中", "low": "低"}
SEVERITY_MEANING = {
    "high": "建议停发、止付或更正，由经办人员核实后决定",
    "medium": "需入户核实",
    "low": "提醒或数据修正",
}
STATE = {
    "new": "新增",
    "continuing": "延续",
    "changed": "证据有变",
    "decided": "已核结",
    "reopened": "重新打开",
}
TIER = {
    "id_exact": "身份证号一致",
    "id_exact_name_conflict": "身份证号一致但姓名不同",
    "id_repaired": "身份证号订正后一致",
    "name_birth_place": "姓名、出生日期和住址相符",
    "probabilistic": "多项信息综合推断",
}
FAMILY = {
    "death": "死亡",
    "asset": "财产",
    "income": "收入",
    "supporter": "赡养抚养",
    "household": "户与重复享受",
    "identity": "身份信息",
    "relative": "经办人员与近亲属",
    "pay": "资金发放",
    "review": "复核与手续",
    "missed": "应保未保",
}
RUN_STATUS = {"complete": "完整", "incomplete": "不完整（有数据或规则未能核对，见下文）", "failed": "失败"}
FILE_STATUS = {"loaded": "已入库", "rejected": "已拒收"}
RULE_STATUS = {"evaluated": "已核对", "not_evaluated": "未核对", "failed": "运行出错"}
OUTCOME = {
    "clear": "无疑点",
    "high": "高",
    "medium": "中",
    "low": "低",
    "decided": "已核结",
    "not_evaluated": "未核对",
}
UNIT = {
    "yuan per head and month": "元/人·月",
    "x standard": "倍保障标准",
    "months": "个月",
    "date": "日期",
    "day of month": "日（每月）",
    "x annual standard per head": "倍年人均保障标准",
    "yuan": "元",
    "yuan in twelve months": "元/十二个月",
    "list of names": "名称列表",
    "payment item per benefit type": "类型与名目对照",
    "share of households": "占总户数比例",
}

CHANGE = {"new": "新增", "changed": "证据有变", "reopened": "重新打开", "returned": "再次出现", "gone": "已消失"}


def chinese_date(day: dt.date | None) -> str:
    """2021-06-30 → 2021年6月30日; None → ''."""
    return f"{day.year}年{day.month}月{day.day}日" if day else ""


def month_label(month: int | None) -> str:
    """A month index (year * 12 + month) → 2021年6月; None → ''."""
    return f"{(month - 1) // 12}年{(month - 1) % 12 + 1}月" if month else ""


def match_label(tier: str | None, confidence: float | None) -> str:
    """How a register row was tied to the person, and how surely; '' where the finding rests on no link."""
    if not tier:
        return ""
    words = TIER.get(tier, tier)
    return words if confidence is None else f"{words}（可信度{confidence:.2f}）"


def in_lines(text: str | list[str] | None) -> str:
    """A list of texts, or text joined with '；', one to a line."""
    parts = text.split("；") if isinstance(text, str) else text or []
    return "\n".join(parts)


def value_label(value: object) -> str:
    """A value of any type as a bureau reads it: 是/否, 2021-06-30, no exponent, lists joined with 、."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float | Decimal):
        return format(Decimal(str(value)), "f")
    if isinstance(value, list | tuple):
        return "、".join(value_label(v) for v in value)
    if isinstance(value, dict):
        return "；".join(f"{k} {value_label(v)}" for k, v in value.items())
    return str(value)


def stored_value_label(text: str) -> str:
    """A parameter value as run_parameter holds it (lists and maps as JSON text) in readable form."""
    if text[:1] in "[{":
        try:
            return value_label(json.loads(text))
        except ValueError:
            return text
    return text


@cache
def column_titles(dataset: str) -> dict[str, str]:
    """Chinese heading of each column of a dataset: the first alias of its contract."""
    from data_contracts.loader import load_contracts

    contract = load_contracts().get(dataset)
    return {c.name: (c.aliases[0] if c.aliases else c.name) for c in contract.columns} if contract else {}
