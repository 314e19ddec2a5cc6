"""report.html in a real browser: silent, alone with itself, and no wider than a phone."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from transforms.publish.report import write_report
from transforms.publish.workbooks import RunHeader

pytestmark = pytest.mark.full

PHONE = 390
BROWSER = "not an origin"
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-sync",
    "--no-first-run",
    "--no-proxy-server",
    # The browser's own services stay unreached too.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--virtual-time-budget=4000",
)
MANIFEST: dict[str, Any] = {
    "previous_run_id": "r0",
    "inputs": [],
    "checks": [],
    "overrides": {},
    "township": None,
}
# A page that does what ours must not do.
NOISY = '<link rel="stylesheet" href="http://127.0.0.1:9/outside.css"><script>console.error("loud")</script>'
ASK_WIDTH = """<iframe src="{page}" style="width:{width}px;height:900px;border:0"></iframe>
<script>
onload = () => {{
  const inside = document.querySelector("iframe").contentDocument;
  document.title = "width " + inside.scrollingElement.scrollWidth + " text " + inside.body.innerText.length;
}};
</script>"""


@pytest.fixture
def report(con: duckdb.DuckDBPyConnection, run: RunHeader, tmp_path: Path) -> Path:
    """The page of the made-up run."""
    return write_report(con, tmp_path / "report.html", run, MANIFEST)


@pytest.fixture
def browse(program: Callable[[str], str], tmp_path: Path) -> Callable[..., tuple[str, str, set[str]]]:
    """Opens a page; gives its document afterwards, what the console said, the addresses pages asked for."""
    chromium = program("Chromium")

    def visit(page: Path, *options: str) -> tuple[str, str, set[str]]:
        log = tmp_path / "net.json"
        command = [
            chromium,
            *QUIET,
            f"--user-data-dir={tmp_path / 'profile'}",
            f"--log-net-log={log}",
            *options,
        ]
        done = subprocess.run(
            [*command, "--enable-logging=stderr", "--dump-dom", page.as_uri()],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        said = "\n".join(line for line in done.stderr.splitlines() if ":CONSOLE" in line)
        events = [e["params"] for e in json.loads(log.read_text(encoding="utf-8"))["events"] if "params" in e]
        # What the browser asks for on its own account has no page behind it.
        asked = {p["url"] for p in events if "url" in p and p.get("initiator", BROWSER) != BROWSER}
        return done.stdout, said, {a for a in asked if re.match(r"(https?|wss?|ftp):", a)}

    return visit


def test_no_error_and_no_request(report: Path, browse: Callable[..., tuple[str, str, set[str]]]) -> None:
    document, said, addresses = browse(report)
    assert "社会救助核对报告" in document
    assert said == ""
    assert not addresses


def test_an_error_and_a_request_would_be_seen(tmp_path: Path, browse: Callable[..., tuple[str, str, set[str]]]) -> None:
    noisy = tmp_path / "noisy.html"
    noisy.write_text(NOISY, encoding="utf-8")
    _, said, addresses = browse(noisy)
    assert "loud" in said
    assert "http://127.0.0.1:9/outside.css" in addresses


@pytest.mark.parametrize("width", [320, PHONE, 768, 1280])
def test_only_tables_scroll_sideways(
    width: int, report: Path, tmp_path: Path, browse: Callable[..., tuple[str, str, set[str]]]
) -> None:
    frame = tmp_path / "frame.html"
    frame.write_text(ASK_WIDTH.format(page=report.as_uri(), width=width), encoding="utf-8")
    document, _, _ = browse(frame, "--allow-file-access-from-files", "--window-size=1400,1000")
    found = re.search(r"<title>width (\d+) text (\d+)</title>", document)
    assert found, "the frame could not be measured"
    assert int(found[1]) <= width
    assert int(found[2]) > 1000


def test_prints_on_a4(report: Path, tmp_path: Path, program: Callable[[str], str]) -> None:
    printed = tmp_path / "report.pdf"
    command = [
        program("Chromium"),
        *QUIET,
        f"--user-data-dir={tmp_path / 'profile'}",
        "--no-pdf-header-footer",
    ]
    subprocess.run(
        [*command, f"--print-to-pdf={printed}", report.as_uri()], check=True, timeout=120, capture_output=True
    )
    sizes = set(re.findall(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", printed.read_bytes()))
    assert {(round(float(w)), round(float(h))) for w, h in sizes} == {(595, 842)}
