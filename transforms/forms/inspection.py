"""承德 annexes 1 and 2: the inspection table per township and the department's list of problems."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import duckdb

from transforms.forms import headings
from transforms.forms.layout import FormBook, filled
from transforms.forms.model import COUNT, HUMAN, MIDDLE, PREFILLED, TEXT, Field, Gap, Place, Row
from transforms.forms.tables import one, rows
from transforms.publish.workbooks.guide import listed

HERE = Path(__file__).parent
BY_HAND_WHY = "没有学籍、医保参保、住建、水利、产业、就业、资金项目和舆情数据，请人工填写"
UNCONFIRMED = "待确认：通知附件的表头第三、四级在抽取文本中错位，本表按分组顺序重建，上报前请与原表核对。"
NARROW = 5.6
NO_MEMBERS = "建档立卡名册每户只有一行，没有家庭人口"
NO_REGISTRY = "没有收到建档立卡及防返贫监测对象名册，或名册没有家庭人口"
COUNTED = (
    ("建档立卡户数", "filed_households", NO_REGISTRY),
    ("建档立卡人数", "filed_persons", NO_MEMBERS),
    ("脱贫不稳定户户数", "unstable_households", NO_REGISTRY),
    ("脱贫不稳定户人数", "unstable_persons", NO_MEMBERS),
    ("边缘易致贫户户数", "edge_households", NO_REGISTRY),
    ("边缘易致贫户人数", "edge_persons", NO_MEMBERS),
)
BY_HAND_GUARANTEES = ("适龄少年儿童人数", "义务教育保障不到位人数", "基本医疗", "住房安全", "饮水安全")
COUNTED_SECURITY = (
    ("兜底保障不到位人数", "uncovered", "应保未保规则未能核对"),
    ("残疾人帮扶落实到位人数", "subsidised", "没有残疾人两项补贴发放名册"),
    ("养老政策落实到位人数", "pensioned", "没有养老保险信息"),
)
BY_HAND_REST = (
    "正常带贫项目数", "无法正常带贫项目数", "落实数", "稳岗就业人数", "未稳岗就业人数",
    "财政扶贫项目是否规范、是否发挥效益", "扶贫小额信贷累计发放户数", "扶贫台账·是", "扶贫台账·否",
    "驻村帮扶", "消费扶贫", "方案·是", "方案·否", "专班·是", "专班·否",
    "发现涉贫舆情条数", "处置涉贫舆情条数",
)  # fmt: skip
TASK_FIELDS = (
    Field("序号", "number", 5, COUNT),
    Field("主要内容", "subject", 9, MIDDLE),
    Field("重点任务", "task", 36, TEXT),
    Field("责任单位", "unit", 9, MIDDLE),
    Field("重点任务完成情况", "done", 22, TEXT, PREFILLED),
    Field("发现问题情况", "problems", 36, TEXT),
    Field("整改措施", "measures", 34, TEXT, PREFILLED),
    Field("整改成效", "effect", 12, TEXT),
    Field("完成时限", "deadline", 9, MIDDLE),
)
MOST_ACTIONS = 6
NUMBERED = re.compile(r"^[0-9]+[.、] ?")


def table_fields() -> tuple[Field, ...]:
    """The columns of annex 1 in the order of its groups; what no register tells is a person's."""
    return (
        Field("序号", "number", 4, COUNT),
        Field("镇名", "region", 18, MIDDLE),
        *(Field(name, key, NARROW, COUNT, why_empty=why) for name, key, why in COUNTED),
        *(Field(name, f"hand_{name}", NARROW, COUNT, HUMAN) for name in BY_HAND_GUARANTEES),
        *(Field(name, key, NARROW, COUNT, why_empty=why) for name, key, why in COUNTED_SECURITY),
        *(Field(name, f"hand_{name}", NARROW, COUNT, HUMAN) for name in BY_HAND_REST),
    )


