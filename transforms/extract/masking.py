"""Taking ID numbers, accounts, phones and doors out of what another audience reads; names and household ids
stay.

A cell is masked by what its column holds, free text by what a number looks like and by the values of the same
finding: a damaged ID number looks like nothing, but it stands in an ID number column beside the text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from transforms.publish.workbooks.reading import Lead

STAR = "*"
HEAD, TAIL, OLD_LENGTH = 6, 4, 15
SHORTEST_NUMBER = 10
LONGEST_HOUSEHOLD_NUMBER = 15
KIND_BY_NAME = {
    "household_id": "household",
    "phone": "phone",
    "relative_phone": "phone",
    "address": "address",
    # Between the first six and the last four digits of an ID number stands the birth date.
    "birth_date": "birth_date",
}
FULL_WIDTH = str.maketrans("０１２３４５６７８９Ｘｘ", "0123456789Xx")
GAP = r"[\s\-—－–_·./]{0,2}"
BIRTH = rf"(?:1{GAP}[89]|2{GAP}0)(?:{GAP}\d){{2}}{GAP}(?:0{GAP}[1-9]|1{GAP}[0-2]){GAP}(?:0{GAP}[1-9]|[12]{GAP}\d|3{GAP}[01])"
SPACED_ID = re.compile(rf"(?<!\d)[1-9](?:{GAP}\d){{5}}{GAP}{BIRTH}(?:{GAP}\d){{3}}(?:{GAP}[\dXx])?(?!\d)")
DATE = r"(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])(?:[-./](?:0?[1-9]|[12]\d|3[01]))?(?![\d\-./])"
WORD, BETWEEN = "[0-9A-Za-z]+", r"[ \-—－–_·\u3000]"
# Words joined by a space or dash may be one number written in groups; a date among them is none of it, unless it continues groups of four.
TOKENS = re.compile(rf"(?<![\d\-./]){DATE}|{WORD}(?:{BETWEEN}(?:(?!{DATE})|(?<=\d{{4}}-\d{{4}}-)){WORD})*")
# What makes an ID number written in groups a part of a longer number.
MORE_BEFORE, DATE_BEFORE = re.compile(rf"\d{BETWEEN}$"), re.compile(rf"(?<![\d\-./]){DATE}{BETWEEN}$")
MORE_AFTER = re.compile(rf"{BETWEEN}(?!{DATE})\d")
NUMBER = re.compile(rf"\d(?:{BETWEEN}?\d){{{SHORTEST_NUMBER - 1},}}[Xx]?")
ID_SHAPE = re.compile(r"[1-9]\d{5}(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{2,3}[\dXx]")
OLD_ID_SHAPE = re.compile(r"[1-9]\d{5}\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}")
HAN_DIGITS = "〇零一二三四五六七八九十百"
DOOR = re.compile(rf"(?:[0-9A-Za-z]+|[{HAN_DIGITS}]+)(?=\s?(?:号楼|号院|幢|栋|单元|室|组|弄|层|楼|号(?!文)))")
IN_ADDRESS = re.compile(rf"[0-9A-Za-z]|[{HAN_DIGITS}]+(?=\s?(?:号|幢|栋|单元|室|组|弄|层|楼|队))")


def mask_id(number: str) -> str:
    """320681********1234: the first 6 and last 4 of an ID number. Of a short or damaged one at most a third
    each, never all.
    """
    length = len(number)
    head, tail = (HEAD, TAIL) if length >= OLD_LENGTH else (min(HEAD, length // 3), min(TAIL, length // 4))
    return number[:head] + STAR * (length - head - tail) + (number[length - tail :] if tail else "")


def mask_account(number: str) -> str:
    """***************1234: the last 4 of an account or any other long number; of a short one at most a
    third.
    """
    tail = min(TAIL, len(number) // 3)
    return STAR * (len(number) - tail) + (number[len(number) - tail :] if tail else "")


def mask_address(text: str) -> str:
    """An address without its numbers: 启东市汇龙镇佳苑**幢***室."""
    return IN_ADDRESS.sub(lambda found: STAR * len(found[0]), text.translate(FULL_WIDTH))


def mask_date(text: str) -> str:
    """A date without its digits."""
    return re.sub(r"\d", STAR, text)


MASKS: dict[str, Callable[[str], str]] = {
    "id18": mask_id,
    "account": mask_account,
    "phone": mask_account,
    "address": mask_address,
    "birth_date": mask_date,
    "household": lambda text: mask_household(text),
}
NOTHING: Mapping[str, str] = {}
NOBODY: frozenset[str] = frozenset()


def mask_text(text: str, known: Mapping[str, str] = NOTHING, keep: frozenset[str] = NOBODY) -> str:
    """Free text, its doors masked too. known: what must not be read in it → what stands there instead; keep:
    household ids that look like long numbers.
    """
    masked = text.translate(FULL_WIDTH)
    for value in sorted(known, key=len, reverse=True):
        masked = masked.replace(value, known[value])
    return DOOR.sub(lambda found: STAR * len(found[0]), mask_numbers(masked, keep))


def mask_numbers(text: str, keep: frozenset[str] = NOBODY) -> str:
    """A name, a village, a file's name: only the long numbers in it are masked."""
    masked = text.translate(FULL_WIDTH)
    masked = SPACED_ID.sub(_spaced_id, masked)
    return TOKENS.sub(lambda found: _token(found[0], keep), masked)


