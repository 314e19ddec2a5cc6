"""The 封面 sheets and the blocks they share: what was compared, what was not, by which parameters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from transforms.publish.workbooks.guide import listed
from transforms.publish.workbooks.header import RunHeader
from transforms.publish.workbooks.labels import (
    FAMILY,
    FILE_STATUS,
    RULE_STATUS,
    RUN_STATUS,
    SEVERITIES,
    SEVERITY,
    SEVERITY_MEANING,
    STATE,
    chinese_date,
    stored_value_label,
)
from transforms.publish.workbooks.labels import UNIT as UNITS
from transforms.publish.workbooks.reading import InputFile, Lead, ParameterInForce, Rule
from transforms.publish.workbooks.sheet import Book, Content, Marked, Sheet, TableColumn, Value
from transforms.publish.workbooks.styles import CENTRED, COUNT, MONEY, NOTE, STRONG, TEXT

SHEET = "封面"
WIDTHS = (26, 40, 13, 13, 13, 13, 13, 42)
HOW_TO_FILL_IN = (
    "一、到“疑点线索”表逐条核查。线索不等于结论：先看“疑点说明”，再按“依据”写明的数据、文件和行号核对；同一户的线索排在一起。",
    "二、浅绿色各列由核查人员填写。“核查结果”从下拉列表中选择：属实、不属实、属实但豁免、待查。",
    "三、选“属实”的，在“整改措施”和“完成时限”中写明怎样处理、何时完成；选“不属实”或“属实但豁免”的，在“说明”中写明理由和依据的材料。",
    "四、“核查日期”“完成时限”按 2021-07-15 的样式填写。",
    "五、其他单元格已锁定，请不要插入、删除行列，也不要改动工作表名称；填好后原样报回县级民政部门。",
    "六、“匹配方式”不是“身份证号一致”的，或“矛盾之处”有内容的，须先核实是否同一人，不得仅凭本表停发。",
    "七、“同类线索以往核查”是同一规则、同一匹配方式的线索已核查的条数、其中属实（含属实但豁免）的条数和按95%把握估计的属实率范围；同一级别内，属实率高的排在前面。条数少时范围很宽，不能代替核查。",
    "八、本表含个人信息，仅供核查使用，不得外传；打印件用后收回。",
)


@dataclass(frozen=True)
class NotCompared:
    """Everything this run could not compare."""

    rules: Sequence[Rule]
    files: Sequence[InputFile]


def open_cover(book: Book, title: str, place: str, run: RunHeader, facts: Iterable[tuple[str, str]]) -> Sheet:
    """Start the cover: title, place, and the run in a few lines."""
    sheet = book.sheet(SHEET, WIDTHS)
    sheet.title(title)
    made = run.finished or run.started
    lines = [
        ("范围", place),
        ("核对基准日", chinese_date(run.as_of)),
        ("批次号", f"{run.run_id}{'（复查试算，不代替已下发的名单）' if run.kind == 'rerun' else ''}"),
        ("生成时间", made.strftime("%Y-%m-%d %H:%M") if made else ""),
        ("核对情况", RUN_STATUS.get(run.status, run.status)),
        *facts,
    ]
    sheet.table([TableColumn("项目", STRONG), TableColumn("内容", TEXT, span=7)], [line for line in lines if line[1]])
    return sheet


def write_counts(sheet: Sheet, heading: str, leads: Sequence[Lead]) -> None:
    """Open leads by severity, and by rule."""
    sheet.section(heading)
    severities = Counter(lead.severity for lead in leads)
    states = Counter(lead.state for lead in leads)
    rows: list[tuple[Content, ...]] = [(Marked(SEVERITY[s], s), SEVERITY_MEANING[s], severities[s]) for s in SEVERITIES]
    sheet.table(
        [TableColumn("级别", CENTRED), TableColumn("含义"), TableColumn("线索数", COUNT)],
        [*rows, ("合计", _state_words(states), len(leads))],
    )
    if not leads:
        sheet.line("本次核对没有发现疑点线索。")
        return
    sheet.height(sheet.row, 8)
    sheet.row += 1
    columns = [
        TableColumn("疑点类型"),
        TableColumn("其中高、中、低"),
        TableColumn("线索数", COUNT),
        TableColumn("户数", COUNT),
        TableColumn("涉及金额（元）", MONEY, span=2),
    ]
    sheet.table(columns, counts_by_rule(leads))
    sheet.line("同一笔资金可能出现在几条线索中，各行金额不宜相加。")


def households(leads: Sequence[Lead]) -> int:
    """How many households the leads are about; people and accounts no household is known of are none."""
    return len({lead.household_id for lead in leads if lead.household_id})


def households_in_words(leads: Sequence[Lead]) -> str:
    """Their number, and how many leads belong to none."""
    without = sum(not lead.household_id for lead in leads)
    return f"涉及{households(leads)}户" + (f"（另{without}条对应不到户）" if without else "")


def counts_by_rule(leads: Sequence[Lead]) -> list[tuple[Value, ...]]:
    """(title, severities in words, leads, households, yuan) by rule, most leads of the gravest kind first."""
    by_rule: dict[str, list[Lead]] = {}
    for lead in leads:
        by_rule.setdefault(lead.rule_id, []).append(lead)

    def weight(group: list[Lead]) -> tuple[int, int, str]:
        return (
            min(SEVERITIES.index(x.severity) if x.severity in SEVERITIES else 9 for x in group),
            -len(group),
            group[0].rule_id,
        )

    rows: list[tuple[Value, ...]] = []
    for group in sorted(by_rule.values(), key=weight):
        of = Counter(x.severity for x in group)
        words = "、".join(f"{SEVERITY[s]}{of[s]}条" for s in SEVERITIES if of[s])
        amounts = [x.amount_at_risk for x in group if x.amount_at_risk is not None]
        rows.append(
            (
                group[0].rule_title,
                words,
                len(group),
                households(group),
                sum(amounts, Decimal(0)) if amounts else None,
            )
        )
    return rows


def write_how_to(sheet: Sheet) -> None:
    """How the list is filled in."""
    sheet.section("如何填写")
    for text in HOW_TO_FILL_IN:
        sheet.line(text, replace(NOTE, colour="1F2933"))


def write_inputs(sheet: Sheet, files: Sequence[InputFile]) -> None:
    """Every file received, with its row accounting."""
    sheet.section("比对了哪些数据")
    sheet.table(INPUT_COLUMNS, [input_row(file) for file in files], empty="没有收到数据。")
    sheet.line(
        "收到行数＝入库＋隔离＋忽略。隔离：缺少必要内容或日期、金额有误的行，未参加比对；忽略：标题、合计、空行、重复行等。"
    )


INPUT_COLUMNS = (
    TableColumn("数据", STRONG),
    TableColumn("文件"),
    TableColumn("状态", CENTRED),
    TableColumn("收到行数", COUNT),
    TableColumn("入库行数", COUNT),
    TableColumn("隔离行数", COUNT),
    TableColumn("忽略行数", COUNT),
    TableColumn("原因"),
)


def input_row(file: InputFile) -> tuple[Content, ...]:
    """A file as a row of INPUT_COLUMNS; what was refused or set aside is marked."""
    status = FILE_STATUS.get(file.status, file.status)
    quarantined = Marked(file.quarantined, "differs") if file.quarantined else file.quarantined
    return (
        file.title,
        file_name(file),
        status if file.status == "loaded" else Marked(status, "differs"),
        file.received,
        file.loaded,
        quarantined,
        file.ignored,
        file.reason,
    )


def file_name(file: InputFile) -> str:
    """The name as the department sent it, without the dataset's folder."""
    return (file.file or "").removeprefix(f"{file.dataset}/")


