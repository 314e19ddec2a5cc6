"""Turns one parsed Open Data Contract Standard document into a Contract, gathering every problem."""

from collections.abc import Iterable
from itertools import chain
from typing import Any, get_args

from open_data_contract_standard.model import (
    CustomProperty,
    DataQuality,
    OpenDataContractStandard,
    SchemaObject,
    SchemaProperty,
    Team,
)

from data_contracts.codes_loader import synonym_map
from data_contracts.headings import heading_forms
from data_contracts.model import Check, Codes, Column, ColumnType, Contract, Level, index_headings

LOGICAL_TYPE: dict[str, str] = {
    "bool": "boolean",
    "int": "integer",
    "number": "number",
    "money": "number",
    "date": "date",
    "month": "date",
}
_TYPES = get_args(ColumnType)
_LEVELS: dict[str | None, Level] = {"error": "fail", "warning": "warn"}
_DATASET_KEYS = {"core", "person", "otherPersons", "repeatsAreFacts", "quarantineLimit", "ignoredHeadings"}
_COLUMN_KEYS = {"codeList"}
_RANGE = "expect_column_values_to_be_between"


def read_contract(
    document: OpenDataContractStandard, dataset: str, codes: Codes, content_hash: str, problems: list[str]
) -> Contract | None:
    """The contract of `dataset`; None when its outline is unusable.

    Appends to problems one line per fault, each naming the column or field.
    """
    outline = _outline(document, dataset, problems)
    if outline is None:
        return None
    table = outline
    columns = tuple(_column(item, codes, problems) for item in table.properties or [])
    known = {column.name for column in columns}
    custom = _custom(table.customProperties, _DATASET_KEYS, dataset, problems)
    person = _names(custom.get("person"))
    others = tuple(_names(group) for group in custom.get("otherPersons") or [])
    floor, checks = _table_checks(table.quality or [], problems)
    days, freshness_column = _freshness(document, dataset, problems)
    named = [*person, *chain(*others), *chain(*(check.columns for check in checks)), freshness_column]
    strangers = [name for name in dict.fromkeys(named) if name and name not in known]
    problems += [f"column {name} is named but not declared" for name in strangers]
    ignored = codes.ignored_headings | set(chain(*map(heading_forms, custom.get("ignoredHeadings") or [])))
    _check_headings(columns, ignored, problems)
    return Contract(
        dataset=dataset,
        title=table.businessName or document.name or dataset,
        owner=document.team.name or "" if isinstance(document.team, Team) else "",
        core=bool(custom.get("core")),
        grain=table.dataGranularityDescription or "",
        person=person,
        version=document.version or "",
        columns=columns,
        row_floor=floor,
        quarantine_limit=_share(custom.get("quarantineLimit"), problems),
        freshness_days=days,
        repeats_are_facts=bool(custom.get("repeatsAreFacts")),
        ignored_headings=frozenset(ignored),
        content_hash=content_hash,
        freshness_column=freshness_column,
        other_persons=others,
        checks=checks,
        description=(document.description.purpose or "") if document.description else "",
    )


def _outline(document: OpenDataContractStandard, dataset: str, problems: list[str]) -> SchemaObject | None:
    if document.id != dataset:
        problems.append(f"id is {document.id}, the file is named {dataset}")
    if not isinstance(document.team, Team) or not document.team.name:
        problems.append("team.name (the owner) is missing")
    if not document.version:
        problems.append("version is missing")
    tables = document.schema_ or []
    if len(tables) != 1 or tables[0].name != dataset or not tables[0].properties:
        problems.append(f"expected one schema named {dataset} with properties")
        return None
    if not tables[0].dataGranularityDescription:
        problems.append("dataGranularityDescription (the grain) is missing")
    return tables[0]


def _column(item: SchemaProperty, codes: Codes, problems: list[str]) -> Column:
    name = item.name or "(unnamed)"
    kind: Any = item.physicalType
    if kind not in _TYPES:
        problems.append(f"column {name}: unknown type {kind}; one of {', '.join(_TYPES)}")
    elif item.logicalType != LOGICAL_TYPE.get(kind, "string"):
        problems.append(f"column {name}: logicalType of {kind} is {LOGICAL_TYPE.get(kind, 'string')}")
    checks = tuple(_column_checks(name, item.quality or [], problems))
    row_required = any(c.kind == "not_null" and c.level == "fail" and not c.at_most for c in checks)
    if row_required and not item.required:
        problems.append(f"column {name}: each row needs a value, so the column must be required")
    values, synonyms = _code_list(item, name, codes, problems)
    if (kind == "code") != bool(values):
        problems.append(f"column {name}: a code column, and no other, lists its values in enum")
    return Column(
        name=name,
        type=kind,
        required=bool(item.required),
        row_required=row_required,
        aliases=_aliases(item),
        values=values,
        synonyms=synonyms,
        description=item.description or "",
        checks=checks,
        classification=item.classification or "",
    )


def _aliases(item: SchemaProperty) -> tuple[str, ...]:
    listed = [item.businessName, *(synonym.synonym for synonym in item.synonyms or [])]
    return tuple(dict.fromkeys(alias for alias in listed if alias))


