"""What each way to name a day is taken for, on Wednesday, November 25, 2026, for a day of the rest of the year."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.reading import Candidate, Doubt, Read, Reading, Reason, Refused, date_text, read_date, short_date
from dialogs.reading.dates import MONTHS, month_of
from tests.dialogs.reading.show import table
from tests.dialogs.reading.test_properties import PIECES, TEXTS

TODAY, LAST = date(2026, 11, 25), date(2026, 12, 31)


def read(text: str, today: date = TODAY, *, sure: bool = False) -> Reading[date]:
    return read_date(text, today, first=today, last=date(today.year, 12, 31), sure=sure)


def shown(reading: Reading[date]) -> str:
    """``2026-12-04``, ``day: 2026-11-27 2026-12-04`` or ``-no_day``."""
    match reading:
        case Read(day):
            return day.isoformat()
        case Refused(reason):
            return f"-{reason}"
        case Doubt(reason, candidates):
            return f"{reason}: {' '.join(candidate.text for candidate in candidates)}"


DAYS = table("""
Dec 4 -> 2026-12-04
Dec. 4th, 2026 -> 2026-12-04
dec 4 '26 -> 2026-12-04
4 December -> 2026-12-04
4dec -> 2026-12-04
4th of december 2026 -> 2026-12-04
december the 4th -> 2026-12-04
december first -> 2026-12-01
first of december -> 2026-12-01
the twenty-first of december -> 2026-12-21
sept 30 -> -out_of_range
12/4 -> 2026-12-04
12-04 -> 2026-12-04
12/4/26 -> 2026-12-04
12/04/2026 -> 2026-12-04
2026-12-04 -> 2026-12-04
2026/12/04 -> 2026-12-04
25/12 -> 2026-12-25
12/11 -> 2026-12-11
4/12 -> words: 2026-12-04
11/12 -> words: 2026-12-11
4.12.2026 -> words: 2026-12-04
13/32 -> -no_such_day
12/0 -> -no_such_day
feb 30 -> -no_such_day
0000-01-01 -> -no_such_day
end of december 0000 -> -no_such_day
the 40th -> -no_such_day
the 15th -> 2026-12-15
on the fifteenth -> 2026-12-15
the 15th of next month -> 2026-12-15
the 26th of this month -> 2026-11-26
15th of this month -> -out_of_range
on the 30th -> day: 2026-11-30 2026-12-30
4 -> words: 2026-12-04
30 -> day: 2026-11-30 2026-12-30

friday -> 2026-11-27
fri. -> 2026-11-27
this friday -> 2026-11-27
the coming friday -> 2026-11-27
next friday -> day: 2026-11-27 2026-12-04
wednesday -> day: 2026-11-25 2026-12-02
this wednesday -> 2026-11-25
next wednesday -> 2026-12-02
friday this week -> 2026-11-27
a week from friday -> -no_day
friday next week -> 2026-12-04
friday of next week -> 2026-12-04
next week friday -> 2026-12-04
next week on friday -> 2026-12-04
last friday -> -out_of_range
Fri, Dec 4 -> 2026-12-04
friday the 4th -> 2026-12-04
my next payday is Friday, December 4, 2026 -> 2026-12-04
Thu, Dec 4 -> words: 2026-12-04
monday the 30th -> 2026-11-30
4/12, a friday -> words: 2026-12-04

today -> 2026-11-25
tomorrow -> 2026-11-26
tommorow -> 2026-11-26
day after tomorrow -> 2026-11-27
the day before tomorrow -> 2026-11-25
yesterday -> -out_of_range
in 2 weeks -> 2026-12-09
in two weeks' time -> 2026-12-09
in a week -> 2026-12-02
a week from now -> 2026-12-02
10 days from today -> 2026-12-05
in 9 weeks -> -out_of_range
end of the month -> 2026-11-30
end of this month -> 2026-11-30
eom -> 2026-11-30
month end -> 2026-11-30
last day of november -> 2026-11-30
last calendar day of nov 2026 -> 2026-11-30
end of december '26 -> 2026-12-31
last day of next month -> 2026-12-31
end of the year -> 2026-12-31
eoy -> 2026-12-31
new year's eve -> 2026-12-31
end of next year -> -out_of_range
end of febuary -> -out_of_range
end of the day -> -no_day

