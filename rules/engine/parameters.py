"""Rule parameters: law as data, one YAML file each, with values by region and date.

A value holds for the region whose code is the longest prefix of a township code that has a value on the date asked for, from its
date on. Files of a county overlay the shipped ones: an entry for the same region and date replaces the shipped entry.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb

from data_contracts import Contract
from data_contracts.yaml_files import NotYamlError, parse_yaml
from transforms.values import literal_rows

PARAMETER_FOLDER = Path(__file__).parent.parent / "parameters"
TYPES = {"number": "DECIMAL(18, 4)", "date": "DATE", "list": "VARCHAR", "map": "VARCHAR"}
#: Numbers of these units are whole, and lie between these.
WHOLE = {"months": (0, 1200), "day of month": (1, 31)}
LARGEST = {"share of households": 1}
UNKNOWN_TOWNSHIP = ""


class ParameterError(ValueError):
    """The parameter files contradict themselves or lack a value; the message lists every problem found."""


@dataclass(frozen=True)
class ParameterValue:
    """One value: region is a code prefix ('' = everywhere), valid_from its first day."""

    region: str
    valid_from: dt.date
    value: Any
    source: str
    example: bool = False


@dataclass(frozen=True)
class Parameter:
    """One parameter with all its values; read_on is 'as_of' or 'pay_month' (the first day of the month paid for)."""

    name: str
    title: str
    unit: str
    type: str
    read_on: str = "as_of"
    values: tuple[ParameterValue, ...] = ()

    def in_force(self, township_code: str, on: dt.date) -> ParameterValue | None:
        """The value for a township on a day, or None when no region that covers it has one."""
        holding = [v for v in self.values if township_code.startswith(v.region) and v.valid_from <= on]
        return max(holding, key=lambda v: (len(v.region), v.valid_from), default=None)


@dataclass(frozen=True)
class ParameterSet:
    """Every parameter by name, and what was overridden for this run only (name → text as given)."""

    parameters: Mapping[str, Parameter]
    overrides: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Parameter:
        return self.parameters[name]

    def with_overrides(self, settings: Mapping[str, str]) -> ParameterSet:
        """The same set with `--set name=value` applied everywhere and on every date.

        Raises ParameterError naming each unknown parameter and each value that is not of the parameter's type.
        """
        problems, changed = [], dict(self.parameters)
        for name, text in settings.items():
            if name not in changed:
                problems.append(f"unknown parameter {name!r}; known: {', '.join(sorted(changed))}")
                continue
            try:
                value = _typed(changed[name].type, _from_text(changed[name].type, text))
                _check_unit(changed[name].unit, value)
            except ValueError as error:
                problems.append(f"{name}: {error}")
                continue
            everywhere = ParameterValue("", dt.date.min, value, "本次运行指定（--set）")
            changed[name] = replace(changed[name], values=(everywhere,))
        if problems:
            raise ParameterError("; ".join(problems))
        return ParameterSet(changed, {**self.overrides, **settings})


def load_parameters(folder: Path = PARAMETER_FOLDER, county_folder: Path | None = None) -> ParameterSet:
    """Read every parameter file of `folder`, overlaid by those of `county_folder`.

    Raises ParameterError listing all problems at once: wrong file names, types, dates, two values for one region and date.
    """
    problems: list[str] = []
    shipped = {p.name: p for p in _read_folder(folder, problems)}
    for local in _read_folder(county_folder, problems) if county_folder else ():
        if local.name not in shipped:
            problems.append(f"{local.name}: no such parameter; known: {', '.join(sorted(shipped))}")
            continue
        merged = {(v.region, v.valid_from): v for v in shipped[local.name].values}
        merged.update({(v.region, v.valid_from): v for v in local.values})
        shipped[local.name] = replace(shipped[local.name], values=tuple(merged.values()))
    for parameter in shipped.values():
        for value in parameter.values:
            try:
                _check_unit(parameter.unit, value.value)
            except ValueError as error:
                problems.append(f"{parameter.name}, region {value.region!r} from {value.valid_from}: {error}")
    if problems:
        raise ParameterError("the parameter files are not usable:\n  " + "\n  ".join(problems))
    return ParameterSet(shipped)


def _read_folder(folder: Path, problems: list[str]) -> Iterable[Parameter]:
    if not folder.is_dir():
        problems.append(f"{folder}: no such folder of parameter files")
        return
    for path in sorted(folder.glob("*.yaml")):
        parameter = _read_file(path, problems)
        if parameter is not None:
            yield parameter


def _read_file(path: Path, problems: list[str]) -> Parameter | None:
    try:
        document = parse_yaml(path.read_bytes())
    except NotYamlError as error:
        problems.append(f"{path.name}: {error}")
        return None
    if not isinstance(document, dict) or not isinstance(document.get("values"), list):
        problems.append(f"{path.name}: expected a mapping with name, title, unit, type and a list of values")
        return None
    name, kind = str(document.get("name")), str(document.get("type", "number"))
    if name != path.stem:
        problems.append(f"{path.name}: name is {name!r}, expected {path.stem!r} (the file's stem)")
    if kind not in TYPES:
        problems.append(f"{path.name}: type is {kind!r}, expected one of {', '.join(TYPES)}")
        return None
    values, seen = [], set()
    for number, entry in enumerate(document["values"], start=1):
        where = f"{path.name}, value {number}"
        try:
            value = _read_value(entry, kind)
        except (KeyError, TypeError, ValueError) as error:
            problems.append(f"{where}: {error if isinstance(error, ValueError) else f'lacks {error}'}")
            continue
        if (value.region, value.valid_from) in seen:
            problems.append(f"{where}: region {value.region!r} already has a value from {value.valid_from}")
        seen.add((value.region, value.valid_from))
        values.append(value)
    return Parameter(name, str(document.get("title", name)), str(document.get("unit", "")), kind,
                     str(document.get("read_on", "as_of")), tuple(values))  # fmt: skip


def _read_value(entry: Any, kind: str) -> ParameterValue:
    if not isinstance(entry, dict):
        raise ValueError(f"expected a mapping with region, from, value and source, found {entry!r}")
    region = str(entry["region"])
    if region and not region.isdigit():
        raise ValueError(f"region is {region!r}, expected digits of a region code or ''")
    source = str(entry.get("source") or "")
    if not source:
        raise ValueError("has no source")
    return ParameterValue(region, dt.date.fromisoformat(str(entry["from"])), _typed(kind, entry["value"]), source,
                          bool(entry.get("example", False)))  # fmt: skip


def _from_text(kind: str, text: str) -> Any:
    return parse_yaml(text.encode()) if kind in ("list", "map") else text


def _check_unit(unit: str, value: Any) -> None:
    """Raise ValueError when a number is none of its unit: 1.5 months, the 40th of a month, 20 for a share of 0.2."""
    if unit in WHOLE:
        least, most = WHOLE[unit]
        if value != int(value) or not least <= value <= most:
            raise ValueError(f"expected a whole number of {least} to {most} ({unit}), found {value}")
    elif unit in LARGEST and value > LARGEST[unit]:
        raise ValueError(f"expected a number of 0 to {LARGEST[unit]} ({unit}), found {value}")


def _typed(kind: str, value: Any) -> Any:
    if kind == "number":
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            raise ValueError(f"expected a number, found {value!r}") from None
        # TYPES holds 14 digits before the point; multiples, counts, months and amounts are none of them below 0.
        if not number.is_finite() or not 0 <= number < 10**14:
            raise ValueError(f"expected a number from 0 up, of at most 14 digits, found {value!r}")
        return number
    if kind == "date":
        return dt.date.fromisoformat(str(value))
    if kind == "list":
        if not isinstance(value, list):
            raise ValueError("expected a list such as [a, b]")
        return [str(v) for v in value]
    if not isinstance(value, dict):
        raise ValueError("expected a mapping such as {a: b}")
    return {str(k): str(v) for k, v in value.items()}


def create_parameter_tables(con: duckdb.DuckDBPyConnection, parameters: ParameterSet, townships: Iterable[str], as_of: dt.date,
                            pay_months: Iterable[int], used: Iterable[str], elsewhere: Iterable[str] = ()) -> None:  # fmt: skip
    """Write one table `param_<name>` per parameter: township_code, value (× key for maps, × pay_month where read on it).

    `townships` are the codes in use; '' stands for people whose township is unknown and takes the value of the county all codes share.
    elsewhere: codes only registers name; they have the values of their regions, where there are any.
    Raises ParameterError naming every used parameter that lacks a value for a township in use on its date.
    """
    codes = sorted(set(townships) - {UNKNOWN_TOWNSHIP})
    others = sorted(set(elsewhere) - {*codes, UNKNOWN_TOWNSHIP})
    prefixes = [(code, code) for code in [*codes, *others]] + [(UNKNOWN_TOWNSHIP, _common_prefix(codes))]
    con.execute(f"CREATE OR REPLACE TEMP TABLE param_township AS {_values(prefixes, ('township_code', 'prefix'))}")
    days = [(month, month_start(month)) for month in sorted(set(pay_months))]
    for parameter in parameters.parameters.values():
        moments: list[tuple[int | None, dt.date]] = [*days] if parameter.read_on == "pay_month" else [(None, as_of)]
        con.execute(f"CREATE OR REPLACE TABLE param_{parameter.name} AS {_holding_sql(parameter, moments)}")
    lacking = [
        f"{name} has no value for {code}" for name in sorted(set(used)) for (code,) in con.execute(
            f"SELECT township_code FROM param_township WHERE township_code <> '' AND township_code NOT IN (SELECT township_code FROM param_{name}) "
            "ORDER BY 1").fetchall()
        if code not in others
    ]  # fmt: skip
    if lacking:
        raise ParameterError(f"on {as_of}; add a value to the county's parameter files:\n  " + "\n  ".join(lacking))


def register_townships(con: duckdb.DuckDBPyConnection, contracts: Mapping[str, Contract]) -> set[str]:
    """The township codes any stg_ view names (needs the macros): people who are on no row are measured by the standards of where they live."""
    having = [name for name, contract in contracts.items() if any(c.name == "township_code" for c in contract.columns)]
    named = " UNION ".join(f"SELECT DISTINCT township_code FROM stg_{name}" for name in having)
    # Nine digits or nothing: whatever else slipped into the column stays out of the parameters.
    codes = (
        f"SELECT DISTINCT code FROM (SELECT township_of(township_code) AS code FROM ({named})) WHERE length(code) = 9"
    )
    return {str(row[0]) for row in con.execute(codes).fetchall()} - {"000000000"}


def _holding_sql(parameter: Parameter, moments: list[tuple[int | None, dt.date]]) -> str:
    """Every township's value on every moment: of the regions that cover it and have begun, the longest, and of that the latest."""
    rows = [
        (v.region, v.valid_from, key, text)
        for v in parameter.values
        for key, text in _elements(parameter.type, v.value)
    ]
    kind = TYPES[parameter.type]
    picks = ["t.township_code"]
    if parameter.read_on == "pay_month":
        picks.append("CAST(m.pay_month AS INTEGER) AS pay_month")
    if parameter.type == "map":
        picks.append("v.key")
    if not rows or not moments:
        return f"SELECT {', '.join(picks)}, CAST(NULL AS {kind}) AS value FROM param_township AS t, (SELECT NULL AS pay_month) AS m, (SELECT NULL AS key) AS v WHERE FALSE"
    return (
        f"SELECT {', '.join(picks)}, CAST(v.value AS {kind}) AS value FROM param_township AS t "
        f"CROSS JOIN ({_values(moments, ('pay_month', 'day'))}) AS m "
        f"INNER JOIN ({_values(rows, ('region', 'valid_from', 'key', 'value'))}) AS v "
        "ON starts_with(t.prefix, v.region) AND CAST(v.valid_from AS DATE) <= CAST(m.day AS DATE) "
        "QUALIFY rank() OVER (PARTITION BY t.township_code, m.pay_month ORDER BY length(v.region) DESC, CAST(v.valid_from AS DATE) DESC) = 1"
    )


