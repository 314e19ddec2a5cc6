"""What people own and earn, with nothing to find in it.

One function per dataset, as in sample_data.registers.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from sample_data import numbers
from sample_data.drawing import days_before, draw_public, members_of, pick, place_of, stream
from sample_data.world import World


def vehicles(world: World) -> pl.DataFrame:
    """Cars of the public, and the motorcycles and a few scrapped cars of roll members."""
    rng = stream(world, "vehicles")
    cars = draw_public(world, rng, world.settings.share("vehicles", 0.45)).select(
        owner_name="name", owner_id_number="id_number"
    )
    count = len(cars)
    cars = cars.with_columns(
        pick(rng, ["小型轿车", "小型普通客车", "轻型普通货车", "普通二轮摩托车"], count, [0.6, 0.2, 0.1, 0.1]).alias(
            "vehicle_type"
        ),
        pick(rng, ["正常", "逾期未检验", "注销"], count, [0.85, 0.1, 0.05]).alias("status"),
        pl.Series("value", rng.integers(30, 250, count) * 1000.0),
    )
    poor = (
        members_of(world, "rural_couple")
        .filter(pl.col("role") == "head")
        .select(owner_name="name", owner_id_number="id_number")
    )
    poor = poor.with_columns(
        vehicle_type=pl.when(pl.int_range(pl.len()) % 3 == 0)
        .then(pl.lit("小型轿车"))
        .otherwise(pl.lit("普通二轮摩托车")),
        status=pl.when(pl.int_range(pl.len()) % 3 == 0).then(pl.lit("报废")).otherwise(pl.lit("正常")),
        value=pl.lit(4000.0),
    )
    both = pl.concat([cars, poor])
    number = pl.int_range(pl.len())
    return both.select(
        "owner_name",
        "owner_id_number",
        plate_number=pl.concat_str(pl.lit("贵J"), (10000 + number).cast(pl.String)),
        plate_type=pl.when(pl.col("vehicle_type") == "普通二轮摩托车")
        .then(pl.lit("普通摩托车"))
        .otherwise(pl.lit("小型汽车")),
        vehicle_type="vehicle_type",
        brand_model=pick(rng, ["山岭LZ6430", "河谷QC7150", "云雀YQ1020"], len(both)),
        use_character=pl.lit("非营运"),
        first_registered=days_before(world, rng, 200, 4000, len(both)),
        status="status",
        value="value",
    )


def business_licenses(world: World) -> pl.DataFrame:
    """Companies, shops and cooperatives of the public; roll members only as members of a cooperative."""
    rng = stream(world, "business")
    owners = draw_public(world, rng, world.settings.share("business_licenses", 0.3))
    kind = rng.choice([1, 2, 3], size=len(owners), p=[0.3, 0.55, 0.15])
    farmers = members_of(world, "rural_family").filter((pl.col("role") == "head") & (pl.col("household") % 4 == 0))
    people = pl.concat([owners.select("name", "id_number"), farmers.select("name", "id_number")])
    kind = np.concatenate([kind, np.full(len(farmers), 3)])
    on_roll = np.arange(len(people)) >= len(owners)
    count = len(people)
    number = pl.int_range(1, pl.len() + 1).cast(pl.String)
    types = pl.Series(["", "有限责任公司", "个体工商户", "农民专业合作社"]).gather(kind)
    role = pl.Series(["", "法定代表人", "经营者", "法定代表人"]).gather(kind)
    status = (
        pl.when(pl.Series(on_roll))
        .then(pl.lit("存续"))
        .otherwise(pick(rng, ["存续", "在业", "注销"], count, [0.7, 0.2, 0.1]))
    )
    return people.select(
        credit_code=numbers.credit_codes(world.settings.county, kind),
        entity_name=pl.concat_str(pick(rng, ["山禾", "清泉", "云上", "稻香"], count), number, types),
        entity_type=types,
        person_name="name",
        person_id_number="id_number",
        role=pl.when(pl.Series(on_roll)).then(pl.lit("成员")).otherwise(role),
        share_ratio=pl.lit(None, pl.Float64),
        registered_capital=pl.Series(rng.integers(1, 60, count) * 10000.0),
        established=days_before(world, rng, 500, 5000, count),
        status=status,
        end_date=pl.lit(None, pl.Date),
    ).with_columns(end_date=pl.when(pl.col("status") == "注销").then(pl.col("established") + pl.duration(days=300)))


def housing(world: World) -> pl.DataFrame:
    """Homes of the public; one home, and here and there a garage or a sold one, for families on the
    roll."""
    rng = stream(world, "housing")
    owners = (
        draw_public(world, rng, world.settings.share("housing", 0.35))
        .select("name", "id_number")
        .with_columns(use=pl.lit("住宅"), status=pl.lit("现势"))
    )
    owners = owners.with_columns(use=pick(rng, ["住宅", "成套住宅", "商业", "车库"], len(owners), [0.6, 0.2, 0.1, 0.1]))
    homes = (
        members_of(world, "rural_family", "urban_family").filter(pl.col("role") == "head").select("name", "id_number")
    )
    own = homes.with_columns(use=pl.lit("住宅"), status=pl.lit("现势"))
    spare = homes.gather_every(3).with_columns(use=pl.lit("车库"), status=pl.lit("现势"))
    sold = homes.gather_every(4).with_columns(use=pl.lit("住宅"), status=pl.lit("历史"))
    both = pl.concat([owners, own, spare, sold])
    count = len(both)
    return both.select(
        owner_name="name",
        owner_id_number="id_number",
        certificate_no=pl.concat_str(
            pl.lit("黔(2016)不动产权第"), pl.int_range(pl.len()).cast(pl.String).str.zfill(8), pl.lit("号")
        ),
        address=place_of(world, rng, count)["address"],
        area=pl.Series(rng.integers(40, 140, count).astype(np.float64)),
        use="use",
        registered_date=days_before(world, rng, 300, 5000, count),
        status="status",
    )


def pensions(world: World) -> pl.DataFrame:
    """Pensions and contributions of the public; the small resident pension of elders on the roll."""
    rng = stream(world, "pensions")
    people = draw_public(world, rng, world.settings.share("pensions", 0.3)).select("name", "id_number")
    count = len(people)
    kind = pick(rng, ["缴费", "领取", "停保"], count, [0.6, 0.3, 0.1])
    public = people.with_columns(
        scheme=pick(rng, ["企业职工养老保险", "机关事业养老保险", "城乡居民养老保险"], count, [0.5, 0.1, 0.4]),
        kind=kind,
        monthly_amount=pl.Series(rng.integers(18, 60, count) * 100.0),
    )
    elders = members_of(world, "rural_elder", "tekun").select("name", "id_number")
    resident = elders.with_columns(scheme=pl.lit("城乡居民养老保险"), kind=pl.lit("领取"), monthly_amount=pl.lit(110.0))
    return pl.concat([public, resident]).with_columns(month=pl.lit(world.settings.latest_month - 1))


def income_tax(world: World) -> pl.DataFrame:
    """Three months of wages for some of the public."""
    rng = stream(world, "tax")
    people = draw_public(world, rng, world.settings.share("income_tax", 0.15)).select("name", "id_number")
    latest = world.settings.latest_month
    wage = people.with_columns(
        income=pl.Series(rng.integers(25, 90, len(people)) * 100.0),
        employer=pick(rng, ["山禾农业公司", "清泉水务公司"], len(people)),
    )
    return pl.concat([wage.with_columns(month=pl.lit(latest - back)) for back in (3, 2, 1)]).select(
        "name", "id_number", "month", "income", "employer"
    )


def bank_assets(world: World) -> pl.DataFrame:
    """Small balances of everybody on the roll, larger ones of some of the public."""
    rng = stream(world, "bank")
    own = members_of(world).filter(pl.col("role") != "child").select("name", "id_number")
    public = draw_public(world, rng, world.settings.share("bank_assets", 0.1)).select("name", "id_number")
    total = np.concatenate([rng.integers(1, 30, len(own)) * 100.0, rng.integers(50, 3000, len(public)) * 100.0])
    day = pl.lit(world.settings.as_of) - pl.duration(days=20)
    return pl.concat([own, public]).with_columns(as_of=day, total=pl.Series(total))
