"""What each amount that people type is taken for."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from dialogs.reading import AFTER_TAX_WORDS, Doubt, Read, Reason, Refused, Setting, read_amount
from tests.dialogs.reading.show import DEFERRAL, PAY, SO_FAR, shown, table

PAY_TABLE = table("""
$185k -> 185000
185k -> 185000
185K -> 185000
185 k -> 185000
$185,000 -> 185000
$185,000.00 -> 185000
$ 185,000 -> 185000
185000$ -> 185000
185000 usd -> 185000
usd 185000 -> 185000
US$185,000 -> 185000
185000 dollars -> 185000
185000 bucks -> 185000
240,000 -> 240000
185 000 -> 185000
185 000 -> 185000
185'000 -> 185000
185’000 -> 185000
１８５，０００ -> 185000
𝟏𝟖𝟓𝐤 -> 185000
1 234 567 -> 1234567
23.5k -> 23500
23.125k -> 23125
92,000.5 -> 92000.50
92000.55 -> 92000.55
185k. -> 185000
185,000, -> 185000
💵 185k 💵 -> 185000
about 10 grand -> 10000
ten thousand -> 10000
ten k -> 10000
a hundred k -> 100000
100 thousand -> 100000
hundred thousand -> 100000
two hundred thousand -> 200000
two hundred grand -> 200000
5 hundred thousand -> 500000
two hundred and fifty thousand -> 250000
twenty-four thousand five hundred -> 24500
fourty thousand -> 40000
i make 185k a year -> 185000
it's like 185k i think -> 185000
it's like 185k, i think -> 185000
185k/yr -> 185000
185k per annum -> 185000
185k yearly -> 185000
base salary is 185k -> 185000
~185k -> 185000
185k-ish -> 185000
185kish -> 185000
185k or so -> 185000
185k before taxes -> 185000
15k a month -> 180000
15k/mo -> 180000
15k per month -> 180000
500 a week -> 26000
1200 biweekly -> 31200
4000 every other friday -> 104000
4000 every 2 weeks -> 104000
4000 2x/mo -> 96000
4000 twice a month -> 96000
4000 semi-monthly -> 96000
4000 on the 1st and 15th -> 96000
4000 per paycheck, 26 times a year -> 104000
4000 per paycheck biweekly -> 104000
40k quarterly -> period: year=40000 yes=160000
185k paid every other friday -> period: year=185000 biweekly=4810000
185k, twice a month -> period: year=185000 semimonthly=4440000
60k monthly -> period: year=60000 monthly=720000
60k a month -> 720000

185 -> thousands: yes=185000
310 -> thousands: yes=310000
$310 -> thousands: yes=310000
310 (means 310k) -> -several
92.5 -> thousands: yes=92500
ten -> thousands: yes=10000
about 185 -> thousands: yes=185000
185 a year -> thousands: yes=185000
15 a month -> thousands: yes=180000
five hundred -> period: paycheck=? month=6000 year=500
1.2m -> odd_scale: yes=1200000
1.2 million -> odd_scale: yes=1200000
a million -> odd_scale: yes=1000000
6m -> odd_scale: yes=6000000
9,999,999 -> out_of_range: yes=9999999
0.5 -> out_of_range: yes=0.50
1,200 -> period: paycheck=? month=14400 year=1200
5k -> period: paycheck=? month=60000 year=5000
i put in 2000 -> period: paycheck=? month=24000 year=2000
1,200 per paycheck -> frequency: weekly=62400 biweekly=31200 semimonthly=28800 monthly=14400
1200/check -> frequency: weekly=62400 biweekly=31200 semimonthly=28800 monthly=14400
1200 each paycheck -> frequency: weekly=62400 biweekly=31200 semimonthly=28800 monthly=14400
3000 bimonthly -> frequency: biweekly=78000 semimonthly=72000
over 185k -> approximate: yes=185000
185k+ -> approximate: yes=185000
+185k -> approximate: yes=185000
at least 185k -> approximate: yes=185000
>185k -> approximate: yes=185000
185k? -> approximate: yes=185000
185k in 2026 -> words: yes=185000
in 2026 i'll make 185k -> words: yes=185000
my pay - 185k -> words: yes=185000
185k after taxes -> words: yes=185000
a month ago 185k -> words: yes=185000
w2 says 176,100 -> 176100
box 3: 176,100 -> words: yes=176100
185k with bonus -> words: yes=185000
185k не знаю -> words: yes=185000
not 185k -> words: yes=185000

