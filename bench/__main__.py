"""How long the parts take, without network and disk: ``python -m bench`` (or ``make bench``)."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable
from functools import partial
from resource import RUSAGE_SELF, getrusage
from statistics import quantiles
from time import perf_counter

from bot.calc import work_out
from bot.conversation import DialogConversation
from bot.gallery import SCENES, played
from bot.given import check
from bot.papers import file_of
from bot.pictures import png
from bot.schema import example_of
from bot.terminal import PLAIN, Panel, laid_out
from bot.typed import spoken
from dialogs.events import Command, Event, Pressed, Said
from dialogs.flows import FACTS
from dialogs.moment import Moment
from dialogs.session import Session, load
from dialogs.turn import turn
from dialogs.understand import understand
from dialogs.walk import DRAWN_ON, atlas
from dialogs.world import World, world_on
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.employee import Employee
from knowledge.core.limits import load_law
from knowledge.finder import load_finder, read_finder
from tests.people.people import people
from tests.transcripts import SCRIPTS

SURE = {"cap_kind": "percent of pay", "age_band": "61", "pay": "480,000", "checks_left": "26"}
"""All that somebody knows who is sure of nothing: with these answers the most others can be left open."""
ENDINGS = (Said("show"), Said("how"), Said("why"), Said("letter"))
TEXTS = {
    "pay": ("$185k", "185.000", "about 1.2m", "7,115.38 every two weeks", "a hundred eighty five thousand"),
    "deferral": ("max", "10%", "700 per paycheck", "24.5k", "20-25k", "12k so far", "24500 + 8000"),
    "employer_money": ("50% of the first 6%", "3% plus 100% of the next 2", "9,100", "dollar for dollar"),
    "after_tax_so_far": ("6.4k", "nothing yet", "1,2,3", "-5", "½", "six thousand", "9" * 300),
    "checks_left": ("8", "every other friday", "two a month", "eight", "8.5"),
    "age_band": ("52", "61 in november", "born 1974", "over 64"),
    "cap_kind": ("10%", "20k a year", "no cap", "idk"),
    "pay_schedule": ("15th and 30th", "2x/mo", "every 14 days"),
}
QUESTIONS = (
    "what is ACP?",
    "do I earn too much for this",
    "after-tax vs roth",
    "can they refund my money??",
    "form 1099r code",
    "is it too late for this year",
    "wat is mega bakdoor",
    "tell me a joke",
)


def ms(work: Callable[[], object]) -> float:
    """Milliseconds that ``work`` takes."""
    begun = perf_counter()
    work()
    return (perf_counter() - begun) * 1000


def show(name: str, took: Iterable[float]) -> None:
    times = sorted(took)
    p50, p95 = (quantiles(times, n=100, method="inclusive")[at] for at in (49, 94))
    print(f"{name:42}{len(times):8}{p50:10.3f}{p95:10.3f}{times[-1]:10.3f}")


def turns(
    conversation: DialogConversation, events: Iterable[Event], stored: str | None = None
) -> tuple[list[float], str | None]:
    """Time each turn as the bot runs it: the session read, the turn, the session written."""
    took = []
    for event in events:
        begun = perf_counter()
        stored = conversation.respond(stored, event).stored
        took.append((perf_counter() - begun) * 1000)
    return took, stored


def scripted() -> Iterable[float]:
    """Every turn of the people of the tests."""
    for someone in people():
        events = [step.event(seen.replies) for step, seen in zip(someone.script, someone.turns, strict=False)]
        conversation = DialogConversation(lambda day=someone.today: day)  # type: ignore[misc]
        for _ in range(5):
            yield from turns(conversation, [Command("start"), *events])[0]


def unsure(conversation: DialogConversation) -> list[Event]:
    """What somebody types who is sure of nothing, up to the check page."""
    world, events = world_on(DRAWN_ON), list[Event]([Command("check")])
    while asked := Moment(load(turns(conversation, events)[1]), world).asked:
        options = world.library.questions[asked].front.options
        first = next((option.label for option in options.values()), "")
        events.append(Said(SURE.get(asked) or ("not sure" if FACTS[asked].possible else first)))
    return events


def script_of(flow: str) -> list[str]:
    """What somebody types and presses who goes through ``flow``: the transcript of it."""
    steps = tomllib.loads(SCRIPTS.read_text("utf-8"))[flow]["steps"]
    return [one for step in steps for one in (step["unseen"] if isinstance(step, dict) else [step])]


def flow_turns(flow: str, world: World) -> list[float]:
    """Time each turn on the way through ``flow``, the turn alone."""
    took: list[float] = []
    session, panel = Session(), Panel()
    for step in script_of(flow):
        pressed = [button for button in panel.buttons if f"[{button.label}]" == step]
        event = Pressed(pressed[0].data) if pressed else spoken(step)[0]
        begun = perf_counter()
        after = turn(session, event, world)
        took.append((perf_counter() - begun) * 1000)
        assert after.session is not None
        session, panel = after.session, laid_out(after.replies, panel, PLAIN)[1]
    assert Moment(session, world).complete, flow
    return took


def draw_all() -> None:
    """Every picture and every paper of the gallery, made anew by a compiler that is warm."""
    for scene in SCENES:
        picture, paper = played(scene)
        kind = "picture" if paper is None else "paper"
        make: Callable[[], object] = (
            partial(png.__wrapped__, picture) if paper is None else partial(file_of.__wrapped__, paper)
        )
        make()
        show(f"{kind}: {scene.name}", [ms(make) for _ in range(10)])


def main() -> None:
    print(f"{'milliseconds':42}{'times':>8}{'p50':>10}{'p95':>10}{'max':>10}")
    show("start: limits, words, search", [ms(partial(world_on.__wrapped__, DRAWN_ON)) for _ in range(5)])
    world = world_on(DRAWN_ON)
    show("a turn: four people, all their turns", scripted())

    for flow in world.flows:
        show(f"a turn of /{flow}, the turn alone", [t for _ in range(5) for t in flow_turns(flow, world)])

    conversation = DialogConversation(lambda: DRAWN_ON)
    questions = unsure(conversation)
    end = turns(conversation, questions)[1]
    show("a turn: somebody sure of nothing", [t for _ in range(5) for t in turns(conversation, questions)[0]])
    show("a turn: their result, how, why, letter", turns(conversation, ENDINGS * 5, end)[0])
    worlds = len(Moment(load(end), world).survey.worlds)

    answers = people()[0].end.session.answers
    show(
        "the room alone",
        [ms(lambda: Employee(answers, world.limits, world.last_year).room) for _ in range(1000)],
    )
    moment = Moment(Session("check", answers, idle=False, year=world.year), world)
    reads = [partial(understand, fact, text, moment) for fact, texts in TEXTS.items() for text in texts]
    show("reading a typed answer", map(ms, reads * 20))
    before = getrusage(RUSAGE_SELF).ru_maxrss
    show("searching: all read", [ms(read_finder) for _ in range(3)])
    shares = load_finder().shares  # what a search does where it has not been asked the same before
    show("searching the explainers", map(ms, [partial(shares, text) for text in QUESTIONS] * 20))
    print(f"memory of the search: {(getrusage(RUSAGE_SELF).ru_maxrss - before) / 1024:.0f} MB")

    print()
    draw_all()

    print()
    for calculation in CALCULATIONS.values():
        example = example_of(calculation)
        year, facts = check(calculation, example)
        cells = partial(calculation.work_out, year, facts, load_law())
        show(f"{calculation.name}: cells", [ms(cells) for _ in range(200)])
        whole = partial(work_out, calculation, example)
        show(f"{calculation.name}: JSON to JSON", [ms(whole) for _ in range(200)])

    begun = perf_counter()
    paths = len(atlas().paths)
    print(f"\nwalking every path: {paths:,} paths in {perf_counter() - begun:.1f} s")
    print(f"somebody sure of nothing: {worlds} ways in which it could turn out")
    print("through a stand-in of the Bot API: python -m bench.through_standin FOLDER (bench/README.md)")


if __name__ == "__main__":
    main()
