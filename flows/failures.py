"""What to do about a failure that is the machine's, not the data's: said without the error's own text, which may quote a cell."""

from __future__ import annotations

import errno
from collections.abc import Iterator

from flows.plan import RunError, describe

FULL = "the disk is full; free some space (`hedui retention` removes old raw files and snapshots) and give the command again"
READ_ONLY = "the store cannot be written; check its owner, its mode and that its disk is not mounted read-only, then give the command again"
BAD_DISK = "the disk reports errors; check it before anything else, then give the command again"
MEMORY = "the memory did not suffice; raise HEDUI_MEMORY_LIMIT or stop other programs, then give the command again"
HANDLES = "too many files are open; raise the limit of open files (ulimit -n) and give the command again"
BY_NUMBER = {
    errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EFBIG: FULL, errno.EROFS: READ_ONLY, errno.EACCES: READ_ONLY, errno.EPERM: READ_ONLY,
    errno.EIO: BAD_DISK, errno.ENOMEM: MEMORY, errno.EMFILE: HANDLES, errno.ENFILE: HANDLES,
}  # fmt: skip
#: How libraries that lose the number say the same.
BY_WORDS = (
    ("No space left on device", FULL), ("Disk quota exceeded", FULL), ("disk is full", FULL), ("failed to offload data block", FULL),
    ("Read-only file system", READ_ONLY), ("Permission denied", READ_ONLY), ("Input/output error", BAD_DISK), ("Out of Memory", MEMORY),
    ("failed to allocate", MEMORY), ("Cannot allocate memory", MEMORY), ("Too many open files", HANDLES),
)  # fmt: skip

#: What another attempt will not mend.
LASTING = (FileNotFoundError, NotADirectoryError, IsADirectoryError, FileExistsError)
#: What a signal raises; Prefect's by its name: importing Prefect takes seconds.
STOPS = ("KeyboardInterrupt", "TerminationSignal")


class PassingError(RunError):
    """A failure that may be gone at the next attempt."""


def may_pass(error: BaseException) -> bool:
    """Whether another attempt may succeed: a store in use, a disk or share that fails, a database that went away."""
    from transforms.decisions.place import DecisionsError
    from transforms.publish.store import StoreBusyError

    if isinstance(error, PassingError | DecisionsError | StoreBusyError):
        return True
    return not isinstance(error, LASTING) and (isinstance(error, OSError) or advice(error) is not None)


def advice(error: BaseException) -> str | None:
    """What happened and what to do, when the error or what caused it is a known failure of the machine."""
    for seen in _chain(error):
        if isinstance(seen, OSError) and seen.errno in BY_NUMBER:
            return BY_NUMBER[seen.errno]
        if isinstance(seen, MemoryError):
            return MEMORY
        if type(seen).__module__.partition(".")[0].strip("_") in ("duckdb", "polars", "pyarrow", "sqlite3", "builtins"):
            found = next((told for words, told in BY_WORDS if words in str(seen)), None)
            if found:
                return found
    return None


def stopped_by(error: BaseException) -> BaseException | None:
    """What a signal raised (Ctrl-C, a service that is stopped) and an error came of: DuckDB makes it an error of the query under way."""
    return next((seen for seen in _chain(error) if type(seen).__name__ in STOPS), None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and what it came of."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def unexpected(error: BaseException) -> str:
    """One line about an error nobody foresaw: advice where there is any, else its type and place."""
    told = advice(error)
    return f"{told} ({describe(error)})" if told else f"failed unexpectedly ({describe(error)})"


def is_ours(error: BaseException) -> bool:
    """Whether this is an error of our own, whose message says what to do and holds nobody's data."""
    from data_contracts import ContractError
    from rules.engine.corpus import CorpusError
    from rules.engine.parameters import ParameterError
    from transforms.audit.errors import AuditError
    from transforms.decisions.place import DecisionsError
    from transforms.engines import EngineUnavailable
    from transforms.publish.store import StoreError
    from transforms.staging.model import SnapshotFormatError

    ours = (
        RunError,
        StoreError,
        DecisionsError,
        AuditError,
        SnapshotFormatError,
        ParameterError,
        CorpusError,
        ContractError,
        EngineUnavailable,
    )
    return isinstance(error, ours)
