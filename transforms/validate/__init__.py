"""Checks every staged dataset of a run against its contract with Great Expectations, and documents it."""

from transforms.validate.model import CheckResult, ValidationResult
from transforms.validate.snapshot import validate_snapshot

__all__ = ["CheckResult", "ValidationResult", "validate_snapshot"]
