"""Reads the shared word and code lists of data_contracts/codes."""

import hashlib
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from data_contracts.headings import normalise_heading
from data_contracts.model import Codes, ContractError
from data_contracts.yaml_files import NotYamlError, parse_yaml

FOLDER = Path(__file__).parent / "codes"
# Printable ASCII to the same characters in full width.
_WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
_SPELT_LISTS = ("null_words", "true_words", "false_words", "total_words", "footnote_starts")
_WORD_LISTS = (*_SPELT_LISTS, "ignored_headings")


def spellings(word: str) -> frozenset[str]:
    """A word without its blanks: as it is, and in half and full width, in upper and in lower case."""
    bare = "".join(word.split())
    folded = "".join(unicodedata.normalize("NFKC", bare).split())
    narrow = {folded, folded.upper(), folded.lower()}
    return frozenset({bare, *narrow, *(spelling.translate(_WIDE) for spelling in narrow)})


def synonym_map(listed: Iterable[tuple[str, str]]) -> tuple[dict[str, str], list[str]]:
    """(received word → listed value, words claimed by two values) from pairs of word and value."""
    mapping: dict[str, str] = {}
    clashes = []
    for word, value in listed:
        for spelling in sorted(spellings(word)):
            if mapping.setdefault(spelling, value) != value:
                clashes.append(f"{spelling} ({mapping[spelling]}, {value})")
    return mapping, clashes


def load_codes(folder: Path | None = None) -> Codes:
    """The shared lists of a folder (default: data_contracts/codes), read once per process.

    Raises ContractError naming every file and list that cannot be used.
    """
    return _load_codes((folder or FOLDER).resolve())


@lru_cache(maxsize=8)
def _load_codes(folder: Path) -> Codes:
    words: dict[str, list[str]] = {}
    lists: dict[str, dict[str, str]] = {}
    problems: list[str] = []
    digest = hashlib.sha256()
    for path in sorted(folder.glob("*.yaml")):
        content = path.read_bytes()
        digest.update(path.name.encode() + b"\0" + content)
        _read_file(path, content, words, lists, problems)
    problems += [f"{folder.name}: no list {name}" for name in _WORD_LISTS if name not in words]
    if problems:
        raise ContractError(problems)
    spelt = {name: frozenset().union(*map(spellings, words[name])) for name in _SPELT_LISTS}
    headings = frozenset(normalise_heading(word).key for word in words["ignored_headings"])
    return Codes(**spelt, ignored_headings=headings, lists=lists, content_hash=digest.hexdigest())


def _read_file(
    path: Path,
    content: bytes,
    words: dict[str, list[str]],
    lists: dict[str, dict[str, str]],
    problems: list[str],
) -> None:
    """Adds one file's lists to words and lists, and what is wrong with it to problems."""
    try:
        document = parse_yaml(content)
    except NotYamlError as error:
        problems.append(f"{path.name}: {error}")
        return
    if not isinstance(document, dict):
        problems.append(f"{path.name}: expected lists by name")
        return
    for name, listed in document.items():
        if name == "values" and isinstance(listed, dict):
            pairs = [(word, value) for value, received in listed.items() for word in received]
            lists[path.stem], clashes = synonym_map(pairs)
            problems += [f"{path.name}: claimed by two values: {clash}" for clash in clashes]
        elif name in _WORD_LISTS and _all_text(listed):
            words[name] = listed
        else:
            problems.append(f"{path.name}: {name} is neither a known list of words nor `values`")


def _all_text(listed: object) -> bool:
    return isinstance(listed, list) and all(isinstance(word, str) for word in listed)
