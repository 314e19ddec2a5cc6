"""The invented county: its townships, the households on its roll, their relatives off it, officials, and
everybody else.

Nothing in it is suspicious: the planted cases (sample_data.plants) and the background of the registers
(sample_data.registers) start here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl

from sample_data import names, numbers
from sample_data.kinds import KINDS, ROLE_CODES

VILLAGE_NAMES = (
    "石桥",
    "云岭",
    "新塘",
    "大坪",
    "青山",
    "龙井",
    "板庚",
    "平寨",
    "纳水",
    "罗沙",
    "上隆",
    "董王",
)
VILLAGES_PER_TOWNSHIP = 4


@dataclass(frozen=True)
class Settings:
    """What a drop is made from.

    persons: people on active rows, about; registers: how many register rows there are for each of them;
    cases: planted cases per rule; months: pay months; shares: dataset → rows per person of the public, where
    it shall have more or fewer than usual.
    """

    persons: int
    seed: int
    as_of: date
    county: str
    townships: pl.DataFrame
    registers: float = 1.0
    cases: int = 1
    months: int = 14
    shares: Mapping[str, float] = field(default_factory=dict)

    def share(self, dataset: str, usual: float) -> float:
        """Rows of a dataset per person of the public."""
        return self.shares.get(dataset, usual)

    @property
    def counties(self) -> list[str]:
        """Codes of the counties the townships lie in."""
        return sorted(set(self.townships["township_code"].str.slice(0, 6)))

    @property
    def latest_month(self) -> int:
        """The latest pay month as a month index (year * 12 + month): this month's once its pay day is
        past."""
        return self.as_of.year * 12 + self.as_of.month - (0 if self.as_of.day >= 10 else 1)

    def day(self, months: int, day: int = 1) -> date:
        """A day (1 to 28) of the month that lies so many months from the month of as_of."""
        return month_day(self.as_of.year * 12 + self.as_of.month + months, day)


@dataclass(frozen=True)
class World:
    """households: one row per household on the roll; members: one row per person of them, households in
    order;
    kin, public, officials, extras: people on no roll row (extras are for planted cases only)."""

    settings: Settings
    households: pl.DataFrame
    members: pl.DataFrame
    kin: pl.DataFrame
    public: pl.DataFrame
    officials: pl.DataFrame
    extras: pl.DataFrame


def month_day(index: int, day: int = 1) -> date:
    """The date of a month index (year * 12 + month)."""
    return date((index - 1) // 12, (index - 1) % 12 + 1, day)


def read_townships(path: Path, county: str) -> pl.DataFrame:
    """township_code, township_name, county_name of one county (of several: the digits their codes begin
    with), from a CSV with these columns and county_code.

    Raises ValueError when the file has no township of the county.
    """
    table = pl.read_csv(path, schema_overrides={"township_code": pl.String, "county_code": pl.String})
    own = table.filter(pl.col("county_code").str.starts_with(county)).select(
        "township_code", "township_name", "county_name"
    )
    if own.is_empty():
        raise ValueError(f"{path} lists no township of county {county}; give a file that does with --townships")
    return own


def build_world(settings: Settings) -> World:
    """The whole county for these settings; the same settings give the same county."""
    rng = np.random.default_rng([settings.seed, settings.persons])
    kind = _draw_kinds(rng, settings)
    roles = _Roles.of(kind)
    birth, male, surname = _draw_members(rng, settings, kind, roles)
    elders = roles.first[[KINDS[k].child_off_roll for k in kind]]
    off_roll = _draw_off_roll(rng, settings, birth[elders], surname[elders], male[elders])
    everybody = _name_everybody(rng, settings, [(birth, male, surname), *off_roll.values()])
    households = _household_frame(rng, settings, kind)
    members = _member_frame(rng, kind, roles, everybody[0])
    heads = members[roles.first]
    households = households.with_columns(
        heads["name"].alias("head_name"),
        heads["id_number"].alias("head_id_number"),
        heads["sex"].alias("head_sex"),
    )
    kin, public, officials, extras = everybody[1:]
    kin = kin.with_columns(
        members["id_number"].gather(elders).alias("elder_id_number"),
        members["name"].gather(elders).alias("elder_name"),
    )
    return World(settings, households, members, kin, public, _place_officials(rng, settings, officials), extras)


@dataclass(frozen=True)
class _Roles:
    """Per member: household position in the list, place in it, role code; per household: first member."""

    household: np.ndarray
    role: np.ndarray
    first: np.ndarray

    @classmethod
    def of(cls, kind: np.ndarray) -> _Roles:
        sizes = np.array([len(k.roles) for k in KINDS])[kind]
        first = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        household = np.repeat(np.arange(len(kind)), sizes)
        place = np.arange(len(household)) - first[household]
        table = np.zeros((len(KINDS), 4), dtype=np.int64)
        for number, entry in enumerate(KINDS):
            table[number, : len(entry.roles)] = [ROLE_CODES.index(r) for r in entry.roles]
        return cls(household, table[kind[household], place], first)

    def is_role(self, *names_of: str) -> np.ndarray:
        return np.isin(self.role, [ROLE_CODES.index(n) for n in names_of])


def _draw_kinds(rng: np.random.Generator, settings: Settings) -> np.ndarray:
    share = np.array([k.share for k in KINDS])
    covered = sum(k.share * len(k.roles) for k in KINDS if k.state == "active")
    counts = np.maximum(np.round(share * settings.persons / covered), 1).astype(np.int64)
    kind = np.repeat(np.arange(len(KINDS)), counts)
    rng.shuffle(kind)
    return kind


def _draw_members(
    rng: np.random.Generator, settings: Settings, kind: np.ndarray, roles: _Roles
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Birth dates, sexes (True: male) and surname indices of all members."""
    low, high = (np.array([k.head_age[i] for k in KINDS])[kind] for i in (0, 1))
    head_days = (rng.uniform(low, high) * 365.25).astype(np.int64)[roles.household]
    count = len(roles.household)
    days = np.select(
        [roles.is_role("spouse"), roles.is_role("child"), roles.is_role("parent")],
        [
            head_days + rng.integers(-900, 900, count),
            rng.integers(2 * 366, 15 * 365, count),
            head_days + rng.integers(20 * 366, 26 * 365, count),
        ],
        head_days,
    )
    birth = np.datetime64(settings.as_of, "D") - days
    head_male = rng.random(len(kind)) < 0.55
    own = rng.random(count) < 0.5
    male = np.select(
        [roles.is_role("head"), roles.is_role("spouse")],
        [head_male[roles.household], ~head_male[roles.household]],
        own,
    )
    head_surname, spouse_surname = (names.draw_surnames(rng, len(kind)) for _ in range(2))
    father = np.where(head_male, head_surname, spouse_surname)[roles.household]
    head_own = head_surname[roles.household]
    surname = np.select(
        [roles.is_role("head"), roles.is_role("child"), roles.is_role("parent") & male],
        [head_own, father, head_own],
        names.draw_surnames(rng, count),
    )
    surname = np.where(roles.is_role("spouse"), spouse_surname[roles.household], surname)
    return birth, male, surname


