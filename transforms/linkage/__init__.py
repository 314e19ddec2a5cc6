"""Linkage: staged registers → who on the roll each row is about (tier, confidence)."""

from transforms.linkage.files import SNAPSHOT_TABLES, datasets_to_link, link_views, write_links
from transforms.linkage.probabilistic import link_waterfall
from transforms.linkage.roles import PersonRole, person_roles
from transforms.linkage.runner import LinkageReport, TableRows, build_links, link_again, linkage_version
from transforms.linkage.tables import LinkageError

__all__ = [
    "SNAPSHOT_TABLES",
    "LinkageError",
    "LinkageReport",
    "PersonRole",
    "TableRows",
    "build_links",
    "datasets_to_link",
    "link_again",
    "link_views",
    "link_waterfall",
    "linkage_version",
    "person_roles",
    "write_links",
]
