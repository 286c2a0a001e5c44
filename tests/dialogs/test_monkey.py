"""A monkey: whatever people do, in whatever order, on whatever day, each turn leaves a card to go on with.

Each person begins in a flow and then does a mix of what people do: answers, taps new and old buttons, types anything,
edits, comes back on another day or in another year, finds what was kept damaged. The seed is fixed: a failure comes
again, and its message tells the moves that led to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from random import Random

import pytest

from bot.text_bars import bars
from bot.typed import spoken
from dialogs.events import Command, Edited, Event, Pressed, Said, Unreadable
from dialogs.flows import FLOWS, Verdict
from dialogs.menu import COMMANDS, WORDS
from dialogs.moment import Asking, Confirming, Conflicting, Moment, Reviewing, Showing
from dialogs.session import Session, dump, load
from dialogs.turn import turn
from dialogs.walk import samples
from dialogs.world import World, world_on
from knowledge.markup import visible
from tests.dialogs.talk import WORLD, Person, asked, typed
from tests.dialogs.test_properties import DATA, LONG, MESSY

pytestmark = pytest.mark.untraced

PEOPLE_A_FLOW = 8
MOVES = 60
LONGEST_CAPTION = 1_024
MOST_QUESTIONS = 60

DAYS = (date(2026, 1, 2), date(2026, 7, 1), date(2026, 12, 31), date(2025, 10, 5), date(2027, 2, 1))
"""The days that the monkey meets; of the last one's year the limits are not known."""

TOLD = (
    "I'm 45, make 185k, max my 401k, no after-tax yet",
    "i make 200k, 401k maxed at 24500, match is 50% of the first 6%, nothing after-tax so far",
    "pay 150,000. deferral 10%. employer 9k. after-tax 2,000",
    "we have a 401k that takes after-tax, cap 10%, in-plan conversion, i'm 52 and paid every two weeks",
    "pay is 180k and my wife makes 90k, we both max",
    "185k pay, 30k deferral, 12 or 14 checks left",
    "my old job: 8k deferred. here 10k so far, paid monthly, 61 years old",
    "profit 120,000 and wages 40k, no staff",
)
SUPPOSED = (
    "what if my match were 4%",
    "what if my pay were 250k?",
    "what if i deferred nothing",
    "suppose the plan cap is 5%",
    "what if",
    "what if my employer put in 40k",
    "how much less employer money until I have room?",
    "what if i turn 50",
    "what if my after-tax were 50k",
    "and if I were paid monthly?",
    "what if the return were 9%?",
)
OTHERS = (
    "כמה אפשר להפקיד?",
    "راتبي ١٨٥٠٠٠",
    "\u202e000,581",
    "\u2067שלום\u2069 185k",
    "我的工资是18万",
    "ⅷ",
    "½",
    "1e9",
    "-0",
    "+5",
    "0.0000001",
    "99999999999999999999",
    "1,000,000,000",
    "12.5.2026",
    "7/4",
    "2/30",
    "the 31st",
    "next friday",
    "13 of 26",
    "(1,200)",
    "\n\n\n",
    "👨‍👩‍👧‍👦 both of us",
    "a\x00b",
    "\ufffd",
    "<tg-spoiler>5</tg-spoiler>",
)
OF_A_RESULT = ("plan", "sheet", "letter_full", "picture", "how", "why", "what_if", "assumed", "save", "steps")
RESIDUE = re.compile(r"\{\{|\}\}|\{%|%\}|\bNaN\b|\bInfinity\b|\d[Ee][+-]\d|<(?:b|i|a|code)>")
WORLDS = {day: world_on(day) for day in DAYS}

Move = Callable[["Monkey"], Event | None]


class Monkey(Person):
    """A person who does anything; ``did`` is what, to be told when something breaks."""

    def __init__(self, seed: int) -> None:
        super().__init__()
        self.random = Random(seed)
        self.refs = 0
        self.did: list[object] = [seed]
        self.typed: list[str] = []
        self.met: set[tuple[str, Verdict]] = set()

    def moves(self) -> None:
        """One move, and what must hold after it."""
        [move] = self.random.choices(list(MOVE), list(MOVE.values()))
        event = move(self)
        self.did.append(event or (move.__name__, self.world.today))
        if event is None:
            return
        self.does(event)
        self.looks()

    def looks(self) -> None:
        """The newest cards fit what Telegram takes, hold no residue, and lead on."""
        assert self.card.buttons
        for card in self.last.replies:
            seen = visible(card.html)
            if card.picture is not None:
                assert len(seen) <= LONGEST_CAPTION
                assert bars(card.picture)
            if card.paper is not None:
                assert len(seen) <= LONGEST_CAPTION
            found = RESIDUE.search(seen)
            assert found is None or any(found.group() in text for text in self.typed), seen

    def takes_everything(self) -> None:
        """Of a result that was not there before: what can be made of it."""
        survey = self.moment.survey if self.moment.complete else None
        if survey is None or (self.session.flow, survey.verdict) in self.met:
            return
        self.met.add((self.session.flow, survey.verdict))
        other = self.copy()
        for verb in OF_A_RESULT:
            other.does(Command(verb))

    def types(self, text: str) -> Event:
        self.refs += 1
        self.typed.append(text)
        return spoken(text, self.refs)[0]

    @property
    def pressable(self) -> list[str]:
        """The data of every button that was ever shown."""
        return [b.data for card in self.shown for row in card.buttons for b in row if b.data]


# --- what it does -----------------------------------------------------------------------------------------------------


def taps_the_card(monkey: Monkey) -> Event | None:
    live = [b.data for row in monkey.card.buttons for b in row if b.data]
    return Pressed(monkey.random.choice(live)) if live else None


