from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from bot.calc import work_out
from bot.given import MOST_BYTES, BadFacts, _place, check, read
from bot.schema import example_of
from knowledge.core.calculation import Calculation
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.facts import AgeBand
from knowledge.core.match import EmployerMoney, Tier

ROOM, WORTH, EMPLOYERS = (CALCULATIONS[name] for name in ("room", "worth", "employers"))
ONE = '{"name": "a", "group": "b"}'
EMPLOYER = "US dollars, from 0 to 1,000,000,000, or an object with tiers, nonelective, fixed, match_cap"
DOLLARS = "US dollars, from 0 to 1,000,000,000"
BANDS = "one of under_50, from_50 (50 to 59), from_60 (60 to 63), from_64 (64 or older)"
AGES = f"age on December 31 in whole years, from 0 to 120, or {BANDS}"


def refused(text: str | bytes) -> tuple[str, ...]:
    """What is said of an input that cannot be read."""
    with pytest.raises(BadFacts) as bad:
        read(text if isinstance(text, bytes) else text.encode())
    return bad.value.problems


def told(calculation: Calculation, facts: str) -> tuple[str, ...]:
    """What is said of ``facts`` that cannot be used: JSON of everything but the year."""
    with pytest.raises(BadFacts) as bad:
        work_out(calculation, read(f'{{"year": 2026, {facts}}}'.encode()))
    return bad.value.problems


# --- reading ---------------------------------------------------------------------------------------------------------


def test_numbers_are_read_exactly() -> None:
    facts = read(b'{"a": 0.1, "b": 310000.50, "c": 12, "d": 12.0, "e": -0.0, "f": 1e3, "g": [{"h": 0.055}]}')
    assert facts == {
        "a": Decimal("0.1"),
        "b": Decimal("310000.50"),
        "c": 12,
        "d": 12,
        "e": 0,
        "f": 1000,
        "g": [{"h": Decimal("0.055")}],
    }
    assert [name for name, value in facts.items() if isinstance(value, int)] == ["c", "d", "e", "f"]


def test_a_mark_of_the_byte_order_is_no_matter() -> None:
    assert read(b'\xef\xbb\xbf {"name": "\xc3\xa9"}\n') == {"name": "é"}


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_nothing_is_told_from_wrong(text: str) -> None:
    assert refused(text) == ("the input is empty; it has to be one JSON object, as --example writes it",)


@pytest.mark.parametrize(
    ("text", "what"),
    [("[1]", "a list"), ("3", "3"), ('"pay"', '"pay"'), ("null", "null"), ("true", "true"), ("NaN", "NaN")],
)
def test_only_an_object_has_facts(text: str, what: str) -> None:
    assert refused(text) == (f"the input is {what}; it has to be one JSON object, as --example writes it",)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"year": 2026, "pay": 310k}', 'the input is not JSON from line 1, column 26 on: "k}"'),
        ('{"year": 2026,\n "pay": 1,}', 'the input is not JSON from line 2, column 11 on: "}"'),
        ("{'year': 2026}", "the input is not JSON from line 1, column 2 on: \"'year': 2026}\""),
        ('{"year": 2026', "the input is not whole: it ends at line 1, column 14"),
        ('{"year": 2026} {}', 'the input is not JSON from line 1, column 16 on: "{}"'),
        ("x" * 24, f'the input is not JSON from line 1, column 1 on: "{"x" * 24}"'),
        ("x" * 25, f'the input is not JSON from line 1, column 1 on: "{"x" * 23}…"'),
        ('{"a": "\x1b[31m"}', 'the input is not JSON from line 1, column 8 on: "\\u001b[31m"}"'),
    ],
)
def test_the_place_where_it_stops_being_json_is_told(text: str, problem: str) -> None:
    assert refused(text) == (problem,)


def test_what_is_no_text_is_told() -> None:
    assert refused(b"\xff\xfe{}") == ("the input is not text in UTF-8: byte 1 does not belong there",)
    assert refused(b'{"a": "\xe9"}') == ("the input is not text in UTF-8: byte 8 does not belong there",)


def test_a_fact_that_is_given_twice_is_told_wherever_it_is() -> None:
    text = '{"year": 1, "year": 2, "a": {"b": 1, "c": [{"d": 1, "d": 2}]}, "year": 3}'
    assert refused(text) == ("d: is given twice", "year: is given twice")


def test_the_same_name_in_two_places_is_no_matter() -> None:
    assert read(b'{"a": {"b": 1}, "b": 2}') == {"a": {"b": 1}, "b": 2}


