"""report.html: one self-contained page per run for people who would rather look than read.

It holds aggregates and finding ids only: no name, no ID number, no account. It needs no network and no
script, and is the same, byte for byte, whenever the tables of run.duckdb (docs/architecture.md section 7) and
the manifest are.
"""

from transforms.publish.report.page import write_report

__all__ = ["write_report"]
