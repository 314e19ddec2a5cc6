"""Starts Spark for one stage of a run: quiet, within its folder, and on this machine only unless a cluster is named."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import warnings
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from transforms.engines.errors import EngineUnavailable

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

OLDEST_JAVA = 17
PYSPARK_MISSING = (
    "--engine spark needs PySpark, which is an optional part: pip install 'hedui[spark]', or in a checkout "
    "make setup-extras (the locked versions are in requirements/spark.txt)"
)
JAVA_MISSING = (
    f"--engine spark needs Java {OLDEST_JAVA} or newer: install a Java runtime (Debian, Ubuntu: apt-get install default-jre-headless) "
    "so that `java` is on PATH, or name one in JAVA_HOME"
)
# PySpark's own, which write failed statements with the value they failed on to standard error.
VALUE_QUOTING_LOGGERS = ("SQLQueryContextLogger", "DataFrameQueryContextLogger")
# Nothing of Spark's log is kept. It replaces a configuration without any appender, and one that says nothing of its gateway to Python.
SILENT = """status = off
appender.null.type = Null
appender.null.name = null
rootLogger.level = off
rootLogger.appenderRef.null.ref = null
logger.gateway.name = org.apache.spark.api.python.PythonGatewayServer
logger.gateway.level = off
"""
# Above it the rows of one shuffle would lie in too few pieces for the machine's cores; a cluster's own setting stands.
PIECES_PER_CORE = 2


@dataclass(frozen=True)
class SparkPlace:
    """Where Spark runs and what it may use: master URL, memory of the driver (text such as '4GB'), and a folder of its own that every
    worker sees under the same path."""

    master: str
    memory_limit: str
    folder: Path

    @property
    def local(self) -> bool:
        """Whether Spark runs inside this process's machine."""
        return self.master.startswith("local")


def check_spark() -> None:
    """Raise EngineUnavailable, saying what to install, unless PySpark and a Java new enough are there."""
    if find_spec("pyspark") is None:
        raise EngineUnavailable(PYSPARK_MISSING)
    found = java_version()
    if found is None:
        raise EngineUnavailable(JAVA_MISSING)
    if found < OLDEST_JAVA:
        raise EngineUnavailable(f"{JAVA_MISSING}; found Java {found}")


def java_version() -> int | None:
    """Major version of the Java that Spark would start; None without one."""
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(str(Path(home) / "bin" / "java") if home else "java")
    if java is None:
        return None
    told = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    # "17.0.15" since Java 9, "1.8.0_402" before.
    found = re.search(r'version "(?:1\.)?(\d+)', told.stderr + told.stdout)
    return int(found.group(1)) if found else None


def start_session(place: SparkPlace) -> SparkSession:
    """A Spark session in `place.folder`. Raises EngineUnavailable when Spark cannot be had or does not start."""
    check_spark()
    with warnings.catch_warnings():
        # PySpark warns about newer versions of pandas, which is not used here.
        warnings.simplefilter("ignore")
        from pyspark.logger import PySparkLogger
        from pyspark.sql import SparkSession

        for name in VALUE_QUOTING_LOGGERS:
            PySparkLogger.getLogger(name).disabled = True
        place.folder.mkdir(parents=True, exist_ok=True)
        builder = SparkSession.builder.appName("hedui").master(place.master)
        for key, value in _settings(place).items():
            builder = builder.config(key, value)
        try:
            return builder.getOrCreate()
        except Exception as error:
            raise EngineUnavailable(f"Spark did not start with master {place.master}: {type(error).__name__}") from None


def _settings(place: SparkPlace) -> dict[str, str]:
    """Everything stays in the folder; nothing is logged (a message may quote a value), served or asked of the network."""
    silent = place.folder / "log4j2.properties"
    silent.write_text(SILENT, encoding="utf-8")
    said = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.eventLog.enabled": "false",
        "spark.driver.extraJavaOptions": f"-Dlog4j2.configurationFile={silent.as_uri()}",
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(place.folder / "warehouse"),
        "spark.sql.session.timeZone": "UTC",
        # Errors where DuckDB errs, not NULLs: a cast that fails, a number that does not fit.
        "spark.sql.ansi.enabled": "true",
        # Decimals keep their scale in sums and products, as DuckDB's do.
        "spark.sql.decimalOperations.allowPrecisionLoss": "false",
        "spark.sql.parquet.compression.codec": "snappy",
    }
    if place.local:
        said |= {
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.host": "127.0.0.1",
            "spark.driver.memory": _megabytes(place.memory_limit),
            "spark.local.dir": str(place.folder / "shuffle"),
            # Planning again between the stages of a query costs more than it saves where nothing crosses a network.
            "spark.sql.adaptive.enabled": "false",
            "spark.sql.shuffle.partitions": str(PIECES_PER_CORE * _cores(place.master)),
        }
    return said


def _megabytes(text: str) -> str:
    """DuckDB's memory text ('4GB', '1.5 GiB') as Spark's ('4096m'). Raises EngineUnavailable for another kind of text."""
    found = re.fullmatch(r"\s*([0-9.]+)\s*([KMGT])I?B?\s*", text.upper())
    if not found:
        raise EngineUnavailable(f"--engine spark cannot read the memory limit {text!r}; write it as 4GB")
    return f"{max(1, round(float(found.group(1)) * 1024 ** ('KMGT'.index(found.group(2)) - 1)))}m"


def _cores(master: str) -> int:
    """Cores of local, local[4] or local[*]."""
    found = re.match(r"local\[(\d+)", master)
    if found:
        return int(found.group(1))
    return 1 if master == "local" else os.cpu_count() or 1
