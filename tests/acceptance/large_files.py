"""Large files of invented rows, written without a loop over their rows."""

from __future__ import annotations

import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import duckdb
import polars as pl

VEHICLE_ROWS = 2_000_000
ROLL_ROWS = 200_000
CHUNK = 1 << 22

VEHICLES = f"""
SELECT
    ['韦国华', '欧阳小兰', '李建', '龙  菊', '王德㑇'][i % 5 + 1] AS "机动车所有人",
    concat('522728', 1950 + i % 50, lpad((i % 12 + 1)::VARCHAR, 2, '0'), '0', i % 9 + 1, lpad((i % 10000)::VARCHAR, 4, '0')) AS "身份证明号码",
    concat('贵J', lpad(i::VARCHAR, 7, '0')) AS "号牌号码",
    ['小型汽车', '普通摩托车', '挂车'][i % 3 + 1] AS "号牌种类",
    ['小型轿车', '普通二轮摩托车', '重型半挂车'][i % 3 + 1] AS "车辆类型",
    concat('品牌', i % 9000) AS "品牌型号",
    '非营运' AS "使用性质",
    concat('20', lpad((i % 22)::VARCHAR, 2, '0'), '年', i % 12 + 1, '月', i % 28 + 1, '日') AS "初次登记日期",
    CASE WHEN i % 7 = 0 THEN '注销' ELSE '正常' END AS "机动车状态",
    (i % 50000) / 100 AS "购置价格（万元）"
FROM range({VEHICLE_ROWS}) AS r(i)
"""

ROLL = f"""
SELECT
    ['城市低保', '农村低保', '特困供养'][i % 3 + 1] AS "救助类型",
    concat('522728001N', lpad((i // 3)::VARCHAR, 7, '0')) AS "户编号",
    concat('户主', i // 3 % 5000) AS "户主姓名",
    concat('52272819', 40 + i % 60, '0', i % 9 + 1, '1', i % 9 + 1, lpad((i // 3 % 10000)::VARCHAR, 4, '0')) AS "户主身份证号",
    concat('成员', i % 5000) AS "姓名",
    concat('522728', lpad(i::VARCHAR, 12, '1')) AS "身份证号",
    ['男', '女'][i % 2 + 1] AS "性别",
    '522728001' AS "镇街代码",
    concat('村', i % 40) AS "村居",
    ['是', '否'][i % 2 + 1] AS "是否单人保",
    i % 5 + 1 AS "保障人口",
    300 + i % 900 + 0.5 AS "月保障金",
    concat('2019.', i % 12 + 1, '.', i % 28 + 1) AS "开始救助时间",
    '在享' AS "状态",
    CASE WHEN i % 50 = 0 THEN '2023-01-01' END AS "停发时间",
    i % 700 AS "家庭月人均收入",
    ['A', 'B', 'C'][i % 3 + 1] AS "核查类别",
    concat('2021年', i % 9 + 1, '月', i % 28 + 1, '日') AS "最近核查日期",
    '2019/03/05' AS "授权书签署日期",
    concat('62990001', lpad(i::VARCHAR, 11, '0')) AS "银行账号"
FROM range({ROLL_ROWS}) AS r(i)
"""


def write_vehicles(path: Path) -> None:
    """A GB18030 CSV of VEHICLE_ROWS different vehicles, ten columns."""
    plain = path.with_suffix(".utf8")
    duckdb.sql(f"COPY ({VEHICLES}) TO '{plain}' (FORMAT csv, HEADER)")
    with plain.open(encoding="utf-8", newline="") as read, path.open("w", encoding="gb18030", newline="") as written:
        while part := read.read(CHUNK):
            written.write(part)
    plain.unlink()


def write_roll(path: Path) -> None:
    """A workbook of one sheet, ROLL_ROWS different roll rows, twenty columns: text as shared strings, numbers as numbers."""
    table = duckdb.sql(ROLL).pl()
    text = [name for name, kind in table.schema.items() if kind == pl.String]
    words = (
        pl.concat([*(table[name].rename("word") for name in text), pl.Series("word", table.columns)])
        .drop_nulls()
        .unique()
        .sort()
    )
    numbered = table.with_columns(pl.col(text).cast(pl.Enum(words)).to_physical())
    heading = pl.DataFrame({name: [words.search_sorted(name)] for name in table.columns})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as book:
        for name, content in PARTS.items():
            book.writestr(name, content)
        with book.open("xl/sharedStrings.xml", "w") as part:
            part.write(f'{XML}<sst xmlns="{MAIN}">'.encode())
            part.write("".join(f"<si><t>{escape(word)}</t></si>" for word in words).encode())
            part.write(b"</sst>")
        with book.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(f'{XML}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            part.write(_rows(heading, table.columns, 1))
            for start in range(0, len(numbered), 20_000):
                part.write(_rows(numbered.slice(start, 20_000), text, start + 2))
            part.write(b"</sheetData></worksheet>")


def _rows(table: pl.DataFrame, text: list[str], first: int) -> bytes:
    """<row> elements of a table's rows from physical row `first`; the columns of `text` hold numbers of shared strings."""
    row = pl.int_range(first, first + len(table), dtype=pl.Int64).cast(pl.String)
    cells = [
        pl.when(pl.col(name).is_not_null()).then(
            pl.concat_str(pl.lit(f'<c r="{chr(65 + at)}'), row, pl.lit('" t="s"><v>' if name in text else '"><v>'), pl.col(name), pl.lit("</v></c>"))
        ).otherwise(pl.lit(""))
        for at, name in enumerate(table.columns)
    ]  # fmt: skip
    lines = table.select(pl.concat_str(pl.lit('<row r="'), row, pl.lit('">'), *cells, pl.lit("</row>")).alias("line"))[
        "line"
    ]
    return "".join(lines).encode()


XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PARTS = {
    "[Content_Types].xml": f'{XML}<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{KIND}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{KIND}.worksheet+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{KIND}.sharedStrings+xml"/></Types>',
    "_rels/.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'{XML}<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="花名册" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'{XML}<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{OFFICE}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
}
