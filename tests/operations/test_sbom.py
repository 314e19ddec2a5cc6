"""The bill of materials lists what production's lock pins, no more and no less, and tells no address."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.flows.command import ROOT

_SPEC = importlib.util.spec_from_file_location("sbom", ROOT / "requirements" / "sbom.py")
assert _SPEC is not None
assert _SPEC.loader is not None
sbom = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(sbom)

LOCK = "Jinja2==3.1.6 \\\n    --hash=sha256:00\npsycopg[binary]==3.3.1 \\\n    --hash=sha256:11\n"


def part(name: str, version: str, *licences: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "version": version, "bom-ref": f"{name}=={version}", "licenses": list(licences),
            "externalReferences": [{"url": "https://index.example/simple", "type": "distribution"}]}  # fmt: skip


def environment(*parts: dict[str, Any]) -> dict[str, Any]:
    edges = [
        {"ref": "root"},
        {"ref": "jinja2==3.1.6", "dependsOn": ["pytest==9", "psycopg==3.3.1"]},
        {"ref": "pytest==9"},
    ]
    return {"components": list(parts), "dependencies": edges,
            "metadata": {"component": {"name": "hedui", "bom-ref": "root"}, "tools": {"components": [part("tool", "1")]}}}  # fmt: skip


GOOD = (part("jinja2", "3.1.6"), part("psycopg", "3.3.1"), part("pytest", "9"))


def test_only_what_is_locked_is_listed_and_no_address():
    bill = sbom.product_bill(environment(*GOOD), sbom.locked(LOCK))
    assert [c["name"] for c in bill["components"]] == ["jinja2", "psycopg"]
    assert bill["dependencies"] == [
        {"ref": "root", "dependsOn": []},
        {"ref": "jinja2==3.1.6", "dependsOn": ["psycopg==3.3.1"]},
    ]
    assert "index.example" not in json.dumps(bill)


@pytest.mark.parametrize("parts", [GOOD[1:], (part("jinja2", "3.1.5"), GOOD[1])])
def test_what_is_not_installed_as_locked_is_no_bill(parts):
    with pytest.raises(ValueError, match=r"not installed as locked.*jinja2"):
        sbom.product_bill(environment(*parts), sbom.locked(LOCK))


def test_licences_in_one_word_each():
    mit, classifier = {"license": {"id": "MIT"}}, {"license": {"name": "License :: OSI Approved :: BSD License"}}
    told = {
        "MIT": part("a", "1", mit, classifier),
        "BSD License": part("a", "1", classifier),
        "MIT AND Zlib": part("a", "1", {"expression": "MIT AND Zlib"}),
        "not declared": part("a", "1"),
    }
    assert [sbom.licence_of(p) for p in told.values()] == list(told)


def test_locks_pin_every_package_by_hash_and_name_no_index():
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text(encoding="utf-8")
        entries = re.split(r"\n(?=\S)", text.strip())
        assert all(re.match(r"[\w.-]+(\[[\w,-]+\])?==\S+", entry) and "--hash=sha256:" in entry for entry in entries), (
            lock.name
        )
        assert not re.search(r"https?://|--(extra-)?index-url|--find-links|file:", text), lock.name


def test_what_is_tested_is_what_is_delivered():
    """Every package of production is in the test environment in the same version."""
    production, tests = (
        sbom.locked((ROOT / "requirements" / name).read_text(encoding="utf-8")) for name in ("lock.txt", "dev.txt")
    )
    assert production.items() <= tests.items()


@pytest.mark.full
def test_the_bill_of_this_product_lists_exactly_the_locked_packages(tmp_path: Path):
    if not sbom.TOOL.exists():
        message = "the tools are not installed: make setup-tools"
        pytest.fail(message) if os.environ.get("HEDUI_TEST_FULL") else pytest.skip(message)
    sbom.main(tmp_path)
    text = (tmp_path / "hedui.cdx.json").read_text(encoding="utf-8")
    bill = json.loads(text)
    assert bill["bomFormat"] == "CycloneDX"
    assert {sbom.one_spelling(c["name"]): c["version"] for c in bill["components"]} == sbom.locked(
        sbom.LOCK.read_text(encoding="utf-8")
    )
    assert all(re.fullmatch(rf"pkg:pypi/[\w.-]+@{re.escape(c['version'])}", c["purl"]) for c in bill["components"])
    assert not re.search(rf"{re.escape(str(ROOT))}|/simple|file:", text)
    listed = (tmp_path / "licences.md").read_text(encoding="utf-8")
    assert "not declared" not in listed
    assert listed.count("\n| ") == len(bill["components"])
