"""The rule table of the README, made from the rules' own front matter. `python -m rules.engine.catalogue_table` writes it."""

from __future__ import annotations

import sys
from pathlib import Path

from rules.engine.corpus import Rule, load_corpus

README = Path(__file__).parent.parent.parent / "README.md"
BEGIN, END = "<!-- rules: begin (generated, do not edit) -->", "<!-- rules: end -->"


def render(rules: dict[str, Rule]) -> str:
    """A Markdown table of every rule: id, title, severity, data, clause."""
    lines = ["| rule | 标题 | severity | needs | rests on |", "|---|---|---|---|---|"]
    for rule in rules.values():
        needs = ", ".join(rule.requires) + (f"; any of {', '.join(rule.any_of)}" if rule.any_of else "")
        needs += f"; uses {', '.join(rule.uses)}" if rule.uses else ""
        basis = "; ".join(f"{b.document} {b.clause}" for b in rule.basis[:2])
        lines.append(f"| `{rule.id}` | {rule.title} | {rule.severity} | {needs} | {basis} |")
    return "\n".join(lines)


def replaced(text: str, table: str) -> str:
    """The README's text with the table between its two marks. Raises ValueError when the marks are not there."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"README.md lacks the marks {BEGIN} and {END}")
    return f"{head}{BEGIN}\n{table}\n{END}{tail}"


def main() -> int:
    """Write the table into README.md."""
    text = README.read_text(encoding="utf-8")
    README.write_text(replaced(text, render(load_corpus())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
