"""What each department hands over: one Open Data Contract Standard file per dataset, and what reads them.

Names are looked up on first use, so that `import data_contracts` costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from data_contracts.codes_loader import load_codes
    from data_contracts.headings import Heading, normalise_heading
    from data_contracts.loader import load_contracts
    from data_contracts.model import Check, Codes, Column, Contract, ContractError

_HOME = {
    "Check": "model",
    "Codes": "model",
    "Column": "model",
    "Contract": "model",
    "ContractError": "model",
    "Heading": "headings",
    "load_codes": "codes_loader",
    "load_contracts": "loader",
    "normalise_heading": "headings",
}

__all__ = [
    "Check",
    "Codes",
    "Column",
    "Contract",
    "ContractError",
    "Heading",
    "load_codes",
    "load_contracts",
    "normalise_heading",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
