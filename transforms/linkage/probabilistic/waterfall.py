"""The waterfall behind a probabilistic link: what spoke for it and against it, step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb


def link_waterfall(con: duckdb.DuckDBPyConnection, dataset: str, row_ids: Sequence[int]) -> list[dict[str, Any]]:
    """The weights of every probabilistic link of some rows of one dataset.

    con: has `link_weight` (a snapshot from before this tier has none: then nothing is returned). Returns one dict per
    link in order of row and person: `dataset, role, _row_id, person_key, steps`; a step is `comparison, title, level,
    weight` (log2 of the Bayes factor), `bayes_factor` and `probability` (in all, after this step, from 0 to 1), from
    the prior to the confidence of the link.
    """
    if not con.execute("SELECT 1 FROM information_schema.tables WHERE table_name = 'link_weight'").fetchall():
        return []
    rows = con.execute(
        """
        SELECT dataset, role, _row_id, person_key, comparison, title, level, weight, bayes_factor,
            sum(weight) OVER (PARTITION BY role, _row_id, person_key ORDER BY step) AS total
        FROM link_weight
        WHERE dataset = ? AND list_contains(?, _row_id)
        ORDER BY role, _row_id, person_key, step
        """,
        [dataset, list(row_ids)],
    ).fetchall()
    links: dict[tuple[str, int, str], dict[str, Any]] = {}
    for found_in, role, row_id, person_key, comparison, title, level, weight, bayes_factor, total in rows:
        link = links.setdefault(
            (role, row_id, person_key),
            {"dataset": found_in, "role": role, "_row_id": row_id, "person_key": person_key, "steps": []},
        )
        link["steps"].append(
            {
                "comparison": comparison,
                "title": title,
                "level": level,
                "weight": round(weight, 3),
                "bayes_factor": bayes_factor,
                "probability": round(1 / (1 + 2**-total), 4),
            }
        )
    return list(links.values())
