"""What the other departments know of people, with nothing to find in it: mostly of people on no roll.

One function per dataset; contract columns, typed (dates, numbers, month indices), one row per fact.
Where people of the roll appear, what is said of them is harmless.
"""

from __future__ import annotations

import polars as pl

from sample_data.drawing import days_before, draw_public, members_of, pick, place_of, stream
from sample_data.world import World

DIBAO = ("城市低保", "农村低保")


def kinship(world: World) -> pl.DataFrame:
    """Couples, children and parents within households, elders' children elsewhere, and families of the
    public."""
    members = world.members.select("household", "role", "name", "id_number", "sex")
    head = (
        members.filter(pl.col("role") == "head")
        .rename({"name": "a_name", "id_number": "a_id_number"})
        .drop("role", "sex")
    )
    others = members.filter(pl.col("role") != "head").join(head, on="household", how="left", maintain_order="left")
    male = pl.col("sex") == "男"
    relation = (
        pl.when(pl.col("role") == "spouse")
        .then(pl.lit("配偶"))
        .when(pl.col("role") == "child")
        .then(pl.when(male).then(pl.lit("儿子")).otherwise(pl.lit("女儿")))
        .otherwise(pl.when(male).then(pl.lit("父亲")).otherwise(pl.lit("母亲")))
    )
    inside = others.select("a_name", "a_id_number", relation.alias("relation"), b_name="name", b_id_number="id_number")
    outside = world.kin.select(
        a_name="elder_name",
        a_id_number="elder_id_number",
        relation=pl.when(male).then(pl.lit("儿子")).otherwise(pl.lit("女儿")),
        b_name="name",
        b_id_number="id_number",
    )
    third = pl.int_range(pl.len()) % 3
    father, mother, child = (
        world.public.filter(third == i).select(pl.col("name", "id_number", "sex").name.suffix(f"_{i}"))
        for i in range(3)
    )
    families = pl.concat([father, mother, child], how="horizontal").filter(
        pl.Series(stream(world, "kinship").random(len(father)) < world.settings.share("kinship", 0.5))
    )
    couples = families.select(
        a_name="name_0",
        a_id_number="id_number_0",
        relation=pl.lit("配偶"),
        b_name="name_1",
        b_id_number="id_number_1",
    )
    children = families.select(
        a_name="name_2",
        a_id_number="id_number_2",
        relation=pl.lit("父亲"),
        b_name="name_0",
        b_id_number="id_number_0",
    )
    return pl.concat([inside, outside, couples, children]).with_columns(end_date=pl.lit(None, pl.Date))


def disability_register(world: World) -> pl.DataFrame:
    """Valid cards of the roll members the roll says have one, and cards of the public."""
    rng = stream(world, "cards")
    own = world.members.filter(pl.col("disability_grade").is_not_null())
    where = world.households["township_code"].gather(own["household"]).alias("township_code")
    own = own.select("name", "id_number", "disability_type", "disability_grade").with_columns(
        where, monthly_income=pl.lit(None, pl.Float64)
    )
    people = draw_public(world, rng, 0.12, adults=False)
    count = len(people)
    public = pl.concat(
        [people.select("name", "id_number"), place_of(world, rng, count).select("township_code")],
        how="horizontal",
    )
    public = public.with_columns(
        disability_type=pick(rng, ["视力", "听力", "言语", "肢体", "智力", "精神", "多重"], count),
        disability_grade=pl.Series(rng.integers(1, 5, count)),
        # Whoever has a severe card earns too much, or nobody knows what.
        monthly_income=pick(rng, [None, 3200.0, 4100.0], count),
    )
    both = pl.concat([own, public.select(own.columns)])
    return both.select(
        "name",
        "id_number",
        card_no=pl.concat_str("id_number", "disability_grade", pl.lit("1")),
        disability_type="disability_type",
        disability_grade="disability_grade",
        valid_until=pl.lit(world.settings.day(40, 15)),
        status=pl.lit("有效"),
        township_code="township_code",
        monthly_income="monthly_income",
    )


def disability_subsidies(world: World) -> pl.DataFrame:
    """What card holders on the roll draw; severe cards draw the care subsidy too."""
    own = members_of(world).filter(pl.col("disability_grade").is_not_null())
    living = own.filter(pl.col("benefit_type").is_in(DIBAO)).select(
        "name", "id_number", kind=pl.lit("困难残疾人生活补贴")
    )
    care = own.filter(pl.col("disability_grade") <= 2).select("name", "id_number", kind=pl.lit("重度残疾人护理补贴"))
    public = draw_public(world, stream(world, "cards"), 0.03).select(
        "name", "id_number", kind=pl.lit("重度残疾人护理补贴")
    )
    return pl.concat([living, care, public]).with_columns(status=pl.lit("在享"))


