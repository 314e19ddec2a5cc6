"""The engines linkage and the rules run on: DuckDB, and Spark through the same statements (docs/architecture.md, "Two engines")."""

from transforms.engines.connection import Answer, SqlConnection
from transforms.engines.errors import EngineUnavailable, SparkStatementError

__all__ = ["Answer", "EngineUnavailable", "SparkStatementError", "SqlConnection"]
