"""What tells one version of the code from another: results of a stage hold again only for the code that made them."""

from __future__ import annotations

import hashlib
from pathlib import Path

ROOT = Path(__file__).parents[1]


def code_hash(*folders: str, without: str = "") -> str:
    """Hash of the files below some folders of the project (code, SQL, models, templates). without: a folder's name to leave out."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            place = path.relative_to(ROOT)
            if path.is_file() and path.suffix != ".pyc" and without not in place.parts:
                digest.update(f"{place}\0".encode() + path.read_bytes())
    return digest.hexdigest()