def taps_an_old_button(monkey: Monkey) -> Event | None:
    return Pressed(monkey.random.choice(monkey.pressable))


def answers(monkey: Monkey) -> Event | None:
    """Answers what is asked, with something that answers it."""
    if not monkey.asks:
        return taps_the_card(monkey)
    value = monkey.random.choice(samples(monkey.asks, WORLD))
    return monkey.types(typed(monkey.asks, value))


def types_anything(monkey: Monkey) -> Event | None:
    texts = monkey.random.choice((MESSY, MESSY, OTHERS, LONG, tuple(WORDS)))
    return monkey.types(monkey.random.choice(texts))


def tells_several_things(monkey: Monkey) -> Event | None:
    return monkey.types(monkey.random.choice(TOLD))


def supposes(monkey: Monkey) -> Event | None:
    return monkey.types(monkey.random.choice(SUPPOSED))


def edits(monkey: Monkey) -> Event | None:
    text = monkey.random.choice((*MESSY, *OTHERS, "12,000", "7%", "monthly"))
    monkey.typed.append(text)
    return Edited(text, monkey.random.choice((monkey.refs, monkey.refs, monkey.random.randint(0, 60))))


def commands(monkey: Monkey) -> Event | None:
    name = monkey.random.choice(
        [*(command.name for command in COMMANDS), *WORDS.values(), "version", "delete_yes", "foo"]
    )
    return Command(name, monkey.random.choice(("", "", "", "check", "ask_acp-test", "acp", "185k")))


def sends_a_thing(monkey: Monkey) -> Event | None:
    return Unreadable(monkey.random.choice(("photo", "voice", "sticker", "document", "location")))


def forges(monkey: Monkey) -> Event | None:
    fact = monkey.random.choice(sorted(WORLD.library.questions))
    verb = monkey.random.choice(
        ("a", "c", "no", "change", "keep", "back", "undo", "if", "turns", "step", "set")
    )
    option = monkey.random.choice(("zero", "yes", "not_sure", "n5", "limit", "", ":", "\U0001f642"))
    return Pressed(monkey.random.choice((f"{verb}:{fact}:{option}", *DATA[::4])))


def comes_another_day(monkey: Monkey) -> Event | None:
    monkey.world = WORLDS[monkey.random.choice(DAYS)]
    return None


def finds_what_was_kept_damaged(monkey: Monkey) -> Event | None:
    stored = dump(monkey.session)
    at = monkey.random.randrange(len(stored))
    mangled = monkey.random.choice(
        (stored[:at], stored[:at] + monkey.random.choice('0"{}[]:,xe-') + stored[at + 1 :])
    )
    monkey.session = load(mangled)
    return None


MOVE: dict[Move, int] = {
    taps_the_card: 28,
    answers: 26,
    taps_an_old_button: 10,
    types_anything: 12,
    tells_several_things: 4,
    supposes: 5,
    edits: 4,
    commands: 5,
    sends_a_thing: 1,
    forges: 3,
    comes_another_day: 1,
    finds_what_was_kept_damaged: 1,
}
"""How often it does what, of a hundred."""


# --- going on ---------------------------------------------------------------------------------------------------------


def goes_on(session: Session, event: Event, world: World) -> Session:
    after = turn(session, event, world)
    assert after.session is not None
    return after.session


@cache
def leads_to_a_result(stored: str, world_day: date) -> bool:
    """Whether the check that is open here ends when everything asked gets its first possible answer."""
    session, world = load(stored), WORLDS[world_day]
    changed: list[str] = []
    for _ in range(MOST_QUESTIONS):
        moment = Moment(session, world)
        match moment.place:
            case Showing():
                return True
            case Reviewing():
                session = goes_on(session, Said("show"), world)
            case Asking(fact):
                session = goes_on(session, first_answer(fact), world)
            case Confirming(pending):
                session = goes_on(session, Said(pending.candidates[0][0]), world)
            case Conflicting(_, facts):
                left = [fact for fact in facts if fact in moment.path and fact not in changed]
                if not left:
                    return False
                changed.append(left[0])
                session = goes_on(session, Pressed(f"change:{left[0]}"), world)
            case _:
                return False
    return False


@cache
def first_answer(fact: str) -> Event:
    return Said(typed(fact, samples(fact, WORLD)[0]))


PEOPLE = [(flow, 1_000 * at + number) for at, flow in enumerate(FLOWS) for number in range(PEOPLE_A_FLOW)]


@pytest.mark.parametrize(("flow", "seed"), PEOPLE)
def test_from_wherever_a_monkey_gets_a_check_leads_to_a_result(flow: str, seed: int) -> None:
    monkey = Monkey(seed)
    monkey.world = WORLDS[monkey.random.choice(DAYS[:3])]
    try:
        monkey.does(Command(flow))
        for _ in range(MOVES):
            monkey.moves()
            monkey.takes_everything()
            check = goes_on(monkey.session, Command("check"), monkey.world)
            assert leads_to_a_result(dump(check), monkey.world.today)
    except Exception as wrong:
        wrong.add_note(f"after {monkey.did}")
        raise


# --- what a monkey found ----------------------------------------------------------------------------------------------


def test_the_room_of_somebody_with_another_plan_asks_what_was_deferred_there() -> None:
    person = asked("deferred_elsewhere").says("/room", "185k", "20,000", "9,250", "0")
    assert person.asks == "deferred_elsewhere"
    assert "over their own limit" in person.says("14,500", "no").sees


def test_a_couple_without_a_business_gets_its_plan_for_the_year() -> None:
    person = Person().says("/couple", "No pay", "my plan")
    assert any(card.paper for card in person.last.replies)
