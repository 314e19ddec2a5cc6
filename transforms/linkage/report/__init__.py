"""The linkage report: how the rows of each register were linked to people, for a reader who judges the quality of it."""

from transforms.linkage.report.page import write_linkage_report

__all__ = ["write_linkage_report"]
