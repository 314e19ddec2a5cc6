"""The as_of-dependent tables the rules read (core_*, link_*): docs/architecture.md section 5."""

from transforms.core.build import CoreError, build_core, core_table_names

__all__ = ["CoreError", "build_core", "core_table_names"]
