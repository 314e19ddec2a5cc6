"""Names of people in one spelling: blanks, widths, middle dots, traditional and variant characters."""

import re
from functools import cache
from pathlib import Path

import duckdb
import opencc
import pyarrow as pa
import pyarrow.compute as pc
from duckdb.func import PythonUDFType

from data_contracts import Codes
from transforms.values.base import Context, Layer, ValueType, literal
from transforms.values.folding import (
    BLANK,
    FULL_WIDTH,
    HALF_WIDTH,
    INVISIBLE,
    QUOTES,
    at_the_ends,
    empty_as_null,
    said_nothing,
)

FUNCTION = "hedui_fold_name"
_DICTIONARIES = ("TSCharacters", "STCharacters", "HKVariants", "TWVariants")
# Variants registers use that OpenCC does not list, each with the form to keep.
_VARIANTS = {
    "吕": "呂", "黄": "黃", "吴": "吳", "强": "強彊", "峰": "峯", "群": "羣", "清": "淸", "青": "靑",
    "真": "眞", "慎": "愼", "乡": "鄕鄊", "户": "戶戸", "丽": "麗", "凉": "涼", "净": "淨", "朵": "朶",
    "杯": "盃", "珍": "珎", "宝": "寳", "寿": "夀", "叶": "葉", "德": "徳悳", "贵": "貴", "晋": "晉",
    "普": "暜", "并": "並併", "冰": "氷", "况": "況", "决": "決", "凤": "鳯", "岳": "嶽", "岛": "嶋",
    "峨": "峩", "雁": "鴈", "鹅": "鵞", "鹤": "鶴", "柏": "栢", "楠": "枏柟", "梅": "楳槑", "松": "枩",
    "秋": "秌", "穗": "穂", "粮": "糧", "略": "畧", "留": "畱", "虎": "乕", "泉": "灥", "闻": "聞",
    "国": "囯圀",
}  # fmt: skip
# Borne in names, and variants of a particle to OpenCC.
_BORNE = "著幺"
_DOTS = "•・．.‧∙･⋅ㆍ᛫"
_MIDDLE_DOT = "·"
_SEPARATOR = "\x1e"


class Name(ValueType):
    """A person's name. '?' and private-use characters stay: they tell that a rare character was lost."""

    def layers(self, column: str, raw: str, ctx: Context) -> list[Layer]:
        text = f"{column}__text"
        edges = literal(f"^[{QUOTES}]+|[{QUOTES}]+$")
        folded = f"regexp_replace({FUNCTION}({raw}), {edges}, '', 'g')"
        return [
            {text: f"CASE WHEN regexp_matches({raw}, {literal(_unusual())}) THEN {folded} ELSE {raw} END"},
            {column: empty_as_null(text, _nothing(ctx.codes.null_words))},
        ]

    def disturbance(self, codes: Codes) -> str:
        return f"{_folded()}|{at_the_ends(f'[{QUOTES}]')}|{said_nothing(_nothing(codes.null_words))}"


def register_functions(con: duckdb.DuckDBPyConnection) -> None:
    """Gives a connection (and its cursors) the native function Name needs. Does nothing the second time."""
    try:
        # Listing DuckDB's functions to look for it takes a quarter of a second.
        con.execute(f"EXPLAIN SELECT {FUNCTION}('')")
    except duckdb.CatalogException:
        con.create_function(FUNCTION, fold_names, ["VARCHAR"], "VARCHAR", type=PythonUDFType.ARROW)


