"""What holds whatever a person does: nothing breaks, nothing is lost, and the order of answers never matters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dialogs.events import Command, Edited, Event, Pressed, Said, Unreadable
from dialogs.menu import COMMANDS, WORDS
from dialogs.moment import Conflicting, Reviewing, Showing
from dialogs.session import Session, load
from dialogs.turn import public_turn, turn
from dialogs.walk import samples
from tests.dialogs.talk import NEXT_YEAR, WORLD, Person, asked, check_card, check_turn, finished, newcomer
from tests.dialogs.told import CHECKED

MESSY = (
    """
185k|$185,000.00|about 24k i think|24500ish|max|maxing it out|half of the max|10% of pay|6 percent|.06|0.5%|1.2m|1.2.3
1,2,3|10k-12k|between 10 and 12k|he said 5000 or 6000|-500|(500)|$|%|,|???|...|!|500 bucks|€500|£1k|5e3|1_000|١٢|１２|②
x|no idea|idk|not sure|dunno, maybe 10?|skip|ask hr|n/a|none|nothing yet|0|zero|null|nan|inf|None|undefined|true
yes|Yes.|YES!!|y|yep|yes but only roth|yes i think|yes?|no|nope|NO|not really|no wait yes|both|either|neither one|1|2|3|9|15
401k|401(k)|my 401k at work|403b|457|TSP|solo 401k|roth ira|i quit last month|no plan here|convert inside|in service
under 50|52|1974|born in 74|i'm 61 this december|sixty one|50s|over 64|twice a month|biweekly|every other friday|26|weekly
50% of the first 6%|100% up to 4|3% plus 100% of the first 5%|dollar for dollar|safe harbor|match is 5k|5,000 match and 2%
1200 per paycheck|1,200/mo|600 each paycheck|15k a month|100k a year|$45/hr|20 an hour|7000 so far|ytd 12,345.67
what is acp?|what's an hce|why do you ask|how much can i put in??|is this legal|can i do this twice|tell me a joke|help me pls
mega backdoor|415c|pro rata|front load|true up|form 8606|can my wife do it too|what about taxes|when is the deadline
back|back.|go back|menu|answers|change 3|#3|start over|restart|delete|delete everything|cancel|letter|continue|show|ok|done
hi|hello there|thanks!|thank you|great|lol|ugh|wtf|🙂|👍|👎|🤷 no clue|❤️|\u200b|\u202e185k|a\u0301|e\u0301\u0301\u0301
<b>185k</b>|&amp;|{{ 7 * 7 }}|{% raw %}|%s %d|\\|'; drop table --|/start|/delete|/ foo|@bot 185k|https://example.com/?a=1&b=2
""".strip()
    .replace("\n", "|")
    .split("|")
)
LONG = ["9" * 400, "what is acp? " * 300, "👍" * 2_000, "a " * 700, "<" * 4_096, "1 " * 150 + "?"]
DATA = [
    "a:pay:limit",
    "a:deferral:with_catch_up",
    "a:checks_left:n53",
    "a:plan:not_sure",
    "a:highly_paid:not_sure",
    "a:employer_money:zero",
    "undo:plan:00000000",
    "flow:check",
    "flow:room",
    "delete_yes",
    "restart_yes",
    "here",
    "question",
    "about",
    "topic:acp-test",
    "topic:",
    "a::",
    "c:pay:",
    "::::",
    "keep_all",
]
VERBS = ("a", "c", "no", "change", "keep", "back", "undo", "topic", "flow", "show", "")
Shown = Sequence[str]

texts = st.sampled_from(MESSY) | st.text(max_size=40) | st.sampled_from(LONG)
forged = (
    st.sampled_from(DATA)
    | st.builds(
        "{}:{}:{}".format, st.sampled_from(VERBS), st.sampled_from(sorted(CHECKED)), st.text(max_size=8)
    )
    | st.text(max_size=64)
)
names = st.sampled_from(
    [*(c.name for c in COMMANDS), *WORDS.values(), "version", "room", "foo", "delete_yes"]
)
arguments = st.sampled_from(["", "check", "room", "letter", "ask_acp-test", "acp", "185k"]) | texts
events: st.SearchStrategy[Event | int] = st.one_of(
    st.integers(0, 10**6),  # a button that was shown, however long ago
    st.integers(0, 10**6),
    st.builds(Said, texts, st.integers(0, 3)),
    st.builds(Said, texts, st.integers(0, 3)),
    st.builds(Pressed, forged),
    st.builds(Command, names, arguments, st.integers(0, 3)),
    st.builds(Edited, texts, st.integers(0, 3)),
    st.builds(Unreadable, st.sampled_from(["photo", "voice", "sticker"])),
)
STARTS: Mapping[str, Callable[[], Person]] = {
    "nobody": Person,
    "new": newcomer,
    "middle": lambda: asked("pay", cap_kind="10%"),
    "doubtful": lambda: asked("deferral").says("30k", ref=1),
    "unsure": lambda: asked("checks_left", takes_after_tax="not sure", deferral="not sure"),
    "result": finished,
}


def happen(person: Person, move: Event | int) -> Event | None:
    """What ``move`` causes: a number presses the button that it counts to."""
    if not isinstance(move, int):
        return move
    shown = [b.data for card in person.shown for row in card.buttons for b in row if b.data]
    return Pressed(shown[-1 - move % len(shown)]) if shown else None


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(sorted(STARTS)), st.lists(events, max_size=15))
def test_whatever_happens_there_is_a_card_to_go_on_with(start: str, moves: list[Event | int]) -> None:
    person = STARTS[start]().copy()
    for move in moves:
        event = happen(person, move)
        if event is not None:
            person.does(event)  # checks the turn and what is stored


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from(sorted(STARTS)),
    st.lists(events, max_size=6),
    st.integers(0, 10**6) | st.builds(Pressed, forged),
)
def test_a_press_done_twice_is_done_once(start: str, moves: list[Event | int], press: int | Pressed) -> None:
    person = STARTS[start]().copy()
    for move in moves:
        if (event := happen(person, move)) is not None:
            person.does(event)
    event = happen(person, press)
    if event is None or event == Pressed("back"):
        return  # the plain verb is for typing: buttons name their question
    once = person.does(event).session
    assert person.does(event).session == once


@settings(deadline=None, max_examples=100)
@given(
    st.sampled_from(sorted(STARTS)),
    st.lists(events, max_size=4),
    st.sampled_from(
        [
            "why",
            "how",
            "help",
            "letter",
            "privacy",
            "sources",
            "/version",
            "/ask",
            "/ask acp",
            "what is acp?",
            "what is a banana?",
            "how do i ask hr about it?",
        ]
    ),
)
def test_a_follow_up_changes_nothing(start: str, moves: list[Event | int], question: str) -> None:
    person = STARTS[start]().copy()
    for move in moves:
        if (event := happen(person, move)) is not None:
            person.does(event)
    before = replace(person.session, year=WORLD.year, unanswered="", read="")
    place = person.place
    assert replace(person.says(question).session, unanswered="", read="") == before
    assert person.place == place
    topic = turn(person.session, Pressed("topic:acp-test"), WORLD)
    assert topic.session == replace(before, read="acp-test")


@settings(deadline=None)
@given(texts | st.text(), st.sampled_from(["said", "ask", "start", "pressed"]))
def test_in_public_nothing_breaks_and_nothing_is_kept(text: str, way: str) -> None:
    ways: dict[str, Event] = {
        "said": Said(text),
        "ask": Command("ask", text),
        "start": Command("start", text),
        "pressed": Pressed(text),
    }
    after = public_turn(ways[way], WORLD)
    assert after.session is None
    for card in after.replies:
        check_card(card)


@settings(deadline=None)
@given(
    st.text()
    | st.builds(
        lambda head, tail: head + tail, st.sampled_from(['{"v":1,', '{"v":2}', "[", '{"v":1}']), st.text()
    ),
    events,
)
@example(
    '{"v":1,"flow":"check","idle":false,"changing":"pay","asked":"banana","misses":99,"last_fact":"x"}',
    Said("5"),
)
@example(
    '{"v":1,"flow":"gone","idle":false,"answers":{"pay":"1"},"changing":"pay","reviewed":true}', Said("5")
)
@example('{"v":1,"flow":"room","idle":false,"asked":"answers","answers":{"plan":"k401"}}', Said("1"))
@example(
    '{"v":1,"flow":"check","answers":{"plan":"gone","pay":"x","gone":1},"undo":{"plan":null}}',
    Command("start"),
)
def test_whatever_was_stored_a_turn_follows(stored: str, move: Event | int) -> None:
    check_turn(turn(load(stored), Said("yes") if isinstance(move, int) else move, WORLD))


@settings(deadline=None, max_examples=50)
@given(st.lists(events, max_size=8), st.lists(events, max_size=4))
def test_a_new_year_can_begin_at_any_time(moves: list[Event | int], later: list[Event | int]) -> None:
    person = finished()
    for move in moves:
        if (event := happen(person, move)) is not None:
            person.does(event)
    person.session = replace(person.session, year=2025)
    for move in later:
        if (event := happen(person, move)) is not None:
            person.does(event)
    person.world = NEXT_YEAR
    person.says("/start", "continue")


# --- the order of answers ---------------------------------------------------------------------------------------------

VALUES = {fact: samples(fact, WORLD) for fact in sorted(WORLD.library.questions)}
wholes: st.SearchStrategy[Mapping[str, object]] = st.fixed_dictionaries(
    {fact: st.sampled_from(values) for fact, values in VALUES.items()}
    | {
        "plan": st.sampled_from(VALUES["plan"][:2]),
        "takes_after_tax": st.sampled_from([True, True, *VALUES["takes_after_tax"]]),
        "additions_elsewhere": st.sampled_from([v for v in VALUES["additions_elsewhere"] if v != 0]),
    }
)
flows = st.sampled_from(sorted(WORLD.flows))


def tells(person: Person, whole: Mapping[str, object]) -> Person:
    """Answer what is asked as ``whole`` has it, and change what was answered otherwise, until nothing is left."""
    while True:
        if fact := person.asks:
            person.answers(whole[fact])
        elif isinstance(person.place, Conflicting):
            return person
        elif wrong := [fact for fact in person.moment.path if person.told[fact] != whole[fact]]:
            person.presses(f"change:{wrong[-1]}")
        else:
            return person.says("/answers", "show")


def shows(person: Person) -> tuple[object, ...]:
    """Everything that follows from the answers."""
    survey = person.moment.survey
    if isinstance(person.place, Conflicting):
        return person.place, person.says("answers").card
    assert isinstance(person.place, Showing)
    return (
        survey.verdict,
        survey.low,
        survey.high,
        list(survey.path),
        survey.stakes(),
        person.card,
        person.says("answers").card,
        person.says("show", "how").sees,
        person.says("why").sees,
        person.says("letter").sees,
    )


@pytest.mark.untraced
@settings(deadline=None, max_examples=25)
@given(flows, wholes, st.lists(wholes, max_size=3), st.data())
def test_edits_in_any_order_give_what_a_fresh_conversation_gives(
    flow: str, whole: Mapping[str, object], others: list[Mapping[str, object]], data: st.DataObject
) -> None:
    fresh = tells(Person().says(f"/{flow}"), whole)
    edited = Person().says(f"/{flow}")
    for other in others:
        tells(edited, other)
    order = data.draw(st.permutations(sorted(VALUES)))
    for fact in order:
        if fact in edited.moment.path:
            edited.presses(f"change:{fact}").answers(whole[fact])
    tells(edited, whole)
    # What was told once on a way that was left still counts, so those two may have been told different things.
    shown, alike = shows(edited), edited.told.keys() == fresh.told.keys()
    assert not alike or shown == shows(fresh)
    told = data.draw(st.permutations(sorted(edited.told)))
    straight = Person(Session(flow, {fact: edited.told[fact] for fact in told}, idle=False))
    assert shown == shows(tells(straight, whole))


@pytest.mark.untraced
@settings(deadline=None, max_examples=25)
@given(wholes, wholes)
def test_undo_gives_back_what_was_there(whole: Mapping[str, object], other: Mapping[str, object]) -> None:
    person = tells(newcomer(), whole)
    told = person.told
    for fact in person.moment.path:
        if whole[fact] != other[fact]:
            person.presses(f"change:{fact}").answers(other[fact]).taps("Undo")
            assert person.told == told
    assert person.says("/answers").place == Reviewing()
