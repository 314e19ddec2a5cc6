"""The handbook as a site, built and opened in a browser: every page is there, and no request leaves it."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote

import pytest

from docs.handbook import pages
from tests.publish.test_report_browser import browse

pytestmark = pytest.mark.full

__all__ = ["browse"]
MKDOCS = pages.ROOT / ".venv-tools" / "bin" / "mkdocs"


@pytest.fixture(scope="module")
def site() -> Path:
    """The site of make docs."""
    if not MKDOCS.exists():
        message = "the tools are not installed: make setup-tools"
        pytest.fail(message) if os.environ.get("HEDUI_TEST_FULL") else pytest.skip(message)
    pages.write_pages(pages.ROOT / "build" / "handbook" / "pages")
    # Without --quiet, under which strict sees no warning
    done = subprocess.run([MKDOCS, "build", "--strict", "-f", pages.ROOT / "docs" / "handbook" / "mkdocs.yml"],
                          capture_output=True, text=True, check=False, env={**os.environ, "NO_MKDOCS_2_WARNING": "1"})  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return pages.ROOT / "build" / "handbook" / "site"


def test_every_page_is_built(site: Path):
    built = {path.relative_to(site).as_posix() for path in site.rglob("*.html")} - {"404.html"}
    assert built == {name.replace(".md", ".html") for name, _ in pages.all_pages()}


def test_every_link_leads_to_a_file(site: Path):
    """A folder would be listed by a browser, or not be shown at all: there is no server to put its index.html in its place."""
    broken = [
        (page.relative_to(site).as_posix(), target)
        for page in site.rglob("*.html")
        if page.name != "404.html"
        for target in re.findall(r"""<a\b[^>]*?\bhref=["']?([^"'#?\s>]+)""", page.read_text(encoding="utf-8"))
        if ":" not in target and not (page.parent / unquote(target)).is_file()
    ]
    assert broken == []


def test_no_page_refers_to_another_machine(site: Path):
    asked = re.compile(r"""<(?:script|img|iframe|link|source)\b[^>]*?(?:src|href)=["']?(?:https?:)?//""")
    assert [path.name for path in site.rglob("*.html") if asked.search(path.read_text(encoding="utf-8"))] == []


@pytest.mark.parametrize("page", ["index.html", "rules/death_still_on_roll.html", "commands.html"])
def test_no_request_leaves_the_page(page: str, site: Path, browse: Callable[..., tuple[str, str, set[str]]]):
    document, said, addresses = browse(site / page)
    assert "hedui 使用手册" in document
    assert said == ""
    assert addresses == set()