@pytest.mark.parametrize("opening", ["[", '{"a":'])
def test_what_is_nested_too_deeply_is_told(opening: str) -> None:
    assert refused(opening * 100_000) == ("the input is nested too deeply",)


def test_there_is_an_end_to_what_is_read() -> None:
    assert refused(b" " * (MOST_BYTES + 1)) == ("the input is longer than 10,000,000 bytes",)
    assert refused(b" " * MOST_BYTES)[0].startswith("the input is empty")


# --- checking --------------------------------------------------------------------------------------------------------


def test_facts_come_as_their_kinds() -> None:
    facts = """{"year": 2026, "pay": "310000.50", "age_band": 52, "checks_left": 4.0, "whole_year": false,
        "employer_money": {"tiers": [{"rate": 1, "start": 0, "end": 0.055}], "match_cap": null}}"""
    year, values = check(ROOM, read(facts.encode()))
    assert year == 2026
    assert values == {
        "pay": Decimal("310000.50"),
        "age_band": AgeBand.FROM_50,
        "checks_left": 4,
        "whole_year": False,
        "employer_money": EmployerMoney((Tier(Decimal(1), Decimal(0), Decimal("0.055")),)),
    }


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        ('"pay": -3', f"pay: -3 is not possible; {DOLLARS}"),
        ('"pay": 1000000000.01', f"pay: 1000000000.01 is not possible; {DOLLARS}"),
        ('"pay": "310k"', f'pay: "310k" is not a number; {DOLLARS}'),
        ('"pay": ""', f'pay: "" is not a number; {DOLLARS}'),
        ('"pay": true', f"pay: true is not a number; {DOLLARS}"),
        ('"pay": null', f"pay: null is not a number; {DOLLARS}"),
        ('"pay": [1]', f"pay: a list is not a number; {DOLLARS}"),
        ('"pay": {}', f"pay: an object is not a number; {DOLLARS}"),
        ('"pay": NaN', f"pay: NaN is not possible; {DOLLARS}"),
        ('"pay": -Infinity', f"pay: -Infinity is not possible; {DOLLARS}"),
        ('"pay": "nan"', f'pay: "nan" is not possible; {DOLLARS}'),
        ('"pay": 1e400', f"pay: 1E+400 is not possible; {DOLLARS}"),
        ('"pay": 1e99999999999999999999', f"pay: NaN is not possible; {DOLLARS}"),
        ('"pay": 1e-400', f"pay: has more digits after the point than can be reckoned with; {DOLLARS}"),
        ('"pay": "1e-400"', f"pay: has more digits after the point than can be reckoned with; {DOLLARS}"),
        ('"cap_percent": 6', "cap_percent: 6 is not possible; a fraction, from 0 to 1 (0.06 is 6%)"),
        ('"whole_year": 1', "whole_year: 1 is not possible; true or false"),
        ('"checks_left": 2.5', "checks_left: 2.5 is not a whole number; a whole number, from 0 to 1000"),
        ('"checks_left": "2"', 'checks_left: "2" is not a whole number; a whole number, from 0 to 1000'),
        ('"checks_left": -1', "checks_left: -1 is not possible; a whole number, from 0 to 1000"),
        ('"cap_kind": "euros"', "cap_kind: \"euros\" is none of the options; one of none (No cap), percent (Percent of pay), dollars (Dollar amount)"),
        ('"age_band": 121', f"age_band: 121 is none of the options; {AGES}"),
        ('"age_band": true', f"age_band: true is none of the options; {AGES}"),
        ('"employer_money": "9k"', f'employer_money: "9k" is not a number; {EMPLOYER}'),
        ('"employer_money": -1', f"employer_money: -1 is not possible; {EMPLOYER}"),
        ('"employer_money": null', f"employer_money: null is not an object; {EMPLOYER}"),
        ('"employer_money": {"fixed": -1}', f"employer_money.fixed: -1 is not possible; {DOLLARS}"),
        ('"employer_money": {"match_cap": -1}', f"employer_money.match_cap: -1 is not possible; {DOLLARS}"),
        ('"employer_money": {"tiers": 3}', "employer_money.tiers: 3 is not a list; a list, each entry an object with rate, start, end"),
        ('"employer_money": {"tiers": [3]}', "employer_money.tiers.0: 3 is not an object; an object with rate, start, end"),
        (
            '"employer_money": {"tiers": [{"rate": 1, "start": 0, "end": 0}, {"rate": 50, "start": 0, "end": 1}]}',
            "employer_money.tiers.1.rate: 50 is not possible; a multiple, from 0 to 10 (0.5 is half of it)",
        ),
        ('"employer_money": {"tiers": [{"rate": 1, "start": 0}]}', "employer_money.tiers.0.end: is missing; a fraction, from 0 to 1 (0.06 is 6%)"),
        ('"employer_money": {"fixd": 1}', "employer_money.fixd: there is no such fact here; did you mean fixed?"),
        ('"employer_money": {"zzz": 1}', "employer_money.zzz: there is no such fact here"),
        ('"payy": 3', "payy: there is no such fact here; did you mean pay?"),
        ('"zzz": null', "zzz: there is no such fact here"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_fact_is_told_in_one_line(fact: str, problem: str) -> None:
    assert told(ROOM, fact) == (problem,)


@pytest.mark.parametrize(
    ("fact", "problem"),
    [
        ('"plans": {}', "plans: an object is not a list; a list, each entry an object with name, group,"),
        ('"plans": [{"name": 3}]', "plans.0.name: 3 is not text; a name of at most 60 characters"),
        ('"plans": [{"name": ""}]', 'plans.0.name: "" is not possible; a name of at most 60 characters'),
        (f'"plans": [{", ".join([ONE] * 21)}]', "plans: has too many entries; a list, each entry"),
        ('"plans": [{"name": "\\ud800"}]', 'plans.0.name: "\\ud800" is not possible; a name of at most'),
    ],
)
def test_what_is_wrong_with_a_record_is_told(fact: str, problem: str) -> None:
    assert any(line.startswith(problem) for line in told(EMPLOYERS, fact))


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{}", "year: is missing; a tax year from 2014 to 2026"),
        ('{"year": "2026"}', 'year: "2026" is not a whole number; a tax year from 2014 to 2026'),
        ('{"year": null}', "year: null is not a whole number; a tax year from 2014 to 2026"),
        ('{"year": true}', "year: true is not a whole number; a tax year from 2014 to 2026"),
        ('{"year": 2026.5}', "year: 2026.5 is not a whole number; a tax year from 2014 to 2026"),
        ('{"year": 2027}', "year: no published limits for 2027; a tax year from 2014 to 2026"),
        ('{"year": -1}', "year: no published limits for -1; a tax year from 2014 to 2026"),
        (f'{{"year": {"9" * 5000}}}', f"year: {'9' * 23}… is not a whole number; a tax year from 2014 to 2026"),
    ],
)  # fmt: skip
def test_the_year_is_always_needed(text: str, problem: str) -> None:
    with pytest.raises(BadFacts) as bad:
        check(ROOM, read(text.encode()))
    assert bad.value.problems == (problem,)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(BadFacts) as bad:
        check(ROOM, read(b'{"year": 1999, "pay": -1, "payy": 1, "employer_money": {"tiers": [3, {}]}}'))
    places = [problem.partition(":")[0] for problem in bad.value.problems]
    assert places == [
        "year",
        "pay",
        *("employer_money.tiers.0", "employer_money.tiers.1.rate"),
        *("employer_money.tiers.1.start", "employer_money.tiers.1.end"),
        "payy",
    ]
    assert str(bad.value) == "\n".join(bad.value.problems)


