"""What the commands print for a person to read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.table import Table

from flows.console import stdout_console

SEVERITY = {"high": "高", "medium": "中", "low": "低"}


def print_run(
    manifest: dict[str, Any], run_dir: Path, not_evaluated: dict[str, str], rejected: dict[str, str], seconds: float
) -> None:
    """The end of a run: how many leads, what could not be compared, where the lists are."""
    out = stdout_console()
    counts = "  ".join(f"{SEVERITY[s]} {n}" for s, n in manifest["by_severity"].items())
    out.print(
        f"Run {manifest['run_id']} ({manifest['kind']}, as of {manifest['as_of']}): {manifest['status']}, {seconds:.1f} s",
        highlight=False,
    )
    out.print(f"Findings: {manifest['findings']}  ({counts})", highlight=False)
    for file, reason in rejected.items():
        out.print(f"Rejected: {file}: {reason}", highlight=False, markup=False)
    for rule_id, reason in not_evaluated.items():
        out.print(f"Not evaluated: {rule_id}: {reason}", highlight=False, markup=False)
    for dataset in manifest["missing_core"]:
        out.print(f"Missing: no usable file of the core dataset {dataset}", highlight=False)
    for dataset in manifest["over_quarantine_limit"]:
        out.print(f"More rows of {dataset} were quarantined than its contract allows", highlight=False)
    out.print(f"Lists: {run_dir / 'workbooks'}", highlight=False, markup=False)


def print_findings(rows: list[dict[str, Any]]) -> None:
    """One line per finding."""
    table = Table(box=None, pad_edge=False)
    for heading in ("finding_id", "级别", "规则", "镇街", "户编号", "姓名", "状态", "以往核查", "说明"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(row["finding_id"], SEVERITY[row["severity"]], row["rule_title"], row["township_name"], row["household_id"] or "",
                      row["name"] or "", row["state"], _measured(row["measured"]), row["explanation"])  # fmt: skip
    out = stdout_console()
    out.print(table)
    out.print(f"{len(rows)} findings", highlight=False)


def _measured(measured: dict[str, Any] | None) -> str:
    if not measured:
        return ""
    return f"{measured['of']}属实{measured['confirmed']}/{measured['reviewed']}（{measured['low']:.0%}～{measured['high']:.0%}）"


def print_explanation(explanation: dict[str, Any]) -> None:
    """The chain behind one finding, top down: what, why, from which rows, how linked, under which clause and values."""
    out = stdout_console()

    def say(text: str, **_: Any) -> None:
        out.print(text, highlight=False, markup=False)

    finding, rule = explanation["finding"], explanation["rule"]
    say(
        f"{finding['finding_id']}  {finding['rule_title']}（{finding['rule_id']} 第{finding['rule_version']}版）  级别：{SEVERITY[finding['severity']]}"
    )
    say(
        f"{finding['township_name'] or ''} {finding['village'] or ''}  户 {finding['household_id'] or '—'}  {finding['name'] or ''}  {finding['subject_key']}"
    )
    say(finding["explanation"])
    for contradiction in finding["contradictions"] or ():
        say(f"  矛盾：{contradiction}")
    if finding["match_tier"]:
        say(f"关联方式：{finding['match_tier']}，可信度 {finding['match_confidence']}")
    if finding["amount_at_risk"] is not None:
        say(f"涉及金额：{finding['amount_at_risk']} 元")
    say("\n证据（原始记录）")
    for item in explanation["rows"]:
        say(f"  {item['dataset']}  {item['file']}  {item['sheet'] or ''}  第{item['row']}行")
        for heading, cell in (item.get("received") or {}).items():
            say(f"    {heading}：{cell}")
    say("\n人员关联")
    for link in explanation["links"]:
        say(
            f"  {link['file']} {link['sheet'] or ''} 第{link['row']}行 → {link['person_key']}  {link['tier']}  {link['confidence']}  姓名{link['name_relation']}"
        )
    for link in explanation["weights"]:
        say(f"\n概率关联的逐项权重 → {link['person_key']}（正数支持是同一人，负数反对；可信度为累计）")
        for step in link["steps"]:
            say(f"  {step['title']}：{step['level']}  {step['weight']:+.1f}  累计可信度 {step['probability']:.4f}")
    say("\n依据")
    say("\n".join(f"  {line}" for line in rule["basis"].splitlines()))
    if rule["note"]:
        say(f"  {rule['note']}")
    say("\n参数")
    for value in explanation["parameters"]:
        mark = "（待确认）" if value["is_example"] else ""
        say(f"  {value['title']} {value['value']}（{value['unit']}，自{value['valid_from']}，{value['source']}）{mark}")
    say("\n可能误报\n" + "\n".join(f"  {line}" for line in rule["false_positives"].splitlines()))
    say("核查步骤\n" + "\n".join(f"  {line}" for line in rule["review_steps"].splitlines()))
    say("处理\n" + "\n".join(f"  {line}" for line in rule["closing_action"].splitlines()))
    for decision in explanation["decisions"]:
        words = [decision["outcome"], decision["checked_by"] and f"核查人{decision['checked_by']}", decision["checked_on"] and f"{decision['checked_on']}核查",
                 decision["measures"] and f"措施：{decision['measures']}", decision["note"] and f"说明：{decision['note']}",
                 decision["expires_on"] and f"有效至{decision['expires_on']}", f"来自{decision['file_name']}第{decision['source_row']}行"]  # fmt: skip
        say("核查结果：" + "，".join(word for word in words if word))


def print_rules(rows: list[dict[str, Any]]) -> None:
    """The catalogue, one line per rule."""
    table = Table(box=None, pad_edge=False)
    for heading in ("rule", "title", "severity", "version", "requires"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        needs = ", ".join(row["requires"]) + (f" + any of {', '.join(row['any_of'])}" if row["any_of"] else "")
        table.add_row(row["rule_id"], row["title"], row["severity"], str(row["version"]), needs)
    stdout_console().print(table)


def print_rule(detail: dict[str, Any]) -> None:
    """One rule whole."""
    out = stdout_console()
    for key, value in detail.items():
        if key == "sql":
            out.print(f"\n{value}", highlight=False, markup=False)
        elif isinstance(value, list | dict):
            lines = [f"{k}: {', '.join(v)}" for k, v in value.items()] if isinstance(value, dict) else value
            if lines:
                out.print(f"{key}:", highlight=False)
            for line in lines:
                out.print(f"  - {line}", highlight=False, markup=False)
        else:
            out.print(f"{key}: {value}", highlight=False, markup=False)


def print_backtest(compared: dict[str, Any]) -> None:
    """Before and after in numbers, then what came and what went."""
    out = stdout_console()
    for word in ("before", "after"):
        side = compared[word]
        out.print(f"{word}: {side['findings']} findings, {_precision(side)}", highlight=False)
    if compared["precision_change"] is not None:
        out.print(f"measured precision changes by {compared['precision_change'] * 100:+.1f} points", highlight=False)
    for word in ("gained", "lost", "kept"):
        decided = compared["decided"][word]
        number = compared[word] if word == "kept" else len(compared[word])
        out.print(f"{word} {number}: {decided['confirmed']} confirmed, {decided['refuted']} refuted, {decided['open']} not decided", highlight=False)  # fmt: skip
    out.print(f"kept with other evidence or severity: {len(compared['kept_changed'])}", highlight=False)
    for word in ("gained", "lost", "kept_changed"):
        for row in compared[word]:
            mark = f"  [{row['decision']}]" if row["decision"] else ""
            out.print(
                f"  {word} {row['finding_id']} {row['township_name']} {row['name'] or ''}{mark}",
                highlight=False,
                markup=False,
            )


def _precision(side: dict[str, Any]) -> str:
    if side["precision"] is None:
        return "none of them reviewed"
    return f"{side['confirmed']} of {side['reviewed']} reviewed confirmed: {side['precision']:.1%} (95 %: {side['low']:.1%} to {side['high']:.1%})"


def print_file_report(report: Any) -> None:
    """A file against its contract: first what it is, then what to mend."""
    out = stdout_console()
    title = (f"{report.title}（{report.dataset}）" if report.title else report.dataset) or "未能识别"
    out.print(
        f"{report.file}: {title}, {report.rows} rows; {'usable' if report.usable else 'would be rejected'}",
        highlight=False,
        markup=False,
    )
    if report.looks_like and report.looks_like != report.dataset:
        out.print(f"It looks like {report.looks_like}.", highlight=False, markup=False)
    for problem in report.problems:
        where = " ".join(
            part
            for part in (
                problem.sheet and f"工作表「{problem.sheet}」",
                problem.row and f"第{problem.row}行",
                problem.column,
            )
            if part
        )
        # What is wrong with a whole file is in no place, and said in whole sentences.
        at = f" {where}:" if where else ""
        found = problem.found.rstrip("。")
        out.print(f"[{problem.level}]{at} {found}；应为：{problem.expected}", highlight=False, markup=False)
    if report.more:
        out.print(f"… and {report.more} more", highlight=False)
    if report.usable and not report.problems:
        out.print("nothing to mend", highlight=False)
