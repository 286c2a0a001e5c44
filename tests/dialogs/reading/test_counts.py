"""Percentages, counts, ages and pay schedules as people type them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from dialogs.reading import (
    Read,
    paychecks_left,
    read_age,
    read_count,
    read_paychecks_left,
    read_percent,
    read_schedule,
)
from knowledge.core.facts import PaySchedule
from tests.dialogs.reading.show import shown, table

PERCENTS = table("""
10% -> 0.1
10 % -> 0.1
１０％ -> 0.1
10 percent -> 0.1
10 per cent -> 0.1
10 pct -> 0.1
ten percent -> 0.1
10 -> 0.1
8.5% -> 0.085
8.3333% -> 0.083333
100% -> 1
0 -> 0
zero -> 0
1% -> 0.01
up to 10% -> 0.1
limited to 10% of pay -> 0.1
HR told me 10% -> 0.1
about 10% -> 0.1
0.1 -> percent_or_fraction: fraction=0.1 percent=0.001
0.06 -> percent_or_fraction: fraction=0.06 percent=0.0006
.06 -> percent_or_fraction: fraction=0.06 percent=0.0006
0.5% -> percent_or_fraction: fraction=0.5 percent=0.005
1 -> percent_or_fraction: fraction=1 percent=0.01
half -> half: yes=0.5
over 10% -> approximate: yes=0.1
10% for hces -> words: yes=0.1
110% -> -over_100
10-15% -> -range
10 or 15% -> -range
-5% -> -negative
10% 5% -> -several
10,5% -> -two_dots
20.000 -> -two_dots
8.333 -> -two_dots
8.333% -> 0.08333
8.33333% -> -two_dots
$5000 -> -dollars
5k -> -dollars
none -> -no_number
max -> -no_number
is it 10%? -> -no_number
idk -> -no_number
10² -> -odd_digits
""")

COUNTS = table("""
10 -> 10
ten -> 10
10 left -> 10
10 paychecks left -> 10
twenty-six -> 26
twenty six checks -> 26
10.0 -> 10
0 -> 0
none -> 0
about 10 -> approximate: yes=10
10+ -> approximate: yes=10
10 bananas -> words: yes=10
2.5 -> -not_whole
60 -> -out_of_range
-3 -> -negative
10-12 -> -range
10, 11 -> -several
10k -> -not_understood
10% -> -not_understood
$10 -> -not_understood
10 a month -> -not_understood
idk -> -no_number
how many? -> -no_number
""")

AGES = table("""
52 -> 52
fifty-two -> 52
52 yo -> 52
52yo -> 52
52yrs old -> 52
52 years old -> 52
i'm 45 -> 45
im 45 -> 45
61 this december -> 61
turning 50 in march -> 50
13 -> 13
100 -> 100
1965 -> birth_year: yes=61
1926 -> birth_year: yes=100
born 1965 -> birth_year: yes=61
i was born in 1980 -> birth_year: yes=46
born in '65 -> birth_year: yes=61
born in 05 -> -not_understood
born in 10 -> birth_year: yes=16
born in 52.5 -> -not_whole
about 50 -> approximate: yes=50
in 2026 i'll be 52 -> words: yes=52
52 and fit -> words: yes=52
50s -> -range
50's -> -range
early sixties -> -range
late 50s -> -range
50-59 -> -range
over 50 -> -range
50+ -> -range
50 or older -> -range
older than 50 -> -range
almost 50 -> -range
50 next year -> -not_understood
50 in 2027 -> -not_understood
1st -> -not_understood
45 and a half -> -not_understood
45 y/o -> -not_understood
52k -> -not_understood
52% -> -not_understood
52.5 -> -not_whole
9 -> -out_of_range
101 -> -out_of_range
12 -> -out_of_range
2020 -> -out_of_range
1901 -> -out_of_range
-52 -> -negative
49 turning 50 -> -several
03/04/1965 -> -several
52? -> -no_number
idk -> -no_number
""")

SCHEDULES = table("""
2x/mo -> semimonthly
2 x a month -> semimonthly
twice a month -> semimonthly
twice monthly -> semimonthly
two times a month -> semimonthly
2 paychecks a month -> semimonthly
semi-monthly -> semimonthly
semimonthly -> semimonthly
1st and 15th -> semimonthly
1st & 15th -> semimonthly
on the 15th and the last day of the month -> semimonthly
15th and 30th -> semimonthly
24 -> semimonthly
24 times a year -> semimonthly
every other friday -> biweekly
paid every other fri -> biweekly
i get paid every other friday -> biweekly
biweekly -> biweekly
bi-weekly -> biweekly
bi weekly -> biweekly
BIWEEKLY! -> biweekly
every 2 weeks -> biweekly
every two weeks -> biweekly
once every two weeks -> biweekly
every 14 days -> biweekly
fortnightly -> biweekly
26 -> biweekly
26 paychecks -> biweekly
26 checks a year -> biweekly
26 a year -> biweekly
weekly -> weekly
every week -> weekly
once a week -> weekly
every friday -> weekly
every fri. -> weekly
weekly on fridays -> weekly
52 -> weekly
monthly -> monthly
once a month -> monthly
every month -> monthly
1x/mo -> monthly
end of month -> monthly
last day of the month -> monthly
1st of the month -> monthly
12 -> monthly
bimonthly -> frequency: biweekly=biweekly semimonthly=semimonthly
bi-monthly -> frequency: biweekly=biweekly semimonthly=semimonthly
fridays -> frequency: weekly=weekly biweekly=biweekly
on friday -> frequency: weekly=weekly biweekly=biweekly
biweekly except in may -> words: yes=biweekly
biweekly # -> words: yes=biweekly
friday monthly -> monthly
13 -> -out_of_range
26.5 -> -out_of_range
24 or 26 -> -several
monthly or weekly -> -several
26 monthly -> -not_understood
$26 -> -not_understood
26% -> -not_understood
26k -> -not_understood
1.2.3 -> -not_understood
yearly -> -not_understood
quarterly -> -not_understood
every 3 weeks -> -not_understood
twice a week -> -not_understood
not weekly -> -not_understood
hourly -> -hourly
daily -> -hourly
-26 -> -negative
how often -> -no_number
weekly? -> -no_number
every pay period -> -no_number
idk -> -no_number
2² -> -odd_digits
""")

LEFT = table("""
14 -> 14
10 left -> 10
12 -> count: yes=7 keep=12
26 -> count: fewer=14 more=15 keep=26
24 -> count: yes=14 keep=24
52 -> count: fewer=28 more=29
biweekly -> count: fewer=14 more=15
2x/mo -> count: yes=14
1st and 15th -> count: yes=13
monthly -> count: yes=7
every other friday -> count: yes=14
every other monday -> count: fewer=14 more=15
every friday -> count: yes=28
weekly on mondays -> count: yes=29
weekly -> count: fewer=28 more=29
about 10 -> approximate: yes=10
2.5 -> -not_whole
60 -> -out_of_range
idk -> -no_number
bimonthly -> -no_number
10² -> -odd_digits
""")


@pytest.mark.parametrize(("text", "expected"), PERCENTS)
def test_percent(text: str, expected: str) -> None:
    assert shown(read_percent(text)) == expected


@pytest.mark.parametrize(("text", "expected"), COUNTS)
def test_count(text: str, expected: str) -> None:
    assert shown(read_count(text, 0, 53)) == expected


@pytest.mark.parametrize(("text", "expected"), AGES)
def test_age(text: str, expected: str) -> None:
    assert shown(read_age(text, 2026)) == expected


@pytest.mark.parametrize(("text", "expected"), SCHEDULES)
def test_schedule(text: str, expected: str) -> None:
    assert shown(read_schedule(text)) == expected


@pytest.mark.parametrize(("text", "expected"), LEFT)
def test_paychecks_left_in_mid_june(text: str, expected: str) -> None:
    assert shown(read_paychecks_left(text, date(2026, 6, 15))) == expected


def test_nothing_is_no_count_where_it_is_not_possible() -> None:
    assert shown(read_count("none", 1, 53)) == "-no_number"


def test_who_is_sure_of_a_count_is_not_asked_again() -> None:
    assert read_paychecks_left("26", date(2026, 6, 15), sure=True) == Read(26)
    assert read_count("about 10", 0, 53, sure=True) == Read(10)
    assert shown(read_percent("0.06%", sure=True)) == "0.0006"
    assert read_age("about 50", 2026, sure=True) == Read(50)


def test_a_long_age_is_not_searched() -> None:
    assert shown(read_age("50s " * 1_000, 2026)) == "-too_long"


@pytest.mark.parametrize(
    ("schedule", "today", "counts"),
    [
        (PaySchedule.BIWEEKLY, date(2026, 6, 15), (14, 15)),
        (PaySchedule.BIWEEKLY, date(2026, 1, 1), (26, 27)),
        (PaySchedule.BIWEEKLY, date(2026, 12, 31), (0, 1)),
        (PaySchedule.WEEKLY, date(2026, 12, 25), (1,)),
        (PaySchedule.WEEKLY, date(2026, 1, 1), (52, 53)),
        (PaySchedule.SEMIMONTHLY, date(2026, 9, 1), (8,)),
        (PaySchedule.SEMIMONTHLY, date(2026, 1, 5), (24,)),
        (PaySchedule.SEMIMONTHLY, date(2026, 12, 15), (2,)),
        (PaySchedule.SEMIMONTHLY, date(2026, 12, 16), (1,)),
        (PaySchedule.MONTHLY, date(2026, 3, 31), (10,)),
        (PaySchedule.MONTHLY, date(2026, 12, 31), (1,)),
    ],
)
def test_paychecks_left(schedule: PaySchedule, today: date, counts: tuple[int, ...]) -> None:
    assert paychecks_left(schedule, today) == counts


@pytest.mark.parametrize(("schedule", "step"), [(PaySchedule.WEEKLY, 7), (PaySchedule.BIWEEKLY, 14)])
@pytest.mark.parametrize("weekday", [None, *range(7)])
def test_paychecks_left_are_those_of_a_calendar(
    schedule: PaySchedule, step: int, weekday: int | None
) -> None:
    for today in (date(2026, 1, 1) + timedelta(n) for n in range(0, 365, 11)):
        counts = set()
        for first in (today + timedelta(n) for n in range(step)):
            if weekday is None or first.weekday() == weekday:
                days = [first + timedelta(step * n) for n in range(60)]
                counts.add(sum(day.year == 2026 for day in days))
        assert paychecks_left(schedule, today, weekday) == tuple(sorted(counts))
