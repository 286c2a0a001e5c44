"""Employer money as people describe it."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dialogs.reading import Doubt, Read, canonical_employer_money, read_employer_money
from knowledge.core.match import EmployerMoney, Tier
from tests.dialogs.reading.show import EMPLOYER, shown, table

CLEAR = table("""
8k -> $8,000 a year
13.2k a year -> $13,200 a year
8k match -> $8,000 a year
match is 8k -> $8,000 a year
350 per paycheck -> $9,100 a year
none -> none
no match -> none
they don't match -> none
my company doesn't match -> none
0 -> none
0% -> none
nothing -> none
50% of the first 6% -> 50% of the first 6%
50% of first 6% -> 50% of the first 6%
50 percent on the first 6 percent -> 50% of the first 6%
fifty percent of the first six percent -> 50% of the first 6%
match 50% of first 6 -> 50% of the first 6%
50% match on the first 6% -> 50% of the first 6%
50% of deferrals up to 6% of pay -> 50% of the first 6%
50% of what i put in up to 6% -> 50% of the first 6%
50 cents on the dollar up to 6% -> 50% of the first 6%
half of the first 6% -> 50% of the first 6%
my company matches half of 6% -> 50% of the first 6%
50% of 6% match -> 50% of the first 6%
dollar for dollar up to 4% -> 100% of the first 4%
dollar-for-dollar up to 4% -> 100% of the first 4%
match is 4% dollar for dollar -> 100% of the first 4%
4% dollar for dollar match -> 100% of the first 4%
1:1 up to 4% -> 100% of the first 4%
1 to 1 up to 6 -> 100% of the first 6%
full match up to 4% -> 100% of the first 4%
100% of first 4%, safe harbor -> 100% of the first 4%
100% of the first 3% then 50% of the next 2% -> 100% of the first 3% then 50% of the next 2%
100% of the first 3%, 50% of the next 2% -> 100% of the first 3% then 50% of the next 2%
dollar for dollar on the first 4% then 50 cents on the next 2 -> 100% of the first 4% then 50% of the next 2%
dollar for dollar first 3% fifty cents on the next 2% -> 100% of the first 3% then 50% of the next 2%
50% from 3% to 5% -> 50% from 3% to 5%
3% nonelective -> 3% no matter what
3% non-elective -> 3% no matter what
3% of pay no matter what i put in -> 3% no matter what
3% profit sharing and 100% of the first 4% -> 3% no matter what plus 100% of the first 4%
8k plus 3% nonelective -> $8,000 a year plus 3% no matter what
$5,000 flat -> $5,000 a year
50% of the first 6% at most $5,000 -> 50% of the first 6% at most $5,000
50% of the first 6%, max $5,000 -> 50% of the first 6% at most $5,000
50% of the first 6% up to $5,000 -> 50% of the first 6% at most $5,000
dollar for dollar up to $5,000 -> 100% of the first 100% at most $5,000
50% of the first $6,000 -> 50% of the first 100% at most $3,000
my 401k matches 50% of the first 6% -> 50% of the first 6%
""")

DOUBTED = table("""
25% up to 6 -> yes: 25% of the first 6%
6% up to 50% -> yes: 50% of the first 6%
50% match up to 6% -> yes: 50% of the first 6%
my company matches 50% up to 8% of salary -> yes: 50% of the first 8%
they match half up to 6% -> yes: 50% of the first 6%
half of 6% -> match: 50% of the first 6% | flat: 3% no matter what
50% of 6% -> match: 50% of the first 6% | flat: 3% no matter what
match 5% -> yes: 100% of the first 5%
5% match -> yes: 100% of the first 5%
they match up to 5% -> yes: 100% of the first 5%
they put in 3% no matter what plus match 5 -> yes: 3% no matter what plus 100% of the first 5%
3% no matter what plus 5% -> yes: 3% no matter what plus 100% of the first 5%
3% plus 100% of the first 5% -> yes: 3% no matter what plus 100% of the first 5%
100% of the first 4% plus 3% -> yes: 3% no matter what plus 100% of the first 4%
4% match + 2% core -> yes: 2% no matter what plus 100% of the first 4%
6% -> match: 100% of the first 6% | flat: 6% no matter what
6% of pay -> match: 100% of the first 6% | flat: 6% no matter what
about 6% -> match: 100% of the first 6% | flat: 6% no matter what
6% each paycheck -> match: 100% of the first 6% | flat: 6% no matter what
6 -> match: 100% of the first 6% | flat: 6% no matter what | dollars: $6,000
15 -> match: 100% of the first 15% | flat: 15% no matter what | dollars: $15,000
0.05 -> match: 100% of the first 0.05% | flat: 0.05% no matter what
50% up to $5,000 -> cap: 50% of the first 100% at most $5,000 | first: 50% of the first 100% at most $2,500
6% plus 50% up to $5,000 -> refused
100% up to $5,000 -> yes: 100% of the first 100% at most $5,000
100/3 50/2 -> yes: 100% of the first 3% then 50% of the next 2%
about 50% of the first 6% -> yes: 50% of the first 6%
6% of the first 50% -> yes: 6% of the first 50%
3% of the first 6%, max $5,000 -> yes: 3% of the first 6% at most $5,000
50% of the first 6%? -> yes: 50% of the first 6%
""")

REFUSED = table("""
50% match -> up_to
50% -> up_to
match 50% -> up_to
dollar for dollar -> up_to
full match -> up_to
half -> up_to
50 cents on the dollar -> up_to
safe harbor match -> ask_formula
they match -> ask_formula
match max -> ask_formula
50% of the first 6% but not next year -> ask_formula
50% of the first 6% unless i leave -> ask_formula
300% of first 200% -> ask_formula
600% of first 2% -> ask_formula
50% of the next 2% -> ask_formula
50% from 5% to 3% -> ask_formula
at most $5,000 max $6,000 -> ask_formula
50% of the first 6% max $5,000 max $6,000 -> ask_formula
120% nonelective -> ask_formula
3% + 4% -> ask_formula
$5k% -> ask_formula
$5% of the first 6% -> ask_formula
1.2.3% -> two_dots
match 5% and 50% of first 6% -> ask_formula
3% nonelective plus 3% nonelective -> ask_formula
8k plus 5k nonelective -> ask_formula
500 a month plus 3% nonelective -> ask_formula
50% up to 6% weekly -> ask_formula
-5% -> negative
5-6% -> range
€500 plus 3% -> currency
is it 50% of the first 6%? -> no_number
what is a match? -> no_number
idk -> no_number
10k-12k -> range
€500 -> currency
10½% -> odd_digits
""")


@pytest.mark.parametrize(("text", "expected"), CLEAR)
def test_a_clear_formula_is_read(text: str, expected: str) -> None:
    reading = read_employer_money(text, EMPLOYER)
    assert isinstance(reading, Read)
    assert canonical_employer_money(reading.value) == expected


@pytest.mark.parametrize(("text", "expected"), DOUBTED)
def test_a_formula_with_several_meanings_is_doubted(text: str, expected: str) -> None:
    reading = read_employer_money(text, EMPLOYER)
    if expected == "refused":
        assert shown(reading) == "-ask_formula"
        return
    assert isinstance(reading, Doubt)
    assert reading.reason == "formula"
    assert " | ".join(f"{c.name}: {c.text}" for c in reading.candidates) == expected


@pytest.mark.parametrize(("text", "expected"), REFUSED)
def test_half_a_formula_is_refused(text: str, expected: str) -> None:
    assert shown(read_employer_money(text, EMPLOYER)) == f"-{expected}"


def test_a_text_that_is_too_long_is_refused() -> None:
    assert shown(read_employer_money("50% of the first 6% " * 50, EMPLOYER)) == "-too_long"


def test_doubtful_dollars_become_employer_money() -> None:
    doubt = read_employer_money("50", EMPLOYER)
    assert isinstance(doubt, Doubt)
    assert doubt.reason == "thousands"
    assert doubt.candidates[0].value == EmployerMoney(fixed=Decimal(50_000))
    asked = read_employer_money(
        "350 per paycheck", type(EMPLOYER)(Decimal(0), Decimal(60_000), periodic=True)
    )
    assert isinstance(asked, Doubt)
    assert asked.reason == "frequency"


def test_a_missing_amount_stays_missing() -> None:
    low = type(EMPLOYER)(Decimal(2_000), Decimal(60_000), periodic=True)
    doubt = read_employer_money("350", low)
    assert isinstance(doubt, Doubt)
    assert doubt.reason == "period"
    assert doubt.candidates[0].value is None


def test_slices_that_do_not_touch_are_written_with_both_ends() -> None:
    money = EmployerMoney(
        (
            Tier(Decimal(1), Decimal("0.01"), Decimal("0.02")),
            Tier(Decimal("0.5"), Decimal("0.03"), Decimal("0.05")),
        )
    )
    text = canonical_employer_money(money)
    assert text == "100% from 1% to 2% then 50% from 3% to 5%"
    assert read_employer_money(text, EMPLOYER, sure=True) == Read(money)
