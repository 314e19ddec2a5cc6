"""The published sample run of the flows' tests and the PostgreSQL of the decisions' serve here too."""

from tests.decisions.conftest import postgres, postgres_server
from tests.flows.conftest import latest, published

__all__ = ["latest", "postgres", "postgres_server", "published"]
