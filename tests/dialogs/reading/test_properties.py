"""What holds for every text: no reader raises, what is read reads the same again, nothing is misread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from dialogs.reading import (
    AFTER_TAX_WORDS,
    ChoiceOption,
    Doubt,
    Read,
    Reason,
    Refused,
    canonical_employer_money,
    clean,
    echo,
    is_not_sure,
    looks_like_question,
    paychecks_left,
    percent_text,
    read_age,
    read_amount,
    read_choice,
    read_count,
    read_employer_money,
    read_paychecks_left,
    read_percent,
    read_schedule,
)
from dialogs.reading.numbers import NUMBER_WORDS
from knowledge.core.facts import PaySchedule
from knowledge.core.match import EmployerMoney, Tier
from knowledge.words import dollars
from tests.dialogs.reading.show import DEFERRAL, EMPLOYER, PAY, SO_FAR, words

TODAY = date(2026, 6, 15)
OPTIONS = (ChoiceOption("yes", "Yes"), ChoiceOption("no", "No"), ChoiceOption("not_sure", "Not sure"))
ANY_AMOUNT = type(SO_FAR)(Decimal(0), Decimal(10**9), words=AFTER_TAX_WORDS)

READERS: dict[str, Callable[[str, bool], Read[Any] | Doubt[Any] | Refused]] = {
    "pay": lambda text, sure: read_amount(text, PAY, sure),
    "deferral": lambda text, sure: read_amount(text, DEFERRAL, sure),
    "so far": lambda text, sure: read_amount(text, SO_FAR, sure),
    "percent": read_percent,
    "count": lambda text, sure: read_count(text, 0, 53, sure),
    "age": lambda text, sure: read_age(text, 2026, sure),
    "schedule": lambda text, sure: read_schedule(text),
    "paychecks left": lambda text, sure: read_paychecks_left(text, TODAY, sure),
    "employer": lambda text, sure: read_employer_money(text, EMPLOYER, sure),
    "choice": lambda text, sure: read_choice(text, OPTIONS),
}
NUMERIC = ("pay", "deferral", "so far", "employer")

PIECES = words(
    "0 1 5 9 10 50 100 185 310 2026 1099 1,200 24,500 1.2.3 1,23 .5 0.06 1_0 007 1e9 "
    "99999999999999999999 185'000 000 500 k m mm g grand thousand hundred million percent % $ € usd "
    "dollars - – − ( ) + / ~ . , ? ! # ^ ' \" = per paycheck check month /mo a an week every other "
    "friday twice 2x biweekly monthly yearly of the first next up to then and match matches dollar "
    "for half max limit none no not yes yep if only but about like i think so far in 401k 403(b) w-2 "
    "form 8606 one twenty eighty five born 1965 yo 50s cents on no-matter-what nonelective ½ ² ① ١٢ "
    "\uff14 \U0001f642 \U0001f44d \u200b \u202e \xa0 \u2009 \u4e07 \xe9 nan inf e x"
)
PHRASES = st.builds(
    lambda pieces, joint: joint.join(pieces),
    st.lists(st.sampled_from(PIECES), max_size=9),
    st.sampled_from([" ", "", " "]),
)
TEXTS = st.one_of(st.text(max_size=60), PHRASES)
AMOUNTS = st.decimals(min_value=1_000, max_value=999_999, places=2)
THOUSANDS = st.integers(min_value=1_000, max_value=999_999)


@pytest.mark.parametrize("name", READERS)
@given(text=TEXTS, sure=st.booleans())
def test_no_text_makes_a_reader_raise_and_every_candidate_reads_back(
    name: str, text: str, sure: bool
) -> None:
    read = READERS[name]
    reading = read(text, sure)
    if isinstance(reading, Refused):
        assert len(reading.shown) <= 40
        assert reading.shown.isprintable()
        return
    if isinstance(reading, Read):
        assert not isinstance(reading.value, Decimal) or reading.value >= 0
        return
    names = [candidate.name for candidate in reading.candidates]
    assert names
    assert len(set(names)) == len(names)
    for candidate in reading.candidates:
        again = read(candidate.text, True)
        if candidate.value is None:
            assert isinstance(again, Doubt)
            assert again.reason is Reason.FREQUENCY
        else:
            assert again == Read(candidate.value)


@pytest.mark.parametrize("name", READERS)
@given(piece=st.sampled_from(PIECES), joint=st.sampled_from(["", " "]), times=st.integers(1, 5_000))
@example(piece="1", joint="", times=5_000)
@example(piece="9", joint="", times=300)
@example(piece="k", joint=" ", times=150)
def test_long_texts_are_no_trouble(name: str, piece: str, joint: str, times: int) -> None:
    text = joint.join([piece] * times)
    reading = READERS[name](text, False)
    assert len(text) <= 300 or (isinstance(reading, Refused) and reading.reason is Reason.TOO_LONG)


@given(TEXTS)
def test_helpers_take_any_text(text: str) -> None:
    assert isinstance(looks_like_question(text), bool)
    assert isinstance(is_not_sure(text), bool)
    assert len(echo(text)) <= 40
    assert "  " not in clean(text)


@given(AMOUNTS, st.sampled_from(["{}", "{} a year", "my total: {}", "{} so far", "it's {}", "{}."]))
def test_an_amount_reads_the_same_in_every_way_of_writing(amount: Decimal, frame: str) -> None:
    plain = f"{amount:,.2f}"
    assert not isinstance(read_amount(dollars(amount), ANY_AMOUNT), Refused)
    spellings = {
        dollars(amount),
        f"{amount:f}",
        f"{amount:f} usd",
        plain,
        plain.replace(",", " "),
        plain.replace(",", "\u00a0"),
        plain.replace(",", "\u2009"),
        plain.replace(",", "\u202f"),
        plain.replace(",", "'"),
        plain.replace(",", "’"),
        plain.translate({ord("0") + n: "０１２３４５６７８９"[n] for n in range(10)}),
        f"\u202b${plain}\u202c",
    }
    for spelling in spellings:
        reading = read_amount(frame.format(spelling), ANY_AMOUNT)
        assert reading == Read(amount), spelling


@given(THOUSANDS, st.sampled_from(["k", "K", " k", " thousand", " grand", " thou", "g"]))
def test_a_scale_word_is_its_factor(amount: int, scale: str) -> None:
    text = f"{Decimal(amount) / 1000:f}{scale}"
    expected: object = read_amount(str(amount), ANY_AMOUNT)
    assume(amount != 1099 and not text.endswith("000" + scale))
    assert expected == Read(Decimal(amount))
    assert read_amount(text, ANY_AMOUNT) == expected


@given(st.text(st.characters(exclude_categories=["N"]), max_size=40))
def test_no_number_is_read_where_there_is_none(text: str) -> None:
    worded = NUMBER_WORDS | {
        "max",
        "maxed",
        "maximum",
        "maxing",
        "limit",
        "half",
        "all",
        "full",
        "everything",
    }
    nothing = set(
        words("no none nothing nada nil zip nope nah never not yet haven't havent don't dont didn't - n't")
    )
    said = set("".join(c if c.isalpha() or c == "'" else " " for c in clean(text)).split())
    assume(clean(text) != "-" and said.isdisjoint(worded | nothing))
    for name in NUMERIC:
        assert isinstance(READERS[name](text, False), Refused)


@pytest.mark.parametrize("name", ["pay", "deferral", "so far", "percent", "count", "age"])
@given(
    one=st.integers(2, 10**6),
    other=st.integers(2, 10**6),
    joint=st.sampled_from(
        [
            " ",
            ", ",
            " and ",
            " or ",
            "-",
            " - ",
            " to ",
            "/",
            " + ",
            " plus ",
            "k ",
            "k, no ",
            " then ",
            " x ",
            "e",
            "^",
            "; ",
        ]
    ),
    sure=st.booleans(),
)
def test_two_amounts_are_never_read(name: str, one: int, other: int, joint: str, sure: bool) -> None:
    grouped = joint == " " and one < 1000 and len(str(other)) == 3
    a_plan = joint.startswith("k") and one == 401  # "401k 2" is the name of a plan and one amount
    assume(one != other and not grouped and not a_plan)
    assert isinstance(READERS[name](f"{one}{joint}{other}", sure), Refused)


@given(
    st.sampled_from(["401k", "401(k)", "401 k", "403b", "403(b)", "457b", "w-2", "w2", "form 8606", "415(c)"])
)
def test_the_name_of_a_plan_is_no_amount(name: str) -> None:
    for frame in ("{}", "my {}", "in my {} so far", "i put it in the {}.", "{}, {}", "max {}?"):
        for reader in NUMERIC:
            assert isinstance(READERS[reader](frame.format(name, name), False), Refused)


@given(st.decimals(min_value=0, max_value=1, places=4))
def test_a_percentage_reads_back(fraction: Decimal) -> None:
    assert read_percent(percent_text(fraction), sure=True) == Read(fraction)


RATES = st.integers(1, 20_000).map(lambda n: Decimal(n) / 10_000)
SHARES = st.integers(1, 800).map(lambda n: Decimal(n) / 10_000)


@st.composite
def employer_money(draw: st.DrawFn) -> EmployerMoney:
    tiers: list[Tier] = []
    end = Decimal(0)
    for _ in range(draw(st.integers(0, 4))):
        start = end + draw(st.one_of(st.just(Decimal(0)), SHARES))
        end = start + draw(SHARES)
        tiers.append(Tier(draw(RATES), start, end))
    cents = st.integers(0, 10_000_000).map(lambda n: Decimal(n) / 100)
    return EmployerMoney(
        tuple(tiers),
        draw(st.one_of(st.just(Decimal(0)), SHARES)),
        draw(st.one_of(st.just(Decimal(0)), cents)),
        draw(st.one_of(st.none(), cents.filter(bool))) if tiers else None,
    )


@given(employer_money())
def test_employer_money_reads_back(money: EmployerMoney) -> None:
    assert read_employer_money(canonical_employer_money(money), EMPLOYER, sure=True) == Read(money)


@given(st.sampled_from(PaySchedule), st.dates(date(2020, 1, 1), date(2030, 12, 31)))
def test_paychecks_left_rise_by_one_and_fit_the_year(schedule: PaySchedule, today: date) -> None:
    counts = paychecks_left(schedule, today)
    assert counts in {(counts[0],), (counts[0], counts[0] + 1)}
    assert 0 <= counts[0] <= counts[-1] <= schedule.checks + 1
    reading = read_paychecks_left(schedule.value, today)
    assert isinstance(reading, Doubt)
    assert tuple(candidate.value for candidate in reading.candidates) == counts
