"""Column headings as bureaus write them, brought to one form for matching."""

import re
import unicodedata
from typing import NamedTuple

_OPEN, _CLOSE = "([{<【〔〖「『《", ")]}>】〕〗」』》"
# An unclosed bracket at the end still opens a remark: spreadsheets cut long headings.
_REMARK = re.compile(rf"[{re.escape(_OPEN)}]([^{re.escape(_OPEN + _CLOSE)}]*)(?:[{re.escape(_CLOSE)}]|$)")
_BRACKET = re.compile(rf"[{re.escape(_OPEN + _CLOSE)}]")
# 金额/万元 and 金额：元 are remarks without brackets.
_TAIL_UNIT = re.compile(r"[/:,;、_](?:单位:?)?(?:人民币)?[百千万亿]*元$")
_NOISE = re.compile(r"[\s*\u200b-\u200f\u2060\ufeff'\"`]+")
_UNIT = re.compile(r"(?<![美欧日港澳单])(百|千|万|百万|千万|亿)?元")
# A remark that is nothing but 万.
_BARE_UNIT = re.compile(r"(?:单位)?:?(?:人民币)?:?(百万|千万|百|千|万|亿)")
# 单位:万元 in a title, whatever follows it; of 填报单位:万元镇 neither end is a unit's.
_TITLE_UNIT = re.compile(
    r"(?<![报表制编送收])单位[:(\[【]*(?:人民币:?)?(?:(百万|千万|百|千|万|亿)?元|(万|亿))(?=$|[^\u4e00-\u9fff]|填|制|报|编|日期|统计|截)"
)
_MULTIPLIER = {"": 1, "百": 10**2, "千": 10**3, "万": 10**4, "百万": 10**6, "千万": 10**7, "亿": 10**8}
_EDGE = ".:;,。、!?-_=~"


class Heading(NamedTuple):
    """A heading in matching form.

    key: without blanks, line breaks, '*' and bracketed remarks, width folded, lower case;
    '' for an empty heading.
    unit: yuan per unit of the column's values (万元 → 10000, 元 → 1); None when the heading names no unit.
    """

    key: str
    unit: int | None


def normalise_heading(text: str | None) -> Heading:
    """The matching key of a heading and the money unit its remark names."""
    compact = _compact(text)
    key, remarks = _split_remarks(compact)
    # And once more: so may what a bracket stood between.
    return Heading(unicodedata.normalize("NFKC", key), _unit(remarks))


def heading_forms(text: str | None) -> tuple[str, ...]:
    """The keys a heading answers to, the most telling first.

    A bracket may hold a remark (月保障金（元）) or a part of the name (村（居）): the first form keeps
    its content, the second drops it. Both are the same for a heading without brackets.
    """
    compact = _compact(text)
    kept = _BRACKET.sub("", compact).strip(_EDGE)
    bare, _ = _split_remarks(compact)
    return tuple(dict.fromkeys(form for form in (kept, bare) if form))


def _compact(text: str | None) -> str:
    bare = _NOISE.sub("", unicodedata.normalize("NFKC", text or "")).casefold()
    # Once more: what the noise stood between may compose.
    return unicodedata.normalize("NFKC", bare)


def _split_remarks(compact: str) -> tuple[str, list[str]]:
    remarks: list[str] = []
    rest = compact
    # Innermost first, until no bracket is left: remarks may be nested.
    while match := _REMARK.search(rest):
        remarks.append(match.group(1))
        rest = rest[: match.start()] + rest[match.end() :]
    if (tail := _TAIL_UNIT.search(rest)) and tail.start() > 0:
        remarks.append(tail.group(0))
        rest = rest[: tail.start()]
    return _BRACKET.sub("", rest).strip(_EDGE), remarks


def _unit(remarks: list[str]) -> int | None:
    for remark in remarks:
        if match := _UNIT.search(remark) or _BARE_UNIT.fullmatch(remark):
            return _MULTIPLIER[match.group(1) or ""]
    return None


def title_unit(text: str | None) -> int | None:
    """Yuan per unit of the amounts below a title, as it says (金额单位：人民币万元 → 10000); None when it says nothing of it."""
    match = _TITLE_UNIT.search(_compact(text))
    return _MULTIPLIER[match.group(1) or match.group(2) or ""] if match else None
