"""What is kept of a conversation, and what becomes of it when it is read again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialogs import session as kept
from dialogs.flows import FACTS
from dialogs.session import Pending, Session, dump, load
from knowledge.core.facts import AgeBand, CapKind, OverWages, PlanKind
from knowledge.core.match import EmployerMoney, Tier
from knowledge.core.measures import Fraction
from knowledge.core.sheet import NOT_SURE
from tests.dialogs.told import CHECKED, ORDER, TOLD, but

DAY = date(2026, 6, 15)
CENTS = st.integers(0, 99_999_999_999).map(lambda n: Decimal(n) / 100)
SHARES = st.integers(0, 10_000).map(lambda n: Decimal(n) / 10_000)
MONEY = st.builds(
    EmployerMoney,
    st.lists(st.builds(Tier, SHARES, SHARES, SHARES), max_size=4).map(tuple),
    SHARES,
    CENTS,
    st.none() | CENTS,
)
KINDS: dict[type, st.SearchStrategy[Any]] = {
    Decimal: CENTS,
    bool: st.booleans(),
    int: st.integers(0, 53),
    EmployerMoney: MONEY,
}


def answer_to(fact: str) -> st.SearchStrategy[Any]:
    kind: Any = FACTS[fact].kind
    if FACTS[fact].measure is Fraction:
        return st.decimals(0, 1, places=2) | st.just(NOT_SURE)
    values = KINDS[kind] if kind in KINDS else st.sampled_from(list(kind))
    return values | st.just(NOT_SURE) if FACTS[fact].possible else values


ANSWERS = st.lists(st.sampled_from(ORDER), unique=True).flatmap(
    lambda facts: st.fixed_dictionaries({fact: answer_to(fact) for fact in facts})
)
BEFORE = st.lists(st.sampled_from(ORDER), unique=True, max_size=2).flatmap(
    lambda facts: st.fixed_dictionaries({fact: st.none() | answer_to(fact) for fact in facts})
)
LABELS = st.tuples(st.text(max_size=20), st.text(max_size=20))
SESSIONS = st.builds(
    Session,
    flow=st.sampled_from(["", "check", "room"]),
    answers=ANSWERS,
    pending=st.none()
    | st.builds(
        Pending,
        st.sampled_from(ORDER),
        st.text().map(escape),
        st.lists(LABELS, min_size=1, max_size=4).map(tuple),
    ),
    changing=st.sampled_from(["", *ORDER]),
    reviewed=st.booleans(),
    idle=st.booleans(),
    asked=st.sampled_from(["", "delete", "restart", "answers"]),
    misses=st.integers(0, 3),
    undo=BEFORE,
    year=st.integers(2025, 2030),
    day=st.none() | st.dates(),
    last_fact=st.sampled_from(["", *ORDER]),
    last_ref=st.integers(0, 2**53),
    unanswered=st.text(max_size=300),
    read=st.sampled_from(["", "acp-test"]),
)


def test_the_order_of_the_questions_has_every_fact() -> None:
    assert sorted(ORDER) == sorted(CHECKED)


@given(SESSIONS)
def test_what_is_kept_reads_the_same_again(session: Session) -> None:
    again = load(dump(session))
    assert again == session
    assert list(again.answers) == list(session.answers)
    assert dump(again) == dump(session)


def test_what_only_the_next_turn_has_to_tell_is_not_kept() -> None:
    told = replace(Session("check", TOLD), set_aside=("pay",), damaged=True)
    assert load(dump(told)) == Session("check", TOLD)


@pytest.mark.parametrize(
    ("session", "stored"),
    [
        (Session(), {}),
        (Session(flow="room", idle=False), {"flow": "room", "idle": False}),
        (Session(answers={"pay": Decimal("185000.50")}), {"answers": {"pay": "185000.50"}}),
        (Session(answers={"deferral": NOT_SURE}), {"answers": {"deferral": "?"}}),
        (Session(answers={"over_wages": OverWages.NOT_SURE}), {"answers": {"over_wages": "not_sure"}}),
        (Session(answers={"employer_money": EmployerMoney()}), {"answers": {"employer_money": {}}}),
        (
            Session(answers={"employer_money": EmployerMoney((Tier(Decimal(1), Decimal(0), Decimal("0.04")),))}),
            {"answers": {"employer_money": {"tiers": [{"rate": "1", "start": "0", "end": "0.04"}]}}},
        ),
        (Session(undo={"pay": None}), {"undo": {"pay": None}}),
        (
            Session(pending=Pending("pay", "310?", (("Yes", "$310,000"),))),
            {"pending": ["pay", "310?", [["Yes", "$310,000"]]]},
        ),
        (Session(unanswered="a banana?"), {"unanswered": "a banana?"}),
        (Session(year=2026, day=DAY, last_ref=7), {"year": 2026, "day": "2026-06-15", "last_ref": 7}),
    ],
)  # fmt: skip
def test_only_what_is_not_usual_is_stored(session: Session, stored: dict[str, Any]) -> None:
    assert json.loads(dump(session)) == {"v": 1, **stored}


def test_nothing_stored_is_a_new_person() -> None:
    assert load(None) == Session()


def test_the_fullest_case_is_small() -> None:
    cents = Decimal("123456.78")
    tiers = tuple(Tier(Decimal("0.5"), Decimal(n) / 100, Decimal(n + 2) / 100) for n in (0, 2, 4))
    answers: dict[str, object] = {fact: cents for fact in ORDER if FACTS[fact].kind is Decimal}
    answers |= {
        "cap_kind": CapKind.PERCENT,
        "cap_percent": Decimal("0.083333"),
        "cap_counts_all_pay": NOT_SURE,
        "age_band": AgeBand.UNDER_50,
        "over_wages": OverWages.NOT_SURE,
        "employers_related": NOT_SURE,
        "checks_so_far": 12,
        "employer_money": EmployerMoney(tiers, Decimal("0.03"), cents, cents),
    }
    session = Session(
        "check",
        but(**answers),
        Pending("employer_money", "x" * 200, (("A share of pay", "6% no matter what"),) * 3),
        "employer_money",
        reviewed=True,
        idle=False,
        asked="restart",
        misses=3,
        undo={"employer_money": answers["employer_money"]},
        year=2026,
        day=DAY,
        last_fact="employer_money",
        last_ref=2**53,
    )
    assert set(session.answers) == set(ORDER)
    assert len(dump(session).encode()) < 1_536


# --- damage -------------------------------------------------------------------------------------------------------

DAMAGED = Session(damaged=True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "[]",
        "1",
        '"v"',
        "{}",
        '{"v": null}',
        '{"v": "1"}',
        '{"v": [1]}',
        '{"v": 1.0}',
        '{"v": NaN}',
        '{"v": 1e400}',
        '{"v": 1, "mood": "fine"}',
        '{"v": 1, "answers": []}',
        '{"v": 1, "answers": null}',
        '{"v": 1, "flow": 7}',
        '{"v": 1, "day": "yesterday"}',
        '{"v": 1, "pending": ["pay"]}',
        '{"v": 1, "pending": ["pay", "?", [["a"]]]}',
        '{"v": 1, "misses": "many"}',
        '{"v": 1, "last_ref": 1e30}',
        "\ud800",
        "[" * 100_000,
        '{"v": ' * 50_000,
        "9" * 100_000,
        "\x00" * 1_000_000,
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_read_starts_afresh(text: str) -> None:
    assert load(text) == DAMAGED


@pytest.mark.parametrize("version", [0, -1, -100, 2, 99, 10**30])
def test_a_version_that_is_not_known_is_not_guessed_at(version: int) -> None:
    assert load(json.dumps({"v": version})) == DAMAGED


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text: str) -> None:
    assert load(text).answers == {}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(["v", "answers", "undo", "pending", "day", "year", "misses", "flow", "idle"])


@given(st.dictionaries(FIELDS, JSON), st.dictionaries(st.sampled_from([*ORDER, "rank"]), JSON))
def test_no_stored_form_makes_it_raise_and_what_is_kept_fits(
    stored: dict[str, Any], answers: dict[str, Any]
) -> None:
    assert isinstance(load(json.dumps({"v": 1, **stored})), Session)
    session = load(json.dumps({"v": 1, "answers": answers, "undo": answers}))
    assert set(session.answers) | set(session.set_aside) == set(answers)
    assert set(session.answers).isdisjoint(session.set_aside)
    for fact, value in session.answers.items():
        assert value is NOT_SURE or isinstance(value, FACTS[fact].kind)
    assert load(dump(session)) == replace(session, set_aside=())


def test_answers_that_no_longer_fit_are_set_aside_by_name() -> None:
    stored = {
        "plan": "k401",
        "shoe_size": 9,
        "age_band": "from_40",
        "pay": "a lot",
        "whole_year": None,
        "pay_schedule": "?",
        "checks_left": "eight",
        "deferral": "24500",
    }
    session = load(json.dumps({"v": 1, "answers": stored}))
    assert session.answers == {"plan": PlanKind.K401, "deferral": Decimal(24_500)}
    assert session.set_aside == (
        "shoe_size", "age_band", "pay", "whole_year", "pay_schedule", "checks_left",
    )  # fmt: skip
    assert not session.damaged


@pytest.mark.parametrize("number", ["NaN", "sNaN", "Infinity", "-Infinity", "-1", "1e999999", "1" + "0" * 9])
@pytest.mark.parametrize("place", ["pay", "fixed", "nonelective", "match_cap", "rate"])
def test_a_number_that_is_none_is_set_aside(number: str, place: str) -> None:
    tier = {"rate": number, "start": "0", "end": "1"}
    money = {"tiers": [tier]} if place == "rate" else {place: number}
    fact, value = ("pay", number) if place == "pay" else ("employer_money", money)
    session = load(json.dumps({"v": 1, "answers": {fact: value}}))
    assert (session.answers, session.set_aside) == ({}, (fact,))


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400"])
def test_a_json_number_that_is_none_is_set_aside(number: str) -> None:
    assert load(f'{{"v": 1, "answers": {{"pay": {number}}}}}').set_aside == ("pay",)


def test_marks_of_facts_that_are_gone_are_dropped() -> None:
    gone = {
        "pending": ["shoe_size", "9?", [["Yes", "9"]]],
        "changing": "shoe_size",
        "undo": {"shoe_size": 9, "hat_size": None, "pay": None, "age_band": "from_40", "deferral": "1"},
    }
    session = load(json.dumps({"v": 1, **gone}))
    assert session == Session(undo={"pay": None, "deferral": Decimal(1)})
    assert load('{"v": 1, "pending": ["pay", "?", []]}').pending is None


# --- versions -----------------------------------------------------------------------------------------------------


def _renamed(stored: dict[str, Any]) -> dict[str, Any]:
    answers = {("pay" if name == "salary" else name): value for name, value in stored["answers"].items()}
    return {**stored, "answers": answers}


def _in_dollars(stored: dict[str, Any]) -> dict[str, Any]:
    answers = dict(stored["answers"])
    answers["pay"] = str(1_000 * int(answers["pay"]))
    return {**stored, "answers": answers}


@pytest.fixture
def third_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MIGRATIONS", (_renamed, _in_dollars))
    monkeypatch.setattr(kept, "VERSION", 3)


@pytest.mark.usefixtures("third_version")
@pytest.mark.parametrize(
    ("version", "answers"),
    [(1, {"salary": "185"}), (2, {"pay": "185"}), (3, {"pay": "185000"})],
)
def test_older_versions_are_brought_up_to_date_in_order(version: int, answers: dict[str, str]) -> None:
    session = load(json.dumps({"v": version, "answers": answers}))
    assert session.answers == {"pay": Decimal(185_000)}
    assert json.loads(dump(session))["v"] == 3


@pytest.mark.usefixtures("third_version")
@pytest.mark.parametrize(
    "stored",
    [{"v": 1}, {"v": 1, "answers": []}, {"v": 2, "answers": {}}, {"v": 2, "answers": {"pay": "x"}}, {"v": 4}],
)
def test_a_migration_that_trips_over_damage_starts_afresh(stored: dict[str, Any]) -> None:
    assert load(json.dumps(stored)) == DAMAGED


def test_the_version_counts_the_migrations() -> None:
    assert len(kept.MIGRATIONS) + 1 == kept.VERSION


# --- answering ----------------------------------------------------------------------------------------------------


def test_an_answer_clears_what_waited_and_remembers_what_it_replaced() -> None:
    waiting = Session(
        "check",
        {"plan": PlanKind.K401, "pay": Decimal(1), "cap_kind": NOT_SURE},
        Pending("pay", "?", (("Yes", "$1"),)),
        "pay",
        reviewed=True,
        asked="delete",
        misses=2,
        undo={"plan": None},
        year=2026,
    )
    after = waiting.answer({"pay": Decimal(2), "age_band": AgeBand.FROM_50}, DAY, ref=9)
    assert after == Session(
        "check",
        {"plan": PlanKind.K401, "cap_kind": NOT_SURE, "pay": Decimal(2), "age_band": AgeBand.FROM_50},
        idle=False,
        undo={"pay": Decimal(1), "age_band": None},
        year=2026,
        day=DAY,
        last_fact="pay",
        last_ref=9,
    )
    assert list(after.answers) == ["plan", "cap_kind", "pay", "age_band"]


def test_taking_back_gives_the_answers_before() -> None:
    first = Session("check", {"plan": PlanKind.K401, "cap_kind": NOT_SURE}, idle=False)
    after = first.answer({"cap_kind": CapKind.PERCENT, "cap_percent": Decimal("0.1")}, DAY)
    back = replace(after, reviewed=True, changing="plan").taken_back()
    assert back.answers == first.answers
    assert (back.undo, back.pending, back.changing, back.reviewed) == ({}, None, "", False)
    assert back.taken_back() == back


@given(ANSWERS, ANSWERS.filter(bool))
def test_taking_back_undoes_any_answer(answers: dict[str, object], values: dict[str, object]) -> None:
    assert Session("check", answers).answer(values, DAY).taken_back().answers == answers