def test_a_place_is_followed_as_far_as_there_is_something() -> None:
    given = {"a": [{"b": 1}]}
    assert _place(given, ["a", 0, "b"]) == (["a", 0, "b"], 1)
    for beyond in (1, "b"):
        assert _place(given, ["a", beyond, "b"]) == (["a"], given["a"])
    assert _place(given, ["a", 0, "c"]) == (["a", 0], {"b": 1})


def test_what_is_no_day_is_told() -> None:
    days = "a date, from 1900-01-01 to 2199-12-31 (2026-12-31)"
    for day, problem in (("soon", "is not a date"), ("2300-01-01", "is not possible")):
        assert told(CALCULATIONS["paychecks"], f'"next_pay_day": "{day}"') == (
            f'next_pay_day: "{day}" {problem}; {days}',
        )


def test_there_is_an_end_to_what_is_told() -> None:
    lines = told(EMPLOYERS, f'"plans": [{", ".join(["{}"] * 20)}]')
    assert len(lines) == 21
    assert lines[-2:] == ("plans.9.group: is missing; a name of at most 60 characters", "and 20 more")
    assert len(told(EMPLOYERS, f'"plans": [{", ".join(["{}"] * 10)}]')) == 20


def test_a_name_of_nothing_is_shown_all_the_same() -> None:
    assert told(ROOM, '"": 1') == ('"": there is no such fact here',)


