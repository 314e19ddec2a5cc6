"""What the reading commands look up: findings, one finding's whole chain, the rule catalogue."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from flows.plan import UsageError
from flows.settings import Settings
from rules.engine.corpus import RULE_FOLDER, SEVERITIES, Rule, load_corpus
from transforms.core.run_database import RUN_DATABASE, EngineLimits, open_database, open_published
from transforms.publish.store import Store, StoreError
from transforms.staging.model import load_snapshot
from transforms.staging.views import place_of


def list_findings(store: Path, run_id: str | None, **filters: str | None) -> list[dict[str, Any]]:
    """Findings of a run as plain rows (evidence left out), filtered by township (also those concerned), rule, severity, state.

    Gravest first, within a severity the likeliest by what was measured. `measured` says how many such findings (same rule and match tier) were
    reviewed and confirmed in the finding's township, else in its county, with the Wilson interval; NULL where none was.
    Raises UsageError where the run knows no such township, rule, severity or state: nothing found would read as nothing wrong.
    """
    run_dir = Store(store.resolve()).run_dir(run_id)
    _check_filters(run_dir, filters)
    wheres, values = [], []
    if filters.get("township"):
        wheres.append("(township_code = ? OR list_contains(also_townships, ?))")
        values += [filters["township"]] * 2
    for column, given in (
        ("rule_id", filters.get("rule")),
        ("severity", filters.get("severity")),
        ("state", filters.get("state")),
    ):
        if given:
            wheres.append(f"{column} = ?")
            values.append(given)
    where = f"WHERE {' AND '.join(wheres)}" if wheres else ""
    with open_database(None, EngineLimits()) as con:
        found = _rows(con.execute(
            f"SELECT * EXCLUDE (evidence) FROM read_parquet('{_quoted(run_dir / 'suspects.parquet')}') {where}", values))  # fmt: skip
    return _likeliest_first(run_dir, found)


def _check_filters(run_dir: Path, filters: dict[str, str | None]) -> None:
    from transforms.publish.workbooks.labels import STATE

    with open_database(run_dir / RUN_DATABASE, EngineLimits(), read_only=True) as con:
        known = {
            "township": [
                row[0] for row in con.execute("SELECT township_code FROM core_township ORDER BY 1").fetchall()
            ],
            "rule": [row[0] for row in con.execute("SELECT rule_id FROM run_rule ORDER BY 1").fetchall()],
            "severity": list(SEVERITIES),
            "state": list(STATE),
        }
    wrong = [
        f"no {name} {filters[name]} in run {run_dir.name}; known: {', '.join(values)}"
        for name, values in known.items()
        if filters.get(name) and filters[name] not in values
    ]
    if wrong:
        raise UsageError("\n  ".join(wrong))


def _likeliest_first(run_dir: Path, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The findings with what was measured of such ones, in the order a list has them."""
    from transforms.publish.workbooks.labels import SEVERITIES
    from transforms.publish.workbooks.reviews import reviews_for

    with open_database(run_dir / RUN_DATABASE, EngineLimits(), read_only=True) as con:
        known = reviews_for(con, {row["township_code"] for row in found})
    likely = {}
    for row in found:
        whose, measured = known[row["township_code"]].measured(row["rule_id"], row["match_tier"])
        row["measured"] = {"of": whose, **asdict(measured)} if whose else None
        likely[row["finding_id"]] = measured.middle
    return sorted(found, key=lambda row: (SEVERITIES.index(row["severity"]), -likely[row["finding_id"]]))


def explain_finding(store_root: Path, finding_id: str, run_id: str | None) -> dict[str, Any]:
    """The chain behind one finding: rows as received and as cleaned, links with their names compared, rule, clauses, parameters in force.

    Raises StoreError when the run has no such finding.
    """
    store = Store(store_root.resolve())
    run_dir = store.run_dir(run_id)
    manifest = store.manifest(run_dir.name)
    # Retention may have removed the snapshot, and with it the links: the cleaned values remain.
    kept = store.has_rows(run_dir.name)
    with open_published(run_dir, EngineLimits()) as con:
        found = _rows(con.execute("SELECT * FROM out_finding WHERE finding_id = ?", [finding_id.upper()]))
        if not found:
            raise StoreError(
                f"run {run_dir.name} has no finding {finding_id}; `hedui findings --store {store_root}` lists them"
            )
        finding = found[0]
        evidence = json.loads(finding.pop("evidence"))
        refs = con.execute("SELECT evidence FROM raw_finding WHERE rule_id = ? AND subject_key = ?",
                           [finding["rule_id"], finding["subject_key"]]).fetchall()[0][0]  # fmt: skip
        links = _links(con, refs) if kept else []
        weights = _weights(con, refs) if any(link["tier"] == "probabilistic" for link in links) else []
        rule_row = _rows(con.execute("SELECT * FROM run_rule WHERE rule_id = ?", [finding["rule_id"]]))[0]
        rule = load_corpus(Settings().rules or RULE_FOLDER).get(finding["rule_id"])
        parameters = _parameters(con, rule, str(finding["township_code"]))
    from flows.feedback import decisions_of

    if kept:
        _add_received(store, manifest, evidence)
    return {
        "finding": finding,
        "rows": evidence,
        "links": links,
        "weights": weights,
        "rule": {k: rule_row[k] for k in ("rule_id", "title", "version", "severity", "basis", "note", "false_positives", "review_steps", "closing_action")},
        "rule_sql": rule.sql if rule and rule.version == rule_row["version"] else None,
        "parameters": parameters,
        "decisions": decisions_of(store_root, finding["finding_id"]),
        "run": {k: manifest[k] for k in ("run_id", "as_of", "snapshot_id", "started")},
    }  # fmt: skip


