"""SQL that tells records from the other rows of a sheet: headings, blank rows, totals, footnotes."""

from __future__ import annotations

from collections.abc import Iterable

from data_contracts import Codes, Contract
from transforms.intake import RawSheet
from transforms.staging.headings import Heading, heading_keys
from transforms.values import Layer, literal

RECORD = "记录"
TITLE, HEADING, REPEATED_HEADING = "标题行", "表头", "重复表头"
BLANK, TOTAL, FOOTNOTE = "空行", "合计行", "脚注"
REPEAT, OTHER_SHEET, SAME_FILE, REJECTED = "重复行", "不是数据的工作表", "与已收文件相同", "所在文件被退回"

_BLANKS = " \t\n\v\f\r\x1a\u00a0\u3000\ufeff\u200b"
_MOST = 0.6
_LONG_NOTE = 12


def kind_layers(sheet: RawSheet, heading: Heading, contract: Contract, codes: Codes) -> list[Layer]:
    """Layers that make `_kind` (RECORD or why the row is none) from the cells c0 … and _row.

    The cells of a record cost next to nothing: a typed ID number settles it. Everything else is worked out for the few
    rows without one.
    """
    cells = [f"c{i}" for i in range(sheet.width)]
    filled = [_filled(cell) for cell in cells]
    telling = [_filled(f"c{i}") for i, text in enumerate(heading.texts) if not contract.ignores_heading(text) and (text or i in heading.columns.values())]
    typed = [f"{c.name}__typed" for c in contract.columns if c.type == "id18" and c.name in heading.columns]
    sure = " OR ".join(f"coalesce({flag}, FALSE)" for flag in typed) or "FALSE"
    names = [f"c{heading.columns[c.name]}" for c in contract.columns if c.type == "name" and c.name in heading.columns]
    above = (
        f"WHEN _row < {heading.first} THEN CASE WHEN _first IS NULL THEN '{BLANK}' ELSE '{TITLE}' END "
        f"WHEN _row <= {heading.last} THEN '{HEADING}' "
        if heading.last
        else ""
    )
    return [
        {},
        {"_sure": f"({sure})" + (f" AND _row > {heading.last}" if heading.last else "")},
        {
            "_first": f"CASE WHEN NOT _sure THEN coalesce({', '.join(filled)}) END",
            "_telling": f"CASE WHEN NOT _sure THEN coalesce({', '.join(telling) or 'NULL'}) END",
        },
        {
            "_kind": f"CASE WHEN _sure THEN '{RECORD}' {above}"
            f"WHEN _first IS NULL THEN '{BLANK}' "
            f"WHEN {_repeats_heading(heading, contract)} THEN '{REPEATED_HEADING}' "
            f"WHEN {_is_total(['_first', *names], codes)} THEN '{TOTAL}' "
            # A row numbered beforehand and never filled in.
            f"WHEN _telling IS NULL AND regexp_full_match(_first, '[0-9]+([.]0)?') THEN '{BLANK}' "
            f"WHEN {_is_footnote(cells, codes)} THEN '{FOOTNOTE}' "
            f"ELSE '{RECORD}' END"
        },
    ]


def _filled(cell: str) -> str:
    return f"nullif(trim({cell}, {literal(_BLANKS)}), '')"


def _bare(cell: str) -> str:
    """A cell without blanks, its colons and brackets half-width."""
    return f"translate(regexp_replace({cell}, '[\\s\\x{{3000}}\\x{{a0}}]', '', 'g'), '：（）', ':()')"


def _is_total(cells: Iterable[str], codes: Codes) -> str:
    """The first filled cell, or the one for the name, says so: 合计, 合  计：, 儒林镇小计, 合计312户."""
    words = "|".join(sorted(codes.total_words, key=len, reverse=True))
    pattern = literal(f"([\\p{{Han}}]{{0,12}}(合计|小计|总计|共计)|{words})(:|\\(.*\\))?:?([0-9,.]+(户|人|元|万元|条|笔|个|行)?)?")
    return "(" + " OR ".join(f"coalesce(regexp_full_match({_bare(cell)}, {pattern}), FALSE)" for cell in cells) + ")"


def _is_footnote(cells: list[str], codes: Codes) -> str:
    """The first filled cell starts as footnotes do, and little else is said; or one long sentence fills the row.

    A note merged over the row arrives in every cell; 填表人 and 审核人 may stand in cells of their own.
    """
    starts = sorted({word.replace("：", ":").replace("（", "(").replace("）", ")") for word in codes.footnote_starts})
    note = literal("(" + "|".join(_escaped(word) for word in starts) + ").*")
    said = f"list_distinct(list_filter([{', '.join(_bare(cell) for cell in cells)}], lambda x: x <> ''))"
    others = f"len(list_filter({said}, lambda x: NOT regexp_full_match(x, {note})))"
    sentence = f"len({said}) = 1 AND length(_first) >= {_LONG_NOTE} AND regexp_matches(_first, '[。；，：:;]')"
    return f"((regexp_full_match({_bare('_first')}, {note}) AND {others} <= 1) OR ({sentence}))"


def _repeats_heading(heading: Heading, contract: Contract) -> str:
    """Most filled cells of some heading row come again, or most required columns hold one of their own headings."""
    tests = []
    for row in heading.rows:
        said = [f"({_filled(f'c{i}')} IS NOT DISTINCT FROM {literal(text)})::INT" for i, text in enumerate(row) if text]
        if len(said) > 1:
            tests.append(f"({' + '.join(said)}) >= {_enough(len(said))}")
    required = [c for c in contract.columns if c.required and c.name in heading.columns]
    own = []
    for column in required:
        cell = f"lower(regexp_replace({_bare(f'c{heading.columns[column.name]}')}, '[*]|[(].*?[)]', '', 'g'))"
        keys = heading_keys([column.name, *column.aliases])
        own.append("coalesce(" + " OR ".join(f"{cell} = {literal(key)}" for key in keys) + ", FALSE)::INT")
    if len(own) > 1:
        tests.append(f"({' + '.join(own)}) >= {_enough(len(own))}")
    return "(" + (" OR ".join(tests) or "FALSE") + ")"


def _enough(count: int) -> int:
    return max(2, round(count * _MOST + 0.49))


def _escaped(word: str) -> str:
    return "".join(f"\\{c}" if c in "().*+?[]" else c for c in word)