def _spaced_id(found: re.Match[str]) -> str:
    """An ID number; of a part of a longer number in groups nothing is left, mask_account shows less of it than mask_id would."""
    number = re.sub(r"[^0-9Xx]", "", found[0])
    before = found.string[: found.start()]
    more = MORE_AFTER.match(found.string, found.end()) or (
        MORE_BEFORE.search(before) and not DATE_BEFORE.search(before)
    )
    return STAR * len(number) if more and number != found[0] else mask_id(number)


def mask_household(household_id: str) -> str:
    """A household id as it is, unless it holds an ID number or a number as long as an account's."""
    runs = re.findall(r"\d+[Xx]?", household_id.translate(FULL_WIDTH))
    holds = any(len(run) > LONGEST_HOUSEHOLD_NUMBER or looks_like_id(run) for run in runs)
    return mask_numbers(household_id) if holds else household_id


def masked_lead(lead: Lead) -> Lead:
    """A finding as another audience may read it. Its id and hash are cut: they are made of what is masked,
    which could be found again by trying every birth date.
    """
    items = json.loads(lead.evidence) if lead.evidence else []
    known, keep = _known(lead, items), _households(lead, items)
    contradictions = lead.contradictions
    return replace(
        lead,
        subject_key="|".join(_subject(lead)),
        village=_if_any(lead.village, mask_numbers),
        household_id=_if_any(lead.household_id, mask_household),
        head_name=_if_any(lead.head_name, mask_numbers),
        name=_if_any(lead.name, mask_numbers),
        id_number=_if_any(lead.id_number, mask_id),
        evidence=json.dumps([_item(item, known, keep) for item in items], ensure_ascii=False),
        contradictions=[mask_text(text, known, keep) for text in contradictions]
        if isinstance(contradictions, list)
        else _if_any(contradictions, lambda text: mask_text(text, known, keep)),
        explanation=mask_text(lead.explanation, known, keep),
        finding_id="",
        evidence_hash="",
    )


def _if_any(text: str | None, mask: Callable[[str], str]) -> str | None:
    return mask(text) if text else text


def _item(item: Mapping[str, Any], known: Mapping[str, str], keep: frozenset[str]) -> dict[str, Any]:
    dataset = str(item.get("dataset") or "")
    values = item.get("values") or {}
    masked = {column: mask_cell(dataset, column, value, known, keep) for column, value in values.items()}
    places = {key: mask_numbers(str(item.get(key) or "")) for key in ("file", "sheet")}
    return {**item, **places, "values": masked}


