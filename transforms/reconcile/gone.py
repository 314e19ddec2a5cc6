"""Why findings that were there are not: `gone_reason`, read by the table of changes and by the 整改台账.

A finding is fixed at the source only where that is known. It is not where a rule, its parameters or the days it looks at moved, and not
where the data it rested on did not come. What is told of two runs is what their manifests say they looked at; what is told of a finding
is its evidence, row by row.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from data_contracts.loader import Contract
from rules.engine.corpus import Rule
from rules.engine.findings import shown_columns, shown_values
from transforms.sql_words import words_of
from transforms.staging.model import QUARANTINE, Snapshot
from transforms.values import literal, literal_rows

FOLDER = Path(__file__).parent
#: Words of a rule's SQL by which a finding may go though no row changed: when the day, the month or the latest month paid moves on. Ends
#: the sources themselves give (of a benefit, a marriage, an office) are theirs; a card's is seen in its row.
OF_THE_DAY = {"as_of", "age"}
OF_THE_MONTH = {"as_of_month", "first_month", "in_last_12", "core_pension"}
OF_THE_LATEST = {"latest_pay_month", "is_latest"}
IN_LAST_12 = {"first_month", "in_last_12"}
#: Types of columns by which a row is found again, best first.
KEYS = ("id18", "identifier", "account", "uscc", "name")
TABLES = {
    "gone_dataset": "run_id VARCHAR, dataset VARCHAR, changed BOOLEAN, short BOOLEAN",
    "gone_rule": "run_id VARCHAR, rule_id VARCHAR, lost BOOLEAN, short BOOLEAN, changed BOOLEAN, moved BOOLEAN, fades BOOLEAN, since VARCHAR",
    "gone_parameter": "run_id VARCHAR, rule_id VARCHAR, region VARCHAR",
    "sheet_here": "dataset VARCHAR, file VARCHAR, sheet VARCHAR",
    "month_here": "dataset VARCHAR, month VARCHAR",
    "row_here": "dataset VARCHAR, shown VARCHAR",
    "row_held": "dataset VARCHAR, shown VARCHAR",
}


@dataclass(frozen=True)
class LookedAt:
    """What one run looked at, as its manifest says. By dataset: the key of its rows, the sheets that came (file, sheet), the files refused."""

    as_of: str
    latest_pay_month: str | None
    otherwise: tuple[Any, ...]
    usable: frozenset[str]
    keys: Mapping[str, str]
    sheets: Mapping[str, frozenset[tuple[str, str]]]
    refused: Mapping[str, frozenset[str]]
    parameters: Mapping[str, Mapping[str, str]]

    @classmethod
    def of(cls, manifest: Mapping[str, Any]) -> LookedAt:
        """From a manifest, or the part of one that says this; an older version's may say less."""
        sheets: dict[str, set[tuple[str, str]]] = defaultdict(set)
        refused: dict[str, set[str]] = defaultdict(set)
        for file in manifest.get("inputs", ()):
            if file["status"] == "loaded":
                sheets[file["dataset"]] |= {(file["file"], sheet) for sheet in file.get("sheets", ("",))}
            else:
                refused[file["dataset"]].add(file["file"])
        parameters: dict[str, dict[str, str]] = defaultdict(dict)
        for value in manifest.get("parameters", ()):
            parameters[value["name"]][value["region"]] = value["value"]
        return cls(
            manifest.get("as_of", ""), manifest.get("latest_pay_month"), (manifest.get("matching"), manifest.get("min_confidence")),
            frozenset(manifest.get("usable", sheets)), manifest.get("datasets", {}),
            {dataset: frozenset(found) for dataset, found in sheets.items()},
            {dataset: frozenset(found) for dataset, found in refused.items()}, parameters,
        )  # fmt: skip

    def is_short(self, then: LookedAt, dataset: str) -> bool:
        """Whether sheets of a dataset that came `then` may be missing now: fewer new ones than there are gone, or a file refused that was not.

        A file under another name stands for one that is gone.
        """
        here, before = self.sheets.get(dataset, frozenset()), then.sheets.get(dataset, frozenset())
        refused = self.refused.get(dataset, frozenset()) - then.refused.get(dataset, frozenset())
        gone = before - here
        return bool(gone) and (len(gone) > len(here - before) or bool(refused))

    def since(self, words: set[str]) -> str | None:
        """The first month (2021-05) a rule of these words looks at; None where it looks at all there are."""
        if words & OF_THE_LATEST:
            return self.latest_pay_month
        if not words & IN_LAST_12:
            return None
        day = dt.date.fromisoformat(self.as_of)
        year, month = divmod(day.year * 12 + day.month - 12, 12)
        return f"{year}-{month + 1:02}"


