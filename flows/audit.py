"""`hedui audit`: notes who did what in the store's audit trail, and verifies it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flows.plan import RunError
from transforms.audit import AuditError, AuditReport, record, verify
from transforms.publish.store import StoreError


def note(store: Path, action: str, details: Mapping[str, Any]) -> None:
    """Record what was done; where the trail cannot be written (a read-only store) say so on standard error
    and go on.
    """
    try:
        record(store.resolve(), action, details)
    except AuditError as error:
        print(f"hedui: not recorded in the audit trail: {error}", file=sys.stderr)


def verify_trail(store: Path) -> AuditReport:
    """Verify the audit trail. Raises StoreError without a store, RunError when the trail cannot be read."""
    if not store.is_dir():
        raise StoreError(f"there is no store {store}")
    try:
        return verify(store.resolve())
    except AuditError as error:
        raise RunError(str(error)) from None


def audit_json(report: AuditReport) -> dict[str, Any]:
    """The report as one plain object."""
    return {"ok": report.ok, **asdict(report)}


def audit_lines(report: AuditReport) -> list[str]:
    """The report as lines for a person."""
    if not report.ok:
        where = f"第{report.first_bad}条记录有问题" if report.first_bad else "记录尾标有问题"
        return [f"审计记录不完整：{where}（{report.problem}）。此前{report.entries}条完好。"]
    lines = [f"审计记录完好，共{report.entries}条，末条哈希 {report.last_hash}"]
    if report.sealed_through is not None:
        lines.append(f"密钥封印到第{report.sealed_through}条")
    return lines
