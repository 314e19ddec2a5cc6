"""Who hears of a scheduled run that failed: a command, a Prefect notification block (by e-mail or what else Prefect knows), or both.

Only what Prefect runs imports this module: importing Prefect takes seconds.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import Any

from prefect.blocks.abstract import NotificationBlock
from prefect.blocks.core import Block
from prefect.blocks.notifications import AppriseNotificationBlock
from prefect.client.schemas.objects import State
from prefect.logging.loggers import flow_run_logger
from pydantic import Field, SecretStr

from flows.plan import UsageError
from flows.settings import Settings

COMMAND_SECONDS = 60


class HeduiMail(AppriseNotificationBlock):
    """E-mail through the bureau's own mail server. Prefect has blocks for e-mail through foreign services only."""

    _block_type_name = "hedui mail"
    _block_type_slug = "hedui-mail"
    url: SecretStr = Field(
        default=...,
        title="Mail server",
        description="mailtos://ACCOUNT:PASSWORD@HOST:PORT?from=SENDER&to=RECIPIENT,RECIPIENT; mailto:// without encryption",
        examples=["mailtos://hedui:password@mail.example.gov.cn:465?from=hedui@example.gov.cn&to=duty@example.gov.cn"],
    )


def tell(flow: Any, flow_run: Any, state: State) -> None:
    """Tell of a run that failed or crashed: HEDUI_ON_FAILURE, a command split as a shell would, without a shell; HEDUI_NOTIFY, a block.

    The command finds HEDUI_FAILED_FLOW, HEDUI_FAILED_RUN (name of the run at the Prefect server), HEDUI_FAILED_STATE and HEDUI_FAILED_MESSAGE
    in its environment; none holds anybody's data. What becomes of either does not matter to the run.
    """
    settings = Settings()
    said = {
        "HEDUI_FAILED_FLOW": flow.name,
        "HEDUI_FAILED_RUN": flow_run.name,
        "HEDUI_FAILED_STATE": state.name or "",
        "HEDUI_FAILED_MESSAGE": state.message or "",
    }
    for setting, way in (("HEDUI_ON_FAILURE", _by_command), ("HEDUI_NOTIFY", _by_block)):
        try:
            way(settings, said)
        except Exception as error:
            # The error's own text may hold the password of a mail server.
            flow_run_logger(flow_run, flow).warning("nobody was told through %s: %s", setting, type(error).__name__)


def check_notify(settings: Settings) -> None:
    """Make the type `hedui-mail` known to the server. Raises UsageError when HEDUI_NOTIFY names no notification block that is there."""
    HeduiMail.register_type_and_schema()
    if not settings.notify:
        return
    try:
        _block(settings.notify)
    except (ValueError, TypeError, KeyError):
        raise UsageError(
            f"HEDUI_NOTIFY={settings.notify}: the Prefect server has no notification block of that name; "
            "make it on the server's page (Blocks, +), and write it as hedui-mail/NAME"
        ) from None


def _by_command(settings: Settings, said: dict[str, str]) -> None:
    if settings.on_failure:
        subprocess.run(shlex.split(settings.on_failure), env={**os.environ, **said}, timeout=COMMAND_SECONDS, check=True,
                       stdin=subprocess.DEVNULL)  # fmt: skip


def _by_block(settings: Settings, said: dict[str, str]) -> None:
    if not settings.notify:
        return
    flow, run, state, message = said.values()
    block = _block(settings.notify)
    with block.raise_on_failure():
        block.notify(
            f"{message}\n\n任务 {flow}，批次 {run}，状态 {state}。各类提示的含义和处理办法见运维手册（docs/operations.md）。",
            subject=f"hedui 核对任务未完成：{flow} / {run}",
        )


def _block(name: str) -> Any:
    block = Block.load(name)
    if not isinstance(block, NotificationBlock):
        raise TypeError(name)
    return block
