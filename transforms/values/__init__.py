"""SQL that cleans one VARCHAR cell by the type of its column. Knows column types and word lists, no stage."""

from transforms.values.base import (
    Context,
    Layer,
    ValueType,
    literal,
    literal_rows,
    merge_layers,
    name,
    select_layers,
    undisturbed,
    unless,
)
from transforms.values.dates import Day, Month
from transforms.values.identity import IdNumber, is_calendar_date, is_credit_code
from transforms.values.names import Name, fold_name, fold_names, register_functions
from transforms.values.numbers import Money, Number, Whole
from transforms.values.texts import (
    Account,
    Code,
    Coded,
    CreditCode,
    Identifier,
    Text,
    YesNo,
    account_damaged,
    may_be_tick,
    only_ticks,
)

VALUE_TYPES: dict[str, ValueType] = {
    "id18": IdNumber(),
    "name": Name(),
    "text": Text(),
    "identifier": Identifier(),
    "account": Account(),
    "coded": Coded(),
    "code": Code(),
    "bool": YesNo(),
    "int": Whole(),
    "number": Number(),
    "money": Money(),
    "date": Day(),
    "month": Month(),
    "uscc": CreditCode(),
}
"""Contract column type → how it is cleaned."""

__all__ = [
    "VALUE_TYPES",
    "Context",
    "Layer",
    "ValueType",
    "account_damaged",
    "fold_name",
    "fold_names",
    "is_calendar_date",
    "is_credit_code",
    "literal",
    "literal_rows",
    "may_be_tick",
    "merge_layers",
    "name",
    "only_ticks",
    "register_functions",
    "select_layers",
    "undisturbed",
    "unless",
]