Drawn = tuple[np.ndarray, np.ndarray, np.ndarray]


def _draw_off_roll(
    rng: np.random.Generator,
    settings: Settings,
    elder_birth: np.ndarray,
    elder_surname: np.ndarray,
    elder_male: np.ndarray,
) -> dict[str, Drawn]:
    """Birth dates, sexes and surnames of those on no roll row: grown-up children of elders, the public
    in families of three, officials, extras."""
    kin_count = len(elder_birth)
    kin = (
        elder_birth + rng.integers(21 * 366, 30 * 365, kin_count),
        rng.random(kin_count) < 0.5,
        np.where(elder_male, elder_surname, names.draw_surnames(rng, kin_count)),
    )
    public_count = max(int(settings.persons * settings.registers * 2) // 3 * 3, 300)
    place = np.arange(public_count) % 3
    father_days = np.repeat(rng.integers(24 * 366, 88 * 365, public_count // 3), 3)
    days = np.select(
        [place == 1, place == 2],
        [father_days + rng.integers(-900, 900, public_count), father_days - 22 * 366],
        father_days,
    )
    public_male = np.select([place == 0, place == 1], [True, False], rng.random(public_count) < 0.5)
    public_surname = np.repeat(names.draw_surnames(rng, public_count // 3), 3)
    public_surname = np.where(place == 1, names.draw_surnames(rng, public_count), public_surname)
    public = (np.datetime64(settings.as_of, "D") - np.maximum(days, 366), public_male, public_surname)
    return {
        "kin": kin,
        "public": public,
        "officials": _draw_grown_ups(rng, settings, max(settings.persons // 20, 12)),
        "extras": _draw_grown_ups(rng, settings, 60 * settings.cases + 40, elders=True),
    }


def _draw_grown_ups(rng: np.random.Generator, settings: Settings, count: int, elders: bool = False) -> Drawn:
    """People of 28 to 50 years; with elders the second half of them is 60 to 80."""
    days = rng.integers(28 * 366, 50 * 365, count)
    if elders:
        days[count // 2 :] = rng.integers(60 * 366, 80 * 365, count - count // 2)
    return np.datetime64(settings.as_of, "D") - days, rng.random(count) < 0.6, names.draw_surnames(rng, count)


def _name_everybody(rng: np.random.Generator, settings: Settings, groups: list[Drawn]) -> list[pl.DataFrame]:
    """name, id_number, sex, birth_date for every group; ID numbers are different across all groups."""
    birth, male, surname = (np.concatenate([g[i] for g in groups]) for i in range(3))
    prefix = int(settings.county[:4]) * 100
    own = np.array(settings.counties, dtype=np.int64)
    # One county needs no draw, so that its drops stay what they are.
    home = own[0] if len(own) == 1 else own[rng.integers(0, len(own), len(birth))]
    area = np.where(rng.random(len(birth)) < 0.88, home, prefix + rng.choice([1, 22, 23], len(birth)))
    frame = pl.DataFrame(
        {
            "name": names.full_names(rng, surname, male),
            "id_number": numbers.draw_id_numbers(rng, area, birth, male),
            "sex": pl.Series(["女", "男"]).gather(male.astype(np.int64)),
            "birth_date": pl.Series(birth.astype("datetime64[ms]")).cast(pl.Date),
        }
    )
    bounds = np.cumsum([0, *(len(g[0]) for g in groups)])
    return [frame[int(a) : int(b)] for a, b in pairwise(bounds)]


def _month_start(index: np.ndarray) -> pl.Series:
    """First days of month indices (year * 12 + month)."""
    months = (index - 1970 * 12 - 1).astype("datetime64[M]")
    return pl.Series(months.astype("datetime64[ms]")).cast(pl.Date)


def _household_frame(rng: np.random.Generator, settings: Settings, kind: np.ndarray) -> pl.DataFrame:
    """One row per household: number, place, benefit, dates, amount, account."""
    count = len(kind)
    places = _villages(settings)
    place = rng.integers(0, len(places), count)
    field = lambda name: pl.Series([getattr(k, name) for k in KINDS]).gather(kind)  # noqa: E731
    this_month = settings.as_of.year * 12 + settings.as_of.month
    active = field("state") == "active"
    end = this_month - rng.integers(3, 9, count)
    start = np.where(active.to_numpy(), this_month - rng.integers(20, 110, count), end - rng.integers(24, 80, count))
    start = np.where(active.to_numpy() & (rng.random(count) < 0.05), this_month - rng.integers(2, 10, count), start)
    size = pl.Series([len(k.roles) for k in KINDS]).gather(kind)
    drawn = places[place].with_columns(
        pl.Series("kind", [k.name for k in KINDS]).gather(kind),
        field("benefit").alias("benefit_type"),
        field("letter").alias("letter"),
        field("state").alias("state"),
        size.alias("size"),
        _month_start(start).alias("start_date"),
        _month_start(end).alias("end_date"),
        pl.Series("per_head", rng.integers(15, 36, count) * 10),
        pl.Series("checked_days", rng.integers(10, 150, count)),
        pl.Series("signed_days", rng.integers(8, 30, count)),
        pl.Series("income", rng.integers(5, 29, count) * 10),
        pl.Series("care", rng.integers(0, 3, count)),
        pl.Series("house_no", rng.integers(1, 90, count)),
        numbers.bank_accounts(0, count),
        numbers.telephones(rng, count),
        pl.int_range(1, count + 1).alias("number"),
    )
    return drawn.select(_household_columns(settings.as_of))


def _household_columns(as_of: date) -> list[str | pl.Expr]:
    """What a household is, from what was drawn for it."""
    return [
        (pl.col("township_code") + pl.col("letter") + pl.col("number").cast(pl.String).str.zfill(7)).alias(
            "household_id"
        ),
        "kind",
        "benefit_type",
        "state",
        "size",
        "township_code",
        "township_name",
        "county_name",
        "village",
        "bank_account",
        "phone",
        "start_date",
        pl.concat_str("county_name", "township_name", "village", pl.col("house_no"), pl.lit("号")).alias("address"),
        pl.when(pl.col("state") != "active").then("end_date").alias("end_date"),
        pl.when(pl.col("state") == "active")
        .then(pl.lit("在享"))
        .when(pl.col("number") % 2 == 0)
        .then(pl.lit("停发"))
        .otherwise(pl.lit("退出"))
        .alias("status"),
        pl.when(pl.col("benefit_type") == "特困供养")
        .then(780)
        .otherwise(pl.col("per_head") * pl.col("size"))
        .cast(pl.Float64)
        .alias("household_amount"),
        pl.when(pl.col("benefit_type") == "低收入家庭")
        .then(320 + pl.col("income") // 40 * 10)
        .otherwise("income")
        .cast(pl.Float64)
        .alias("declared_income"),
        pl.when(pl.col("benefit_type") == "特困供养")
        .then(pl.lit("A"))
        .otherwise(pl.lit("ABC").str.slice(pl.col("care"), 1))
        .alias("care_class"),
        pl.when(pl.col("state") == "active")
        .then(pl.lit(as_of) - pl.duration(days="checked_days"))
        .otherwise(pl.col("end_date") - pl.duration(days="signed_days"))
        .alias("last_check_date"),
        (pl.col("start_date") - pl.duration(days="signed_days")).alias("authorisation_date"),
        # Who has died did so in the month before the payments stopped.
        pl.when(pl.col("state") == "dead")
        .then(pl.col("end_date") - pl.duration(days="signed_days") + pl.duration(days=4))
        .alias("death_date"),
    ]


def _villages(settings: Settings) -> pl.DataFrame:
    """One row per village of the county: township_code, township_name, county_name, village, full_check."""
    per = VILLAGES_PER_TOWNSHIP
    shift = pl.int_range(pl.len()).alias("shift")
    listed = settings.townships.with_columns(shift).join(
        pl.DataFrame({"k": range(per)}), how="cross", maintain_order="left_right"
    )
    stems = pl.Series(VILLAGE_NAMES)
    which = ((listed["shift"] * per + listed["k"]) % len(VILLAGE_NAMES)).cast(pl.UInt32)
    urban = listed["k"] == 0
    return listed.with_columns(
        pl.concat_str(stems.gather(which), pl.when(urban).then(pl.lit("社区")).otherwise(pl.lit("村"))).alias(
            "village"
        ),
        (pl.col("k") == per - 1).alias("full_check"),
    ).drop("shift", "k")


def village_list(settings: Settings) -> pl.DataFrame:
    """Rows of the townships dataset."""
    return _villages(settings).with_columns(
        pl.when("full_check").then(pl.lit("是")).otherwise(pl.lit("否")).alias("full_check")
    )


def _member_frame(rng: np.random.Generator, kind: np.ndarray, roles: _Roles, people: pl.DataFrame) -> pl.DataFrame:
    """people plus household (position in the household list), role, relation_to_head, and the disability
    or illness its kind has."""
    has_card = np.array([k.card for k in KINDS])[kind][roles.household] & roles.is_role("head")
    is_ill = np.array([k.ill for k in KINDS])[kind][roles.household] & roles.is_role("head")
    severe = np.array([k.severe for k in KINDS])[kind][roles.household]
    count = len(roles.role)
    types = pl.Series(["视力", "肢体", "智力", "精神", "听力"]).gather(rng.integers(0, 5, count))
    grade = np.where(severe, rng.integers(1, 3, count), rng.integers(2, 5, count))
    ills = pl.Series(["尿毒症", "恶性肿瘤", "重性精神病", "系统性红斑狼疮"]).gather(rng.integers(0, 4, count))
    flags = pl.DataFrame({"card": has_card, "ill": is_ill, "t": types, "g": grade, "i": ills})
    role = pl.Series("role", list(ROLE_CODES)).gather(roles.role)
    return pl.concat(
        [
            people,
            pl.DataFrame({"household": roles.household, "role": role}),
            flags.select(
                pl.when("card").then("t").alias("disability_type"),
                pl.when("card").then("g").cast(pl.Int64).alias("disability_grade"),
                pl.when("ill").then("i").alias("illness"),
            ),
        ],
        how="horizontal",
    )


def _place_officials(rng: np.random.Generator, settings: Settings, people: pl.DataFrame) -> pl.DataFrame:
    """people plus the village they serve in and since when; every tenth has left."""
    places = _villages(settings)
    own = places[rng.integers(0, len(places), len(people))].select("township_code", "township_name", "village")
    number = pl.int_range(pl.len())
    posts = pl.Series(["村委会主任", "村党支部书记", "民政协理员", "村会计", "民政经办"])
    return pl.concat([people, own], how="horizontal").with_columns(
        pl.concat_str("township_name", "village").alias("unit"),
        posts.gather(np.arange(len(people)) % 5).alias("post"),
        pl.Series("start_date", [settings.day(-60)]).gather(np.zeros(len(people), dtype=np.int64)),
        pl.when(number % 10 == 9).then(pl.lit(settings.day(-7))).alias("end_date"),
    )
