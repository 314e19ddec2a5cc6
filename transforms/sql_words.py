"""Which words SQL texts use: what names a table or column need not be parsed to be found."""

from __future__ import annotations

import graphlib
import re
from collections.abc import Iterable, Mapping

_COMMENT, _WORD = re.compile(r"--[^\n]*"), re.compile(r"\w+")
_COMMENT_OR_LITERAL = re.compile(r"--[^\n]*|'(?:[^']|'')*'")


def words_of(texts: Iterable[str]) -> set[str]:
    """The words outside comments. Those within a literal count: at worst something is kept that nothing reads."""
    return {word for text in texts for word in _WORD.findall(_COMMENT.sub("", text))}


def in_order(statements: Mapping[str, str]) -> dict[str, str]:
    """Name of a table or view → the statement that makes it, each after those it reads. Raises graphlib.CycleError."""
    # A file's path, a literal, may bear the name of another table.
    words = {name: set(_WORD.findall(_COMMENT_OR_LITERAL.sub("", sql))) for name, sql in statements.items()}
    needs = {name: statements.keys() & words[name] - {name} for name in statements}
    return {name: statements[name] for name in graphlib.TopologicalSorter(needs).static_order()}
