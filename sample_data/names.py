"""Surnames and given names of invented people.

Three pools of surnames never meet: FAMILY is what the roll and the registers carry; RARE is kept for
strangers whose cremation has no usable ID number, so that no stranger is anybody's namesake; COMPOUND is
for names that must not agree with anyone's.
"""

from __future__ import annotations

import numpy as np
import polars as pl

FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭"
    "廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
)
RARE = "鲍岑滕闵娄冉柯耿宁桂农敖麦储聂佘丛祖屠逄"
COMPOUND = ("上官", "司徒", "令狐", "端木", "公孙", "尉迟")

MALE = "伟强军勇杰涛明超辉鹏志建国华斌刚健波海平峰磊洋博浩宇轩毅俊新民学天忠"
FEMALE = "芳娜敏静秀英丽艳娟霞兰凤琴玉梅雪婷慧莹红燕玲香菊珍莉倩颖云晓春素月"
EITHER = "德永福祥庆世光仁义安成"


def draw_surnames(rng: np.random.Generator, count: int) -> np.ndarray:
    """Indices into FAMILY; the first names of the list are the commonest, as in the country."""
    weight = 1.0 / np.arange(6, 6 + len(FAMILY))
    return rng.choice(len(FAMILY), size=count, p=weight / weight.sum())


def full_names(rng: np.random.Generator, surname: np.ndarray, male: np.ndarray, pool: str = FAMILY) -> pl.Series:
    """Names from surname indices and sexes: one given character for a quarter of the people, two for the
    rest."""
    own = {sex: list(chars + EITHER) for sex, chars in (("male", MALE), ("female", FEMALE))}
    first, second = (
        np.where(male, rng.integers(0, len(own["male"]), len(male)), rng.integers(0, len(own["female"]), len(male)))
        for _ in range(2)
    )
    two = rng.random(len(male)) < 0.75
    parts = pl.DataFrame(
        {
            "surname": pl.Series(list(pool)).gather(surname),
            "male": male,
            "m1": pl.Series(own["male"]).gather(np.minimum(first, len(own["male"]) - 1)),
            "f1": pl.Series(own["female"]).gather(np.minimum(first, len(own["female"]) - 1)),
            "m2": pl.Series(own["male"]).gather(np.minimum(second, len(own["male"]) - 1)),
            "f2": pl.Series(own["female"]).gather(np.minimum(second, len(own["female"]) - 1)),
            "two": two,
        }
    )
    given = pl.when("male").then("m1").otherwise("f1")
    tail = pl.when(~pl.col("two")).then(pl.lit("")).when("male").then("m2").otherwise("f2")
    return parts.select(pl.concat_str("surname", given, tail).alias("name"))["name"]


def rare_names(rng: np.random.Generator, male: np.ndarray) -> pl.Series:
    """Names nobody on the roll has, or has a namesake by sound of."""
    return full_names(rng, rng.integers(0, len(RARE), len(male)), male, RARE)


def compound_name(number: int) -> str:
    """The number-th name that agrees with no other name of the drop."""
    given = MALE + FEMALE
    return COMPOUND[number % len(COMPOUND)] + given[(number * 7) % len(given)] + EITHER[number % len(EITHER)]
