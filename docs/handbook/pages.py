"""Write the pages of the handbook from where their content is said:  python docs/handbook/pages.py OUT

The contracts, the rules, the parameters and the commands each give their pages; what people wrote (README.zh-CN.md, docs/*.md) comes as it is.
mkdocs.yml beside this file makes the site of them (make docs).
"""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import typer

from data_contracts import Column, Contract, load_contracts
from rules.engine.corpus import FAMILIES, Rule, load_corpus
from rules.engine.parameters import Parameter, load_parameters
from transforms.publish.workbooks.labels import FAMILY, SEVERITY, UNIT

ROOT = Path(__file__).parents[2]
#: Pages people wrote: where from → its page.
WRITTEN = {
    "README.zh-CN.md": "index.md",
    "docs/security.md": "security.md",
    "docs/operations.md": "operations.md",
    "docs/architecture.md": "architecture.md",
}
COLUMN_TYPES = {
    "id18": "身份证号", "name": "姓名", "text": "文字", "identifier": "编号", "account": "银行账号", "coded": "代码（可有新值）", "code": "代码（限所列）", "bool": "是否",
    "int": "整数", "number": "数", "money": "金额", "date": "日期", "month": "月份", "uscc": "统一社会信用代码",
}  # fmt: skip
CLASSES = {"confidential": "保密", "restricted": "可识别个人", "": ""}
STATUS = {"stable": "正式", "experimental": "试行"}
#: A link between files of the repository, as written in them.
_LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)([^)]*)\)")

_ITEM = re.compile(r" *(?:-|\d+\.) ")


def write_pages(out: Path) -> list[str]:
    """Write every page under `out` (emptied first) and return their names."""
    shutil.rmtree(out, ignore_errors=True)
    pages = dict(all_pages())
    for name, text in pages.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text(text, encoding="utf-8")
    return list(pages)


def all_pages() -> Iterator[tuple[str, str]]:
    """(name of the page, its Markdown) of the whole handbook."""
    contracts, rules, parameters = load_contracts(), load_corpus(), load_parameters().parameters
    for source, page in WRITTEN.items():
        if (ROOT / source).exists():
            yield page, _with_room(_with_links((ROOT / source).read_text(encoding="utf-8"), source))
    yield "data/index.md", data_index(contracts)
    for contract in contracts.values():
        yield f"data/{contract.dataset}.md", contract_page(contract, rules)
    yield "rules/index.md", rule_index(rules)
    for rule in rules.values():
        yield f"rules/{rule.id}.md", rule_page(rule, contracts, parameters)
    yield "parameters.md", parameter_page(parameters, rules)
    yield "commands.md", command_page()


def data_index(contracts: Mapping[str, Contract]) -> str:
    """Every dataset on one page."""
    rows = [
        (f"[{c.title}]({c.dataset}.md)", f"`{c.dataset}`", c.owner, "必须" if c.core else "有则用", c.grain)
        for c in contracts.values()
    ]
    return f"# 数据\n\n收件箱里每类数据一个文件夹，文件夹名见第二列。\n\n{_table(('数据', '文件夹', '来源单位', '是否必须', '一行是什么'), rows)}"  # fmt: skip


def contract_page(contract: Contract, rules: Mapping[str, Rule]) -> str:
    """One dataset: its columns, the headings they are known by, what is asked of them, and the rules that need it."""
    users = [rule for rule in rules.values() if contract.dataset in (*rule.requires, *rule.any_of, *rule.uses)]
    facts = [
        ("文件夹", f"`{contract.dataset}`"),
        ("来源单位", contract.owner),
        ("一行是什么", contract.grain),
        ("最少行数", contract.row_floor),
        ("隔离行上限", f"{contract.quarantine_limit:.1%}"),
        ("数据不旧于", f"核对日前 {contract.freshness_days} 天"),
        ("完全相同的行", "各算一条" if contract.repeats_are_facts else "只算一条"),
        ("约定版本", contract.version),
    ]
    columns = [
        (f"**{c.label}**<br>`{c.name}`", COLUMN_TYPES[c.type], _needed(c), "、".join(c.aliases[1:]) or "—", _codes(c), _remark(c))
        for c in contract.columns
    ]  # fmt: skip
    return "\n\n".join([
        f"# {contract.title}", contract.description, _table(("项目", "内容"), facts),
        "## 列", "表头写成“列”或“也认”中的任何一种都能认出；须填的列缺了值，该行隔离；必须有的列缺了，整个文件拒收。",
        _table(("列", "类型", "要求", "表头也认", "取值", "说明（出自数据约定，英文）"), columns),
        "## 用到它的规则", _list(f"[{rule.title}](../rules/{rule.id}.md)" for rule in users) or "没有规则直接用到它。",
    ])  # fmt: skip


def rule_index(rules: Mapping[str, Rule]) -> str:
    """Every rule on one page, by family."""
    parts = [
        "# 规则",
        f"共 {len(rules)} 条。级别“高”建议停发、止付或更正，“中”需入户核实，“低”是提醒或数据修正；都由人决定。",
    ]
    for family in FAMILIES:
        own = [rule for rule in rules.values() if rule.family == family]
        rows = [(f"[{r.title}]({r.id}.md)", f"`{r.id}`", SEVERITY[r.severity], r.closing_action[0]) for r in own]
        parts += [f"## {FAMILY[family]}", _table(("规则", "编号", "级别", "处理"), rows)]
    return "\n\n".join(parts)


