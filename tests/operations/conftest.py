"""The published sample run of the flows' tests serves here too."""

from tests.flows.conftest import latest, published

__all__ = ["latest", "published"]
