"""The headings, titles and notes of the notices' forms, letter for letter.

Their slips are the bureau's template: 区城, 大重疾病医疗医疗, 脱贫检测户, “一户 多残” and “依老  养残”
are printed as the notice of 启东 has them.
"""

from __future__ import annotations

from transforms.forms.model import Head


def flat(*texts: str) -> tuple[Head, ...]:
    """Headings of one level."""
    return tuple(Head(text) for text in texts)


SEAL_1 = "{place} （盖章）{gap}上报时间："
SEAL_2 = "单位：{township}{gap}上报时间："
SEAL_5 = "{place}  （盖章）{gap}上报时间"

TITLE_1 = "{place}城乡低保动态复核情况汇总表"
TITLE_2 = "{place}特困人员复核情况汇总表"
TITLE_3 = "{place}低收入年检动态管理上报表"
TITLE_4 = "{place}低收入家庭年检明细表"
TITLE_5 = "{place}脱贫检测户信息采集表"
TITLE_6 = "{year}年{month}月{place}低保缓退数据汇总"
TITLE_7 = "{year}年{month}月{place}单人保数据汇总"
TITLE_8 = "{since}年以来退出低保后经复核重新纳入\n保障数据汇总"

NOTE_1 = "注：单人保放在表格的最上面，备注单人保"
NOTE_3 = "注意：由于大重疾病医疗类别中有些家庭不止1人生病录入系统，所以此项目统计户数和人数两项。"
NOTE_4 = "注：1、救助时间填写年份季度 2、镇（街道、园区）复核意见填写维持或否定（不得更改）。"

ANNEX_2 = (
    *flat("序  号", "姓名", "性别", "身份证", "居住地址"),
    Head("镇街（园区）复核意见", flat("特困人员情况", "变动情况", "本次复核意见")),
)
ANNEX_4 = (
    *flat("开始救助时间", "序号", "类型", "家庭成员", "与户主\n关系", "性别", "残疾类别及等级（病种）"),
    *flat("身份证号码", "家庭住址", "资料情况", "联系电话"),
    Head("镇（街道、园区）复核意见", flat("变动情况", "镇复核意见")),
)
ANNEX_5 = flat("序号", "村名", "姓名", "家庭人口", "身份证号码", "返贫风险", "采取的帮扶措施")
ANNEX_6 = flat("序号", "区域", "户数", "人数")
ANNEX_8 = (*ANNEX_6, Head("纳入保障类型"))


def annex_1(before: int, after: int) -> tuple[Head, ...]:
    """启东 annex 1; before and after are the months that replace the two asterisks."""
    return flat(
        "序号", "居住地址", "姓名", "与申请人关系", "身份证号",
        f"{before}月保障人口", f"{before}月保障金/元",
        "重病病种", "残疾类别", "残疾等级", "低保家庭情况", "变动情况", "是否与经办人有近亲属关系",
        f"{after}月保障人口", f"{after}月保障金/元", "是否单人保", "备注",
    )  # fmt: skip


def _low_income(group: str, many: str, old: str) -> Head:
    persons = "人数\n（入系统人数）"
    return Head(
        group,
        (
            Head("大重疾病医疗医疗", flat("户数", persons)),
            Head(many, flat("户数")),
            Head(old, flat("户数")),
        ),
    )


ANNEX_3 = (
    Head("区城"),
    _low_income("年检总数", "一户 多残", "依老养残"),
    _low_income("年检否定数", "一户 多残", "依老  养残"),
    _low_income("年检符合数", "一户多残", "依老养残"),
)

