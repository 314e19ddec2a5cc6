"""Linkage: staged registers → who on the roll each row is about (tier, confidence)."""

from transforms.linkage.probabilistic import link_waterfall
from transforms.linkage.roles import PersonRole, person_roles
from transforms.linkage.runner import (
    SNAPSHOT_TABLES,
    LinkageReport,
    TableRows,
    build_links,
    write_links,
)
from transforms.linkage.tables import LinkageError

__all__ = [
    "SNAPSHOT_TABLES",
    "LinkageError",
    "LinkageReport",
    "PersonRole",
    "TableRows",
    "build_links",
    "link_waterfall",
    "person_roles",
    "write_links",
]
