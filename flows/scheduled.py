"""What a Prefect server runs: the nightly comparison and a township's rerun as flows of plain text parameters.

Only `hedui schedule` and Prefect's own processes import this module: importing Prefect takes seconds.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed

from flows.artifacts import publish_artifacts
from flows.crashes import crashed
from flows.failures import is_ours, stopped_by, unexpected
from flows.nightly import Retries, compare, helpers, hold_store
from flows.notices import tell
from flows.plan import RunError
from flows.private_files import keep_files_private
from flows.rerun import run_rerun
from flows.settings import Settings
from transforms.china_time import today
from transforms.publish.store import Store


@flow(name="hedui-nightly", persist_result=False, on_failure=[tell], on_crashed=[crashed])
def nightly(inbox: str, store: str, as_of: str | None = None) -> State:
    """The nightly comparison. inbox, store: folders on the machine that runs it; as_of: the check date, today in China when not given.

    Ends Completed, named Incomplete when a rule could not be evaluated, a file was rejected or too many rows were quarantined.
    """
    return _in_plain_words(lambda: _nightly(Path(inbox), Path(store), _date(as_of) or today()))


@flow(name="hedui-rerun", persist_result=False, on_failure=[tell], on_crashed=[crashed])
def rerun(store: str, township_code: str, as_of: str | None = None, rules: list[str] | None = None,
          parameters: dict[str, str] | None = None) -> State:  # fmt: skip
    """One township checked again on the loaded snapshot. rules: only these; parameters: values for this rerun only."""
    return _in_plain_words(
        lambda: _rerun(Path(store), township_code, _date(as_of), tuple(rules or ()), parameters or {})
    )


def _nightly(inbox: Path, store_root: Path, as_of: dt.date) -> State:
    settings = Settings()
    retries = Retries(settings.retries, settings.retry_seconds)
    if not inbox.is_dir():
        raise RunError(f"the inbox {inbox} is not a folder on this machine; nothing was published")
    store = Store(store_root.resolve()).prepare()
    with ExitStack() as held:
        hold_store(store, held, retries)
        validator = held.enter_context(helpers())
        manifest = compare(store, inbox.resolve(), as_of, settings, _progress(), retries, validator)
    return _ended(store, manifest)


def _rerun(
    store_root: Path, township: str, as_of: dt.date | None, rules: tuple[str, ...], parameters: dict[str, str]
) -> State:
    manifest = run_rerun(store_root, township, as_of, rules, parameters, Settings(), _progress())
    return _ended(Store(store_root.resolve()), manifest)


def _ended(store: Store, manifest: dict[str, Any]) -> State:
    publish_artifacts(manifest, store.runs / manifest["run_id"], get_run_logger())
    message = f"{manifest['run_id']}: {manifest['findings']} findings, {manifest['status']}"
    return Completed(name="Completed" if manifest["status"] == "complete" else "Incomplete", message=message)


def _progress() -> Callable[[str], None]:
    logger = get_run_logger()
    return lambda line: None if line.startswith("  ") else logger.info(line)


def _in_plain_words(work: Callable[[], State]) -> State:
    """The server keeps what is raised here: only messages of our own get there, and no error they came from."""
    keep_files_private()
    try:
        return work()
    except Exception as error:
        if stop := stopped_by(error):
            raise stop from None
        if is_ours(error) or os.environ.get("HEDUI_DEBUG"):
            raise
        raise RunError(f"{unexpected(error)}; nothing was published") from None


def _date(text: str | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if text else None
    except ValueError:
        raise RunError(f"as_of {text!r} is no date; write it as 2021-06-30") from None
