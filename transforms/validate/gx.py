"""Great Expectations at arm's length: loaded on first use, silent, offline, nothing of it on disk."""

from __future__ import annotations

import gc
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from transforms.validate.model import Finding

# What a result may keep. Values of rows, exception texts and tracebacks (they quote values) are dropped.
_COUNTS = frozenset(
    {
        "element_count",
        "missing_count",
        "missing_percent",
        "unexpected_count",
        "unexpected_percent",
        "unexpected_percent_total",
        "unexpected_percent_nonmissing",
    }
)
_RESULT_FORMAT = {"result_format": "BASIC", "partial_unexpected_count": 0, "include_unexpected_rows": False}
_NO_EXCEPTION = {"raised_exception": False, "exception_traceback": None, "exception_message": None}


def load() -> Any:
    """The great_expectations package, with its usage statistics off and its log lines kept to itself."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    logger = logging.getLogger("great_expectations")
    # Its error lines quote values. What went wrong is told in the check's own result.
    logger.propagate = False
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())
    with _collector_paused(), _without_pyspark():
        import great_expectations
    return great_expectations


@contextmanager
def _without_pyspark() -> Iterator[None]:
    # Where PySpark is installed the package imports it for checks on Spark, of which there are none here: seconds, a warning, and an exit
    # of the whole process where no main module is known.
    loaded = {name: module for name, module in sys.modules.items() if name.partition(".")[0] == "pyspark"}
    for name in loaded:
        del sys.modules[name]
    sys.modules["pyspark"] = None  # type: ignore[assignment]
    try:
        yield
    finally:
        del sys.modules["pyspark"]
        sys.modules.update(loaded)


@contextmanager
def _collector_paused() -> Iterator[None]:
    # The import makes millions of lasting objects; looking for garbage among them is a fifth of its time.
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Session:
    """One ephemeral context; `gx` is the package. Suites and batches live in memory and end with it."""

    def __init__(self) -> None:
        self.gx = load()
        from great_expectations.data_context.types.base import ProgressBarsConfig

        context = self.gx.get_context(mode="ephemeral")
        context.enable_analytics(False)
        context.variables.progress_bars = ProgressBarsConfig(globally=False, metric_calculations=False)
        self._sources = context.data_sources

    def validate(self, suite: Any, frame: Any) -> Any:
        """Great Expectations' result of a suite on a frame, cleared of everything but counts."""
        # A source keeps every frame it was given: one source for each frame, and gone with it.
        asset = self._sources.add_pandas(suite.name).add_dataframe_asset(suite.name)
        batch = asset.add_batch_definition_whole_dataframe("rows").get_batch({"dataframe": frame})
        with warnings.catch_warnings():
            # pandas remarks on every pattern with a group that nothing is taken out of it.
            warnings.simplefilter("ignore", UserWarning)
            outcome = batch.validate(suite, result_format=_RESULT_FORMAT)
        self._sources.delete(suite.name)
        for result in outcome.results:
            _strip(result)
        return outcome


def findings(outcome: Any) -> dict[str, Finding]:
    """Check key → finding, from a result of Session.validate."""
    return {result.expectation_config.meta["check"]: _finding(result) for result in outcome.results}


def _finding(result: Any) -> Finding:
    counts, asked = result.result, result.expectation_config
    checked = counts.get("element_count") or 0
    if asked.type != "expect_column_values_to_not_be_null":
        checked -= counts.get("missing_count") or 0
    unexpected, observed = counts.get("unexpected_count") or 0, counts.get("observed_value")
    return Finding(bool(result.success), checked, unexpected, observed, asked.meta.get("error"))


def _strip(result: Any) -> None:
    """Leave counts in a result; of an observed value, only a count of rows or an age in days."""
    error = _exception_class(result.exception_info)
    if error:
        result.expectation_config.meta["error"] = error
    result.exception_info = dict(_NO_EXCEPTION)
    told = result.result or {}
    observed = told.get("observed_value")
    result.result = {key: value for key, value in told.items() if key in _COUNTS}
    # A minimum of nothing is NaN, which is not even equal to itself.
    if isinstance(observed, int | float) and observed == observed:
        result.result["observed_value"] = int(observed)


def _exception_class(info: Any) -> str | None:
    """Name of the exception's class when carrying out a check raised, else None."""
    infos = [info] if "raised_exception" in (info or {}) else list((info or {}).values())
    for item in infos:
        if item and item.get("raised_exception"):
            lines = (item.get("exception_traceback") or "").strip().splitlines()
            last = lines[-1].partition(":")[0] if lines else ""
            # Only what can be a class's name: a message may run over several lines.
            dotted = last.rpartition(".")[2]
            return dotted if dotted.isidentifier() and dotted.endswith(("Error", "Exception")) else "Exception"
    return None
