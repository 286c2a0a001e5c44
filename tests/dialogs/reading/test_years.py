"""The tax year that a question names, seen from 2026."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs.reading.years import year_named

NAMED = {
    "what was the limit in 2024": 2024,
    "415 limit for 2023?": 2023,
    "2024": 2024,
    "In 2024, what was the max": 2024,
    "(2024)": 2024,
    "the limit of 2024.": 2024,
    "2024's limit": 2024,
    "２０２４ limit": 2024,
    "whats the 402g for 2019": 2019,
    "401(a)(17) 2024": 2024,
    "2027 limits": 2027,
    "what about 2025?": 2025,
    "how about 2022": 2022,
    "limit for 2024 after tax": 2024,
    "roth ira limit 2025 under 50": 2025,
    "401k limit 2010": 2010,
    "tax year 2000 limit": 2000,
    "the limit of tax year 1999": 1999,
    "ty2024 limit": 2024,
    "plan year 2023": 2023,
    "'24 limit": 2024,
    "limit for '24?": 2024,
    "the limit in ’24": 2024,
    "'24's limit": 2024,
    "last year's catch up": 2025,
    "last years limit": 2025,
    "last year": 2025,
    "previous tax year limit": 2025,
    "HCE line for last year": 2025,
    "next year": 2027,
    "what will the limit be next year?": 2027,
    "how much can i put in next year": 2027,
    "limit for the upcoming year": 2027,
    "this year": 2026,
    "the current year": 2026,
    "limit two years ago": 2024,
    "the year before last": 2024,
    "the year after next": 2028,
    "how much could i put in 2024": 2024,
    "i put 25k in in 2024, too much?": 2024,
    "i put in too much last year": 2025,
    "pay limit in 2024": 2024,
    "compensation limit for last year": 2025,
    "i turned 50, what is the limit in 2024?": 2024,
    "could i have turned in more last year": 2025,
    "can i still put in 2000 for last year": 2025,
    "was 70,000 the limit last year": 2025,
    "when did forced roth begin, was 2025 included": 2025,
    "2025 vs 2026": 2026,
    "did the limit go up from 2025 to 2026": 2026,
    "last year's or this year's limit": 2026,
    "the limit in 2024, and i mean 2024": 2024,
}
NONE = (
    "what is acp",
    "",
    "2023 or 2024",
    # amounts
    "2024 dollars per check",
    "2024 a month",
    "2024 per paycheck",
    "2024 biweekly",
    "2024 of match",
    "2024 in match",
    "$2,025",
    "$2024",
    "$ 2024",
    "2,024",
    "2024.50",
    "2025k",
    "2024%",
    "put in 2000",
    "i put in 2024 so far",
    "i'm putting in 2010",
    "contribute 2024",
    "about 2024",
    "5'10",
    "'24%",
    "'24k",
    "spd says '10 percent of pay'",
    "my check says '24'",
    "rule '54",
    "20244",
    "limit in 1999",
    "limit in 2060",
    # ages, codes, days, names
    "age 50",
    "in my 50s",
    "2014-54",
    "Notice 2014-54",
    "notice 2014",
    "Rev. Proc. 2021-30",
    "401(a)(17)",
    "ir-2024-285",
    "form 2024",
    "section 2010",
    "2024-25",
    "12/31/2024",
    "2030 fund",
    "target date 2035",
    "class of 2024",
    # the year of pay or of an event, an end
    "i earned 165k in 2025, hce?",
    "if my wages last year were 160k, must catch up be roth",
    "does what i made last year count",
    "is my 2025 w-2 the one",
    "i turned 50 last year",
    "i turned 50 in 2024",
    "i left my job last year",
    "born in 2004",
    "until next year",
    "does room carry over to next year",
    "since 2018 no undo",
    "2025 compared to itself before 2024 or by 2023, or in 2022",
    "my last year of work",
    "turning 60 last year",
    "the last year before 64",
    "over 150k last year and 53",
    "making 158k last year, over or under the line",
    "made 172k with bonus last year",
    "i earned over the wage line last year, catch-up pretax or roth",
    "hired last year, dont i get a free year",
    "roth 401k opened in 2019",
    "is the limit higher than last year",
    "how much more is it than in 2025",
    "which 2025 payroll figure counts",
    "every year",
    "the full year",
    "last yearly",
)


@pytest.mark.parametrize(("text", "year"), NAMED.items())
def test_a_year_that_is_named_is_read(text: str, year: int) -> None:
    assert year_named(text, 2026) == year


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_year_asked_about_is_none(text: str) -> None:
    assert year_named(text, 2026) is None


def test_what_counts_as_last_and_next_goes_by_today() -> None:
    assert year_named("last year's limit", 2027) == 2026
    assert year_named("next year", 2024) == 2025
    assert year_named("the 2040 limit", 2031) == 2040
    assert year_named("the 2040 limit", 2026) is None


@given(st.text(max_size=400))
def test_whatever_is_typed_is_read(text: str) -> None:
    year = year_named(text, 2026)
    assert year is None or 1900 <= year <= 2099