def _links(con: Any, refs: str) -> list[dict[str, Any]]:
    wanted = [ref.split(":") for ref in refs.split(" ") if ref]
    found = []
    number, row = place_of("l._row_id")
    for dataset in sorted({d for d, _ in wanted}):
        rows = [int(r) for d, r in wanted if d == dataset]
        found += _rows(con.execute(
            f"SELECT l.dataset, s._file AS file, s._sheet AS sheet, {row} AS row, l.role, l.person_key, l.on_roll, l.tier, l.confidence, "
            f"l.name_relation FROM links AS l INNER JOIN staged_sheet AS s ON s.dataset = l.dataset AND s.number = {number} "
            "WHERE l.dataset = ? AND list_contains(?, l._row_id) ORDER BY file, sheet, row", [dataset, rows]))  # fmt: skip
    return found


def _weights(con: Any, refs: str) -> list[dict[str, Any]]:
    """The waterfall of every probabilistic link among the evidence: dataset, role, _row_id, person_key, steps."""
    from transforms.linkage.probabilistic.waterfall import link_waterfall

    wanted = [ref.split(":") for ref in refs.split(" ") if ref]
    datasets = sorted({d for d, _ in wanted})
    return [
        link
        for dataset in datasets
        for link in link_waterfall(con, dataset, [int(r) for d, r in wanted if d == dataset])
    ]


def _parameters(con: Any, rule: Rule | None, township: str) -> list[dict[str, Any]]:
    if rule is None:
        return []
    return _rows(con.execute(
        "SELECT name, title, region, valid_from, value, unit, source, is_example FROM run_parameter "
        "WHERE list_contains(?, name) AND starts_with(?, region) "
        "QUALIFY row_number() OVER (PARTITION BY name ORDER BY length(region) DESC, valid_from DESC) = 1 ORDER BY name",
        [list(rule.parameters), township]))  # fmt: skip


def _add_received(store: Store, manifest: dict[str, Any], evidence: list[dict[str, Any]]) -> None:
    """Add `received` (heading → cell as it came) to every evidence row, read again from the kept file."""
    from transforms.staging.received import received_rows

    snapshot = load_snapshot(store.snapshots / manifest["snapshot_id"])
    with store.passing("explain") as work:
        for file in sorted({item["file"] for item in evidence}):
            wanted: dict[str, set[int]] = {}
            for item in evidence:
                if item["file"] == file:
                    wanted.setdefault(item["sheet"], set()).add(item["row"])
            try:
                rows = received_rows(snapshot, store.raw, file, wanted, work)
            except FileNotFoundError:
                # Retention has removed the kept file: the cleaned values remain.
                rows = {}
            for item in evidence:
                if item["file"] == file:
                    item["received"] = rows.get((item["sheet"], item["row"]), {})


def rule_rows() -> list[dict[str, Any]]:
    """The catalogue in short."""
    corpus = load_corpus(Settings().rules or RULE_FOLDER)
    return [{"rule_id": r.id, "title": r.title, "family": r.family, "severity": r.severity, "version": r.version, "requires": list(r.requires),
             "any_of": list(r.any_of), "uses": list(r.uses)} for r in corpus.values()]  # fmt: skip


def rule_detail(rule_id: str) -> dict[str, Any]:
    """One rule whole. Raises UsageError naming the command that lists them when there is none."""
    rule = load_corpus(Settings().rules or RULE_FOLDER).get(rule_id)
    if rule is None:
        raise UsageError(f"no rule {rule_id}; `hedui rules list` names them all")
    return {"rule_id": rule.id, "title": rule.title, "title_en": rule.title_en, "family": rule.family, "severity": rule.severity,
            "version": rule.version, "subject": rule.subject, "basis": [str(b) for b in rule.basis], "requires": list(rule.requires),
            "any_of": list(rule.any_of), "uses": list(rule.uses), "columns": rule.columns, "uses_columns": rule.uses_columns, "parameters": list(rule.parameters),
            "false_positives": list(rule.false_positives), "review_steps": list(rule.review_steps),
            "closing_action": list(rule.closing_action), "sql": rule.sql}  # fmt: skip


def _rows(cursor: Any) -> list[dict[str, Any]]:
    names = [d[0] for d in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
