"""Encrypted workbooks open with their password, in other programs too, and with no other."""

from __future__ import annotations

import csv
import io
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import msoffcrypto
import olefile
import openpyxl
import pytest
from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

from tests.extract.packages import decrypted
from transforms.extract import encrypt_workbook

PASSWORD = "督查-2021#pass"
WRONG = ["督查-2021#pasS", "", "password", f"{PASSWORD} "]
MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic">
Sub Main
 Dim opening(1) As New com.sun.star.beans.PropertyValue
 opening(0).Name = "Hidden"
 opening(0).Value = True
 opening(1).Name = "Password"
 opening(1).Value = "{password}"
 On Error GoTo Closing
 document = StarDesktop.loadComponentFromURL("{source}", "_blank", 0, opening())
 If Not IsNull(document) Then
  Dim writing(0) As New com.sun.star.beans.PropertyValue
  writing(0).Name = "FilterName"
  writing(0).Value = "Text - txt - csv (StarCalc)"
  document.storeToURL("{target}", writing())
  document.close(True)
 End If
Closing:
 StarDesktop.terminate()
End Sub
</script:module>
"""


@pytest.fixture(scope="module")
def plain() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for number in range(3000):
        sheet.append([f"line {number}", "320681********1234", number])
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


@pytest.fixture(scope="module")
def encrypted(plain: bytes) -> bytes:
    return encrypt_workbook(plain, PASSWORD)


def test_the_right_password_gives_the_workbook_byte_for_byte(plain, encrypted):
    assert decrypted(encrypted, PASSWORD) == plain
    book = openpyxl.load_workbook(io.BytesIO(decrypted(encrypted, PASSWORD)))
    assert book.worksheets[0]["B7"].value == "320681********1234"


@pytest.mark.parametrize("password", WRONG)
def test_a_wrong_password_does_not_open_it(encrypted, password):
    with pytest.raises((InvalidKeyError, DecryptionError)):
        decrypted(encrypted, password)


def test_it_is_agile_encryption_with_a_strong_key(encrypted):
    with olefile.OleFileIO(io.BytesIO(encrypted)) as package:
        header = package.openstream("EncryptionInfo").read()
    assert header[:4] == b"\x04\x00\x04\x00"  # version 4.4 of MS-OFFCRYPTO 2.3.4.10
    key = next(e for e in ET.fromstring(header[8:]).iter() if e.tag.endswith("}encryptedKey"))
    assert (key.get("cipherAlgorithm"), key.get("keyBits"), key.get("hashAlgorithm")) == ("AES", "256", "SHA512")
    assert int(key.get("spinCount", 0)) >= 100_000


def test_nothing_of_the_workbook_can_be_read_without_the_password(encrypted):
    assert b"320681****" not in encrypted and b"worksheet" not in encrypted and not encrypted.startswith(b"PK")


def test_a_changed_file_is_noticed(encrypted):
    with olefile.OleFileIO(io.BytesIO(encrypted)) as package:
        payload = package.openstream("EncryptedPackage").read()
    place = encrypted.index(payload[4096:4160]) + 5
    changed = encrypted[:place] + bytes([encrypted[place] ^ 1]) + encrypted[place + 1 :]
    book = msoffcrypto.OfficeFile(io.BytesIO(changed))
    book.load_key(password=PASSWORD)
    with pytest.raises(InvalidKeyError):
        book.decrypt(io.BytesIO(), verify_integrity=True)


@pytest.mark.parametrize("password", ["", "x" * 256])
def test_passwords_no_program_takes_are_refused(plain, password):
    with pytest.raises(ValueError, match="1 to 255"):
        encrypt_workbook(plain, password)


def with_libreoffice(soffice: str, folder: Path, content: bytes, password: str) -> list[list[str]] | None:
    """The rows LibreOffice reads with a password; None when it cannot open the workbook."""
    folder.mkdir()
    profile = folder / "profile"
    office = [soffice, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
    # The first start makes the profile with an empty module, which the second finds filled in.
    subprocess.run([*office, "--terminate_after_init"], capture_output=True, check=True, timeout=180)
    source, target = folder / "in.xlsx", folder / "out.csv"
    source.write_bytes(content)
    module = MODULE.format(source=source.as_uri(), target=target.as_uri(), password=password)
    (profile / "user" / "basic" / "Standard" / "Module1.xba").write_text(module, encoding="utf-8")
    subprocess.run([*office, "macro:///Standard.Module1.Main"], capture_output=True, check=False, timeout=180)
    return list(csv.reader(target.open(encoding="utf-8", errors="replace"))) if target.exists() else None


@pytest.mark.full
def test_libreoffice_opens_it_with_the_password_and_no_other(program, tmp_path, encrypted):
    soffice = program("LibreOffice")
    rows = with_libreoffice(soffice, tmp_path / "right", encrypted, PASSWORD)
    assert rows is not None and len(rows) == 3000 and rows[41][1] == "320681********1234"
    assert with_libreoffice(soffice, tmp_path / "wrong", encrypted, WRONG[0]) is None