decmber 4 -> 2026-12-04
Novmeber 30 -> 2026-11-30
29 noveber -> 2026-11-29
last day of novemebr -> 2026-11-30
may 4 -> -out_of_range
dec 4 i think -> words: 2026-12-04
about dec 4 -> words: 2026-12-04
dec 4 bananas -> words: 2026-12-04
dec 4? -> words: 2026-12-04
it's on dec 4. -> 2026-12-04
my next check is dec 4 -> 2026-12-04

not dec 4 -> -no_day
before dec 4 -> -no_day
every friday -> -no_day
every other friday -> -no_day
2 weeks ago -> -no_day
when is dec 4? -> -no_day
is it dec 4 -> -no_day
dec 4 or 5 -> -several
dec 4 and the 18th -> -several
today or tomorrow -> -several
1st and 15th -> -several
december -> -no_day
dec 2026 -> -no_day
next week -> -no_day
match 4 -> -out_of_range
4 bananas -> -no_day
$15 -> -no_day
15% -> -no_day
1.5k -> -no_day
$4 dec 4 -> -no_day
dec 4% -> -no_day
185k -> -no_day
jan 1 2027 -> -out_of_range
dec 4 2025 -> -out_of_range
dec ④ -> -odd_digits
idk -> -no_day
""")


@pytest.mark.parametrize(("text", "expected"), DAYS)
def test_a_day_is_read_as(text: str, expected: str) -> None:
    assert shown(read(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    table("""
