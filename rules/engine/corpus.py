"""The rule corpus: rules/<rule_id>.sql, each YAML front matter in a block comment and one SELECT."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from data_contracts.yaml_files import NOT_PLAIN_TEXT, NotYamlError, parse_yaml

RULE_FOLDER = Path(__file__).parent.parent
FRONT_MATTER = re.compile(r"\A\s*/\*(.*?)\*/(.*)\Z", re.DOTALL)
FAMILIES = ("death", "asset", "income", "supporter", "household", "identity", "relative", "pay", "review", "missed")
SEVERITIES = ("high", "medium", "low")
AMOUNTS = ("rule", "none", "person_since_event", "household_since_event", "household_latest_month")
REQUIRED_KEYS = ("id", "title", "title_en", "family", "severity", "status", "version", "subject", "basis", "requires",
                 "evidence", "amount", "false_positives", "review_steps", "closing_action")  # fmt: skip
TEXTS = ("false_positives", "review_steps", "closing_action")
LISTS = ("requires", "any_of", "uses", "absence", "parameters")
LISTS_BY_DATASET = ("columns", "uses_columns", "evidence")


class CorpusError(ValueError):
    """The rule files contradict their format; the message lists every problem in every file."""


@dataclass(frozen=True)
class Basis:
    """What a rule rests on: document, number, clause, and in our own words what the clause asks."""

    document: str
    number: str
    clause: str
    asks: str

    def __str__(self) -> str:
        return f"{self.document}{f'（{self.number}）' if self.number else ''} {self.clause}：{self.asks}"


@dataclass(frozen=True)
class Rule:
    """One rule as its file says it. By dataset, `columns`: optional contract columns it decides on, without which it is not evaluated;
    `uses_columns`: those it takes into account where present; `evidence`: columns shown. `absence`: datasets in which it takes a missing row
    for evidence.
    """

    id: str
    title: str
    title_en: str
    family: str
    severity: str
    status: str
    version: int
    subject: str
    basis: tuple[Basis, ...]
    requires: tuple[str, ...]
    any_of: tuple[str, ...]
    uses: tuple[str, ...]
    absence: tuple[str, ...]
    columns: dict[str, tuple[str, ...]]
    uses_columns: dict[str, tuple[str, ...]]
    evidence: dict[str, tuple[str, ...]]
    parameters: tuple[str, ...]
    amount: str
    false_positives: tuple[str, ...]
    review_steps: tuple[str, ...]
    closing_action: tuple[str, ...]
    sql: str
    content_hash: str

    def __hash__(self) -> int:
        return hash((self.id, self.content_hash))


@lru_cache(maxsize=8)
def load_corpus(folder: Path = RULE_FOLDER) -> dict[str, Rule]:
    """Every rule of the folder by id, in the order of families, then ids.

    Raises CorpusError listing every problem of every file at once.
    """
    problems: list[str] = []
    if not folder.is_dir():
        raise CorpusError(f"{folder}: no such folder of rules")
    if not any(folder.glob("*.sql")):
        raise CorpusError(f"{folder} holds no rules (.sql files); with none nobody would be checked")
    rules = [rule for path in sorted(folder.glob("*.sql")) if (rule := _read(path, problems)) is not None]
    if problems:
        raise CorpusError("the rule files are not usable:\n  " + "\n  ".join(problems))
    rules.sort(key=lambda r: (FAMILIES.index(r.family), r.id))
    return {rule.id: rule for rule in rules}


def _read(path: Path, problems: list[str]) -> Rule | None:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        problems.append(f"{path.name}: {NOT_PLAIN_TEXT}")
        return None
    match = FRONT_MATTER.match(text)
    if not match:
        problems.append(f"{path.name}: expected front matter in /* … */ before the SELECT")
        return None
    try:
        head = parse_yaml(match.group(1).encode())
    except NotYamlError as error:
        problems.append(f"{path.name}: the front matter is {error}")
        return None
    found = _check(path, head, problems)
    if found:
        return None
    said: dict[str, Any] = {
        key: head[key] for key in ("id", "title", "title_en", "family", "severity", "status", "amount")
    }
    said |= {key: tuple(head.get(key) or ()) for key in LISTS}
    said |= {key: _lines(head[key]) for key in TEXTS}
    for key in LISTS_BY_DATASET:
        said[key] = {dataset: tuple(columns) for dataset, columns in (head.get(key) or {}).items()}
    return Rule(
        **said,
        version=int(head["version"]),
        subject=str(head["subject"]),
        basis=tuple(
            Basis(*(str(b.get(k) or "") for k in ("document", "number", "clause", "asks"))) for b in head["basis"]
        ),
        sql=match.group(2).strip().rstrip(";"),
        content_hash=hashlib.sha256(text.encode()).hexdigest(),
    )


def _check(path: Path, head: Any, problems: list[str]) -> bool:
    before = len(problems)
    if not isinstance(head, dict):
        problems.append(f"{path.name}: the front matter is not a mapping")
        return True
    lacking = [key for key in REQUIRED_KEYS if head.get(key) in (None, "", [])]
    if lacking:
        problems.append(f"{path.name}: lacks {', '.join(lacking)}")
        return True
    if head["id"] != path.stem:
        problems.append(f"{path.name}: id is {head['id']!r}, expected the file's stem")
    for key, allowed in (("family", FAMILIES), ("severity", SEVERITIES), ("amount", AMOUNTS)):
        if head[key] not in allowed:
            problems.append(f"{path.name}: {key} is {head[key]!r}, expected one of {', '.join(allowed)}")
    problems += [f"{path.name}: {key}: expected {expected}" for key, expected, fits in _shapes(head) if not fits]
    return len(problems) > before


def _shapes(head: dict[str, Any]) -> Iterator[tuple[str, str, bool]]:
    """(key, what is expected of it, whether it is so) of the keys that hold more than a word."""
    yield "version", "a whole number", isinstance(head["version"], int)
    basis = head["basis"]
    yield "basis", "a list of mappings", isinstance(basis, list) and all(isinstance(clause, dict) for clause in basis)
    for key in TEXTS:
        yield key, "a text or a list of texts", isinstance(head[key], str | list)
    for key in LISTS:
        yield key, "a list such as [a, b]", isinstance(head.get(key) or [], list)
    for key in LISTS_BY_DATASET:
        held = head.get(key) or {}
        fits = isinstance(held, dict) and all(isinstance(columns, list) for columns in held.values())
        yield key, "columns by dataset such as {deaths: [death_date]}", fits


def _lines(value: Any) -> tuple[str, ...]:
    return (value.strip(),) if isinstance(value, str) else tuple(str(v).strip() for v in value)
