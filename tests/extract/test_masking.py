"""What is masked and what stays, value by value."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from transforms.extract.masking import (
    looks_like_id,
    mask_account,
    mask_cell,
    mask_household,
    mask_id,
    mask_numbers,
    mask_text,
    masked_lead,
)
from transforms.publish.workbooks.reading import Lead

ID, ACCOUNT = "110105194912310029", "6228480194658231867"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("320681195203061234", "320681********1234"),
        ("32068119520306123X", "320681********123X"),
        ("32068119520306123", "320681*******6123"),  # 17 places: one was lost
        ("320681520306123", "320681*****6123"),  # 15 places
        ("3.20681E+17", "3.2******17"),
        ("320681", "32***1"),
        ("12", "**"),
        ("", ""),
    ],
)
def test_id_numbers(number, masked):
    assert mask_id(number) == masked


@given(st.text("0123456789X", min_size=1, max_size=24))
def test_a_mask_never_shows_all_and_at_most_six_and_four(number):
    masked = mask_id(number)
    assert len(masked) == len(number)
    assert "*" in masked and len(masked.replace("*", "")) <= 10
    assert "*" in mask_account(number) and len(mask_account(number).replace("*", "")) <= 4


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (f"身份证号{ID}，请核对", "身份证号110105********0029，请核对"),
        (f"账户{ACCOUNT}收款", "账户***************1867收款"),
        ("账户6228 4801 9465 8231 867", "账户***************1867"),
        ("电话13812345678", "电话********678"),
        ("尾号1235的账户（户名何永明）", "尾号1235的账户（户名何永明）"),
        ("2021-05-19 2021-06-16发放1939.00元", "2021-05-19 2021-06-16发放1939.00元"),
        ("第12行 2021-05-19", "第12行 2021-05-19"),
        ("户编号320681100N00246与320681100T00093", "户编号320681100N00246与320681100T00093"),
        ("住汇龙镇佳苑35幢427室、通联村十二组56号", "住汇龙镇佳苑**幢***室、通联村**组**号"),
        ("按民发〔2021〕57号文办理", "按民发〔2021〕57号文办理"),
        ("320681100-农村-0027", "320681100-农村-0027"),
    ],
)
def test_free_text(text, masked):
    assert mask_text(text) == masked


@given(
    gaps=st.lists(st.sampled_from(["", "", "", " ", "-", "—", "·", "_"]), min_size=17, max_size=17),
    wide=st.booleans(),
    before=st.sampled_from(["", "号码", "是：", "A", "（"]),
    after=st.sampled_from(["", "的人", "，", "）", "x的"]),
)
def test_an_id_number_is_masked_however_it_is_written(gaps, wide, before, after):
    written = "".join(d + gap for d, gap in zip(ID, [*gaps, ""], strict=True))
    masked = mask_text(before + (written.translate(WIDE) if wide else written) + after)
    digits = re.sub(r"\D", "", masked)
    assert ID not in digits and ID[6:14] not in digits


@given(
    account=st.text("0123456789", min_size=12, max_size=22),
    every=st.integers(3, 22),
    gap=st.sampled_from([" ", "-", "", "—"]),
)
@example(account="1000002000010100000", every=3, gap=" ")
@example(account="123100000200001010000", every=3, gap="-")
@example(account="2027326720789", every=4, gap="-")  # 2078-9 could be a month
def test_an_account_is_masked_however_it_is_grouped(account, every, gap):
    groups = [account[i : i + every] for i in range(0, len(account), every)]
    # An ID number written whole is one, whatever stands beside it.
    assume(gap == "" or not any(looks_like_id(group) for group in groups))
    masked = mask_text(f"账户{gap.join(groups)}收款")
    assert len(re.sub(r"\D", "", masked)) <= 10
    assert account not in re.sub(r"\D", "", masked)


@pytest.mark.parametrize(
    ("household", "masked"),
    [
        ("320681100C00015", "320681100C00015"),
        ("430529100000123", "430529100000123"),
        ("P32068100001066", "P32068100001066"),
        (ID, "110105********0029"),
        (f"H{ID}-1", "H110105********0029-1"),
        ("110105491231002", "110105*****1002"),
        (ACCOUNT, "***************1867"),
    ],
)
def test_household_ids_stay_unless_they_hold_what_is_masked(household, masked):
    assert mask_household(household) == masked


@pytest.mark.parametrize(
    ("dataset", "column", "value", "masked"),
    [
        ("benefit_roll", "id_number", "32068", "3***8"),
        ("benefit_roll", "bank_account", "ABC123456789", "********6789"),
        ("benefit_roll", "phone", "83345678", "******78"),
        ("benefit_roll", "address", "东街12号3单元", "东街**号*单元"),
        ("benefit_roll", "address", "东街十二号", "东街**号"),
        ("funerals", "birth_date", "1952-03-15", "****-**-**"),
        ("funerals", "death_date", "2021-01-31", "2021-01-31"),
        ("funerals", "relative_phone", "13812345678", "********678"),
        ("disability_register", "card_no", f"{ID}44", "****************2944"),
        ("payments", "amount_paid", 37040.0, 37040.0),
        ("payments", "amount_paid", 110105194912310029, "110105********0029"),
        ("benefit_roll", "single_person", True, True),
        ("benefit_roll", "name", "阿卜杜·热合曼", "阿卜杜·热合曼"),
        ("unknown", "remark", f"见{ID}", "见110105********0029"),
    ],
)
def test_cells_are_masked_by_what_their_column_holds(dataset, column, value, masked):
    assert mask_cell(dataset, column, value) == masked


def lead(**given) -> Lead:
    base = Lead(
        "rule", "标题", "high", "person", ID, "320681100", "汇龙镇", "北仁村", "320681100C00006", "李某", ID, "李某",
        "城市低保", "id_exact", 1.0, None, "[]", [], "说明", "new", "0123456789ABCDEF", "f" * 32,
    )  # fmt: skip
    return replace(base, **given)


def test_a_damaged_number_and_a_birth_date_of_the_finding_are_masked_in_its_text_too():
    evidence = [
        {"dataset": "benefit_roll", "file": f"roll/{ID}.xlsx", "sheet": "表1", "row": 3,
         "values": {"id_number": "3206811952", "bank_account": "62284801", "address": "汇龙镇人民路某巷", "name": "李某"}},
        {"dataset": "funerals", "file": "f.csv", "sheet": "", "row": 9, "values": {"birth_date": "1952-03-15"}},
    ]  # fmt: skip
    text = "李某（3206811952，账号62284801，1952年3月15日生，1949年12月31日）住汇龙镇人民路某巷"
    masked = masked_lead(lead(evidence=json.dumps(evidence), explanation=text, contradictions=[text]))
    assert (
        masked.explanation
        == "李某（320****952，账号******01，****年*月**日生，****年**月**日）住汇龙镇人民路某巷".replace(
            "320****952", mask_id("3206811952")
        )
    )
    assert masked.contradictions == [masked.explanation]
    assert ID not in (masked.evidence or "") and "62284801" not in (masked.evidence or "")
    assert json.loads(masked.evidence or "")[0]["row"] == 3


def test_what_a_masked_number_could_be_found_by_is_cut():
    masked = masked_lead(lead())
    assert (masked.finding_id, masked.evidence_hash) == ("", "")
    assert masked.name == "李某" and masked.household_id == "320681100C00006"


@pytest.mark.parametrize(
    ("kind", "key", "masked"),
    [
        ("person", ID, "110105********0029"),
        ("person", "320681101N00012:莫明", "320681101N00012:莫明"),
        ("person", f"{ID}:莫明", "110105********0029:莫明"),
        ("person|person", f"{ID}|320681196812119537", "110105********0029|320681********9537"),
        ("household", "320681100C00015", "320681100C00015"),
        ("household|pay_month", "320681100C00015|2021-05", "320681100C00015|2021-05"),
        ("household|supporter id_number", f"320681100C00015|{ID}", "320681100C00015|110105********0029"),
        ("bank_account", "62284801", "******01"),
    ],
)
def test_subject_keys(kind, key, masked):
    assert masked_lead(lead(subject_kind=kind, subject_key=key)).subject_key == masked


def test_names_of_files_and_villages_keep_their_small_numbers():
    assert mask_numbers("第3组 2021年6月名册_1.xlsx") == "第3组 2021年6月名册_1.xlsx"
