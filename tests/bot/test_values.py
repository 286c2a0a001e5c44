from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.values import as_json_text, plain
from dialogs.written import digits, printable, spelled


class Way(StrEnum):
    LONG = auto()


@dataclass(frozen=True)
class Step:
    size: Decimal
    rate: Decimal
    way: Way = Way.LONG


def rounded(number: str, name: str = "pay") -> Any:
    return plain(Decimal(number), name)


@pytest.mark.parametrize(
    ("number", "cents"),
    [
        ("2076.925", "2076.93"),
        ("2076.924999", "2076.92"),
        ("-2076.925", "-2076.93"),
        ("0.005", "0.01"),
        ("0.0049", "0"),
        ("24500.00", "24500"),
        ("1E+3", "1000"),
        ("123456789012345678901234567890.125", "123456789012345678901234567890.13"),
    ],
)
def test_money_that_is_worked_out_is_rounded_half_up_to_the_cent(number: str, cents: str) -> None:
    assert rounded(number) == Decimal(cents)


@pytest.mark.parametrize("name", ["tax_rate", "rate", "a_ratio", "a_share", "yearly_return", "a_fraction"])
def test_a_fraction_that_is_worked_out_is_rounded_half_up_to_a_millionth(name: str) -> None:
    assert rounded("0.0123455", name) == Decimal("0.012346")
    assert rounded("0.0123454", name) == Decimal("0.012345")


@pytest.mark.parametrize("name", ["rates", "crate", "shares", "fractions_of"])
def test_what_only_sounds_like_a_fraction_is_money(name: str) -> None:
    assert rounded("0.0123455", name) == Decimal("0.01")


@pytest.mark.parametrize("number", ["-0", "-0.00", "-0.004", "-0E+5"])
def test_zero_has_no_sign(number: str) -> None:
    for exact in (True, False):
        assert str(plain(Decimal("0") * Decimal(number), "pay", exact=exact)) == "0"
    assert str(rounded(number)) == "0"


def test_what_was_told_is_not_rounded() -> None:
    assert plain(Decimal("0.055"), "end", exact=True) == Decimal("0.055")
    assert plain((Step(Decimal("0.0055"), Decimal("0.00000001")),), exact=True) == [
        {"size": Decimal("0.0055"), "rate": Decimal("0.00000001"), "way": "long"}
    ]


def test_a_whole_number_is_an_int() -> None:
    for number in ("12", "12.00", "1.2E+1"):
        assert type(rounded(number)) is int
        assert type(plain(Decimal(number), exact=True)) is int


def test_every_kind_of_value_is_json() -> None:
    assert plain(Way.LONG) == "long"
    assert plain(date(2026, 3, 1)) == "2026-03-01"
    assert [plain(value) for value in (None, True, 3, "a")] == [None, True, 3, "a"]
    assert plain((Decimal("0.125"), None), "amounts") == [Decimal("0.13"), None]
    assert plain({Way.LONG: Decimal("0.125"), 2: [date(2026, 3, 1)]}) == {
        "long": Decimal("0.13"),
        "2": ["2026-03-01"],
    }


def test_the_parts_of_a_record_are_rounded_by_their_own_names() -> None:
    step = Step(Decimal("0.0123455"), Decimal("0.0123455"))
    assert plain(step, "a_rate") == {"size": Decimal("0.01"), "rate": Decimal("0.012346"), "way": "long"}
    assert plain({"a": Decimal("0.0123455")}, "a_rate") == {"a": Decimal("0.012346")}


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("1E+3", "1000"),
        ("0.10", "0.1"),
        ("100.00", "100"),
        ("100", "100"),
        ("1E-7", "0.0000001"),
        ("-0.50", "-0.5"),
    ],
)
def test_a_number_is_written_in_digits(number: str, text: str) -> None:
    assert digits(Decimal(number)) == text


def test_json_is_written_for_a_reader() -> None:
    value: dict[str, Any] = {
        "a": [1, Decimal("0.000001"), {"b": "é\n"}],
        "empty": {},
        "none": [],
        "c": None,
        "d": True,
    }
    text = """{
  "a": [
    1,
    0.000001,
    {
      "b": "é\\n"
    }
  ],
  "empty": {},
  "none": [],
  "c": null,
  "d": true
}"""
    assert as_json_text(value) == text


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.decimals(-(10**12), 10**12, places=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_what_is_written_is_read_back(value: Any) -> None:
    assert json.loads(as_json_text(value), parse_float=Decimal) == value


def test_an_identifier_is_told_as_words() -> None:
    assert spelled("in_roth_at_end") == "in roth at end"


def test_what_cannot_be_shown_is_shown_as_its_code() -> None:
    assert printable("a é − ½ … \x1b\n\u202e\ud800") == "a é − ½ … \\u001b\\u000a\\u202e\\ud800"
