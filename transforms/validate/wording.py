"""What the checks say in Chinese. Nothing here sees a value of a row."""

from __future__ import annotations

import datetime as dt

from data_contracts import Contract
from transforms.validate.model import Finding, PlannedCheck

_FAULT = {
    "not_null": "未填写",
    "unique": "重复",
    "pattern": "不符合规定格式",
    "values": "不在代码表内",
}
_MET = {
    "not_null": "均已填写",
    "unique": "均不重复",
    "pattern": "均符合规定格式",
    "range": "均在范围内",
    "values": "均在代码表内",
}


def describe(contract: Contract, check: PlannedCheck) -> str:
    """What a check asks: the line of the documentation."""
    label = _label(contract, check)
    allowed = f"，允许 {_percent(check.at_most)} 以内例外" if check.at_most else ""
    asked = {
        "row_floor": f"行数不少于 {check.minimum}",
        "columns": f"必需的列齐全（{label}）",
        "not_null": f"{label}：须填写",
        "unique": f"{label}：不得重复",
        "pattern": f"{label}：须符合规定格式",
        "range": f"{label}：须在范围内（{_range(check)}）",
        "values": f"{label}：须在代码表内（{'、'.join(check.values)}）",
        "freshness": f"{label}：最近日期距核对日不超过 {check.maximum} 天",
    }[check.kind]
    return f"{asked}{allowed}（{'必须' if check.level == 'fail' else '提示'}）"


def message(contract: Contract, check: PlannedCheck, finding: Finding, missing: tuple[str, ...], as_of: dt.date) -> str:
    """What was found: one sentence. missing: required columns that are not there."""
    if finding.error:
        return f"{_label(contract, check)}：检查未能执行（{finding.error}）"
    if check.kind == "row_floor":
        rows, floor = finding.observed or 0, f"下限 {check.minimum} 行"
        return f"共 {rows:,} 行，不少于{floor}" if finding.success else f"只有 {rows:,} 行，少于{floor}"
    if check.kind == "columns":
        labels = "、".join(contract.column(column).label for column in missing)
        return "必需的列齐全" if finding.success else f"缺少必需的列：{labels}"
    if check.kind == "freshness":
        return _freshness(_label(contract, check), check, finding, as_of)
    return _counted(_label(contract, check), check, finding)


def disagreement(contract: Contract, check: PlannedCheck, measured: int, sampled: int) -> str:
    """Said when a sample holds more breaches than were counted in all rows: two ways of counting differ."""
    found = f"抽样发现 {sampled:,} 行不符，多于全量计数的 {measured:,} 行"
    return f"{_label(contract, check)}：{found}，两种算法不一致，请通知系统维护人员"


def _counted(label: str, check: PlannedCheck, finding: Finding) -> str:
    fault = f"超出范围（{_range(check)}）" if check.kind == "range" else _FAULT[check.kind]
    if not finding.unexpected:
        return f"{label}：{_MET[check.kind]}（共检查 {finding.checked:,} 行）"
    found = f"{label}：{finding.unexpected:,} 行{fault}，占 {_percent(finding.share)}"
    if finding.success:
        return f"{found}，未超过允许的 {_percent(check.at_most)}"
    return f"{found}，超过允许的 {_percent(check.at_most)}" if check.at_most else found


def _freshness(label: str, check: PlannedCheck, finding: Finding, as_of: dt.date) -> str:
    day = f"{as_of.year}年{as_of.month}月{as_of.day}日"
    if finding.observed is None:
        return f"{label}：没有 {day} 及以前的日期，无法判断数据是否过时"
    age = f"{label}：最近日期距 {day} 已 {finding.observed:.0f} 天"
    limit = f"超过 {check.maximum} 天"
    return f"{age}，未{limit}" if finding.success else f"{age}，{limit}，数据可能过时"


def _label(contract: Contract, check: PlannedCheck) -> str:
    return "、".join(contract.column(column).label for column in check.columns) or contract.title


def _range(check: PlannedCheck) -> str:
    low, high = check.minimum, check.maximum
    if low is None or high is None:
        return f"不大于 {high}" if low is None else f"不小于 {low}"
    return f"{low} 至 {high}"


def _percent(share: float) -> str:
    if 0 < share < 0.0001:
        return "不到 0.01%"
    return f"{share * 100:.2f}".rstrip("0").rstrip(".") + "%"