def explain_gone(con: duckdb.DuckDBPyConnection, now: LookedAt, seen: Mapping[str, LookedAt], rules: Iterable[Rule],
                 contracts: Mapping[str, Contract], snapshot: Snapshot) -> None:  # fmt: skip
    """Create gone_reason(finding_id, run_id, reason), one row per finding of `gone_finding` (see list_gone).

    seen: what the runs named there looked at. reason: 'not_evaluated'; 'rule' or 'parameter' changed; 'missing' data; 'time': it left the
    days or months the rule looks at; 'unknown': its evidence is unchanged and nothing says what else settled it; 'corrected': a row of its
    evidence is changed or gone though its data came, or its rows are as they were and only other data can have settled it.
    """
    con.execute(" ".join(f"CREATE OR REPLACE TEMP TABLE {table} ({columns});" for table, columns in TABLES.items()))
    _fill(con, "sheet_here", ((d, *place) for d, places in now.sheets.items() for place in places))
    for run_id, then in seen.items():
        datasets = {d for rule in rules for d in (*_datasets(rule), *rule.evidence)}
        changed = {d for d in datasets if now.keys.get(d) != then.keys.get(d)}
        short = {d for d in datasets if now.is_short(then, d)}
        lost = then.usable - now.usable
        _fill(con, "gone_dataset", ((run_id, d, d in changed, d in short) for d in datasets))
        _fill(con, "gone_rule", (_rule(run_id, rule, now, then, changed, short, lost) for rule in rules))
        _fill(
            con, "gone_parameter", ((run_id, rule.id, region) for rule in rules for region in _regions(rule, now, then))
        )
    con.execute(_sql("gone_item"))
    _look_for_rows(con, {rule.id: rule for rule in rules}, contracts, snapshot)
    con.execute(_sql("gone_reason"))
    con.execute(" ".join(f"DROP TABLE {table};" for table in (*TABLES, "gone_item")))


def list_gone(con: duckdb.DuckDBPyConnection, previous_run_id: str | None, township: str | None = None) -> set[str]:
    """Create gone_finding: what the last run found, and what was confirmed and is not closed, that this run does not find; with the run that
    last had it. Of one township where it is named. Returns these runs.

    Needs out_finding, previous_suspect, decision_history and previous_rectification.
    """
    only = f"WHERE township_code = {literal(township)}" if township else ""
    previous = literal(previous_run_id or "")
    con.execute(_sql("gone_finding").replace("$previous", previous).replace("$only", only))
    return {row[0] for row in con.execute("SELECT DISTINCT run_id FROM gone_finding").fetchall()}


def _rule(run_id: str, rule: Rule, now: LookedAt, then: LookedAt, changed: set[str], short: set[str],
          lost: frozenset[str]) -> tuple[Any, ...]:  # fmt: skip
    read, words = _datasets(rule), words_of([rule.sql])
    moved = {
        "day": now.as_of != then.as_of,
        "month": now.as_of[:7] != then.as_of[:7],
        "latest": now.latest_pay_month != then.latest_pay_month,
    }
    fades = (
        (moved["day"] and words & OF_THE_DAY)
        or (moved["month"] and words & OF_THE_MONTH)
        or (moved["latest"] and words & OF_THE_LATEST)
        or now.otherwise != then.otherwise
    )
    return (
        run_id, rule.id, bool(lost & read), bool(short & read), bool(changed & read), any(moved.values()), bool(fades), now.since(words),
    )  # fmt: skip


