"""The random spot check: which households are drawn, and the lists to visit them by."""

from transforms.sampling.draw import CHECKED_TYPES_NOTE, Draw, SampleRequest, TownshipSample, draw_sample
from transforms.sampling.issue import issued
from transforms.sampling.workbook import sample_file_name, write_sample_workbook

__all__ = [
    "CHECKED_TYPES_NOTE",
    "Draw",
    "SampleRequest",
    "TownshipSample",
    "draw_sample",
    "issued",
    "sample_file_name",
    "write_sample_workbook",
]
