"""The kinds of households on the invented roll, and their shares."""

from __future__ import annotations

from dataclasses import dataclass

ROLE_CODES = ("head", "spouse", "child", "parent")
RELATION_WORDS = {"head": "户主", "spouse": "配偶", "child": "子女", "parent": "父母"}


@dataclass(frozen=True)
class Kind:
    """state: active, left (living, no longer on the roll) or dead (left because of death).

    child_off_roll: the head has a grown-up child elsewhere; card, ill: the head has a disability card, a
    severe illness;
    severe: that card is of grade 1 or 2 and the household is 单人保.
    """

    name: str
    benefit: str
    letter: str
    roles: tuple[str, ...]
    head_age: tuple[int, int]
    share: float
    state: str = "active"
    child_off_roll: bool = False
    card: bool = False
    severe: bool = False
    ill: bool = False


HEAD, COUPLE, FAMILY = ("head",), ("head", "spouse"), ("head", "spouse", "child")
THREE = ("head", "spouse", "child", "parent")

KINDS = (
    Kind("rural_adult", "农村低保", "N", HEAD, (26, 54), 0.14),
    Kind("rural_elder", "农村低保", "N", HEAD, (63, 86), 0.07, child_off_roll=True),
    Kind("rural_disabled", "农村低保", "N", HEAD, (24, 55), 0.05, card=True, severe=True),
    Kind("rural_couple", "农村低保", "N", COUPLE, (42, 74), 0.12),
    Kind("rural_card", "农村低保", "N", COUPLE, (42, 74), 0.03, card=True),
    Kind("rural_family", "农村低保", "N", FAMILY, (29, 46), 0.15),
    Kind("rural_three", "农村低保", "N", THREE, (29, 44), 0.04),
    Kind("urban_adult", "城市低保", "C", HEAD, (26, 54), 0.05),
    Kind("urban_couple", "城市低保", "C", COUPLE, (42, 74), 0.05),
    Kind("urban_family", "城市低保", "C", FAMILY, (29, 46), 0.05),
    Kind("tekun", "特困供养", "T", HEAD, (62, 88), 0.09),
    Kind("low_ill", "低收入家庭", "D", HEAD, (30, 58), 0.04, ill=True),
    Kind("low_family", "低收入家庭", "D", FAMILY, (29, 46), 0.06),
    Kind("temporary", "临时救助", "L", HEAD, (26, 58), 0.02),
    Kind("retired", "精减退职", "J", HEAD, (76, 90), 0.02),
    Kind("left_adult", "农村低保", "N", HEAD, (28, 56), 0.06, state="left"),
    Kind("left_family", "农村低保", "N", FAMILY, (29, 46), 0.02, state="left"),
    Kind("left_dead", "特困供养", "T", HEAD, (66, 90), 0.04, state="dead"),
)