def fold_names(names: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Names without blanks, width folded, one middle dot, one form of each character: a vector at once."""
    texts = pc.replace_substring(names, _SEPARATOR, "").to_pylist()
    folded = _SEPARATOR.join(text or "" for text in texts).translate(_table()).split(_SEPARATOR)
    return pa.array(folded, pa.string())


def fold_name(text: str) -> str:
    """One name as the pipeline writes it (see Name)."""
    folded: str = fold_names(pa.array([text], pa.string()))[0].as_py()
    return folded.strip(QUOTES)


@cache
def _nothing(null_words: frozenset[str]) -> frozenset[str]:
    """The words for 'nothing' as names are folded: a lone full stop has become a middle dot."""
    return null_words | {fold_name(word) for word in null_words}


@cache
def character_forms() -> dict[str, str]:
    """Every character that is folded → the form kept.

    Characters OpenCC pairs in either direction (and the Hong Kong and Taiwan variants) become one; kept is
    the common one, which names are published in: of GB 2312's first level, else of its second, and of several the
    one most pairs of its class simplify to.
    """
    groups = _Groups()
    folder = Path(opencc.__file__).parent / "dictionary"
    for dictionary in _DICTIONARIES:
        for line in (folder / f"{dictionary}.txt").read_text("utf-8").splitlines():
            key, _, values = line.partition("\t")
            for value in values.split():
                groups.join(key, value, simplifies=dictionary == "TSCharacters" and value == values.split()[0] != key)
    for kept, variants in _VARIANTS.items():
        for variant in variants:
            groups.join(variant, kept, simplifies=True)
    return groups.forms()


class _Groups:
    """Characters joined into classes (union-find)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}
        self._votes: dict[str, int] = {}

    def join(self, character: str, other: str, *, simplifies: bool) -> None:
        self._parent[self._root(character)] = self._root(other)
        self._votes[other] = self._votes.get(other, 0) + simplifies

    def forms(self) -> dict[str, str]:
        classes: dict[str, list[str]] = {}
        for character in self._parent:
            classes.setdefault(self._root(character), []).append(character)
        forms = {}
        for members in classes.values():
            kept = max(
                members, key=lambda c: (c in _BORNE, _level(c), self._votes.get(c, 0), c < "\U00010000", -ord(c))
            )
            forms.update({member: kept for member in members if member != kept})
        return forms

    def _root(self, character: str) -> str:
        self._parent.setdefault(character, character)
        while self._parent[character] != character:
            character = self._parent[character]
        return character


def _level(character: str) -> int:
    """2 for GB 2312's 3,755 common characters, 1 for its others, 0 for all that are not in it."""
    first = character.encode("gb2312", "ignore")[:1]
    return (first >= b"\xb0") + (b"\xb0" <= first <= b"\xd7")


@cache
def _table() -> dict[int, str | None]:
    """For str.translate: character → what becomes of it."""
    table: dict[int, str | None] = {ord(wide): half for wide, half in zip(FULL_WIDTH, HALF_WIDTH, strict=True)}
    table |= {ord(character): form for character, form in character_forms().items()}
    table |= {ord(dot): _MIDDLE_DOT for dot in _DOTS}
    gone = re.compile(f"[{_python_class(INVISIBLE + BLANK)}]")
    table |= {code: None for code in (*range(0x2100), 0x3000, 0xFEFF) if gone.match(chr(code))}
    del table[ord(_SEPARATOR)]
    return table


def _unusual() -> str:
    """Regular expression (RE2) that finds what fold_names or the trimming of quotes would change."""
    return f"{_folded()}|^[{QUOTES}]|[{QUOTES}]$"


@cache
def _folded() -> str:
    """RE2 class of the characters fold_names changes or drops."""
    characters = {ord(character) for character in FULL_WIDTH + _DOTS} | {ord(c) for c in character_forms()}
    return f"[{INVISIBLE}{BLANK}{_ranges(characters)}]"


def _ranges(codes: set[int]) -> str:
    """The inside of an RE2 character class."""
    parts: list[str] = []
    ordered = sorted(codes)
    start = 0
    for position, code in enumerate(ordered, 1):
        if position == len(ordered) or ordered[position] != code + 1:
            first = ordered[start]
            parts.append(f"\\x{{{first:x}}}" + (f"-\\x{{{code:x}}}" if code > first else ""))
            start = position
    return "".join(parts)


def _python_class(inside: str) -> str:
    return re.sub(r"\\x\{([0-9a-f]+)\}", lambda found: f"\\u{int(found[1], 16):04x}", inside)
