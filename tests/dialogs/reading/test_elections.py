"""What each text is taken for where it is asked what comes out of a paycheck of $8,000."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.reading import Doubt, Read, Reading, Refused, election_text, read_election
from knowledge.core.payroll import Election
from tests.dialogs.reading.show import table
from tests.dialogs.reading.test_properties import TEXTS

PAY = Decimal(8_000)


def read(text: str, pay: Decimal | None = PAY, sure: bool = False) -> Reading[Election]:
    return read_election(text, pay_per_check=pay, sure=sure)


def shown(reading: Reading[Election]) -> str:
    """``10%``, ``$500 per paycheck``, ``words: yes=10%`` or ``-range``."""
    match reading:
        case Read(election):
            return election_text(election)
        case Refused(reason):
            return f"-{reason}"
        case Doubt(reason, candidates):
            return f"{reason}: {' '.join(f'{c.name}={c.text}' for c in candidates)}"


TABLE = table("""
10% -> 10%
10 percent -> 10%
10.5% -> 10.5%
about 10% -> 10%
10% of gross -> 10%
10% per paycheck -> 10%
10% pre-tax -> 10%
i put in 10% roth -> 10%
100% -> 100%
$500 a check -> $500 per paycheck
600/check -> $600 per paycheck
1,500 each paycheck -> $1,500 per paycheck
$7,000 per paycheck -> $7,000 per paycheck
500 -> $500 per paycheck
101 -> $101 per paycheck
4000 -> $4,000 per paycheck
$500 -> $500 per paycheck
$10 -> $10 per paycheck
$10.50 -> $10.50 per paycheck
10 dollars -> $10 per paycheck
10 a check -> $10 per paycheck
$500 roth -> $500 per paycheck
2k -> $2,000 per paycheck
1.5k per paycheck -> $1,500 per paycheck
0 -> 0%
0% -> 0%
$0 -> 0%
zero -> 0%
none -> 0%
nothing -> 0%
nothing yet -> 0%

10 -> percent_or_dollars: percent_of_pay=10% dollars_a_paycheck=$10 per paycheck
1 -> percent_or_dollars: percent_of_pay=1% dollars_a_paycheck=$1 per paycheck
10.5 -> percent_or_dollars: percent_of_pay=10.5% dollars_a_paycheck=$10.50 per paycheck
100 -> percent_or_dollars: percent_of_pay=100% dollars_a_paycheck=$100 per paycheck
.1 -> percent_or_fraction: fraction=10% percent=0.1%
0.05 -> percent_or_fraction: fraction=5% percent=0.05%
0.5% -> percent_or_fraction: fraction=50% percent=0.5%
up to 10% -> words: yes=10%
up to $500 -> words: yes=$500 per paycheck
10% bananas -> words: yes=10%
$500 bananas -> words: yes=$500 per paycheck
5000 -> out_of_range: yes=$5,000 per paycheck
$4,001 -> out_of_range: yes=$4,001 per paycheck

max -> -no_limit
half -> -no_limit
500 a month -> -per_paycheck
12k a year -> -per_paycheck
10% a month -> -per_paycheck
150% -> -over_100
9000 -> -over_paycheck
12000 per check -> -over_paycheck
10k -> -over_paycheck
1000000000 -> -too_big
10k% -> -not_understood
$10% -> -not_understood
10.12345% -> -two_dots
10.555 -> -two_dots
$.001 -> -two_dots
.001 -> -two_dots
-10% -> -negative
10 20 -> -several
10% and $50 -> -range
10% pre-tax and 5% roth -> -several
what is 10% -> -no_number
10%? -> -no_number
is it 5-10%? -> -no_number
yes -> -no_number
10² -> -odd_digits
""")


@pytest.mark.parametrize(("text", "expected"), TABLE)
def test_an_election_is_read_as(text: str, expected: str) -> None:
    assert shown(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    table("""
3000 -> $3,000 per paycheck
3001 -> out_of_range: yes=$3,001 per paycheck
12000 per check -> $12,000 per paycheck
"""),
)
def test_without_the_pay_much_is_asked_about(text: str, expected: str) -> None:
    assert shown(read(text, None)) == expected


@pytest.mark.parametrize("text", ["500 a month", "9000", "max", "150%", "what is 10%", "10 20"])
def test_a_refusal_echoes_the_text(text: str) -> None:
    reading = read(text)
    assert isinstance(reading, Refused)
    assert reading.shown == text


SHARES = st.decimals(min_value=0, max_value=1, places=4).map(lambda share: Election(pay_share=share))
DOLLARS = st.decimals(min_value=0, max_value=PAY, places=2).map(lambda amount: Election(dollars=amount))


@given(SHARES | DOLLARS)
def test_every_election_reads_back_from_our_own_words(election: Election) -> None:
    assert read(election_text(election), sure=True) == Read(election)


@given(TEXTS, st.booleans())
def test_no_text_makes_it_raise_and_every_candidate_reads_back(text: str, sure: bool) -> None:
    reading = read(text, None, sure)
    if isinstance(reading, Read):
        assert 0 <= reading.value.pay_share <= 1
        assert reading.value.dollars >= 0
    if isinstance(reading, Doubt):
        for candidate in reading.candidates:
            assert read(candidate.text, None, True) == Read(candidate.value)
