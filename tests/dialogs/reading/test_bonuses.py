"""What each text about bonuses is taken for, on October 20, 2026, with pay on every other Friday from October 23."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.reading import Doubt, Read, Reading, Refused, bonuses_text, read_bonuses
from knowledge.core.pay_days import Bonus
from tests.dialogs.reading.show import table, words
from tests.dialogs.reading.test_properties import TEXTS

TODAY, LAST = date(2026, 10, 20), date(2026, 12, 31)
DAYS = tuple(date(2026, 10, 23) + timedelta(14 * n) for n in range(5))


def read(text: str, days: Sequence[date] = DAYS, sure: bool = False) -> Reading[tuple[Bonus, ...]]:
    return read_bonuses(text, TODAY, last=LAST, days=days, sure=sure)


def brief(bonuses: Sequence[Bonus] | None) -> str:
    """``20000@3 5000@4``; ``none``."""
    assert bonuses is not None
    assert all(bonus.elections_apply for bonus in bonuses)
    return "+".join(f"{bonus.amount}@{bonus.check}" for bonus in bonuses) or "none"


def shown(reading: Reading[tuple[Bonus, ...]]) -> str:
    match reading:
        case Read(bonuses):
            return brief(bonuses)
        case Refused(reason):
            return f"-{reason}"
        case Doubt(reason, candidates):
            return f"{reason}: {' '.join(f'{c.name}={brief(c.value)}' for c in candidates)}"


TABLE = table("""
none -> none
no bonus -> none
no -> none
0 -> none
i don't expect any bonuses this year -> none
20k on Dec 4 -> 20000@4
20k on Dec 15 -> 20000@5
20,000 dec 18, 2026 -> 20000@5
$20,000.50 on 12/4 -> 20000.50@4
20k next friday -> bonus: next_check=20000@1 check=20000@2
20k friday -> 20000@1
bonus of 20k on the 22nd of this month -> 20000@1
20 thousand on nov 6 -> 20000@2
20 grand bonus nov 6 -> 20000@2
my bonus is 20k, paid dec 4 -> 20000@4
20k in octobr -> 20000@1
20,000 in november -> bonus: check=20000@2 check=20000@3
20,000 in december -> bonus: check=20000@4 last_check=20000@5
20k with the next paycheck -> 20000@1
$20k sign-on bonus next payday -> 20000@1
20k with my last paycheck of the year -> 20000@5
20k with paycheck 3 -> 20000@3
check #3 20k -> 20000@3
20k 3rd check -> 20000@3
10k dec 4 and 5k dec 18 -> 10000@4+5000@5
dec 4: 10k; nov 6: 5k -> 10000@4+5000@2
12/4: 10k, 12/18: 5k -> 10000@4+5000@5
10k dec 4, 2026 and $5,000 with paycheck 1 -> 10000@4+5000@1
10k next check plus 5k last check -> 10000@1+5000@5

20k bonus -> bonus: next_check=20000@1 check=20000@2 check=20000@3 last_check=20000@5
20k in the spring -> bonus: next_check=20000@1 check=20000@2 check=20000@3 last_check=20000@5
20k on the 6th -> bonus: check=20000@2 last_check=20000@5
20k on the 15th -> bonus: check=20000@3 last_check=20000@5
20k on 4/12 -> words: yes=20000@4
20k thursday dec 4 -> words: yes=20000@4
$20 on dec 4 -> thousands: yes=20000@4
500 dec 4 -> thousands: yes=500000@4 keep=500@4
20k bananas dec 4 -> words: yes=20000@4
20k in november and 5k nov 6 -> bonus: check=20000@2+5000@2 check=20000@3+5000@2
5k nov 6 and $20 on dec 4 -> thousands: yes=5000@2+20000@4

20 on dec 4 -> -bonus
20 -> -bonus
bonus -> -bonus
10k 5k -> -bonus
10k and 5k -> -bonus
$20 bonus -> -bonus
no bonus but 5k -> bonus: next_check=5000@1 check=5000@2 check=5000@3 last_check=5000@5
20k on 12/04 -> 20000@4
1.2.3 nov 6 -> -two_dots
500000000000000000000000000 nov 6 -> -bonus
15% of pay -> -needs_pay
20k per month -> -not_periodic
20k with paycheck 9 -> -out_of_range
20k with paycheck 0 -> -out_of_range
20k dec 25 -> -out_of_range
20k feb 3 -> -out_of_range
20k in march -> -out_of_range
20k feb 30 -> -no_such_day
20k nov 6 dec 4 -> -several
-20k nov 6 -> -negative
10k dec 4 and -5k nov 6 -> -negative
2,00,000 nov 6 -> -two_dots
what is a bonus -> -no_number
20k on dec 4? -> -no_number
20² -> -odd_digits
""")


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_bonuses_are_read_as(text: str, expected: str) -> None:
    assert shown(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    table("""
none -> none
20k next check -> 20000@1
20k with paycheck 3 -> 20000@3
20k with paycheck 53 -> 20000@53
20k with paycheck 54 -> -out_of_range
20k bonus -> bonus: next_check=20000@1
20k on dec 4 -> -pay_days
20k in november -> -pay_days
20k last check -> -pay_days
"""),
)
def test_without_pay_days_only_a_paycheck_can_be_named(text: str, expected: str) -> None:
    assert shown(read(text, ())) == expected


def test_one_pay_day_left_leaves_one_candidate() -> None:
    assert shown(read("20k", DAYS[:1])) == "bonus: next_check=20000@1"


def test_a_refusal_echoes_the_text() -> None:
    for text in ("bonus", "20k feb 3", "what is a bonus", "15% of pay"):
        reading = read(text)
        assert isinstance(reading, Refused)
        assert reading.shown == text


BONUSES = st.lists(
    st.builds(
        Bonus, st.integers(1, len(DAYS)), st.decimals(min_value=1, max_value=999_999, places=2), st.just(True)
    ),
    max_size=4,
).map(tuple)


@given(BONUSES)
def test_bonuses_read_back_from_our_own_words(bonuses: tuple[Bonus, ...]) -> None:
    assert read(bonuses_text(bonuses), sure=True) == Read(bonuses)


@given(st.integers(0, (DAYS[-1] - TODAY).days))
def test_a_day_is_the_first_pay_day_on_or_after_it(ahead: int) -> None:
    day = TODAY + timedelta(ahead)
    reading = read(f"20k on {day.isoformat()}")
    assert isinstance(reading, Read)
    (bonus,) = reading.value
    assert bonus.amount == Decimal(20_000)
    assert DAYS[bonus.check - 1] >= day
    assert bonus.check == 1 or DAYS[bonus.check - 2] < day


PHRASES = st.lists(
    st.sampled_from(
        words(
            "20k 5,000 10k dec 4 15th , and next last paycheck check 3 in november friday bonus 15% no on $500 ;"
        )
    ),
    max_size=9,
).map(" ".join)


@given(TEXTS | PHRASES, st.sampled_from([(), DAYS[:1], DAYS]), st.booleans())
def test_no_text_makes_it_raise_and_every_candidate_reads_back(
    text: str, days: Sequence[date], sure: bool
) -> None:
    reading = read(text, days, sure)
    if isinstance(reading, Read):
        assert all(1 <= bonus.check <= (len(days) or 53) and bonus.amount > 0 for bonus in reading.value)
    if isinstance(reading, Doubt):
        assert 1 <= len(reading.candidates) <= 4
        for candidate in reading.candidates:
            assert read(candidate.text, days, True) == Read(candidate.value)