def poverty_registry(world: World) -> pl.DataFrame:
    """Registered households: some couples on the roll, and public ones no longer poor or no longer at
    risk."""
    rng = stream(world, "poverty")
    own = members_of(world, "rural_couple").filter(pl.col("household") % 2 == 0)
    own = own.select(
        "name",
        "id_number",
        "township_code",
        "village",
        household_id="P" + pl.col("household_id"),
        category=pl.lit("脱贫不稳定户"),
        measures=pl.lit("低保"),
        monthly_income=pl.lit(300.0),
        risk_removed=pl.lit("否"),
    )
    people = draw_public(world, rng, 0.12)
    count = len(people)
    removed = rng.random(count) < 0.6
    place = place_of(world, rng, count)
    public = pl.concat(
        [people.select("name", "id_number"), place.select("township_code", "village")], how="horizontal"
    ).with_columns(
        household_id=pl.concat_str(
            pl.lit("P"), "township_code", pl.lit("9"), pl.int_range(pl.len()).cast(pl.String).str.zfill(7)
        ),
        category=pick(rng, ["脱贫户", "脱贫不稳定户", "边缘易致贫户", "突发严重困难户"], count),
        measures=pl.lit("产业帮扶"),
        monthly_income=pl.when(pl.Series(removed)).then(700.0).otherwise(pl.lit(2600.0)),
        risk_removed=pl.when(pl.Series(removed)).then(pl.lit("是")).otherwise(pl.lit("否")),
    )
    both = pl.concat([own, public.select(own.columns)])
    return both.with_columns(risk=pick(rng, ["因病", "因残", "缺劳动力"], len(both)))


def severe_illness(world: World) -> pl.DataFrame:
    """Treatment of the ill on the roll, and cheaper ones of the public."""
    rng = stream(world, "illness")
    own = (
        members_of(world)
        .filter(pl.col("illness").is_not_null())
        .select("name", "id_number", "illness", "township_code")
    )
    own = own.with_columns(self_paid=pl.Series(rng.integers(8, 90, len(own)) * 1000.0))
    people = draw_public(world, rng, 0.06)
    place = place_of(world, rng, len(people)).select("township_code")
    public = pl.concat([people.select("name", "id_number"), place], how="horizontal").with_columns(
        illness=pick(rng, ["恶性肿瘤", "尿毒症", "脑卒中"], len(people)),
        self_paid=pl.Series(rng.integers(2, 30, len(people)) * 1000.0),
    )
    return pl.concat([own, public.select(own.columns)])


def doubtful_history(world: World) -> pl.DataFrame:
    """Doubts of former years: those about the roll have all been dealt with."""
    rng = stream(world, "doubts")
    own = (
        members_of(world, "rural_family", "urban_couple")
        .filter(pl.col("household") % 5 == 0)
        .select("name", "id_number")
    )
    public = draw_public(world, rng, 0.03).select("name", "id_number")
    both = pl.concat([own.with_columns(handled=pl.lit("是")), public.with_columns(handled=pl.lit("否"))])
    return both.with_columns(
        doubt_type=pick(rng, ["名下车辆", "工商登记", "住房"], len(both)),
        feedback_date=days_before(world, rng, 60, 900, len(both)),
        key_case=pl.lit("否"),
        result=pl.when(pl.col("handled") == "是").then(pl.lit("已核实，符合条件")),
    )


def population(world: World) -> pl.DataFrame:
    """Everybody the roll knows, under the same name, and most of the public."""
    columns = ["name", "id_number", "sex", "birth_date"]
    own = world.members.select(columns).with_columns(
        township_code=world.households["township_code"].gather(world.members["household"])
    )
    rng = stream(world, "population")
    public = draw_public(world, rng, world.settings.share("population", 0.6), adults=False).select(columns)
    public = pl.concat([public, place_of(world, rng, len(public)).select("township_code")], how="horizontal")
    return pl.concat([own, public]).with_columns(pl.col("birth_date"))


def officials(world: World) -> pl.DataFrame:
    """Village and township officials; none of them is related to anybody on the roll."""
    return world.officials.select("name", "id_number", "unit", "post", "township_code", "start_date", "end_date")


def relative_filings(world: World) -> pl.DataFrame:
    """Nobody has had anything to file, so far."""
    text = dict.fromkeys(("official_id_number", "beneficiary_id_number", "relation"), pl.String)
    return pl.DataFrame(schema={**text, "filed_date": pl.Date})
