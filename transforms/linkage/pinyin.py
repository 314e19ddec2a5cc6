"""The reading table behind "names alike = equal pinyin without tones"."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from functools import cache

import pyarrow as pa

# Heeded when pypinyin is imported, which only this module does: characters are read one by one, and the dictionary of phrases takes a fifth of
# a second to load.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

# Characters read otherwise as a surname (first character of a name) than in ordinary words.
# fmt: off
SURNAME_READINGS = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "乐": "yue", "区": "ou", "查": "zha",
    "盖": "ge", "朴": "piao", "繁": "po", "覃": "qin", "缪": "miao", "召": "shao", "折": "she",
    "黑": "he", "秘": "bi", "员": "yun", "种": "chong", "翟": "zhai", "洗": "xian", "句": "gou",
    "卜": "bu", "乜": "nie", "佴": "nai", "祭": "zhai", "郇": "xun", "阚": "kan",
}
# fmt: on
_UMLAUT = "\u0308"
# Combining marks: the tones, and the circumflex of ê.
_TONES = dict.fromkeys(set(range(0x0300, 0x0370)) - {ord(_UMLAUT)})


@cache
def pinyin_table() -> pa.Table:
    """Every character pypinyin knows with its usual toneless reading.

    Returns: `ch` (one character), `syllable` (the usual reading, ü as v), `surname_syllable` (the reading as
    a surname; NULL where it is the usual one). A character with several readings keeps only these two: more
    would call strangers alike.
    """
    from pypinyin.constants import PINYIN_DICT

    characters = sorted(chr(code) for code in PINYIN_DICT)
    # All at once: asking pypinyin for each of forty thousand characters takes as long as linking a county.
    usual = "\n".join(PINYIN_DICT[ord(ch)].partition(",")[0] for ch in characters)
    syllables = unicodedata.normalize("NFD", usual).translate(_TONES).replace("u" + _UMLAUT, "v").split("\n")
    surnames = [SURNAME_READINGS.get(ch) for ch in characters]
    return pa.table(
        {
            "ch": pa.array(characters, pa.string()),
            "syllable": pa.array(syllables, pa.string()),
            "surname_syllable": pa.array(
                [None if s == usual else s for s, usual in zip(surnames, syllables, strict=True)], pa.string()
            ),
        }
    )


def toned_readings(characters: Sequence[str]) -> list[str]:
    """The usual reading of each character, the tone as a digit behind it."""
    from pypinyin import Style, lazy_pinyin

    return [lazy_pinyin(ch, style=Style.TONE3)[0] for ch in characters]
