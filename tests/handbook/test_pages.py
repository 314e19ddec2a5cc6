"""The handbook says everything there is: each contract, column, rule, parameter and command, and nothing of its own."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

import pytest
import typer

from data_contracts import load_contracts
from docs.handbook import pages
from flows.cli import app
from rules.engine.corpus import load_corpus
from rules.engine.parameters import load_parameters

WRITTEN = ["README.zh-CN.md", "README.md", "docs/operations.md", "docs/security.md"]
CLI = dict(pages.commands(typer.main.get_command(app)))


@pytest.fixture(scope="module")
def handbook() -> dict[str, str]:
    return dict(pages.all_pages())


def test_every_contract_has_a_page_with_every_column_and_heading(handbook):
    for contract in load_contracts().values():
        page = handbook[f"data/{contract.dataset}.md"]
        assert contract.title in page
        for column in contract.columns:
            assert f"`{column.name}`" in page
            assert all(alias in page for alias in column.aliases)
            assert all(value in page for value in column.values)


def test_every_rule_has_a_page_with_its_clauses_steps_and_text(handbook):
    for rule in load_corpus().values():
        page = handbook[f"rules/{rule.id}.md"]
        assert rule.title in page
        for basis in rule.basis:
            assert all(part in page for part in (basis.document, basis.clause, basis.asks))
        for line in (*rule.false_positives, *rule.review_steps, *rule.closing_action):
            assert line in page
        assert rule.sql in page


def test_every_parameter_value_is_there_with_its_source(handbook):
    for parameter in load_parameters().parameters.values():
        section = handbook["parameters.md"].split(f"{{ #{parameter.name} }}")[1].split("\n## ")[0]
        assert all(value.source in section for value in parameter.values)
        assert section.count("\n| ") == len(parameter.values) + 2


def test_every_command_is_there_with_every_option(handbook):
    assert len(CLI) >= 16
    for name, command in CLI.items():
        section = handbook["commands.md"].split(f"## hedui {name} {{")[1].split("\n## ")[0]
        for parameter in command.params:
            if parameter.name != "help":
                said = parameter.opts[0] if parameter.opts[0].startswith("-") else str(parameter.name).upper()
                assert f"`{said}" in section


def test_there_is_no_page_of_what_is_gone(handbook):
    datasets, rules = set(load_contracts()), set(load_corpus())
    assert {name.split("/")[1][:-3] for name in handbook if name.startswith("data/")} == datasets | {"index"}
    assert {name.split("/")[1][:-3] for name in handbook if name.startswith("rules/")} == rules | {"index"}


def test_links_between_pages_lead_to_pages(handbook):
    for name, text in handbook.items():
        folder = name.rpartition("/")[0]
        for target in re.findall(r"\]\(([^)#]+\.md)", text):
            joined = target.removeprefix("../") if target.startswith("../") else f"{folder}/{target}".lstrip("/")
            assert joined in handbook, (name, target)


def written_commands() -> Iterator[tuple[str, str]]:
    """(page, command line) of every hedui command in what people wrote: in blocks, and quoted with arguments."""
    for page in WRITTEN:
        text = (pages.ROOT / page).read_text(encoding="utf-8")
        blocks = "\n".join(re.findall(r"```\w*\n(.*?)```", text, re.S)).replace("\\\n", " ").splitlines()
        quoted = re.findall(r"`((?:HEDUI_\w+=\S+ )*hedui [^`]+)`", text)
        for line in (*map(str.strip, blocks), *quoted):
            found = re.match(r"(?:HEDUI_\w+=\S+ )*(?:\.venv/bin/)?hedui (?!:)(.+)", line)
            # Not those that show alternatives
            if found and not re.search(r"\[|\w ?\| ?\w", found[1]):
                yield page, found[1].split("  #")[0].split(" # ")[0]


@pytest.mark.parametrize(("page", "line"), list(written_commands()))
def test_every_command_in_the_handbook_is_one(page: str, line: str):
    """Its words, options and what must be given are those of the command line."""
    words = [word for word in shlex.split(line.replace("…", "X")) if word != "|"]
    name = next((n for n in (" ".join(words[:2]), words[0]) if n in CLI), None)
    if name is None and len(words) == 1:
        assert any(known.startswith(f"{words[0]} ") for known in CLI)
        return
    assert name is not None, line
    command, given = CLI[name], words[len(name.split()) :]
    options = {option for parameter in command.params for option in parameter.opts}
    used = {word.split("=")[0] for word in given if word.startswith("--")}
    assert used <= options | {"--help"}
    if given:
        needed = {p.opts[0] for p in command.params if p.required and p.opts[0].startswith("-")}
        assert needed <= used | ({"--store"} if page == "docs/security.md" else set()), line
