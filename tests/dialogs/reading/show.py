"""Readings as short lines, so that the tables of examples can be read."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from dialogs.reading import PAY_WORDS, Doubt, Read, Refused, Setting

PAY = Setting(Decimal(10_000), Decimal(5_000_000), periodic=True, zero=False, words=PAY_WORDS)
"""The question about a year's pay; how often it is paid is not known."""
DEFERRAL = Setting(
    Decimal(1_000), Decimal(40_000), limit=Decimal(24_500), pay=Decimal(185_000), checks=24, periodic=True
)
"""The question about a year's deferrals; paid twice a month."""
SO_FAR = Setting(Decimal(100), Decimal(72_000))
"""The question about one sum so far: no limit, no pay, no periods."""
EMPLOYER = Setting(Decimal(100), Decimal(60_000), pay=Decimal(185_000), checks=26, periodic=True)
"""The question about employer money; paid every two weeks."""


def value(of: object) -> str:
    return f"{of:f}".removesuffix(".00") if isinstance(of, Decimal) else str(of)


def shown(reading: Read[Any] | Doubt[Any] | Refused) -> str:
    """``185000``, ``thousands: yes=185000 keep=185`` or ``-range``."""
    if isinstance(reading, Read):
        return value(reading.value)
    if isinstance(reading, Refused):
        return f"-{reading.reason}"
    candidates = " ".join(
        f"{c.name}={'?' if c.value is None else value(c.value)}" for c in reading.candidates
    )
    return f"{reading.reason}: {candidates}"


def table(text: str) -> list[tuple[str, str]]:
    """Rows of ``input -> expected``; an empty line parts groups."""
    rows = [line.split(" -> ") for line in text.strip().splitlines() if line.strip()]
    return [(row[0].strip(), row[1].strip()) for row in rows]


def words(text: str) -> list[str]:
    """Return the parts of ``text`` between plain spaces."""
    return text.split(" ")
