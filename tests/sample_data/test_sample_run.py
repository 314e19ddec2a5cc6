"""The whole chain over the small drop finds what was planted and nothing else."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tests.flows.conftest import latest, published

__all__ = ["latest", "published"]

SAMPLE = Path(__file__).parents[2] / "sample_data"


def test_found_is_planted(latest):
    suspects = pl.read_parquet(latest / "suspects.parquet")
    truth = pl.read_csv(SAMPLE / "truth.csv", infer_schema=False)
    keys = ["rule_id", "subject_key", "township_code"]
    assert set(suspects.select(keys).rows()) == set(truth.select(keys).rows())
    assert suspects.height == truth.height
