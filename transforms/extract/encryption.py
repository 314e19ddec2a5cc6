"""Password protection as spreadsheets know it: ECMA-376 agile encryption (MS-OFFCRYPTO 2.3.4.10), AES-256 and
SHA-512.
"""

from __future__ import annotations

import io

LONGEST_PASSWORD = 255


def encrypt_workbook(workbook: bytes, password: str) -> bytes:
    """The workbook (bytes of an xlsx) as an encrypted package that LibreOffice, Excel and WPS open with the
    password.

    Raises ValueError for a password that is empty or longer than they take.
    """
    from msoffcrypto.format.ooxml import OOXMLFile

    if not 0 < len(password) <= LONGEST_PASSWORD:
        raise ValueError(f"the password must have 1 to {LONGEST_PASSWORD} characters")
    encrypted = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook)).encrypt(password, encrypted)
    return encrypted.getvalue()
