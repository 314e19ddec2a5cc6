"""The stages of a run as plain functions, in the order data travels. Flows wrap them in Prefect tasks; an analyst's rerun calls them as they are."""

from flows.stages.matching import check_township, match, rules_and_parameters
from flows.stages.publishing import publish, run_status
from flows.stages.reconciling import reconcile
from flows.stages.taking_in import take_in
from flows.stages.validating import validate

__all__ = [
    "check_township",
    "match",
    "publish",
    "reconcile",
    "rules_and_parameters",
    "run_status",
    "take_in",
    "validate",
]