def rule_page(rule: Rule, contracts: Mapping[str, Contract], parameters: Mapping[str, Parameter]) -> str:
    """One rule: what it rests on, what it needs, when it is wrong, how to check, and its text."""
    facts = [
        ("编号", f"`{rule.id}`"),
        ("级别", SEVERITY[rule.severity]),
        ("类别", FAMILY[rule.family]),
        ("版本", f"第 {rule.version} 版，{STATUS.get(rule.status, rule.status)}"),
        ("须有的数据", _datasets(rule.requires, contracts)),
        ("至少有其一", _datasets(rule.any_of, contracts)),
        ("有则参考", _datasets(rule.uses, contracts)),
        ("参数", "、".join(f"[{parameters[p].title}](../parameters.md#{p})" for p in rule.parameters)),
    ]
    basis = [(b.document, b.number, b.clause, b.asks) for b in rule.basis]
    return "\n\n".join([
        f"# {rule.title}", _table(("项目", "内容"), [fact for fact in facts if fact[1]]),
        "## 依据", _table(("文件", "文号", "条款", "要求"), basis),
        "## 可能误报", _list(rule.false_positives), "## 核查步骤", _list(rule.review_steps), "## 处理", _list(rule.closing_action),
        "## 规则原文", f"```sql\n{rule.sql}\n```",
    ])  # fmt: skip


def parameter_page(parameters: Mapping[str, Parameter], rules: Mapping[str, Rule]) -> str:
    """Every parameter with its values, where they come from, and the rules that read it."""
    parts = ["# 参数", "随产品的示例值须由本县确认；本县的值放在自己的文件夹里（见使用手册第六节）。"]
    for parameter in parameters.values():
        users = "、".join(f"[{r.title}](rules/{r.id}.md)" for r in rules.values() if parameter.name in r.parameters)
        rows = [
            (v.region or "各地", v.valid_from, _value(v.value), "示例，待确认" if v.example else "", v.source)
            for v in parameter.values
        ]
        parts += [
            f"## {parameter.title} {{ #{parameter.name} }}",
            f"`{parameter.name}`，单位：{UNIT.get(parameter.unit, parameter.unit)}。{f'用于：{users}。' if users else ''}",
            _table(("地区", "自", "值", "", "出处"), rows),
        ]
    return "\n\n".join(parts)


def command_page() -> str:
    """Every command as --help tells it."""
    from flows.cli import app

    parts = ["# 命令", "命令行的说明是英文的，与 `hedui 命令 --help` 一致。"]
    for name, command in commands(typer.main.get_command(app)):
        rows = [(f"`{_spelling(p)}`", "是" if p.required else "", _help(p)) for p in command.params if p.name != "help"]
        parts += [
            f"## hedui {name} {{ #{name.replace(' ', '-')} }}",
            _escaped(command.help or ""),
            _table(("参数", "必须", "说明"), rows),
        ]
    return "\n\n".join(parts)  # fmt: skip


def commands(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """(words after hedui, command) of every command that does something."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{prefix}{name} ")
        else:
            yield prefix + name, command


def _spelling(parameter: Any) -> str:
    named = [option for option in parameter.opts if option.startswith("-")]
    if not named:
        return str(parameter.name).upper()
    return named[0] if getattr(parameter, "is_flag", False) else f"{named[0]} {str(parameter.type.name).upper()}"


def _help(parameter: Any) -> str:
    return _escaped(getattr(parameter, "help", None) or "")


def _needed(column: Column) -> str:
    return "必须有，须填" if column.row_required else "必须有" if column.required else "可缺"


def _codes(column: Column) -> str:
    return "、".join(column.values)


def _remark(column: Column) -> str:
    return "；".join(filter(None, (column.description, CLASSES.get(column.classification, column.classification))))


def _datasets(names: Iterable[str], contracts: Mapping[str, Contract]) -> str:
    return "、".join(f"[{contracts[name].title}](../data/{name}.md)" for name in names)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "；".join(f"{key}：{_value(item)}" for key, item in value.items())
    return "、".join(map(str, value)) if isinstance(value, (list, tuple)) else str(value)


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = [head, ["---"] * len(head), *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def _cell(value: Any) -> str:
    return str(value).replace("|", "\\|").replace("\n", " ")


def _escaped(text: str) -> str:
    return " ".join(text.split()).replace("<", "&lt;").replace("*", "\\*")


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _with_links(text: str, source: str) -> str:
    """Links to other pages of the handbook lead there; those to other files of the repository become plain words."""

    def lead(match: re.Match[str]) -> str:
        target = (ROOT / source).parent / match[1]
        name = target.resolve().relative_to(ROOT).as_posix()
        return f"]({WRITTEN[name]}{match[2]})" if name in WRITTEN else f"](#{name})"

    linked = _LINK.sub(lead, text)
    return re.sub(r"\[([^\]]*)\]\(#[^)]*[./][^)]*\)", r"\1", linked)


def _with_room(text: str) -> str:
    """A blank line before each list that has none: the site's Markdown wants it, the repository's does not."""
    lines: list[str] = []
    code = False
    for line in text.splitlines():
        code ^= line.lstrip().startswith("```")
        item = _ITEM.match(line)
        if item and not code and lines and lines[-1].strip() and not _ITEM.match(lines[-1]):
            lines.append("")
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(f"{len(write_pages(Path(sys.argv[1])))} pages")
