"""Runs the tier: blocks, scores with Splink, lets candidates compete, adds the links; each step leaves a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from string import Template

import pyarrow as pa

from data_contracts import Contract
from transforms.engines import SqlConnection
from transforms.linkage.pinyin import SURNAME_READINGS, toned_readings
from transforms.linkage.probabilistic.model import Comparison, Model, load_model
from transforms.linkage.probabilistic.splink_backend import splink_backend
from transforms.linkage.roles import person_roles
from transforms.linkage.tables import LinkageError, replace_table

FOLDER = Path(__file__).parent

CANDIDATES = (
    "prob_row", "prob_person", "prob_name", "prob_address_word", "prob_address",
    "prob_row_key", "prob_person_key", "prob_block", "prob_pair",
)  # fmt: skip
FEATURES = (
    "prob_spelling", "prob_tf_name", "prob_tf_reading", "prob_tf_relative_name", "prob_tf_village",
    "prob_left", "prob_right", "prob_blocked",
)  # fmt: skip
ANSWERS = ("prob_scored", "prob_rival", "prob_limit", "prob_candidate", "prob_link")

# The frequency table of each column a level may weigh by.
FREQUENCY_TABLES = {
    "plain_name": "prob_tf_name",
    "reading": "prob_tf_reading",
    "relative_name": "prob_tf_relative_name",
    "village": "prob_tf_village",
}

LINK_WEIGHT = (
    "dataset VARCHAR, role VARCHAR, _row_id BIGINT, person_key VARCHAR, step INTEGER, comparison VARCHAR, "
    "title VARCHAR, level VARCHAR, weight DOUBLE, bayes_factor DOUBLE"
)


def build_probabilistic(con: SqlConnection, contracts: Mapping[str, Contract], model: Model | None = None) -> int:
    """Score the open rows of the registers of deaths and cremations and add what comes of it to `links_other`.

    con: has the tables of the deterministic tiers (`links_other`, `open_row`, `link_person` …). Adds rows of tier
    'probabilistic' to `links_other`, never touching another, and leaves `link_weight` (link × comparison: weight = log2
    of the Bayes factor) and the tables of the steps. Splink is imported only when a pair is there to score.
    Returns the number of links added. Raises LinkageError naming the table that could not be built.
    """
    model = model or load_model()
    con.execute(f"CREATE OR REPLACE TABLE link_weight ({LINK_WEIGHT})")
    if not build_candidates(con, contracts, model):
        return 0
    score_pairs(con, model)
    for table in ANSWERS:
        replace_table(con, table, sql_text(table))
    con.execute("INSERT INTO links_other BY NAME FROM prob_link")
    con.execute(f"INSERT INTO link_weight {link_weight_sql(model)}")
    return _number(con, "SELECT count(*) FROM prob_link")


def build_candidates(con: SqlConnection, contracts: Mapping[str, Contract], model: Model) -> int:
    """Find the pairs worth scoring: open row × person that share a block small enough. Returns their number."""
    _settings_tables(con, contracts, model)
    if not _number(con, "SELECT count(*) FROM open_row AS o SEMI JOIN prob_register AS r USING (dataset, role)"):
        return 0
    for table in CANDIDATES:
        replace_table(con, table, sql_text(table))
    return _number(con, "SELECT count(*) FROM prob_pair")


def score_pairs(con: SqlConnection, model: Model) -> None:
    """Score the pairs of `prob_pair` into `prob_prediction` (match_weight, match_probability; per comparison
    gamma_<name> = level, weight_<name> = log2 Bayes factor)."""
    _tones(con)
    for table in FEATURES:
        replace_table(con, table, sql_text(table))
    people = _number(con, "SELECT count(DISTINCT person_key) FROM prob_person")
    _predict(con, model, people)
    replace_table(con, "prob_level", _level_sql(model))


def sql_text(table: str) -> str:
    """The SELECT behind one table of the tier."""
    text = (FOLDER / f"{table}.sql").read_text(encoding="utf-8")
    return text.replace("$keys", sql_text("prob_keys")) if "$keys" in text else text


def _predict(con: SqlConnection, model: Model, people: int) -> None:
    from splink import Linker  # only a drop with pairs to score pays for the import

    api, said = splink_backend(con)
    inputs = [
        api.register("prob_left", dataset_display_name="open"),
        api.register("prob_right", dataset_display_name="roll"),
    ]
    # Neither Splink's log lines nor its hints to train the model: the model is fixed.
    linker = Linker(inputs, model.splink_settings(people, said), log_level=None, validate_settings=False)
    tables = linker.table_management
    for column in model.frequency_columns:
        table = FREQUENCY_TABLES[column]
        tables.register_term_frequency_lookup(api.register(table, table_name=f"lookup_{table}"), column)
    tables.register_blocked_pairs_for_predict(api.register("prob_blocked", table_name="lookup_prob_blocked"))
    try:
        scored = linker.inference.predict(warning_mode="never")
    except Exception as error:  # Splink lets the engine's errors through, which may quote a person's value
        raise LinkageError(f"linkage table prob_prediction could not be built: {type(error).__name__}") from None
    replace_table(con, "prob_prediction", _prediction_sql(model, scored.physical_name))
    tables.delete_tables_created_by_splink_from_db()  # type: ignore[no-untyped-call]


def _prediction_sql(model: Model, scored: str) -> str:
    """Splink's answer, one weight per comparison (term frequency included)."""
    weights = {c.name: f"mw_{c.name}" for c in model.comparisons}
    weights |= {
        c.name: f"mw_{c.name} + mw_tf_adj_{c.name}" for c in model.comparisons if any(x.frequency for x in c.levels)
    }
    columns = [f"gamma_{name}, {weight} AS weight_{name}" for name, weight in weights.items()]
    total = " + ".join(weights.values())
    return (
        f"SELECT unique_id_l, unique_id_r, match_weight, match_probability, match_weight - ({total}) AS weight_prior, "
        f"{', '.join(columns)} FROM {scored}"
    )


