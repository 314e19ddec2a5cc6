"""What a run shows on the Prefect server's page: row accounting, rules, what changed most, where the lists are. Nobody's data, and no file name.

File names are the senders' and may name a person: the page counts files, the manifest names them.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import duckdb

Rows = list[dict[str, Any]]
MOST_CHANGES = 20
COUNTED = ("received", "loaded", "quarantined", "ignored")
#: The page is read by the bureau.
HEADINGS = {
    "dataset": "数据", "files": "采用文件", "rejected": "拒收文件", "received": "收到行数", "loaded": "采用行数", "quarantined": "隔离行数",
    "ignored": "忽略行数", "rule": "规则", "status": "状态", "findings": "线索", "seconds": "用时（秒）", "change": "变化",
}  # fmt: skip
REPORTS = {"report.html": "一页纸报告", "workbooks": "各镇街线索表、县级汇总", "reconciliation": "对账表", "data_docs/index.html": "数据检查",
           "linkage_report.html": "匹配质量", "suspects.parquet": "线索全表", "manifest.json": "批次说明（文件、规则、参数、检查）"}  # fmt: skip


def row_accounting(manifest: dict[str, Any]) -> Rows:
    """One row per dataset: files loaded and rejected, rows received, loaded, quarantined, ignored."""
    rows: dict[str, dict[str, Any]] = {}
    for file in manifest["inputs"]:
        row = rows.setdefault(
            file["dataset"], {"dataset": file["dataset"], "files": 0, "rejected": 0, **dict.fromkeys(COUNTED, 0)}
        )
        row["rejected" if file["status"] == "rejected" else "files"] += 1
        for count in COUNTED:
            row[count] += file[count] or 0
    return list(rows.values())


def rules_outcome(manifest: dict[str, Any]) -> Rows:
    """One row per rule: rule, status, findings, seconds; those that were not evaluated first, then by findings."""
    rows = [
        {"rule": rule, **{k: said[k] for k in ("status", "findings", "seconds")}}
        for rule, said in manifest["rules"].items()
    ]
    return sorted(rows, key=lambda row: (row["status"] == "evaluated", -row["findings"], row["rule"]))


def top_changes(run_dir: Path) -> Rows:
    """Findings that came, changed or went since the run before, counted by rule and kind of change, most first."""
    path = run_dir / "reconciliation" / "changes.parquet"
    if not path.exists():
        return []
    with duckdb.connect(":memory:") as con:
        source = str(path).replace("'", "''")
        cursor = con.execute(f"SELECT rule_id AS rule, change, count(*) AS findings FROM read_parquet('{source}') GROUP BY ALL "
                             f"ORDER BY findings DESC, rule, change LIMIT {MOST_CHANGES}")  # fmt: skip
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def where_the_lists_are(manifest: dict[str, Any], run_dir: Path) -> str:
    """Markdown: the run in one line, and the paths of what it published."""
    severity = manifest["by_severity"]
    lines = [f"## {manifest['run_id']}", "",
             f"核对日期 {manifest['as_of']}，{'完整' if manifest['status'] == 'complete' else '不完整'}；"
             f"线索 {manifest['findings']} 条（高 {severity['high']}，中 {severity['medium']}，低 {severity['low']}）", ""]  # fmt: skip
    lines += [f"- {title}：`{run_dir / name}`" for name, title in REPORTS.items() if (run_dir / name).exists()]
    return "\n".join(lines)


def publish_artifacts(
    manifest: dict[str, Any], run_dir: Path, logger: logging.Logger | logging.LoggerAdapter[Any]
) -> None:
    """Hand them to the server. A run that is published does not fail for want of its page."""
    from prefect.artifacts import create_markdown_artifact, create_table_artifact

    tables = {"row-accounting": (row_accounting(manifest), "行数对账"), "rules": (rules_outcome(manifest), "规则执行情况"),
              "top-changes": (top_changes(run_dir), "与上一批次相比变化最多的规则")}  # fmt: skip
    try:
        create_markdown_artifact(where_the_lists_are(manifest, run_dir), key="lists", description="清单在哪里")
        for key, (rows, title) in tables.items():
            if rows:
                create_table_artifact(
                    [{HEADINGS[k]: v for k, v in row.items()} for row in rows], key=key, description=title
                )
    except Exception as error:
        logger.warning("the run is published, its artifacts are not: %s", type(error).__name__)