def _code_list(
    item: SchemaProperty, name: str, codes: Codes, problems: list[str]
) -> tuple[tuple[str, ...], dict[str, str]]:
    """The listed values, and the received words for them from the column and the shared list."""
    where = f"column {name}"
    values = tuple(str(entry.value) for entry in item.enum or [])
    pairs: list[tuple[str, str]] = []
    for entry in item.enum or []:
        own = _custom(entry.customProperties, {"synonyms"}, f"{where}, value {entry.value}", problems)
        pairs += [(str(word), str(entry.value)) for word in own.get("synonyms") or []]
    shared = _custom(item.customProperties, _COLUMN_KEYS, where, problems).get("codeList")
    if shared is not None and shared not in codes.lists:
        problems.append(f"{where}: no code list {shared}; there are {', '.join(sorted(codes.lists))}")
    pairs += codes.lists.get(str(shared), {}).items()
    mapping, clashes = synonym_map(pairs)
    problems += [f"{where}: synonym claimed by two values: {clash}" for clash in clashes]
    if values:
        strays = sorted(set(mapping.values()) - set(values))
        problems += [f"{where}: code list {shared} maps to {value}, which enum lacks" for value in strays]
        wrong = [word for word, value in mapping.items() if word in values and word != value]
        problems += [f"{where}: {word} is a value and a synonym of another" for word in wrong]
    return values, {word: value for word, value in mapping.items() if word != value}


def _column_checks(name: str, rules: Iterable[DataQuality], problems: list[str]) -> Iterable[Check]:
    for rule in rules:
        level = _level(rule, f"column {name}", problems)
        share = _at_most(rule, f"column {name}", problems)
        arguments = rule.arguments or {}
        if rule.metric == "nullValues":
            yield Check("not_null", level, (name,), share)
        elif rule.metric == "duplicateValues":
            yield Check("unique", level, (name,), share)
        elif rule.metric == "invalidValues" and isinstance(arguments.get("pattern"), str):
            yield Check("pattern", level, (name,), share, pattern=arguments["pattern"])
        elif rule.type == "custom" and isinstance(rule.implementation, dict):
            yield from _range(name, level, rule.implementation, problems)
        else:
            problems.append(f"column {name}: a quality rule of a kind that is not known here")


def _range(name: str, level: Level, implementation: dict[str, Any], problems: list[str]) -> Iterable[Check]:
    bounds = implementation.get("kwargs") or {}
    if implementation.get("type") != _RANGE or not bounds or set(bounds) - {"min_value", "max_value"}:
        problems.append(f"column {name}: a custom rule must be {_RANGE} with min_value or max_value")
        return
    yield Check("range", level, (name,), minimum=bounds.get("min_value"), maximum=bounds.get("max_value"))


def _table_checks(rules: Iterable[DataQuality], problems: list[str]) -> tuple[int, tuple[Check, ...]]:
    floors: list[int] = []
    checks: list[Check] = []
    for rule in rules:
        if rule.metric == "rowCount" and rule.mustBeGreaterOrEqualTo is not None:
            floors.append(int(rule.mustBeGreaterOrEqualTo))
        elif rule.metric == "duplicateValues":
            level, share = _level(rule, "schema", problems), _at_most(rule, "schema", problems)
            checks.append(Check("unique", level, _names((rule.arguments or {}).get("properties")), share))
        else:
            problems.append("schema: a quality rule of a kind that is not known here")
    if len(floors) != 1:
        problems.append("schema: expected one rowCount rule with mustBeGreaterOrEqualTo (the row floor)")
    return (floors or [0])[0], tuple(checks)


def _level(rule: DataQuality, where: str, problems: list[str]) -> Level:
    if rule.severity not in _LEVELS:
        problems.append(f"{where}: severity of a quality rule is error or warning, not {rule.severity}")
    return _LEVELS.get(rule.severity, "fail")


def _at_most(rule: DataQuality, where: str, problems: list[str]) -> float:
    if rule.type == "custom" or rule.mustBe == 0:
        return 0.0
    percent = rule.mustBeLessOrEqualTo
    if percent is not None and rule.unit == "percent" and 0 <= percent <= 100:
        return percent / 100
    problems.append(f"{where}: a quality rule needs mustBe: 0 or mustBeLessOrEqualTo in percent")
    return 0.0


def _freshness(document: OpenDataContractStandard, dataset: str, problems: list[str]) -> tuple[int, str | None]:
    found = [item for item in document.slaProperties or [] if item.property == "freshness"]
    if len(found) != 1 or not isinstance(found[0].value, int) or found[0].unit != "d":
        problems.append("slaProperties: expected one freshness in days (unit: d)")
        return 0, None
    element = found[0].element
    if element and not element.startswith(f"{dataset}."):
        problems.append(f"slaProperties: freshness element must be {dataset}.<column>")
        return found[0].value, None
    return found[0].value, element.partition(".")[2] if element else None


def _custom(listed: list[CustomProperty] | None, allowed: set[str], where: str, problems: list[str]) -> dict[str, Any]:
    custom = {str(item.property): item.value for item in listed or []}
    problems += [f"{where}: unknown customProperty {key}" for key in custom if key not in allowed]
    return custom


def _names(value: object) -> tuple[str, ...]:
    return tuple(str(name) for name in value) if isinstance(value, list) else ()


def _share(value: object, problems: list[str]) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
        return float(value)
    problems.append("quarantineLimit must be a share from 0 to 1")
    return 0.0


def _check_headings(columns: tuple[Column, ...], ignored: frozenset[str], problems: list[str]) -> None:
    names = [column.name for column in columns]
    problems += [f"column {name} is declared twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    headings, clashes = index_headings(columns)
    problems += [f"column {second}: alias {alias} already belongs to {first}" for alias, first, second in clashes]
    both = [key for key in headings if key in ignored]
    problems += [f"column {headings[key]}: {key} is also an ignored heading" for key in both]