def _settings_tables(con: SqlConnection, contracts: Mapping[str, Contract], model: Model) -> None:
    roles = [role for role in person_roles(contracts) if role.age_on]
    replace_table(con, "prob_register", _values_sql(["dataset", "role"], [(r.dataset, r.id_column) for r in roles]))
    blocks = [(b.rule, b.max_people, b.max_pairs) for b in model.blocking]
    replace_table(con, "prob_blocking", _values_sql(["rule", "max_people", "max_pairs"], blocks))
    frequency = [(float(model.prior_records), float(model.prior_share))]
    replace_table(con, "prob_frequency", _values_sql(["prior_records", "prior_share"], frequency))
    replace_table(con, "prob_competition", _values_sql(list(model.competition), [tuple(model.competition.values())]))


def _values_sql(columns: Sequence[str], rows: Sequence[tuple[str | int | float, ...]]) -> str:
    def literal(value: str | int | float) -> str:
        if isinstance(value, str):
            return "'" + value.replace("'", "''") + "'"
        return f"CAST({value!r} AS DOUBLE)" if isinstance(value, float) else repr(value)

    listed = ", ".join(f"({', '.join(map(literal, row))})" for row in rows)
    return f"SELECT * FROM (VALUES {listed}) AS v({', '.join(columns)})"


def _level_sql(model: Model) -> str:
    rows = [(c.name, c.gamma(level), level.id, level.label) for c in model.comparisons for level in c.levels]
    return _values_sql(["comparison", "gamma", "id", "label"], rows)


def link_weight_sql(model: Model) -> str:
    """The SELECT over every step of every kept link, from link_weight.sql."""
    template = Template(sql_text("link_weight"))
    steps = [_prior_step(), *(_comparison_step(i, c) for i, c in enumerate(model.comparisons, start=1))]
    steps += _answer_steps(len(steps))
    return "\nUNION ALL\n".join(template.substitute(step) for step in steps)


def _prior_step() -> dict[str, str | int]:
    weight = "c.weight_prior"
    level = "'任取一条登记与一名对象是同一人'"
    return {"step": 0, "comparison": "prior", "title": "起点", "level": level, "weight": weight, "join": ""}


def _comparison_step(step: int, comparison: Comparison) -> dict[str, str | int]:
    name = comparison.name
    return {
        "step": step,
        "comparison": name,
        "title": comparison.title,
        "level": "v.label",
        "weight": f"c.weight_{name}",
        "join": f"INNER JOIN prob_level AS v ON v.comparison = '{name}' AND v.gamma = c.gamma_{name}",
    }


def _answer_steps(first: int) -> list[dict[str, str | int]]:
    """What one person, one answer and the limit of the evidence class take away."""

    def log_odds(confidence: str) -> str:
        inside = f"least(greatest({confidence}, 0.000000001), 0.999999999)"
        return f"log2({inside} / (1 - {inside}))"

    probability, after, final = "c.match_probability", "c.after_competition", "c.confidence"
    share = "concat_ws('', '本条登记与本人互为唯一答案的份额为', CAST(round(c.share, 3) AS VARCHAR))"
    limit = "CASE c.class WHEN 'strong' THEN '证据充分' WHEN 'lead' THEN '证据不全，只作线索' ELSE '证据不足' END"
    return [
        {"step": first, "comparison": "competition", "title": "一人一答", "level": share, "join": "",
         "weight": f"({log_odds(after)} - {log_odds(probability)})"},
        {"step": first + 1, "comparison": "limit", "title": "证据上限", "level": limit, "join": "",
         "weight": f"({log_odds(final)} - {log_odds(after)})"},
    ]  # fmt: skip


def _tones(con: SqlConnection) -> None:
    """`prob_tone`: reading with tone of each character of a name to compare (a few hundred, whatever the drop)."""
    found = con.execute(
        "SELECT DISTINCT substr(n.plain_name, p.i, 1) FROM prob_name AS n "
        "INNER JOIN ref_name_position AS p ON p.i <= length(n.plain_name) ORDER BY 1"
    ).fetchall()
    characters = [row[0] for row in found]
    surnames = [SURNAME_READINGS.get(ch) for ch in characters]
    columns = {"ch": characters, "toned": toned_readings(characters), "surname_toned": surnames}
    con.register("tone_arrow", pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}))
    try:
        replace_table(con, "prob_tone", "SELECT * FROM tone_arrow")
    finally:
        con.unregister("tone_arrow")


def _number(con: SqlConnection, sql: str) -> int:
    return int(con.execute(sql).fetchall()[0][0])
