"""rules.lock.json: the version and the logic hash of every rule. A rule whose logic changes must have its version bumped.

`python -m rules.engine.lock` writes the file anew; it refuses while a changed rule still carries its old version.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from rules.engine.corpus import RULE_FOLDER, Rule, load_corpus

LOCK_FILE = RULE_FOLDER / "rules.lock.json"


def logic_hash(rule: Rule) -> str:
    """Hash of what decides a finding: the SELECT and the front matter the engine reads; prose may change freely."""
    decisive: dict[str, Any] = {
        "sql": rule.sql, "severity": rule.severity, "subject": rule.subject, "requires": rule.requires, "any_of": rule.any_of,
        "uses": rule.uses, "columns": rule.columns, "parameters": rule.parameters, "amount": rule.amount,
    }  # fmt: skip
    if rule.absence:
        decisive["absence"] = rule.absence
    return hashlib.sha256(json.dumps(decisive, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def locked(path: Path = LOCK_FILE) -> dict[str, dict[str, Any]]:
    """The lock file's content; empty when there is none yet."""
    return dict(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else {}


def stale(rules: dict[str, Rule], lock: dict[str, dict[str, Any]]) -> list[str]:
    """One line per rule whose logic changed under an unchanged (or lower) version, and per locked rule that is gone."""
    problems = [
        f"{rule.id}: its logic changed but its version is still {rule.version}; bump it"
        for rule in rules.values()
        if rule.id in lock and lock[rule.id]["sha256"] != logic_hash(rule) and rule.version <= lock[rule.id]["version"]
    ]
    return problems + [
        f"{rule_id}: locked, but there is no such rule; retire it with status: retired"
        for rule_id in lock
        if rule_id not in rules
    ]


def main() -> int:
    """Write the lock file, or say what must be bumped first."""
    rules = load_corpus()
    problems = stale(rules, locked())
    if problems:
        print("\n".join(problems), file=sys.stderr)
        return 1
    content = {
        rule.id: {"version": rule.version, "sha256": logic_hash(rule)}
        for rule in sorted(rules.values(), key=lambda r: r.id)
    }
    LOCK_FILE.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    print(f"{LOCK_FILE.name}: {len(content)} rules")
    return 0


if __name__ == "__main__":
    sys.exit(main())