def standards_by_month(
    parameters: ParameterSet, townships: Iterable[str], months: Iterable[int]
) -> list[tuple[Any, ...]]:
    """(township_code, month index, rural, urban) in yuan per head and month, for every township and month that has both."""
    rows = []
    wanted = sorted(set(months))
    for code in sorted(set(townships)):
        for month in wanted:
            rural, urban = (
                parameters[f"dibao_standard_{a}"].in_force(code, month_start(month)) for a in ("rural", "urban")
            )
            if rural and urban:
                rows.append((code, month, rural.value, urban.value))
    return rows


def values_in_use(
    parameters: ParameterSet, townships: Iterable[str], as_of: dt.date
) -> list[tuple[str, str, dt.date, str, str, str, bool]]:
    """What held in this run: (name, region, valid_from, value as text, unit, source, is_example), one row per distinct value."""
    seen = {}
    for parameter in parameters.parameters.values():
        for code in townships:
            value = parameter.in_force(code, as_of)
            if value is not None:
                text = (
                    value.value
                    if not isinstance(value.value, list | dict)
                    else json.dumps(value.value, ensure_ascii=False)
                )
                row = (
                    parameter.name,
                    value.region,
                    value.valid_from,
                    _plain(text),
                    parameter.unit,
                    value.source,
                    value.example,
                )
                seen[row[:3]] = row
    return [seen[key] for key in sorted(seen)]


def month_start(month: int) -> dt.date:
    """First day of a month index (year * 12 + month)."""
    return dt.date((month - 1) // 12, (month - 1) % 12 + 1, 1)


def _plain(value: Any) -> str:
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


def _common_prefix(codes: list[str]) -> str:
    counties = {code[:6] for code in codes if not code.startswith("000000")}
    if len(counties) == 1:
        return counties.pop()
    cities = {c[:4] for c in counties}
    return cities.pop() if len(cities) == 1 else ""


def _elements(kind: str, value: Any) -> list[tuple[str | None, str]]:
    if kind == "list":
        return [(None, v) for v in value]
    if kind == "map":
        return list(value.items())
    return [(None, str(value))]


def _values(rows: Iterable[tuple[Any, ...]], names: tuple[str, ...]) -> str:
    return f"SELECT * FROM (VALUES {literal_rows(rows)}) AS r({', '.join(names)})"
