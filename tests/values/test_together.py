"""Cells cleaned in one row with others give what each gives alone: what spares a row the cleaning must see all that would change it."""

from __future__ import annotations

import duckdb
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_contracts import load_codes, load_contracts
from transforms.staging import clean_rows
from transforms.staging.columns import cleaning_layers
from transforms.values import VALUE_TYPES, Context, name, register_functions, select_layers

CONTRACT = load_contracts()["vehicles"]
COLUMNS = [column.name for column in CONTRACT.columns]
ODD = ("|", " ", "  ", "　", "\t", "\u200b", "'", "‘", "(", "（", "【", "[", ".0", ".00", "·", ".", "臺", "Ａ", "-", "")
WORDS = (
    "无",
    "－",
    "#N/A",
    "NULL",
    "null",
    "不详",
    "|无|",
    "无|",
    "|",
    "小型汽车",
    "张志明",
    "苏A12345",
    "东台市(原)",
    "a  b",
)
CELLS = st.one_of(
    st.none(),
    st.sampled_from(WORDS),
    st.lists(st.sampled_from(ODD + WORDS + ("东", "A", "7")), max_size=4).map("".join),
)
ROWS = st.lists(st.fixed_dictionaries(dict.fromkeys(COLUMNS, CELLS)), min_size=1, max_size=12)


def _came(con: duckdb.DuckDBPyConnection, rows: list[dict[str, str | None]]) -> None:
    register_functions(con)
    con.execute(f"CREATE TABLE came (i INTEGER, {', '.join(f'{name(c)} VARCHAR' for c in COLUMNS)})")
    con.executemany(
        f"INSERT INTO came VALUES ({', '.join('?' for _ in range(len(COLUMNS) + 1))})",
        [[i, *(row[c] for c in COLUMNS)] for i, row in enumerate(rows)],
    )


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
@example(rows=[dict.fromkeys(COLUMNS, "无")])
@example(rows=[dict.fromkeys(COLUMNS, "张志明|无|小型汽车")])
@example(rows=[dict.fromkeys(COLUMNS, None), dict.fromkeys(COLUMNS, "")])
def test_a_row_gives_what_its_cells_give_alone(rows: list[dict[str, str | None]]) -> None:
    with duckdb.connect() as con:
        _came(con, rows)
        together = con.execute(
            f"SELECT {', '.join(map(name, COLUMNS))} FROM ({clean_rows(CONTRACT, 'came', COLUMNS, load_codes())}) ORDER BY i"
        ).fetchall()
        alone = []
        for column in CONTRACT.columns:
            ctx = Context(load_codes(), column.values, column.synonyms)
            layers = VALUE_TYPES[column.type].layers("cleaned", "raw", ctx)
            cells = select_layers(f"(SELECT i, {name(column.name)} AS raw FROM came)", layers)
            wanted = f"CAST(cleaned AS {VALUE_TYPES[column.type].sql_type})"
            alone.append([row[0] for row in con.execute(f"SELECT {wanted} FROM ({cells}) ORDER BY i").fetchall()])
    assert together == list(zip(*alone, strict=True))


def test_rows_that_nothing_disturbs_are_spared() -> None:
    """A word in every cell leaves the row plain; a blank, a word for nothing, a wide letter, a bracket or a number cell's '.0' does not."""
    cells = {column: f"cell__{column}" for column in COLUMNS}
    plain = cleaning_layers(CONTRACT, cells, load_codes(), {})[0]["plain__row"]
    told = [("小型汽车", True), ("小型 汽车", False), ("无", False), ("Ａ", False), ("小型(新)", False), ("1.0", False)]
    with duckdb.connect() as con:
        for text, spared in told:
            row = ", ".join(f"'{text}' AS {cell}" for cell in cells.values())
            assert con.execute(f"SELECT {plain} FROM (SELECT {row})").fetchall() == [(spared,)], text
