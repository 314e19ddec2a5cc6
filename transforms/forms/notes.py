"""The 说明 sheet of every workbook: its source, who fills what, what is empty and why, what agrees."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.forms.layout import FormBook
from transforms.forms.model import Check, FormsRun, Gap
from transforms.publish.workbooks.labels import chinese_date, month_label
from transforms.publish.workbooks.sheet import Marked, Sheet, TableColumn
from transforms.publish.workbooks.styles import CENTRED, COUNT, MONEY, STRONG

SHEET = "说明"
WIDTHS = (14, 22, 34, 14, 14, 12, 40)
BEFORE = {
    "run": "{month}的人数和金额取自该月的核对批次{run_id}的花名册。",
    "payments": "没有{month}的核对批次：该月人数按花名册起止日期推算，金额取自发放台账的应发金额。",
    "": "没有{month}的核对批次和发放台账：该月人数按花名册起止日期推算，金额空缺。",
}
FILLING = {
    "附件1": (
        "序号至残疾等级、两月保障人口和保障金、是否单人保、备注“单人保”",
        "低保家庭情况、变动情况、是否与经办人有近亲属关系",
        "盖章、上报时间、备注其余内容",
    ),
    "附件2": ("序号、姓名、性别、身份证、居住地址", "特困人员情况、变动情况", "本次复核意见、上报时间"),
    "附件3": (
        "年检总数；否定数、符合数由附件4的镇复核意见汇总",
        "",
        "县级汇总表的否定数、符合数，由各镇附件3填入",
    ),
    "附件4": ("除右列外的各栏", "资料情况、变动情况", "镇复核意见（下拉选择维持或否定，不得更改）"),
    "附件5": (
        "序号、村名、姓名、家庭人口、身份证号码、返贫风险",
        "采取的帮扶措施",
        "盖章、上报时间、缺少的返贫风险和帮扶措施",
    ),
    "附件6": ("全部", "", ""),
    "附件7": ("全部", "", ""),
    "附件8": ("全部（退出和重新纳入都按花名册的起止日期判断）", "", "是否经过复核，请按复核记录核对"),
    "大排查附件1": ("建档立卡、防贫监测、社会保障各栏", "", "其余各栏和签名"),
    "大排查附件2": (
        "序号、主要内容、重点任务、责任单位、发现问题情况、整改成效中的数量、完成时限",
        "重点任务完成情况、整改措施",
        "盖章、签字、日期和其余内容",
    ),
    "花名册": ("除右列外的各栏", "调整原因", "拟调整户的调整后各栏、乡镇审核意见、备注、盖章、签名"),
}
READINGS = {
    "附件1": "两组同名的“*月保障人口”“*月保障金/元”按前后两个月填写，通知没有明说，待确认。",
    "附件3": "“区城”“大重疾病医疗医疗”照通知原表打印，未作更正。",
    "附件5": "“脱贫检测户”照通知原表打印；列入脱贫不稳定户、边缘易致贫户、突发严重困难户中风险未消除的户。",
    "附件8": "同一人重新纳入两种保障的，两类各计一次。",
    "大排查附件1": "建档立卡总数为脱贫户和脱贫不稳定户；防贫监测各栏只计风险未消除的户。"
    "驻村帮扶、消费扶贫的下级栏目无法从通知文本辨认，各留一栏。",
    "花名册": "已调整户按两月花名册比较得出；拟调整户有核实属实或级别为高的线索，由乡镇核实后决定。",
}


def write_notes(
    book: FormBook,
    run: FormsRun,
    forms: Sequence[str],
    gaps: Sequence[Gap],
    checks: Sequence[Check],
    prefix: str = "",
) -> None:
    """Write the sheet for the forms of one workbook; `prefix` tells apart annexes of the same number."""
    sheet = book.sheet(SHEET, WIDTHS)
    sheet.title("填表说明")
    _write_source(sheet, run)
    _write_checks(sheet, checks)
    _write_gaps(sheet, gaps)
    sheet.section("谁填哪些栏")
    columns = [
        TableColumn("表", STRONG),
        TableColumn("系统计算", span=2),
        TableColumn("系统预填，可以更改", span=3),
        TableColumn("人工填写"),
    ]
    sheet.table(columns, [(form, *FILLING[f"{prefix}{form}"]) for form in forms])
    said = [(form, READINGS[f"{prefix}{form}"]) for form in forms if f"{prefix}{form}" in READINGS]
    if said:
        sheet.section("口径")
        sheet.table([TableColumn("表", STRONG), TableColumn("说明", span=6)], said)


def _write_source(sheet: Sheet, run: FormsRun) -> None:
    before = BEFORE[run.before_source].format(month=month_label(run.before_month), run_id=run.before_run_id)
    sheet.line(
        f"本表按核对批次{run.header.run_id}填写，核对基准日{chinese_date(run.header.as_of)}，所属月份{month_label(run.month)}。{before}"
    )
    sheet.line("线索只是疑点，不是结论。核对建议写在表格区域以外，不打印；表内意见栏由经办人员填写。")
    if run.not_evaluated:
        sheet.line(f"本批次有{run.not_evaluated}项规则未能核对，没有线索不等于没有问题。")


def _write_checks(sheet: Sheet, checks: Sequence[Check]) -> None:
    broken = sum(1 for check in checks if not check.holds)
    sheet.section(f"勾稽核对：{broken}项不平，请更正或写明原因后再上报" if broken else "勾稽核对：没有不平的项目")
    columns = [
        TableColumn("表", STRONG),
        TableColumn("地方"),
        TableColumn("应当成立的关系"),
        TableColumn("左边", MONEY),
        TableColumn("右边", MONEY),
        TableColumn("结果", CENTRED),
        TableColumn("原因或说明"),
    ]
    sheet.table(columns, [_check_row(check) for check in checks])


def _check_row(check: Check) -> tuple[str | int | Marked | None, ...]:
    result: str | Marked = "待填" if check.expected is None else "平" if check.holds else Marked("不平", "differs")
    remark = check.remark if check.expected is None or not check.holds else ""
    return (
        check.form,
        check.place,
        check.rule,
        _number(check.found),
        _number(check.expected),
        result,
        remark,
    )


def _number(value: object) -> str | None:
    return None if value is None else f"{value:,}"


def _write_gaps(sheet: Sheet, gaps: Sequence[Gap]) -> None:
    sheet.section("空缺或补填的栏目和原因")
    columns = [
        TableColumn("表", STRONG),
        TableColumn("栏目", span=2),
        TableColumn("格数", COUNT),
        TableColumn("原因", span=3),
    ]
    rows = [(gap.form, gap.column.replace("\n", ""), gap.cells, gap.reason) for gap in gaps]
    sheet.table(columns, rows, empty="没有空缺的栏目。")
