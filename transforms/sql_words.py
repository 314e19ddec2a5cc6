"""Which words SQL texts use: what names a table or column need not be parsed to be found."""

from __future__ import annotations

import re
from collections.abc import Iterable

_COMMENT, _WORD = re.compile(r"--[^\n]*"), re.compile(r"\w+")


def words_of(texts: Iterable[str]) -> set[str]:
    """The words outside comments. Those within a literal count: at worst something is kept that nothing reads."""
    return {word for text in texts for word in _WORD.findall(_COMMENT.sub("", text))}
