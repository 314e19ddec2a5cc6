"""Invented numbers that pass their check digits: ID numbers (GB 11643), credit codes (GB 32100);
accounts and telephones that exist nowhere."""

from __future__ import annotations

import numpy as np
import polars as pl

ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECK = "10X98765432"
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def check_characters(first17: np.ndarray) -> pl.Series:
    """The 18th characters of GB 11643 for numbers given by their first 17 digits."""
    total = np.zeros(len(first17), dtype=np.int64)
    for place, weight in enumerate(ID_WEIGHTS):
        total += (first17 // 10 ** (16 - place) % 10) * weight
    return pl.Series(list(ID_CHECK)).gather(total % 11)


def id_text(first17: np.ndarray) -> pl.Series:
    """18-character ID numbers from their first 17 digits."""
    parts = pl.DataFrame({"a": pl.Series(first17).cast(pl.String), "b": check_characters(first17)})
    return parts.select(pl.concat_str("a", "b").alias("id_number"))["id_number"]


def draw_id_numbers(rng: np.random.Generator, area: np.ndarray, birth: np.ndarray, male: np.ndarray) -> pl.Series:
    """Valid ID numbers, all different: area codes, birth dates (datetime64[D]) and sexes in, 18
    characters out."""
    stem = area.astype(np.int64) * 10**11 + _yyyymmdd(birth) * 10**3
    serial = _draw_serial(rng, male)
    while True:
        keys = stem + serial
        order = np.argsort(keys, kind="stable")
        again = np.zeros(len(keys), dtype=bool)
        again[order[1:]] = keys[order[1:]] == keys[order[:-1]]
        if not again.any():
            return id_text(keys)
        serial[again] = _draw_serial(rng, male[again])


def _draw_serial(rng: np.random.Generator, male: np.ndarray) -> np.ndarray:
    return rng.integers(0, 500, len(male)) * 2 + male.astype(np.int64)


def _yyyymmdd(day: np.ndarray) -> np.ndarray:
    months = day.astype("datetime64[M]")
    index = months.astype(np.int64)
    in_month = (day - months.astype("datetime64[D]")).astype(np.int64) + 1
    return (1970 + index // 12) * 10000 + (index % 12 + 1) * 100 + in_month


def bank_accounts(start: int, count: int) -> pl.Series:
    """Account numbers under a bank number that was never given out; different for different positions."""
    scrambled = ((np.arange(start, start + count, dtype=np.int64) * 7_368_787 + 12_345_678) % 10**11).astype(np.int64)
    return ("62990001" + pl.Series(scrambled).cast(pl.String).str.zfill(11)).alias("bank_account")


def telephones(rng: np.random.Generator, count: int) -> pl.Series:
    """Mobile numbers of a range that is not in use."""
    return ("1400000" + pl.Series(rng.integers(0, 10000, count)).cast(pl.String).str.zfill(4)).alias("phone")


def credit_codes(county: str, kind: np.ndarray, start: int = 0) -> pl.Series:
    """Unified social credit codes of GB 32100, 18 characters: kind 1 company, 2 individual business, 3
    cooperative."""
    count = len(kind)
    digits = np.zeros((count, 17), dtype=np.int64)
    digits[:, 0] = 9
    digits[:, 1] = kind
    digits[:, 2:8] = [int(c) for c in county.ljust(6, "0")]
    digits[:, 8] = CREDIT_ALPHABET.index("M")
    digits[:, 9] = CREDIT_ALPHABET.index("A")
    serial = (np.arange(start, start + count, dtype=np.int64) * 7_368_787 + 424_243) % 31**7
    for place in range(7):
        digits[:, 10 + place] = serial // 31**place % 31
    check = (31 - (digits * np.array(CREDIT_WEIGHTS)).sum(axis=1) % 31) % 31
    letters = pl.Series(list(CREDIT_ALPHABET))
    columns = [letters.gather(digits[:, i]).alias(f"c{i}") for i in range(17)] + [letters.gather(check).alias("check")]
    return pl.DataFrame(columns).select(pl.concat_str(pl.all()).alias("credit_code"))["credit_code"]


def mistyped(id_number: str) -> str:
    """The number with one digit wrong, so that it fails its check character."""
    wrong = str((int(id_number[15]) + 3) % 10)
    return id_number[:15] + wrong + id_number[16:]
