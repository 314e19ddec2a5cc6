"""What leaves the bureau: extracts of a run for supervisors, townships, auditors and other departments, each
with what it may know.
"""

from transforms.extract.build import build_extract
from transforms.extract.delivery import ExtractFile, ExtractReceipt, deliver
from transforms.extract.encryption import encrypt_workbook
from transforms.extract.request import AUDIENCES, DEPARTMENTS, Built, ExtractError, ExtractRequest

__all__ = [
    "AUDIENCES",
    "DEPARTMENTS",
    "Built",
    "ExtractError",
    "ExtractFile",
    "ExtractReceipt",
    "ExtractRequest",
    "build_extract",
    "deliver",
    "encrypt_workbook",
]
