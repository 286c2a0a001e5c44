"""What each amount is taken for where a loss is an answer."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dialogs.reading import Doubt, Read, Reading, Refused, Setting, read_amount, read_profit
from knowledge.words import dollars
from tests.dialogs.reading.show import shown, table
from tests.dialogs.reading.test_properties import TEXTS

PROFIT = Setting(Decimal(1_000), Decimal(3_000_000), periodic=True)


def read(text: str, sure: bool = False) -> Reading[Decimal]:
    return read_profit(text, PROFIT, sure)


TABLE = table(
    """
12k -> 12000
profit of 12k -> 12000
net profit was 12k last year -> 12000
we earned 12k -> 12000
12k in the black -> 12000
12k-ish -> 12000
-12k -> -12000
- 12k -> -12000
−12k -> -12000
-$12,000 -> -12000
$-12,000 -> -12000
loss of 12,000 -> -12000
a loss of about 12k -> -12000
net loss 12k -> -12000
we made a loss of 12k -> -12000
lost 5k -> -5000
lost -5k -> -5000
lost 1k a month -> -12000
losing 1k/mo -> -12000
12k loss -> -12000
12k in the red -> -12000
12k- -> -12000
12,000-. -> -12000
(12,000) -> -12000
($12,000) -> -12000
(12k) -> -12000
(12k -> 12000
minus 12k -> -12000
negative 5000 -> -5000
it's -12k -> -12000
profit: -12k -> -12000
profit -12k -> -12000
p&l -12k -> -12000
p/l (12k) -> -12000
profit and loss: 12k -> loss: profit=12000 loss=-12000
profit/loss 12k -> loss: profit=12000 loss=-12000
p & l: 12k -> loss: profit=12000 loss=-12000
12k profit, lost the rest -> -not_understood
lost 12 -> thousands: yes=-12000
-12 -> thousands: yes=-12000
-50m -> odd_scale: yes=-50000000
lost 5k bananas -> words: yes=-5000
no profit -> 0
broke even -> 0
break-even. -> 0
just about to break even -> 0
0 -> 0
-0 -> 0
none -> 0
nothing -> 0
profit or loss 5 -> -not_understood
profit - 12k -> -not_understood
not a loss, 12k -> -no_number
no loss -> -no_number
never lost 5k -> -no_number
a loss -> -no_number
max -> -no_limit
5k-10k -> -range
-5k to 10k -> -range
2026: -12k -> -several
what if i lose 12k -> -no_number
-12k? -> -no_number
-12² -> -odd_digits
"""
)


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_a_profit_or_a_loss_is_read_as(text: str, expected: str) -> None:
    assert shown(read(text)) == expected


def test_the_candidates_of_a_loss_are_losses_in_our_own_words() -> None:
    reading = read("lost 12")
    assert isinstance(reading, Doubt)
    assert [candidate.text for candidate in reading.candidates] == ["-$12,000"]
    either = read("profit and loss: 12k")
    assert isinstance(either, Doubt)
    assert [candidate.text for candidate in either.candidates] == ["$12,000", "-$12,000"]
    how_often = read("lost 2000 per paycheck")
    assert isinstance(how_often, Doubt)
    assert how_often.candidates[0].text == "-$2,000 weekly"


@pytest.mark.parametrize("text", ["profit - 12k", "profit or loss 5", "no loss", "-12k?", "a loss"])
def test_a_refusal_echoes_the_text(text: str) -> None:
    reading = read(text)
    assert isinstance(reading, Refused)
    assert reading.shown == text


AMOUNTS = st.decimals(min_value=-999_999, max_value=999_999, places=2)


@given(AMOUNTS)
def test_every_profit_and_loss_reads_back_from_our_own_words(amount: Decimal) -> None:
    assert read(dollars(amount), sure=True) == Read(amount)


@given(
    st.integers(1_000, 999_999),
    st.sampled_from(["-{}", "({})", "loss of {}", "{} loss", "lost {}", "minus {}", "{}-"]),
)
def test_a_loss_is_the_amount_below_zero_in_every_way_of_writing(amount: int, frame: str) -> None:
    for written in (str(amount), f"{amount:,}", f"${amount:,}"):
        reading = read_amount(written, PROFIT)
        assert isinstance(reading, Read)
        assert read(frame.format(written)) == Read(-reading.value)


@given(TEXTS, st.booleans())
@example("lost 2000 per paycheck", False)
def test_no_text_makes_it_raise_and_every_candidate_reads_back(text: str, sure: bool) -> None:
    reading = read(text, sure)
    if isinstance(reading, Doubt):
        for candidate in reading.candidates:
            again = read(candidate.text, True)
            assert isinstance(again, Doubt) if candidate.value is None else again == Read(candidate.value)