CHENGDE_TITLE_1 = "民政领域巩固拓展脱贫攻坚成果“大排查大整改大提升”排查情况统计表（样表）"
CHENGDE_FOOT_1 = "填报人：{gap}{place}主要领导：{gap}{place}分管领导："
CHENGDE_TITLE_2 = "{area}民政领域巩固拓展脱贫攻坚成果“大排查大整改大提升”部门核查问题清单"
CHENGDE_SEAL_2 = "部门（盖章）：_____{gap}分管负责同志签字：_____"
CHENGDE_DATE_2 = "____年__月__日"
CHENGDE_NOTE_2 = "填表说明：“重点任务完成情况”一栏请对照本部门重点任务工作标准，逐项说明工作完成情况。"
YES_NO = flat("是", "否")
HOUSEHOLDS_PERSONS = flat("户数", "人数")
CHENGDE_1 = (
    *flat("序号", "镇名"),
    Head("辖区内建档立卡总数", HOUSEHOLDS_PERSONS),
    Head("防贫监测", (Head("脱贫不稳定户", HOUSEHOLDS_PERSONS), Head("边缘易致贫户", HOUSEHOLDS_PERSONS))),
    Head(
        "“3+1”保障",
        (
            Head("义务教育", flat("适龄少年儿童人数", "保障不到位人数")),
            Head("基本医疗", flat("保障不到位户数")),
            Head("住房安全", flat("保障不到位户数")),
            Head("饮水安全", flat("保障不到位户数")),
            Head("社会保障", flat("兜底保障不到位人数", "残疾人帮扶落实到位人数", "养老政策落实到位人数")),
        ),
    ),
    Head(
        "产业就业帮扶",
        (
            Head(
                "产业帮扶",
                (Head("带贫产业项目量", flat("正常带贫项目数", "无法正常带贫项目数")), Head("落实数")),
            ),
            Head("就业帮扶", flat("稳岗就业人数", "未稳岗就业人数")),
        ),
    ),
    Head(
        "资金项目管理",
        (
            *flat("财政扶贫项目是否规范、是否发挥效益", "扶贫小额信贷累计发放户数"),
            Head("是否建立扶贫台账", YES_NO),
        ),
    ),
    Head("社会帮扶", flat("驻村帮扶", "消费扶贫")),
    Head(
        "涉贫舆情",
        (
            Head("是否制定方案", YES_NO),
            Head("是否成立专班", YES_NO),
            *flat("发现涉贫舆情条数", "处置涉贫舆情条数"),
        ),
    ),
)
CHENGDE_2 = flat(
    "序号", "主要内容", "重点任务", "责任单位", "重点任务完成情况",
    "发现问题情况\n(问题表述及数量)", "整改措施", "整改成效", "完成时限",
)  # fmt: skip
CHENGDE_UNIT, CHENGDE_DEADLINE = "区社务局 托管镇", "6月15日"
CHENGDE_TASKS = (
    (
        "防贫监测",
        "健全防止返贫动态监测和帮扶机制，对防止返贫动态监测管理机制建立情况、运行情况，以及可能导致返贫的遗漏点、"
        "风险点进行重点排查。特别关注动态管理运行不规范，发现筛查预警不及时、识别不准确、有遗漏，分类帮扶不精准、"
        "帮扶措施单一、帮扶成效不明显，存在风险不纳入、风险消除不清退、账外账、两层皮等问题。",
    ),
    (
        "社会保障",
        "社会保障方面，重点查看农村低收入人口常态化帮扶机制建立运行情况，对农村低保对象、农村特困人员、"
        "农村易返贫致贫人口，以及因病因灾因意外事故等刚性支出较大或收入大幅缩减导致基本生活出现严重困难人口等"
        "农村低收入人口开展动态监测情况，最低生活保障政策、特困人员救助供养政策、临时救助政策、困难家庭残疾人扶持措施、"
        "养老保障措施等落实情况，特别关注是否存在救助对象认定不全面、不精准，政策落实不及时等问题，"
        "对失能特困老人、孤儿、残疾人是否做到应保尽保、应兜尽兜。",
    ),
)

ROSTER_TITLE = "{place}农村低保调整花名册"
ROSTER = (
    *flat("序号", "村（居）", "户主姓名", "身份证号", "家庭住址"),
    Head("调整前", flat("保障人口", "月保障金/元")),
    Head("调整情况", flat("调整类别", "调整原因")),
    Head("调整后", flat("保障人口", "月保障金/元")),
    *flat("乡镇审核意见", "备注"),
)
ROSTER_SEAL = "{place}人民政府（盖章）{gap}填报时间："
ROSTER_FOOT = "主要领导：{gap}分管领导：{gap}填表人："