def not_compared(rules: Sequence[Rule], files: Sequence[InputFile]) -> NotCompared:
    """What could not be compared: rules that did not run or ran with less, files refused, rows set aside."""
    return NotCompared(
        [r for r in rules if r.status != "evaluated" or r.note],
        [f for f in files if f.status != "loaded" or f.quarantined],
    )


def write_not_compared(sheet: Sheet, missing: NotCompared) -> None:
    """The block 未能核对的内容: a lead not listed for these reasons is not a lead ruled out."""
    sheet.section("未能核对的内容")
    rows: list[tuple[Content, ...]] = []
    for rule in missing.rules:
        if rule.status != "evaluated":
            rows.append((rule.title, Marked(RULE_STATUS.get(rule.status, rule.status), "differs"), rule.reason))
    rows += [(r.title, "部分核对", listed(r.note)) for r in missing.rules if r.status == "evaluated"]
    for file in missing.files:
        if file.status != "loaded":
            rows.append(
                (
                    file.title,
                    Marked(FILE_STATUS.get(file.status, file.status), "differs"),
                    f"{file_name(file)}：{file.reason or ''}",
                )
            )
        else:
            rows.append(
                (
                    file.title,
                    "部分隔离",
                    f"{file_name(file)}：{file.quarantined}行缺少必要内容或内容有误，未参加比对",
                )
            )
    sheet.table(
        [TableColumn("疑点类型或数据", STRONG), TableColumn("情况", CENTRED), TableColumn("原因", span=6)],
        rows,
        empty="没有，全部数据和规则均已核对。",
    )
    if rows:
        sheet.line("以上内容没有线索，不等于没有问题。")


def write_parameters(sheet: Sheet, parameters: Sequence[ParameterInForce], with_region: bool = False) -> None:
    """The parameter values in force; example values are 待确认."""
    sheet.section("所用标准和参数")
    rows = []
    for p in parameters:
        since = p.valid_from.isoformat() if p.valid_from and p.valid_from.year > 1 else ""
        region = f"（区划{p.region}）" if with_region and p.region else ""
        rows.append(
            (
                f"{p.title or p.name}{region}",
                stored_value_label(p.value),
                UNITS.get(p.unit or "", p.unit),
                since,
                Marked("待确认", "differs") if p.is_example else "已确认",
                p.source,
            )
        )
    sheet.table(
        [
            TableColumn("参数", STRONG),
            TableColumn("取值"),
            TableColumn("单位"),
            TableColumn("生效日期", CENTRED),
            TableColumn("状态", CENTRED),
            TableColumn("来源", span=3),
        ],
        rows,
    )
    if any(p.is_example for p in parameters):
        sheet.line("标“待确认”的为示例值，不是官方标准，使用前须由县级民政部门确认或改填。")


def family_label(family: str) -> str:
    """Chinese name of a rule family."""
    return FAMILY.get(family, family)


def _state_words(states: Counter[str]) -> str:
    return "、".join(f"{word}{states[state]}条" for state, word in STATE.items() if states[state])
