"""SQL that tells records from the other rows of a sheet: headings, blank rows, totals, footnotes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from data_contracts import Codes, Contract
from transforms.staging.headings import Heading, heading_keys
from transforms.values import Layer, literal

if TYPE_CHECKING:
    from transforms.intake import RawSheet

RECORD = "记录"
TITLE, HEADING, REPEATED_HEADING = "标题行", "表头", "重复表头"
#: What stands below it was not written under the sheet's first heading (faults.MISREAD).
OTHER_HEADING = "与前面不同的表头"
BLANK, TOTAL, FOOTNOTE = "空行", "合计行", "脚注"
REPEAT, OTHER_SHEET, SAME_FILE, REJECTED = "重复行", "不是数据的工作表", "与已收文件相同", "所在文件被退回"

_BLANKS = " \t\n\v\f\r\x1a\u00a0\u3000\ufeff\u200b"
_COUNTED = "户|人|名|元|万元|条|笔|个|行|辆|套|本|份"
_PAGE = "[第共][0-9]+页"
_MOST = 0.6
_LONG_NOTE = 12
# Under the heading of a reference number: one longer than a telephone number with area code and extension is no total and no footnote.
_REFERENCES = ("identifier", "account", "uscc")
_REFERENCE = "[0-9A-Za-z]{15,39}[0-9]"


def kind_layers(sheet: RawSheet, heading: Heading, contract: Contract, codes: Codes) -> list[Layer]:
    """Layers that make `_kind` (RECORD or why the row is none) from the cells c0 … and _row.

    Most records cost next to nothing: what looks like an ID number, an account or a long reference number settles it. Everything else is
    worked out for the rows without one.
    """
    cells = ", ".join(map(sheet.text, range(sheet.width)))
    named = {index: contract.column(column) for column, index in heading.columns.items()}
    telling = [i for i, text in enumerate(heading.texts) if i in named or (text and not contract.ignores_heading(text))]
    numbers = [sheet.text(index) for index, column in named.items() if column.type == "id18"]
    names = [f"_said[{index + 1}]" for index, column in named.items() if column.type == "name"]
    references = [sheet.text(index) for index, column in named.items() if column.type in _REFERENCES]
    # 18 bytes that begin with a digit are no heading, total or footnote.
    sure = " OR ".join(f"coalesce(strlen({c}) = 18 AND {c} >= '1' AND {c} < ':', FALSE)" for c in numbers) or "FALSE"
    referred = " OR ".join(f"coalesce(regexp_full_match({c}, '{_REFERENCE}'), FALSE)" for c in references) or "FALSE"
    return [
        {"_sure": f"CASE WHEN {sure} THEN TRUE ELSE {referred} END AND _row > {heading.last}"},
        {"_said": f"CASE WHEN NOT _sure THEN list_transform([{cells}], lambda x: {_trimmed('x')}) END"},
        {"_filled": "list_filter(_said, lambda x: x IS NOT NULL)"},
        {"_first": "_filled[1]"},
        {
            "_kind": f"CASE WHEN _sure THEN '{RECORD}' {_above(heading)} "
            f"WHEN _first IS NULL THEN '{BLANK}' "
            f"WHEN {_repeats_title(heading)} THEN '{TITLE}' "
            f"WHEN {_moves_columns(heading)} THEN '{OTHER_HEADING}' "
            f"WHEN {_repeats_heading(heading, contract)} THEN CASE WHEN {_changes_unit(heading, contract)} THEN '{OTHER_HEADING}' ELSE '{REPEATED_HEADING}' END "
            f"WHEN {_is_total(['_first', *names], codes)} THEN '{TOTAL}' "
            f"WHEN {_is_numbering(telling)} THEN '{BLANK}' "
            f"WHEN {_is_footnote(codes)} THEN '{FOOTNOTE}' "
            f"ELSE '{RECORD}' END"
        },
    ]


def _above(heading: Heading) -> str:
    if not heading.last:
        return ""
    return (
        f"WHEN _row < {heading.first} THEN CASE WHEN _first IS NULL THEN '{BLANK}' ELSE '{TITLE}' END "
        f"WHEN _row <= {heading.last} THEN '{HEADING}'"
    )


def _if(first: str, then: str) -> str:
    """Both conditions, the second worked out only for the rows that meet the first: AND would work it out for all."""
    return f"CASE WHEN {first} THEN {then} ELSE FALSE END"


def _trimmed(cell: str) -> str:
    """A cell without blanks around it, NULL when nothing is left. trim() takes its characters apart for every cell: only where there are any."""
    blank = "".join(f"\\x{{{ord(character):x}}}" for character in _BLANKS)
    return f"CASE WHEN regexp_matches({cell}, '[{blank}]') THEN nullif(trim({cell}, {literal(_BLANKS)}), '') ELSE nullif({cell}, '') END"


def _bare(cell: str) -> str:
    """A cell without blanks, its colons and brackets half-width."""
    return f"translate(regexp_replace({cell}, '[\\s\\x{{3000}}\\x{{a0}}]', '', 'g'), '：（）', ':()')"


def _is_total(cells: Iterable[str], codes: Codes) -> str:
    """The first filled cell, or the one for the name, says so: 合计, 合  计：, 儒林镇小计, 合计312户."""
    words = "|".join(sorted(codes.total_words, key=len, reverse=True))
    count = f"[0-9,.]+({_COUNTED})"
    pattern = literal(
        f"([\\p{{Han}}]{{0,12}}(合计|小计|总计|共计)|{words})(:|\\(.*\\))?:?([0-9,.]+({_COUNTED})?)?|(以上)?共{count}(记录|数据|信息)?"
    )
    return "(" + " OR ".join(f"coalesce(regexp_full_match({_bare(cell)}, {pattern}), FALSE)" for cell in cells) + ")"


def _repeats_title(heading: Heading) -> str:
    """A page title again, alone in its row or merged over it."""
    if not heading.titles:
        return "FALSE"
    titles = ", ".join(map(literal, sorted(heading.titles)))
    return _if(f"list_contains([{titles}], _first)", "len(list_distinct(_filled)) = 1")


def _is_numbering(telling: list[int]) -> str:
    """A row numbered beforehand and never filled in: only a number, under a heading that carries nothing."""
    places = ", ".join(str(i + 1) for i in telling)
    nothing = f"len(list_filter(list_select(_said, [{places}]), lambda x: x IS NOT NULL)) = 0" if telling else "TRUE"
    return _if("regexp_full_match(_first, '[0-9]+([.]0)?')", nothing)


def _is_footnote(codes: Codes) -> str:
    """The first filled cell starts as footnotes do and little else is said, or one long sentence is all.

    A note merged over the row arrives in every cell; 填表人 and 审核人 may stand in cells of their own.
    """
    starts = sorted({word.replace("：", ":").replace("（", "(").replace("）", ")") for word in codes.footnote_starts})
    note = literal("(" + "|".join([*(_escaped(word) for word in starts), _PAGE]) + ").*")
    others = f"list_distinct(list_filter(_filled, lambda x: NOT regexp_full_match({_bare('x')}, {note})))"
    long = f"length(_first) >= {_LONG_NOTE} AND regexp_matches(_first, '[。；，：:;]')"
    begun = _if(f"regexp_full_match({_bare('_first')}, {note})", f"len({others}) <= 1")
    return f"({begun} OR {_if(long, 'len(list_distinct(_filled)) = 1')})"


def _repeats_heading(heading: Heading, contract: Contract) -> str:
    """Most cells of some heading row come again, or most required columns hold one of their own headings."""
    tests = []
    for row in heading.rows:
        said = {i: text for i, text in enumerate(row, 1) if text}
        if len(said) > 1:
            same = " + ".join(f"coalesce((_said[{i}] = {literal(text)})::INT, 0)" for i, text in said.items())
            tests.append(f"({same}) >= {_enough(len(said))}")
    own = []
    for column in contract.columns:
        if column.required and column.name in heading.columns:
            cell = f"_said[{heading.columns[column.name] + 1}]"
            key = f"lower(regexp_replace({_bare(cell)}, '[*]|[(].*?[)]', '', 'g'))"
            keys = ", ".join(literal(form) for form in heading_keys([column.name, *column.aliases]))
            own.append(f"coalesce(list_contains([{keys}], {key}), FALSE)::INT")
    if len(own) > 1:
        tests.append(f"({' + '.join(own)}) >= {_enough(len(own))}")
    return "(" + (" OR ".join(tests) or "FALSE") + ")"


def _moves_columns(heading: Heading) -> str:
    """Most headings of a one-row heading come again, some of them over another column: lists written under each other in one sheet."""
    said = [text for text in heading.rows[0] if text] if len(heading.rows) == 1 else []
    if len(said) < 2:
        return "FALSE"
    texts = f"[{', '.join(map(literal, said))}]"
    again = f"len(list_intersect(_filled, {texts}))"
    places = " + ".join(f"coalesce((_said[{i}] = {literal(t)})::INT, 0)" for i, t in enumerate(heading.rows[0], 1) if t)
    moved = f"{again} >= {_enough(len(set(said)))} AND {again} > ({places})"
    return _if(f"list_contains({texts}, _first)", moved)


def _changes_unit(heading: Heading, contract: Contract) -> str:
    """Of a heading that comes again: a column of money now says 万元 where it said 元, or the other way round."""
    money = [i for column, i in heading.columns.items() if contract.column(column).type == "money"]
    if len(heading.rows) != 1 or not money:
        return "FALSE"
    has = {i: "TRUE" if "万" in heading.rows[0][i] else "FALSE" for i in money}
    return "(" + " OR ".join(f"coalesce(contains(_said[{i + 1}], '万') <> {has[i]}, FALSE)" for i in money) + ")"


def _enough(count: int) -> int:
    return max(2, round(count * _MOST + 0.49))


def _escaped(word: str) -> str:
    return "".join(f"\\{c}" if c in "().*+?[]" else c for c in word)
