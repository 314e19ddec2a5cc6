"""One size of the scale measurement: `python -m benchmarks.linkage_scale ROWS PEOPLE` prints one line.

The county is made up from hashes, the same every time: names as unequal as Chinese names are (twenty surnames for most people), 2,000
villages in 40 townships of which the first is ten times as busy. One open row in fifty is about somebody on the roll, with a
homophone, a lunar birth date, an age for a birth date, or no address.
"""

from __future__ import annotations

import resource
import sys
import time

import duckdb

from data_contracts import load_contracts
from transforms.linkage.probabilistic import build_probabilistic
from transforms.linkage.runner import build_links
from transforms.linkage.tables import sql_text
from transforms.staging import LINEAGE, staged_columns

SIZES = ((12_500, 500_000), (25_000, 500_000), (50_000, 500_000), (50_000, 250_000))

SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚"
GIVEN = "国建志明海华英秀玉兰桂芳凤珍德福文金永生春小红林平军强伟丽敏静艳美云翠莲菊香琴素惠荣贵祥清山峰龙虎宝才"


def _character(letters: str, seed: str, skew: float) -> str:
    """SQL of one character of a list, the earlier the more often."""
    unit = f"(hash({seed}) % 1000003) / 1000003.0"
    return f"substr('{letters}', 1 + CAST(floor({len(letters)} * power({unit}, {skew})) AS INTEGER), 1)"


def _person_sql(number: str) -> str:
    """SQL columns name, born, township, village of the person with that number."""
    name = ", ".join([
        _character(SURNAMES, f"{number} * 31 + 1", 2.2), _character(GIVEN, f"{number} * 31 + 2", 1.6), _character(GIVEN, f"{number} * 31 + 3", 1.6),
    ])  # fmt: skip
    return (
        f"concat({name}) AS name, DATE '1925-01-01' + CAST(hash({number} * 31 + 4) % 22000 AS INTEGER) AS born, "
        f"CASE WHEN hash({number} * 31 + 5) % 10 = 0 THEN 0 ELSE CAST(hash({number} * 31 + 6) % 2000 AS INTEGER) END AS village_no"
    )


def make_county(con: duckdb.DuckDBPyConnection, rows: int, people: int) -> None:
    """The tables the tier reads: a roll of `people`, `rows` open cremations, no link yet."""
    con.execute(f"CREATE TABLE person AS SELECT i, {_person_sql('i')} FROM range({people}) AS r(i)")
    con.execute(f"CREATE TABLE stranger AS SELECT i, {_person_sql('(i + 900000000)')} FROM range({rows}) AS r(i)")
    place = "concat('320681', lpad(CAST(100 + village_no % 40 AS VARCHAR), 3, '0')) AS township_code, concat('村', village_no, '村') AS village"
    con.execute(
        "CREATE OR REPLACE TABLE link_person AS SELECT concat('P', i) AS person_key, concat('P', i) AS id_number, 'valid' AS id_status, "
        f"i AS id_key, name, CASE WHEN i % 2 = 0 THEN '男' ELSE '女' END AS sex, born AS birth_date, {place}, concat('H', i // 3) AS household_id FROM person"
    )
    con.execute(
        "CREATE OR REPLACE TABLE link_person_name AS SELECT person_key, name, sex, birth_date, id_key, id_number FROM link_person"
    )
    con.execute(
        "CREATE OR REPLACE TABLE link_person_place AS SELECT DISTINCT person_key, township_code, village FROM link_person"
    )
    con.execute(
        "CREATE OR REPLACE TABLE roll_person_row AS SELECT person_key, id_key, name, township_code, village, household_id FROM link_person"
    )
    con.execute(
        "INSERT INTO stg_townships BY NAME SELECT concat('320681', 100 + i) AS township_code, concat('镇', i, '镇') AS township_name,"
        " '启东市' AS county_name FROM range(40) AS r(i)"
    )
    con.execute(_open_row_sql(people))
    con.execute(
        "CREATE OR REPLACE TABLE register_row AS SELECT *, CAST(NULL AS VARCHAR) AS person_key, CAST(NULL AS VARCHAR) AS plain_relation FROM open_row"
    )
    for table in ("township_name", "address_spelling", "address_county", "place_word"):
        con.execute(f"CREATE OR REPLACE TABLE {table} AS {sql_text(table)}")


def _open_row_sql(people: int) -> str:
    """Every fiftieth row is about a person of the roll, told in one of four lossy ways."""
    known = f"s.i % 50 = 0 AND p.i = s.i * 7919 % {people}"
    born = "coalesce(p.born, s.born)"
    way = "(s.i // 50) % 4"
    village = "coalesce(p.village_no, s.village_no)"
    return f"""
    CREATE OR REPLACE TABLE open_row AS
    SELECT 'funerals' AS dataset, 'id_number' AS role, s.i AS _row_id, 'f' AS _file, '' AS _sheet, s.i AS _row,
        CAST(NULL AS VARCHAR) AS shown_number, 'empty' AS id_status,
        CASE WHEN p.i IS NOT NULL AND {way} = 0 THEN replace(replace(p.name, '英', '瑛'), '明', '铭') ELSE coalesce(p.name, s.name) END AS name,
        CASE WHEN coalesce(p.i, s.i) % 2 = 0 THEN '男' ELSE '女' END AS sex,
        CASE WHEN {way} = 2 THEN NULL WHEN {way} = 1 THEN {born} - 30 ELSE {born} END AS birth_date,
        FALSE AS birth_month_only, CAST(2021 - year({born}) - 1 AS INTEGER) AS age, DATE '2021-01-01' AS age_on,
        CASE WHEN {way} = 3 THEN NULL ELSE concat('启东市镇', {village} % 40, '镇村', {village}, '村', s.i % 30, '组') END AS address,
        CAST(NULL AS VARCHAR) AS relative_name
    FROM stranger AS s LEFT JOIN person AS p ON {known}
    """


def run(rows: int, people: int) -> str:
    """Measure one size; the line of the table."""
    con = duckdb.connect(config={"memory_limit": "4GB", "threads": 2})
    _empty_registers(con)
    make_county(con, rows, people)
    started = time.monotonic()
    links = build_probabilistic(con, load_contracts())
    seconds = time.monotonic() - started
    pairs = con.execute("SELECT count(*) FROM prob_pair").fetchall()[0][0]
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return f"{rows:10d}{people:10d}{pairs:10d}{links:8d}{seconds:9.1f}{peak:9d}"


def _empty_registers(con: duckdb.DuckDBPyConnection) -> None:
    """Every register without a row, and the linkage of that: the reference tables and an empty `links`."""
    for dataset, contract in load_contracts().items():
        columns = {**LINEAGE, **staged_columns(contract), "ref": "VARCHAR"}
        con.execute(f"CREATE TABLE stg_{dataset} ({', '.join(f'{name} {kind}' for name, kind in columns.items())})")
    build_links(con, load_contracts())


if __name__ == "__main__":
    print(run(int(sys.argv[1]), int(sys.argv[2])), flush=True)
