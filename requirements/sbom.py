"""The bill of materials of what `make setup` installs for production:  python requirements/sbom.py OUT

Writes OUT/hedui.cdx.json (CycloneDX) and OUT/licences.md. What is installed comes from cyclonedx-py in .venv-tools; which of it belongs to the product,
from requirements/lock.txt, whose hashes pin every file. No address of an index and no path of this machine is in either.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "lock.txt"
TOOL = ROOT / ".venv-tools" / "bin" / "cyclonedx-py"
_PINNED = re.compile(r"^([\w.-]+)(?:\[[^]]*\])?==([^\s;\\]+)", re.M)


def locked(lock: str) -> dict[str, str]:
    """Name (in its one spelling, PEP 503) → version of every package a lock pins."""
    return {one_spelling(name): version for name, version in _PINNED.findall(lock)}


def one_spelling(name: str) -> str:
    """A package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def product_bill(environment: dict[str, Any], wanted: dict[str, str]) -> dict[str, Any]:
    """The bill of an environment without what the lock does not name, and without addresses.

    Raises ValueError when a locked package is missing from the environment or there in another version.
    """
    parts = {one_spelling(part["name"]): part for part in environment["components"]}
    wrong = sorted(name for name, version in wanted.items() if parts.get(name, {}).get("version") != version)
    if wrong:
        raise ValueError(f"not installed as locked (make setup): {', '.join(wrong)}")
    kept = [_bare(parts[name]) for name in sorted(wanted)]
    root = environment["metadata"]["component"]
    refs = {part["bom-ref"] for part in kept} | {root["bom-ref"]}
    edges = [
        {"ref": edge["ref"], "dependsOn": sorted(refs.intersection(edge.get("dependsOn", [])))}
        for edge in environment["dependencies"]
        if edge["ref"] in refs
    ]
    tools = [_bare(tool) for tool in environment["metadata"]["tools"]["components"]]
    return environment | {
        "metadata": environment["metadata"] | {"component": _bare(root), "tools": {"components": tools}},
        "components": kept,
        "dependencies": edges,
    }


def _bare(part: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in part.items() if key != "externalReferences"}


def licence_of(part: dict[str, Any]) -> str:
    """What a package says its licence is: an SPDX expression or identifier, else its own words."""
    said = [
        entry.get("expression") or entry["license"].get("id") or entry["license"].get("name", "")
        for entry in part.get("licenses", ())
    ]
    words = [text.strip().splitlines()[0][:60] for text in said if text.strip()]
    # A classifier repeats in other words what an identifier says
    plain = [text for text in words if not text.startswith("License ::")] or [
        text.rpartition(" :: ")[2] for text in words
    ]
    return "; ".join(dict.fromkeys(plain)) or "not declared"


def licence_list(bill: dict[str, Any]) -> str:
    """The packages by name with version and licence, as Markdown."""
    rows = [f"| {part['name']} | {part['version']} | {licence_of(part)} |" for part in bill["components"]]
    return "\n".join(["| package | version | licence |", "|---|---|---|", *rows, ""])


def environment_bill() -> dict[str, Any]:
    """What is installed beside this Python, as cyclonedx-py sees it."""
    told = subprocess.run(
        [TOOL, "environment", "--pyproject", ROOT / "pyproject.toml", "--output-reproducible", sys.executable],
        check=True, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    return dict(json.loads(told.stdout))


def main(out: Path) -> None:
    """Write both files."""
    bill = product_bill(environment_bill(), locked(LOCK.read_text(encoding="utf-8")))
    out.mkdir(parents=True, exist_ok=True)
    (out / "hedui.cdx.json").write_text(json.dumps(bill, ensure_ascii=False, indent=1), encoding="utf-8")
    (out / "licences.md").write_text(licence_list(bill), encoding="utf-8")
    print(f"{len(bill['components'])} packages: {out}/hedui.cdx.json, {out}/licences.md")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