def test_only_a_short_piece_of_the_input_is_shown() -> None:
    secret, name = "123-45-6789 " * 1000, "n" * 5000
    for line in told(
        ROOM, f'"pay": "{secret}", "{name}": 1, "checks_left": {"7" * 4000}, "plan": "{secret}"'
    ):
        assert len(line) < 200
        assert line.count("123-45-6789") <= 2


def test_what_a_terminal_would_obey_is_shown_as_its_code() -> None:
    assert told(ROOM, '"\\u001b[31m": 1, "pay": "\\u202ered\\n"') == (
        f'pay: "\\u202ered\\u000a" is not a number; {DOLLARS}',
        "\\u001b[31m: there is no such fact here",
    )


# --- what the results need -------------------------------------------------------------------------------------------


def test_every_fact_that_is_missing_is_named_with_what_needs_it() -> None:
    assert told(ROOM, '"after_tax_so_far": 0') == (
        "pay: is missing (Pay for a full year); needed for Pay from this job this year → Total limit; " + DOLLARS,
        "deferral: is missing (Your deferrals, all year); needed for Deferrals that count as annual additions; "
        + DOLLARS,
        "employer_money: is missing (Employer money, all year); needed for Employer money of the whole year; "
        + EMPLOYER,
    )  # fmt: skip


def test_a_choice_that_is_missing_is_named_with_its_options() -> None:
    facts = '"pay": 1, "whole_year": false, "deferral": 0, "employer_money": 0, "after_tax_so_far": 0'
    assert told(ROOM, facts) == (
        "pay_schedule: is missing (Paid); needed for Pay from this job this year → Total limit; one of weekly "
        "(Every week), biweekly (Every 2 weeks), semimonthly (Twice a month), monthly (Once a month)",
    )


def test_facts_that_contradict_each_other_are_named() -> None:
    facts = '"yearly_dollars": 1, "years_contributing": 1, "low_return": 0.5, "high_return": 0'
    assert told(WORTH, facts) == (
        "low_return, middle_return, high_return: the returns must not go down from low to high",
    )


# --- whatever is given -----------------------------------------------------------------------------------------------

TEXT = st.text(st.characters(exclude_characters="NTDIEo<"), max_size=30)
"""Anything but what `_INSIDES` looks for."""
JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | TEXT
    | st.sampled_from(["1e-400", "310k", "2026-12-31", "yes", -1, 0, 0.5, 1, 10**9, 10**30, 1e300]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
_INSIDES = re.compile(r"None\b|Traceback|Decimal|Input should|<class|\bError\b|object at|unexpected keyword")


@st.composite
def nearly_right(draw: st.DrawFn) -> tuple[Calculation, bytes]:
    """A calculation with its example, some facts of it changed into something else and some others given too."""
    calculation = draw(st.sampled_from([*CALCULATIONS.values()]))
    facts = dict(example_of(calculation))
    names = [*calculation.inputs().model_fields]
    facts.update(draw(st.dictionaries(st.sampled_from(names) | TEXT, JUNK, max_size=4)))
    for name in draw(st.sets(st.sampled_from(names), max_size=2)):
        facts.pop(name, None)
    return calculation, json.dumps(facts, default=float).encode()


@settings(deadline=None, max_examples=100)
@for_all(nearly_right())
def test_whatever_is_given_there_are_results_or_lines_for_a_person(case: tuple[Calculation, bytes]) -> None:
    calculation, text = case
    try:
        work_out(calculation, read(text))
    except BadFacts as bad:
        for line in (*bad.problems, bad.problems[0]):
            assert re.fullmatch(r".+: \S.*|and \d+ more", line), line
            assert line.isprintable()
            assert len(line) < 1_000
            assert not _INSIDES.search(line), line


@settings(deadline=None)
@for_all(st.binary(max_size=40) | JUNK.map(lambda junk: json.dumps(junk).encode()))
def test_whatever_is_read_it_is_an_object_or_a_line_for_a_person(data: bytes) -> None:
    try:
        assert isinstance(read(data), dict)
    except BadFacts as bad:
        for line in bad.problems:
            assert line.isprintable()
            assert len(line) < 200
            assert not _INSIDES.search(line), line