def _datasets(rule: Rule) -> set[str]:
    return {*rule.requires, *rule.any_of, *rule.uses}


def _regions(rule: Rule, now: LookedAt, then: LookedAt) -> set[str]:
    """The regions where a parameter the rule reads has another value."""
    values = [
        (now.parameters.get(name, {}), then.parameters.get(name, {})) for name in rule.parameters if then.parameters
    ]
    return {region for here, before in values for region in {*here, *before} if here.get(region) != before.get(region)}


def _look_for_rows(
    con: duckdb.DuckDBPyConnection, rules: Mapping[str, Rule], contracts: Mapping[str, Contract], snapshot: Snapshot
) -> None:
    """row_here and month_here: which of the evidence's rows, and of its months, are in datasets that changed since. row_held: which may be
    among the rows quarantined today."""
    asked: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for rule_id, dataset in con.execute("SELECT DISTINCT rule_id, dataset FROM gone_item WHERE changed").fetchall():
        asked[dataset].add(shown_columns(rules[rule_id], contracts[dataset]))
    for dataset, shown in sorted(asked.items()):
        types = {column.name: column.type for column in contracts[dataset].columns}
        for columns in sorted(shown):
            con.execute(_rows_sql(dataset, columns, types))
            if (held := snapshot.path / QUARANTINE / f"{dataset}.parquet").exists():
                con.execute(_held_sql(dataset, _key(columns, types), held))
        staged = snapshot.staged(dataset)
        for month in sorted({c for columns in shown for c in columns if types[c] == "month"} if staged else ()):
            # The file itself: of a rerun the view holds one township's rows.
            con.execute(
                f"INSERT INTO month_here SELECT DISTINCT '{dataset}', month_text({month}) FROM read_parquet({literal(str(staged))})"
            )


def _rows_sql(dataset: str, columns: tuple[str, ...], types: Mapping[str, str]) -> str:
    key = _key(columns, types)
    asked = f"SELECT coalesce(shown ->> '$.{key}', '') FROM gone_item WHERE dataset = '{dataset}' AND changed"
    # Within a list numbers are written as the evidence has them.
    return (
        f"INSERT INTO row_here SELECT DISTINCT '{dataset}', CAST(to_json({{'values': {shown_values(columns, types)}}}) -> '$.values' AS VARCHAR) "
        f"FROM stg_{dataset} AS s WHERE coalesce(CAST(s.{key} AS VARCHAR), '') IN ({asked})"
    )


def _held_sql(dataset: str, key: str, held: Path) -> str:
    """By the cells of their key as received: whatever is wrong with such a row, it was not taken out."""
    cells = f"SELECT trim(unnest(json_extract_string(received, '$.*'))) FROM read_parquet({literal(str(held))})"
    return (
        f"INSERT INTO row_held SELECT DISTINCT dataset, shown FROM gone_item WHERE dataset = '{dataset}' AND changed "
        f"AND (shown ->> '$.{key}') IN ({cells})"
    )


def _key(columns: tuple[str, ...], types: Mapping[str, str]) -> str:
    return min(columns, key=lambda column: (*KEYS, types[column]).index(types[column]))


def _fill(con: duckdb.DuckDBPyConnection, table: str, rows: Iterable[tuple[Any, ...]]) -> None:
    if said := literal_rows(rows):
        con.execute(f"INSERT INTO {table} VALUES {said}")


def _sql(name: str) -> str:
    return (FOLDER / f"{name}.sql").read_text(encoding="utf-8")