4/12 -> 2026-04-12
3/4 -> day: 2026-03-04 2026-04-03
4/3/2026 -> day: 2026-04-03 2026-03-04
2/29 -> -no_such_day
apirl 3 -> words: 2026-04-03
jully 5 -> words: 2026-07-05
last day of apirl -> words: 2026-04-30
agust 5 -> 2026-08-05
juny 5 -> -no_day
mai 5 -> -no_day
the 15th -> day: 2026-03-15 2026-04-15 2026-05-15 2026-06-15
the 31st -> day: 2026-03-31 2026-05-31 2026-07-31 2026-08-31
"""),
)
def test_early_in_the_year_more_days_can_be_meant(text: str, expected: str) -> None:
    today = date(2026, 3, 2) if not text.startswith("4/12") else date(2026, 4, 2)
    last = date(2026, 11, 30)
    assert shown(read_date(text, today, first=today, last=last)) == expected


def test_a_date_without_a_year_is_the_one_that_is_allowed() -> None:
    first, last = date(2026, 11, 1), date(2027, 2, 28)
    assert read_date("jan 15", TODAY, first=first, last=last) == Read(date(2027, 1, 15))
    assert read_date("nov 2", TODAY, first=first, last=last) == Read(date(2026, 11, 2))
    both = read_date("feb 1", TODAY, first=date(2026, 1, 1), last=last)
    assert shown(both) == "day: 2026-02-01 2027-02-01"
    assert read_date("feb 29", TODAY, first=first, last=date(2028, 3, 1)) == Read(date(2028, 2, 29))


def test_the_nearest_days_of_the_month_are_asked_about() -> None:
    reading = read_date("the 15th", TODAY, first=date(2026, 1, 1), last=LAST)
    assert shown(reading) == "day: 2026-09-15 2026-10-15 2026-11-15 2026-12-15"


def test_a_bare_day_that_is_sure_is_read() -> None:
    assert read("4", sure=True) == Read(date(2026, 12, 4))


def test_a_long_text_is_no_day() -> None:
    assert shown(read("dec 4 " + " " * 300)) == f"-{Reason.TOO_LONG}"


@pytest.mark.parametrize(
    "reading",
    [read("the 40th"), read("last friday"), read("every friday"), read("nothing here"), read("dec 4 or 5")],
)
def test_a_refusal_echoes_the_text(reading: Reading[date]) -> None:
    assert isinstance(reading, Refused)
    assert reading.shown


def test_the_doubt_of_several_days_has_a_button_for_each() -> None:
    reading = read("next friday")
    assert isinstance(reading, Doubt)
    assert reading.candidates == (
        Candidate("day", "2026-11-27", date(2026, 11, 27)),
        Candidate("day", "2026-12-04", date(2026, 12, 4)),
    )


def test_days_in_words() -> None:
    assert date_text(date(2026, 12, 4)) == "December 4, 2026"
    assert short_date(date(2026, 12, 4)) == "Fri, Dec 4"


ALL_DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(ALL_DAYS, ALL_DAYS)
def test_every_day_reads_back_from_our_own_words(day: date, today: date) -> None:
    for text in (date_text(day), short_date(day), day.isoformat(), f"{day:%d} {MONTHS[day.month - 1]}"):
        reading = read_date(text, today, first=date(2026, 1, 1), last=date(2026, 12, 31))
        assert reading == Read(day), text


@given(TEXTS | st.sampled_from(PIECES), ALL_DAYS, st.booleans())
def test_no_text_makes_it_raise_and_every_candidate_reads_back(text: str, today: date, sure: bool) -> None:
    reading = read(text, today, sure=sure)
    if isinstance(reading, Read):
        assert today <= reading.value <= date(today.year, 12, 31)
    if isinstance(reading, Doubt):
        assert 1 <= len(reading.candidates) <= 4
        for candidate in reading.candidates:
            assert candidate.value is not None
            assert read(candidate.text, today, sure=True) == Read(candidate.value)


PHRASES = st.lists(
    st.sampled_from(
        [
            "dec",
            "4",
            "the",
            "15th",
            "friday",
            "next",
            "this",
            "last",
            "in",
            "2",
            "weeks",
            "12/4",
            "4/12",
            "end",
            "of",
            "month",
            "december",
            "2026",
            ",",
            "today",
            "mon",
        ]
    ),
    min_size=1,
    max_size=6,
).map(" ".join)


@given(PHRASES, ALL_DAYS)
def test_whatever_is_said_of_days_is_settled_within_the_days_allowed(text: str, today: date) -> None:
    reading = read(text, today)
    days = (
        [reading.value]
        if isinstance(reading, Read)
        else [c.value for c in reading.candidates]
        if isinstance(reading, Doubt)
        else []
    )
    for day in days:
        assert day is not None
        assert today <= day <= date(today.year, 12, 31)
        assert read(day.isoformat(), today) == Read(day)


@given(st.sampled_from(MONTHS), st.integers(0, 8), st.characters(min_codepoint=97, max_codepoint=122))
def test_one_wrong_letter_never_makes_another_month(name: str, at: int, letter: str) -> None:
    typed = name[:at] + letter + name[at + 1 :]
    named = month_of(typed)
    number = MONTHS.index(name) + 1
    assert (
        named is None or named[0] == number or typed[:3] in [other[:3] for other in MONTHS] or len(name) < 6
    )


@given(ALL_DAYS, st.integers(0, 6))
def test_next_and_this_weekday_lie_within_two_weeks(today: date, weekday: int) -> None:
    name = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")[weekday]
    before, after = today - timedelta(20), today + timedelta(20)
    coming = read_date(f"this {name}", today, first=before, last=after)
    assert isinstance(coming, Read)
    assert 0 <= (coming.value - today).days < 7
    assert coming.value.weekday() == weekday
    last = read_date(f"last {name}", today, first=before, last=after)
    assert isinstance(last, Read)
    assert 1 <= (today - last.value).days <= 7