def write_inspection(
    con: duckdb.DuckDBPyConnection, book: FormBook, county: Place, townships: Sequence[Place]
) -> list[Gap]:
    """The sheets 附件1 (a line per township, to be confirmed) and 附件2 of one county; the gaps left."""
    values: dict[str, object] = {
        "codes": [place.township_code for place in townships],
        "names": [place.township_name for place in townships],
    }
    lines = rows(con, (HERE / "inspection.sql").read_text(encoding="utf-8"), values)
    fields = table_fields()
    sheet = book.form("附件1", headings.CHENGDE_1, fields)
    sheet.opening("附件1", headings.CHENGDE_TITLE_1)
    sheet.warn(UNCONFIRMED)
    sheet.signed(county.county_name)
    sheet.headings([38, 38, 40, 100])
    sheet.body(lines)
    sheet.signed(filled(headings.CHENGDE_FOOT_1, place=county.county_name))
    sheet.close()
    gaps = [*sheet.gaps]
    by_hand = "、".join(field.name for field in fields if field.fill == HUMAN)
    gaps.append(
        Gap(
            "附件1",
            by_hand,
            None,
            BY_HAND_WHY,
        )
    )
    _write_problems(con, book, county, values)
    gaps.append(Gap("附件2", "重点任务完成情况、整改成效", None, "只预填了核对和核结的数量，工作情况请人工补充"))
    return gaps


def _write_problems(con: duckdb.DuckDBPyConnection, book: FormBook, county: Place, values: dict[str, object]) -> None:
    found = rows(con, (HERE / "problem_list.sql").read_text(encoding="utf-8"), {"codes": values["codes"]})
    sheet = book.form("附件2", headings.CHENGDE_2, TASK_FIELDS)
    area = "高新区" if "高新" in county.county_name else county.county_name
    sheet.opening("附件2", filled(headings.CHENGDE_TITLE_2, area=area))
    sheet.signed(headings.CHENGDE_SEAL_2)
    sheet.signed(headings.CHENGDE_DATE_2)
    sheet.headings([36])
    done = _done(con, values)
    parts = zip(("monitor", "assistance"), headings.CHENGDE_TASKS, strict=True)
    sheet.body(
        [_task(n, task, done[part], [r for r in found if r["part"] == part]) for n, (part, task) in enumerate(parts, 1)]
    )
    sheet.note(headings.CHENGDE_NOTE_2)
    sheet.close()


def _done(con: duckdb.DuckDBPyConnection, values: dict[str, object]) -> dict[str, str]:
    counts = one(
        con,
        """SELECT
               (SELECT count(*) FROM form_monitor WHERE list_contains($codes, township_code)) AS monitored,
               (SELECT count(*) FROM core_household
                WHERE active AND list_contains($codes, township_code)) AS households,
               (SELECT count(*) FROM core_person
                WHERE active AND list_contains($codes, township_code)) AS persons""",
        {"codes": values["codes"]},
    )
    return {
        "monitor": f"已比对建档立卡及监测对象{counts['monitored']}户。",
        "assistance": f"已比对在享救助对象{counts['households']}户{counts['persons']}人。",
    }


def _task(number: int, task: tuple[str, str], done: str, found: list[Row]) -> Row:
    hits = [row for row in found if row["findings"]]
    unchecked = [row["title"] for row in found if row["status"] != "evaluated"]
    problems = [f"{n}.{row['title']}：{row['households']}户{row['persons']}人" for n, row in enumerate(hits, start=1)]
    actions = list(dict.fromkeys(action for row in hits for action in _actions(row)))
    closed, findings = sum(row["closed"] for row in hits), sum(row["findings"] for row in hits)
    return {
        "number": number,
        "subject": task[0],
        "task": task[1],
        "unit": headings.CHENGDE_UNIT,
        "done": done + (f"未能核对：{'、'.join(unchecked)}。" if unchecked else ""),
        "problems": "\n".join(problems) or "未发现问题",
        "measures": _measures(actions),
        "effect": f"已核结{closed}条，待核{findings - closed}条",
        "deadline": headings.CHENGDE_DEADLINE,
    }


def _measures(actions: list[str]) -> str | None:
    """The gravest rules' closing actions; a cell does not hold those of every rule."""
    shown = [f"{n}.{action}" for n, action in enumerate(actions[:MOST_ACTIONS], start=1)]
    if len(actions) > MOST_ACTIONS:
        shown.append("其余各项按各镇疑点线索核查表的“核查指引”办理。")
    return "\n".join(shown) or None


def _actions(row: Row) -> list[str]:
    lines = listed(row["closing_action"]).split("\n")
    return [said for line in lines if (said := NUMBERED.sub("", line).strip())]
