"""Reading contracts: what is cached, what changes the hash, and what is refused."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

import data_contracts
from data_contracts import Check, ContractError, load_contracts

FOLDER = Path(data_contracts.__file__).parent


@pytest.fixture
def deaths() -> dict[str, Any]:
    """The contract of the death register as a document to spoil."""
    document: dict[str, Any] = yaml.safe_load((FOLDER / "deaths.odcs.yaml").read_text(encoding="utf-8"))
    return document


def column(document: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(c for c in document["schema"][0]["properties"] if c["name"] == name)
    return found


def write(folder: Path, document: dict[str, Any], name: str = "deaths") -> None:
    text = yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    (folder / f"{name}.odcs.yaml").write_text(text, encoding="utf-8")


def problems(folder: Path) -> tuple[str, ...]:
    with pytest.raises(ContractError) as caught:
        load_contracts(folder)
    assert all(problem in str(caught.value) for problem in caught.value.problems)
    return caught.value.problems


def test_contracts_are_read_once_and_the_answer_is_the_callers_own() -> None:
    first = load_contracts()
    first.pop("deaths")
    assert load_contracts()["deaths"] is load_contracts(FOLDER)["deaths"]


def test_a_folder_without_codes_uses_the_shared_ones(tmp_path: Path, deaths: dict[str, Any]) -> None:
    write(tmp_path, deaths)
    loaded = load_contracts(tmp_path)
    assert list(loaded) == ["deaths"]
    assert loaded["deaths"].column("sex").synonyms["1"] == "男"


def test_the_hash_follows_the_contract_and_the_codes(tmp_path: Path, deaths: dict[str, Any]) -> None:
    hashes = set()
    for name, version, extra in (("a", "1.0.0", ""), ("b", "1.0.1", ""), ("c", "1.0.0", "# changed\n")):
        folder = tmp_path / name
        shutil.copytree(FOLDER / "codes", folder / "codes")
        with (folder / "codes" / "sex.yaml").open("a", encoding="utf-8") as file:
            file.write(extra)
        write(folder, deaths | {"version": version})
        hashes.add(load_contracts(folder)["deaths"].content_hash)
    assert len(hashes) == 3
    shutil.copytree(tmp_path / "a", tmp_path / "d")
    assert load_contracts(tmp_path / "d")["deaths"].content_hash in hashes


def test_checks_are_read_with_level_and_tolerance(tmp_path: Path, deaths: dict[str, Any]) -> None:
    column(deaths, "address")["quality"] = [
        {"metric": "duplicateValues", "mustBe": 0, "severity": "error"},
        {"metric": "nullValues", "mustBeLessOrEqualTo": 25, "unit": "percent", "severity": "warning"},
    ]
    write(tmp_path, deaths)
    assert load_contracts(tmp_path)["deaths"].column("address").checks == (
        Check("unique", "fail", ("address",)),
        Check("not_null", "warn", ("address",), at_most=0.25),
    )
    assert not load_contracts(tmp_path)["deaths"].column("address").row_required


def test_all_faults_of_all_files_are_told_at_once(tmp_path: Path, deaths: dict[str, Any]) -> None:
    column(deaths, "name")["physicalType"] = "nmae"
    column(deaths, "address")["synonyms"].append({"synonym": "死者 姓名"})
    column(deaths, "register_date")["quality"] = [{"metric": "nullValues", "mustBe": 0, "severity": "error"}]
    column(deaths, "source")["synonyms"].append({"synonym": "备注"})
    column(deaths, "sex")["customProperties"] = [{"property": "codeList", "value": "gender"}]
    write(tmp_path, deaths)
    (tmp_path / "housing.odcs.yaml").write_text("schema: [", encoding="utf-8")
    write(tmp_path, {"id": "archives", "colour": "blue"}, "archives")
    found = problems(tmp_path)
    for file, piece in (
        ("deaths", "column name: unknown type nmae"),
        ("deaths", "column address: alias 死者 姓名 already belongs to name"),
        ("deaths", "column register_date: each row needs a value, so the column must be required"),
        ("deaths", "column source: 备注 is also an ignored heading"),
        ("deaths", "column sex: no code list gender"),
        ("housing", "not YAML (line "),
        ("archives", "colour: Extra inputs are not permitted"),
    ):
        assert any(p.startswith(f"{file}.odcs.yaml: ") and piece in p for p in found), piece


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": "births"}, "id is births, the file is named deaths"),
        ({"team": None}, "team.name (the owner) is missing"),
        ({"slaProperties": []}, "expected one freshness in days"),
        (
            {"slaProperties": [{"property": "freshness", "value": 1, "unit": "d", "element": "deaths.day"}]},
            "column day is named but not declared",
        ),
        ({"schema": []}, "expected one schema named deaths"),
    ],
)
def test_an_outline_that_does_not_hold(
    tmp_path: Path, deaths: dict[str, Any], changes: dict[str, Any], expected: str
) -> None:
    write(tmp_path, deaths | changes)
    assert any(expected in problem for problem in problems(tmp_path))


@pytest.mark.parametrize(
    ("name", "changes", "expected"),
    [
        ("death_date", {"logicalType": "string"}, "column death_date: logicalType of date is date"),
        ("sex", {"enum": None}, "column sex: a code column, and no other, lists its values"),
        ("sex", {"enum": [{"value": "男"}]}, "code list sex maps to 女, which enum lacks"),
        (
            "sex",
            {
                "enum": [
                    {"value": "男", "customProperties": [{"property": "synonyms", "value": ["2"]}]},
                    {"value": "女"},
                ]
            },
            "column sex: synonym claimed by two values: 2",
        ),
        (
            "name",
            {"customProperties": [{"property": "codelist", "value": "sex"}]},
            "unknown customProperty codelist",
        ),
        (
            "name",
            {"quality": [{"metric": "nullValues", "mustBe": 0, "severity": "bad"}]},
            "error or warning, not bad",
        ),
        (
            "name",
            {"quality": [{"metric": "nullValues", "mustBe": 3, "severity": "error"}]},
            "needs mustBe: 0",
        ),
        (
            "name",
            {"quality": [{"metric": "freshness", "mustBe": 0, "severity": "error"}]},
            "a kind that is not known",
        ),
        ("name", {"name": "sex"}, "column sex is declared twice"),
    ],
)
def test_a_column_that_does_not_hold(
    tmp_path: Path, deaths: dict[str, Any], name: str, changes: dict[str, Any], expected: str
) -> None:
    column(deaths, name).update(changes)
    write(tmp_path, deaths)
    assert any(expected in problem for problem in problems(tmp_path))


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("person", ["id_number", "nickname"], "column nickname is named but not declared"),
        ("otherPersons", [["relative_id"]], "column relative_id is named but not declared"),
        ("quarantineLimit", 5, "quarantineLimit must be a share"),
        ("quarantineLimits", 0.1, "unknown customProperty quarantineLimits"),
    ],
)
def test_a_dataset_property_that_does_not_hold(
    tmp_path: Path, deaths: dict[str, Any], key: str, value: object, expected: str
) -> None:
    listed = [item for item in deaths["schema"][0]["customProperties"] if item["property"] != key]
    deaths["schema"][0]["customProperties"] = [*listed, {"property": key, "value": value}]
    write(tmp_path, deaths)
    assert any(expected in problem for problem in problems(tmp_path))


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    assert problems(tmp_path) == (f"no *.odcs.yaml in {tmp_path.name}",)


def test_importing_the_package_imports_no_reader() -> None:
    heavy = {"yaml", "pydantic", "open_data_contract_standard"}
    code = f"import sys, data_contracts; print(sorted({heavy} & set(sys.modules)))"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=FOLDER.parent)
    assert answer.stdout.strip() == "[]"
