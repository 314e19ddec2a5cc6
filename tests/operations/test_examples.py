"""The examples of docs/operations/ and the page about them name commands, options, variables and messages that exist."""

from __future__ import annotations

import inspect
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from flows.cli import app
from flows.settings import Settings
from tests.flows.command import ROOT

EXAMPLES = ROOT / "docs" / "operations"
PAGE = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
COMPOSE = yaml.safe_load((EXAMPLES / "compose.yaml").read_text(encoding="utf-8"))
DEPLOYMENTS = yaml.safe_load((EXAMPLES / "prefect.yaml").read_text(encoding="utf-8"))
UNIT = (EXAMPLES / "hedui.service").read_text(encoding="utf-8")


def commands_in(text: str) -> list[list[str]]:
    """Every `hedui …` command with an option in a text, as words."""
    found = re.findall(r"(?<![\w/.-])(?:/\S*/)?hedui ((?:[a-z]+ )+--[^\n`;|]*)", text)
    return [shlex.split(words, comments=True) for words in found]


def unknown_in(words: list[str]) -> list[str]:
    """What of a command hedui does not know."""
    command: Any = typer.main.get_command(app)
    for number, word in enumerate(words):
        if not hasattr(command, "commands"):
            break
        if word not in command.commands:
            return words[: number + 1]
        command = command.commands[word]
    options = {option for parameter in command.params for option in parameter.opts}
    return [word for word in words if word.startswith("--") and word.partition("=")[0] not in options]


def known_variables() -> set[str]:
    """The HEDUI_* variables that hedui reads or sets."""
    sources = [p.read_text(encoding="utf-8") for f in ("flows", "transforms") for p in (ROOT / f).rglob("*.py")]
    said = {name for text in sources for name in re.findall(r"""["'](HEDUI_[A-Z_]+)["']""", text)}
    return said | {f"HEDUI_{field.upper()}" for field in Settings.model_fields}


@pytest.mark.parametrize(
    "text", [UNIT, PAGE, *(str(s.get("command", "")).replace("\\n", "\n") for s in COMPOSE["services"].values())]
)
def test_commands_and_their_options_exist(text):
    assert [unknown_in(words) for words in commands_in(text)] == [[]] * len(commands_in(text))


def test_a_command_that_does_not_exist_would_be_seen():
    assert commands_in(UNIT) and commands_in(PAGE)
    assert unknown_in(["schedule", "--crone", "x"]) == ["--crone"]
    assert unknown_in(["shedule", "--cron", "x"]) == ["shedule"]


@pytest.mark.parametrize("name", ["prefect.yaml", "hedui.service", "compose.yaml", "../operations.md"])
def test_variables_exist(name):
    text = (EXAMPLES / name).read_text(encoding="utf-8")
    # The two of prefect.yaml are read by its own templates.
    ours = set(re.findall(r"HEDUI_[A-Z_]+", text)) - {"HEDUI_INBOX", "HEDUI_STORE"}
    assert ours <= known_variables()
    from prefect.settings.legacy import _get_settings_fields
    from prefect.settings.models.root import Settings as PrefectSettings

    assert set(re.findall(r"PREFECT_[A-Z_]+", text)) <= set(_get_settings_fields(PrefectSettings))


def test_the_deployments_name_flows_and_parameters_that_exist():
    from prefect.client.schemas.objects import ConcurrencyLimitConfig
    from prefect.client.schemas.schedules import CronSchedule
    from prefect.flows import load_flow_from_entrypoint

    names = set()
    for deployment in DEPLOYMENTS["deployments"]:
        flow = load_flow_from_entrypoint(deployment["entrypoint"])
        names.add(flow.name)
        given, asked = deployment["parameters"], inspect.signature(flow.fn).parameters
        assert set(given) <= set(asked)
        assert {n for n, p in asked.items() if p.default is p.empty} - set(given) <= {"township_code"}
        for schedule in deployment.get("schedules", ()):
            CronSchedule(**schedule)
        if "concurrency_limit" in deployment:
            ConcurrencyLimitConfig(**deployment["concurrency_limit"])
    assert names == {"hedui-nightly", "hedui-rerun"}


def test_the_unit_is_one_systemd_takes(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    program = shutil.which("true")
    unit = tmp_path / "hedui.service"
    unit.write_text(re.sub(r"^ExecStart=\S+", f"ExecStart={program}", UNIT, flags=re.MULTILINE), encoding="utf-8")
    done = subprocess.run([analyze, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if "hedui" in line] == []
    assert done.returncode == 0, done.stderr


def test_the_containers_refer_to_what_is_there():
    services = COMPOSE["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        assert {c["source"] for c in service.get("configs", ())} <= set(COMPOSE["configs"])
        script = " ".join(service["command"]) if "command" in service else ""
        assert set(re.findall(r"/run/secrets/(\w+)", script)) <= set(service.get("secrets", ()))
    assert services["hedui"]["environment"]["PREFECT_API_URL"] == "http://server:4200/api"
    copied = re.findall(r"-r (\S+)", services["hedui"]["build"]["dockerfile_inline"])
    assert copied and all((EXAMPLES / services["hedui"]["build"]["context"] / path).is_file() for path in copied)


def test_every_message_of_the_page_is_one_hedui_says():
    table = PAGE.split("## What the messages mean")[1].split("\n## ")[0]
    messages = re.findall(r"^\| `([^`]+)`", table, flags=re.MULTILINE)
    assert len(messages) > 12
    said = "".join(p.read_text(encoding="utf-8") for f in ("flows", "transforms") for p in (ROOT / f).rglob("*.py"))
    # Text split over lines of source, and values put into it, are no difference.
    said = re.sub(r'"\s*\n\s*f?"', "", said)
    parts = [part.strip() for message in messages for part in message.split("…") if part.strip(" ();`")]
    assert [part for part in parts if part.rstrip("(").strip(" )") not in said] == []


def test_the_examples_are_all_on_the_page():
    assert {p.name for p in EXAMPLES.iterdir()} == set(re.findall(r"\(operations/([\w.]+)\)", PAGE))


def test_files_the_page_names_exist():
    linked = re.findall(r"\]\(([^)#]+)\)", PAGE)
    tests = re.findall(r"`((?:tests|benchmarks)/[\w./]+)`", PAGE)
    assert [p for p in [*(Path("docs") / link for link in linked), *map(Path, tests)] if not (ROOT / p).exists()] == []