def mask_cell(
    dataset: str, column: str, value: Any, known: Mapping[str, str] = NOTHING, keep: frozenset[str] = NOBODY
) -> Any:
    """A value of a dataset's column; numbers stay numbers unless they are too long to be counts or yuan."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list):
        return [mask_cell(dataset, column, part, known, keep) for part in value]
    text, kind = str(value), kind_of(dataset, column)
    if kind in MASKS:
        return MASKS[kind](text.translate(FULL_WIDTH))
    masked = mask_text(text, NOTHING if kind == "date" else known, keep)
    return value if masked == text else masked


def _subject(lead: Lead) -> list[str]:
    kinds, parts = lead.subject_kind.split("|"), lead.subject_key.split("|")
    if len(kinds) != len(parts):
        kinds = ["person"] * len(parts)
    return [_subject_part(kind, part) for kind, part in zip(kinds, parts, strict=True)]


def _subject_part(kind: str, part: str) -> str:
    if "account" in kind:
        return mask_account(part)
    if "person" in kind or "id_number" in kind:
        household, colon, name = part.partition(":")
        # Where the roll has no usable ID number the key is household and name.
        return f"{mask_household(household)}:{mask_numbers(name)}" if colon else mask_id(part)
    return mask_household(part) if kind == "household" else mask_numbers(part)


def _values(items: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """(kind, text) of every text value of the evidence."""
    for item in items:
        for column, value in (item.get("values") or {}).items():
            if isinstance(value, str):
                yield kind_of(str(item.get("dataset") or ""), column), value.translate(FULL_WIDTH)


def _known(lead: Lead, items: list[dict[str, Any]]) -> dict[str, str]:
    """Values of the finding that must not be read in its text either."""
    known: dict[str, str] = {}
    for kind, value in [*_values(items), ("id18", lead.id_number or "")]:
        if kind in MASKS:
            known[value] = MASKS[kind](value)
        if kind in ("id18", "birth_date"):
            known.update(_birth_dates(value))
    known.update(zip(lead.subject_key.split("|"), _subject(lead), strict=True))
    # Short values (a township's name as an address) would be struck out of every word they stand in.
    return {raw: masked for raw, masked in known.items() if raw != masked and len(raw) > TAIL}


def _households(lead: Lead, items: list[dict[str, Any]]) -> frozenset[str]:
    """Household ids of the finding that may stay as they are."""
    found = {value for kind, value in _values(items) if kind == "household"} | {lead.household_id or ""}
    return frozenset(household for household in found if household and mask_household(household) == household)


def _token(token: str, keep: frozenset[str]) -> str:
    if token in keep or re.fullmatch(DATE, token):
        return token
    return NUMBER.sub(lambda found: _mask_number(found[0]), token)


def looks_like_id(digits: str) -> bool:
    """Whether a run of digits has the shape of an ID number of 18, 17 or 15 places, its birth date
    included.
    """
    return bool(ID_SHAPE.fullmatch(digits) or OLD_ID_SHAPE.fullmatch(digits))


def _birth_dates(value: str) -> dict[str, str]:
    """The ways a text writes the birth date in an ID number or a date column, each with what stands there
    instead.
    """
    if ID_SHAPE.fullmatch(value):
        year, month, day = value[6:10], value[10:12], value[12:14]
    elif found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", value):
        year, month, day = found.groups()
    else:
        return {}
    forms = (f"{year}-{month}-{day}", f"{year}年{int(month)}月{int(day)}日", f"{year}年{month}月{day}日")
    return {form: mask_date(form) for form in forms}


def _mask_number(found: str) -> str:
    digits = re.sub(BETWEEN, "", found)
    return mask_id(digits) if looks_like_id(digits) else mask_account(digits)


@cache
def kind_of(dataset: str, column: str) -> str:
    """What a column holds: a type of its contract, or phone, address, birth_date; '' for a column no contract
    knows.
    """
    from data_contracts.loader import load_contracts

    if column in KIND_BY_NAME:
        return KIND_BY_NAME[column]
    contract = load_contracts().get(dataset)
    types = {c.name: c.type for c in contract.columns} if contract else {}
    return types.get(column, "")