10-12k -> -range
10k to 12k -> -range
10k or 12k -> -range
10k–12k -> -range
10k – 12k -> -range
10～12k -> -range
$10k-$12k -> -range
between 5 and 6 grand -> -range
between 100 and 200 thousand -> -range
185,000 through 190,000 -> -range
1.2.3 -> -two_dots
1.234,56 -> -two_dots
1,23 -> -two_dots
23,5k -> -two_dots
12,34,567 -> -two_dots
185.000 -> -two_dots
185.123456789 -> -two_dots
1,2345 -> -two_dots
0.005 -> -two_dots
1.234567k -> -two_dots
1_000 -> -two_dots
1,234'567 -> -two_dots
-500 -> -negative
−500 -> -negative
- 500 -> -negative
—500 -> -negative
-$500 -> -negative
$-500 -> -negative
(500) -> -negative
$(500) -> -negative
500- -> -negative
minus 500 -> -negative
negative 500 -> -negative
24.5k + 8k -> -several
24.5k + 8k match + 20k after tax -> -several
32.5k me, 19.8k them -> -several
24 thousand 500 -> -several
2026: 185k -> -several
2025 2026 -> -several
185k, no 158k -> -several
1/2 -> -several
12/31/2026 -> -several
1e5 -> -several
1e999999 -> -several
10^30 -> -several
0x1f -> -several
10 500 20 -> -several
185k thousand -> -several
$ - 500 -> thousands: yes=500000
1, 200 -> -several
€500 -> -currency
500 eur -> -currency
£500 -> -currency
500 pounds -> -currency
CA$500 -> -currency
₹5,00,000 -> -currency
nan -> -not_a_number
NaN -> -not_a_number
inf -> -not_a_number
-infinity -> -not_a_number
∞ -> -not_a_number
10² -> -odd_digits
① -> -odd_digits
10½ -> -odd_digits
½ -> -odd_digits
١٢٣ -> -odd_digits
५०० -> -odd_digits
Ⅻ -> -odd_digits
1️⃣ -> -odd_digits
5🔟 -> -odd_digits
1̶0̶k -> -odd_digits
㏠ -> -odd_digits
007 -> -not_understood
10q -> -not_understood
10lakh -> -not_understood
5 lakh -> -not_understood
185万 -> -not_understood
x185 -> -not_understood
q4 -> -not_understood
#5 -> -not_understood
185k^ -> -not_understood
185k-match -> -not_understood
one eighty five -> -not_understood
twenty four five -> -not_understood
ten ten -> -not_understood
twenty zero -> -not_understood
five, ten -> -several
thousand million -> -not_understood
five hundred hundred -> -not_understood
twenty hundred thousand thousand -> -not_understood
6 figures -> -not_understood
six figures -> -not_understood
half a million -> -not_understood
quarter million -> -not_understood
a couple grand -> -not_understood
few thousand -> -not_understood
half of 185k -> -not_understood
50 cents -> -not_understood
500 twice a week -> -not_understood
500 every 3 weeks -> -not_understood
500 a month, 26k a year -> -several
500 weekly monthly -> -not_understood
+185k+ 5 -> -several
90 an hour -> -hourly
90/hr -> -hourly
99,999,999,999 -> -too_big
1,000,000,000 -> -too_big
999999999 -> out_of_range: yes=999999999
99999999999999999999999999 -> -too_big
999999999999999999999m -> -too_big
500m a month -> -too_big
5% -> -needs_pay
10 percent of pay -> -needs_pay
401k -> -no_number
my 401k -> -no_number
401(k) -> -no_number
401 k -> -no_number
403b -> -no_number
403(b) -> -no_number
w2 -> -no_number
w-2 -> -no_number
1099-misc -> -no_number
form 8606 -> -no_number
$401k -> 401000
401,000 -> 401000
1099 -> period: paycheck=? month=13188 year=1099
what is 415? -> -no_number
is 24500 the limit? -> -no_number
and is 185k too much -> -no_number
how about nan -> -no_number
does 10-12k work? -> -no_number
about 185k? -> -no_number
none -> -too_small
0 -> -too_small
- -> -too_small
max -> -no_limit
half -> -no_limit
idk -> -no_number
not sure -> -no_number
hello -> -no_number
. -> -no_number
$ -> -no_number
k -> -no_number
% -> -no_number
""")

DEFERRAL_TABLE = table("""
about 3 grand -> 3000
10k so far -> 10000
so far 10k -> 10000
my 401k has 10k -> words: yes=10000
10k in my 401k -> 10000
24,500 -> 24500
10 500 -> 10500
500 per paycheck -> 12000
500/check -> 12000
$500 out of each paycheck -> 12000
none -> 0
zero -> 0
nothing -> 0
nothing yet -> 0
none so far -> 0
not yet -> 0
i haven't started -> 0
0 -> 0
$0 -> 0
0% -> 0
- -> 0
— -> 0
no -> 0
max -> 24500
maxed out -> 24500
the limit -> 24500
all of it -> 24500
i max my 401k -> 24500
half -> half: yes=12250
half the limit -> half: yes=12250
half of the max -> half: yes=12250
about 24k -> approximate: yes=24000
about 20k -> 20000
up to 10k -> approximate: yes=10000
30000 -> over_limit: use_limit=24500 keep=30000
185 -> period: paycheck=4440 month=2220 year=185
10 -> thousands: yes=10000
500 -> period: paycheck=12000 month=6000 year=500
500 a week -> over_limit: use_limit=24500 keep=26000
500 biweekly -> frequency: biweekly=13000 semimonthly=12000
500 semimonthly -> 12000
10 a month -> out_of_range: yes=120
10 a week -> out_of_range: yes=520
5% -> percent_of_pay: yes=9250
10 percent of pay -> percent_of_pay: yes=18500
5 per cent -> percent_of_pay: yes=9250
110% -> -over_100
5k% -> -not_understood
$5% -> -not_understood
5-10% -> -range
-5% -> -negative
1099 -> words: yes=1099
$1,099 -> 1099
1099 per paycheck -> over_limit: use_limit=24500 keep=26376
10k less than last year -> approximate: yes=10000
8k match -> words: yes=8000
don't max -> -no_number
no limit -> -no_number
not nothing -> -no_number
never max -> -no_number
almost max -> -no_number
half of my pay -> -no_number
all of my pay -> -no_number
no idea -> -no_number
max? -> -no_number
half! -> half: yes=12250
-- -> -no_number
december 31 -> thousands: yes=31000
10k by december -> words: yes=10000
""")

SO_FAR_TABLE = table("""
10k so far -> 10000
20,000 -> 20000
500 -> 500
50 -> thousands: yes=50000
500 per paycheck -> -not_periodic
500 a month -> -not_periodic
2000 weekly -> -not_periodic
40,000 paid biweekly -> -not_periodic
500 this year -> 500
5k a year -> 5000
100k -> out_of_range: yes=100000
5% -> -needs_pay
max -> -no_limit
500 daily -> -hourly
in 2026 -> words: yes=2026
10k in 2026 -> words: yes=10000
pre-paid 10k -> words: yes=10000
""")


@pytest.mark.parametrize(("text", "expected"), PAY_TABLE)
def test_pay(text: str, expected: str) -> None:
    assert shown(read_amount(text, PAY)) == expected


@pytest.mark.parametrize(("text", "expected"), DEFERRAL_TABLE)
def test_deferrals(text: str, expected: str) -> None:
    assert shown(read_amount(text, DEFERRAL)) == expected


@pytest.mark.parametrize(("text", "expected"), SO_FAR_TABLE)
def test_a_sum_so_far(text: str, expected: str) -> None:
    assert shown(read_amount(text, SO_FAR)) == expected


def test_empty_text_is_no_number() -> None:
    assert read_amount("", PAY) == read_amount(" \u200b\n", PAY)
    assert shown(read_amount("", PAY)) == "-no_number"


def test_a_hyphenated_word_that_is_known_is_no_loose_dash() -> None:
    assert shown(read_amount("my 10k-ish", SO_FAR)) == "10000"
    assert shown(read_amount("so-far 10k", SO_FAR)) == "10000"
    assert shown(read_amount("so- far 10k", SO_FAR)) == "words: yes=10000"


def test_a_small_number_that_is_plausible_as_it_is_can_be_kept() -> None:
    assert shown(read_amount("500", SO_FAR)) == "500"
    wide = type(SO_FAR)(Decimal(1), Decimal(900_000))
    assert shown(read_amount("310", wide)) == "thousands: yes=310000 keep=310"
    doubt = read_amount("310", wide)
    assert isinstance(doubt, Doubt)
    assert [c.text for c in doubt.candidates] == ["$310,000", "$310"]


def test_who_is_sure_is_not_asked_again() -> None:
    for text, amount in [("$310", 310), ("1.2m", 1_200_000), ("about 24k", 24_000), ("30000", 30_000)]:
        assert read_amount(text, DEFERRAL, sure=True) == Read(Decimal(amount))
    assert shown(read_amount("1200 per paycheck", PAY, sure=True)).startswith("frequency")
    assert read_amount("500 biweekly", DEFERRAL, sure=True) == Read(Decimal(13_000))


def test_about_is_asked_about_near_a_line_that_is_no_limit() -> None:
    line = Setting(Decimal(10_000), Decimal(1_000_000), line=Decimal(160_000))
    assert shown(read_amount("about 150k", line)) == "approximate: yes=150000"
    assert shown(read_amount("about 250k", line)) == "250000"
    assert shown(read_amount("170k", line)) == "170000"
    assert shown(read_amount("max", line)) == "-no_limit"


def test_a_text_that_is_too_long_is_echoed_short() -> None:
    refused = read_amount("1" * 5_000, PAY)
    assert isinstance(refused, Refused)
    assert refused.reason == "too_long"
    assert len(refused.shown) <= 40
    assert refused.shown.endswith("…")


def test_the_echo_has_no_controls() -> None:
    refused = read_amount("\u202e1.2.3\u2066\x07\u200d", PAY)
    assert refused == Refused(Reason.TWO_DOTS, "1.2.3")


def test_doubts_carry_what_their_words_need() -> None:
    doubt = read_amount("5%", DEFERRAL)
    assert isinstance(doubt, Doubt)
    assert doubt.shown == {"percent": Decimal("0.05"), "pay": Decimal(185_000), "amount": Decimal(9_250)}
    doubt = read_amount("about 24k", DEFERRAL)
    assert isinstance(doubt, Doubt)
    assert doubt.shown["limit"] == 24_500


AFTER_TAX = replace(SO_FAR, words=AFTER_TAX_WORDS)


@pytest.mark.parametrize(
    "text",
    [
        "no after-tax",
        "nothing after-tax yet",
        "no aftertax money so far",
        "after tax: none",
        "none, after-tax",
    ],
)
def test_no_money_of_the_kind_that_is_asked_is_nothing(text: str) -> None:
    assert read_amount(text, AFTER_TAX) == Read(Decimal(0))
    assert read_amount(text, SO_FAR) == Refused(Reason.NO_NUMBER, text)


@pytest.mark.parametrize(
    "text", ["no tax", "no roth, after-tax", "after-tax", "not after-tax", "no after-tax limit"]
)
def test_another_kind_of_money_or_no_word_for_none_is_no_amount(text: str) -> None:
    assert isinstance(read_amount(text, AFTER_TAX), Refused)
