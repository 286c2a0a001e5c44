"""What a person sees at each place, as cards. Words come from the library, buttons carry what they mean.

A button's data is ``verb`` or ``verb:argument``; `dialogs.turn` lists the verbs. It names a fact and an option, a
topic or a verb, never a position, an amount or a secret: an old button still means what it said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2s
from html import escape

from dialogs.flows import Access, Verdict
from dialogs.menu import COMMANDS
from dialogs.moment import Asking, Confirming, Deciding, Menu, Moment, Reviewing, Showing, known
from dialogs.reading import paychecks_left
from dialogs.replies import Button, Reply, Rows
from dialogs.session import FACTS, Pending
from dialogs.survey import Survey, World, unsure_answers
from dialogs.values import COUNT_KEY, describe
from knowledge.core.employee import Ceiling, Employee
from knowledge.core.limits import Figure
from knowledge.core.match import ZERO
from knowledge.core.sheet import Derived, Line, Origin, Unanswered, Unsure
from knowledge.words import dollars

LONGEST = 3_500
"""Characters of a card before its lines go on in the next one; Telegram takes 4,096 of what is seen."""
_TWO_A_ROW = 14
_PARTS = ("plan", "you", "numbers")
_NUMBERS_A_ROW = 5
_COPIED = 256


def card(moment: Moment, note: str = "") -> Reply:
    """The live card of the moment's place; ``note`` (HTML) comes before it."""
    match moment.place:
        case Menu():
            return menu(moment, note)
        case Deciding(what):
            return deciding(moment, what)
        case Confirming(pending):
            return confirming(moment, pending, note)
        case Asking(fact, changing):
            return asking(moment, fact, changing=changing, note=note)
        case Reviewing():
            return reviewing(moment, note)
        case Showing():
            return showing(moment, note)


def button(moment: Moment, phrase: str, data: str) -> Button:
    """The button with the words of ``button_<phrase>``."""
    return Button(moment.world.library.say(f"button_{phrase}"), data)


def _row(moment: Moment, *buttons: tuple[str, str]) -> tuple[Button, ...]:
    return tuple(button(moment, phrase, data) for phrase, data in buttons)


def _live(moment: Moment, note: str, body: str, rows: Rows) -> Reply:
    return Reply(f"{note}\n\n{body}" if note else body, rows, live=True)


# --- the frame ----------------------------------------------------------------------------------------------------


def hello(moment: Moment) -> Reply:
    """The first card that a person sees."""
    library = moment.world.library
    rows = (
        _row(moment, ("check", "flow:check")),
        _row(moment, ("room", "flow:room"), ("what", "topic:what-is-mega-backdoor")),
        _row(moment, ("privacy", "privacy")),
    )
    return Reply(library.say("hello", year=moment.world.year), rows, live=True)


def welcome_back(moment: Moment) -> Reply:
    """The first card of a person with answers: where they stand and how to go on."""
    session, library = moment.session, moment.world.library
    needed = moment.survey.needed
    following = library.questions[needed.fact.name].front.short if needed else ""
    day = f"{session.day:%B} {session.day.day}" if session.day else ""
    body = library.say("welcome_back", count=len(moment.path), day=day, next=following)
    rows = (
        _row(moment, ("continue", "continue")),
        _row(moment, ("answers", "answers"), ("restart", "restart")),
        _row(moment, ("check", "flow:check"), ("room", "flow:room")),
    )
    return Reply(body, rows, live=True)


def menu(moment: Moment, note: str = "") -> Reply:
    """What can be done from here when no flow runs."""
    rows = [
        _row(moment, ("check", "flow:check"), ("room", "flow:room")),
        _row(moment, ("letter", "letter"), ("what", "topic:what-is-mega-backdoor")),
        _row(moment, ("privacy", "privacy"), ("help", "help")),
    ]
    if moment.flow is not None and moment.session.answers:
        rows.insert(0, _row(moment, ("continue", "continue")))
    return _live(moment, note, moment.world.library.say("menu"), tuple(rows))


def help_card(moment: Moment) -> Reply:
    """How the conversation works, and the commands."""
    return Reply(moment.world.library.say("help", commands=COMMANDS))


def privacy(moment: Moment) -> Reply:
    """What is kept, and how to have it removed."""
    rows = (_row(moment, ("delete", "delete")), _row(moment, ("continue", "continue")))
    return Reply(moment.world.library.say("privacy"), rows, live=True)


def deciding(moment: Moment, what: str) -> Reply:
    """Ask once before answers go."""
    yes = ("delete_yes", "delete_yes") if what == "delete" else ("restart_yes", "restart_yes")
    return Reply(
        moment.world.library.say(f"{what}_ask"), (_row(moment, yes, ("keep_all", "keep_all")),), live=True
    )


def sources(moment: Moment) -> Reply:
    """Every figure of the year with its citation."""
    library, limits = moment.world.library, moment.world.limits
    figures = [
        {"name": library.cells[figure.name].name, "value": figure.value, "citation": figure.citation}
        for figure in vars(limits).values()
        if isinstance(figure, Figure)
    ]
    return Reply(library.say("sources", figures=figures, year=moment.world.year))


# --- asking -------------------------------------------------------------------------------------------------------


def asking(moment: Moment, fact: str, *, changing: bool = False, note: str = "") -> Reply:
    """The question about ``fact``; with a ``note`` only its headline is repeated."""
    library = moment.world.library
    question = library.questions[fact]
    body = library.render(question, **moment.world.terms)
    if note:
        body = body.split("\n", 1)[0]
    now = describe(fact, moment.session.answers[fact], library) if changing else ""
    numbered = "part" if moment.session.flow == "check" else "part_name"  # the other flow has one part only
    part = library.say(f"{numbered}_{question.front.part}")
    html = library.say("question", part=part, body=body, now=now)
    return _live(
        moment,
        note,
        html,
        (*_first_rows(moment, fact, changing=changing), *_option_rows(moment, fact), _frame(moment)),
    )


def _frame(moment: Moment) -> tuple[Button, ...]:
    return _row(moment, ("back", "back"), ("help", "about"))


MISSES = 3
"""After so many misses in a row on one question "Not sure, go on" is offered first."""


def _first_rows(moment: Moment, fact: str, *, changing: bool) -> Iterator[tuple[Button, ...]]:
    if changing:
        yield (button(moment, "keep", f"keep:{fact}"),)
    if moment.session.misses >= MISSES and FACTS[fact].possible is not None:
        yield (button(moment, "not_sure_on", f"a:{fact}:not_sure"),)


def _option_rows(moment: Moment, fact: str) -> Iterator[tuple[Button, ...]]:
    options = moment.world.library.questions[fact].front.options
    picks = [Button(label, f"a:{fact}:{key}") for key, label in _quick_picks(moment, fact)]
    buttons = [
        Button(option.label, f"a:{fact}:{key}") for key, option in options.items() if key != "not_sure"
    ]
    yield from _in_rows([*picks, *buttons])
    if "not_sure" in options:
        yield (Button(options["not_sure"].label, f"a:{fact}:not_sure"),)


def _in_rows(buttons: Sequence[Button]) -> Iterator[tuple[Button, ...]]:
    wide = 2 if all(len(b.label) <= _TWO_A_ROW for b in buttons) else 1
    for start in range(0, len(buttons), wide):
        yield tuple(buttons[start : start + wide])


def _quick_picks(moment: Moment, fact: str) -> Iterator[tuple[str, str]]:
    """The answers to a number question that have a meaning of their own, as (key, label)."""
    say = moment.world.library.say
    for key in ("limit", "with_catch_up"):
        amount = picked(moment, fact, key)
        if amount is not None:
            yield key, say("pick_limit" if key == "limit" else "pick_catch_up", amount=amount)
    if fact in _ZERO:
        yield "zero", say("pick_zero")
    if fact == Employee.checks_left.name:
        schedule = moment.answer_to(Employee.pay_schedule)
        for count in paychecks_left(schedule, moment.world.day) if schedule else ():
            yield f"{COUNT_KEY}{count}", say("pick_calendar", count=count)


_ZERO = frozenset(
    fact.name
    for fact in (
        Employee.deferral,
        Employee.deferred_elsewhere,
        Employee.employer_money,
        Employee.after_tax_so_far,
    )
)


def picked(moment: Moment, fact: str, key: str) -> Decimal | None:
    """The amount behind a quick pick that depends on the law or on other answers; None where there is none."""
    if fact != Employee.deferral.name:
        return None
    left = known(lambda: moment.case.deferral_limit_left)
    extra = known(lambda: moment.case.catch_up_allowed) or ZERO
    if not left or (key == "with_catch_up" and not extra):
        return None
    return left + extra if key == "with_catch_up" else left


def about(moment: Moment) -> Reply:
    """Help with the question that is asked, in the place of its card."""
    front = moment.world.library.questions[moment.asked].front
    html = moment.world.library.say(
        "about_question", short=front.short, why=front.why, example=front.example, spd=front.spd
    )
    rows = (
        (Button(moment.world.library.explainers[front.see].front.button, f"topic:{front.see}"),),
        (button(moment, "question", "question"),),
    )
    return Reply(html, rows, edits=True, live=True)


def confirming(moment: Moment, pending: Pending, note: str = "") -> Reply:
    """A doubtful reading, with a button for each meaning."""
    buttons = [
        Button(label, f"c:{pending.fact}:{token(pending, at)}")
        for at, (label, _) in enumerate(pending.candidates)
    ]
    rows = (*_in_rows(buttons), _row(moment, ("no_change", f"no:{pending.fact}")), _frame(moment))
    return _live(moment, note, pending.question, rows)


def token(pending: Pending, at: int) -> str:
    """What a candidate's button carries: it fits this very reading and no other, and shows nothing of it."""
    text = "\n".join((pending.question, *pending.candidates[at]))
    return blake2s(text.encode(), digest_size=4).hexdigest()


# --- answers --------------------------------------------------------------------------------------------------------


def echo(moment: Moment, facts: Iterable[str]) -> str:
    """One line for each of the answers just given."""
    library = moment.world.library
    return "\n".join(
        library.say(
            "echo",
            short=library.questions[fact].front.short,
            value=describe(fact, moment.session.answers[fact], library),
        )
        for fact in facts
    )


def changed(moment: Moment, before: Moment, facts: Iterable[str]) -> Reply:
    """What an answer was and is now, with a way back."""
    library = moment.world.library
    lines = []
    for fact in facts:
        old = before.session.answers.get(fact)
        shown = describe(fact, old, library) if old is not None else "–"
        now = describe(fact, moment.session.answers[fact], library)
        lines.append(
            library.say("changed", short=library.questions[fact].front.short, before=shown, value=now)
        )
    return Reply("\n".join(lines), ((button(moment, "undo", f"undo:{next(iter(facts))}"),),), edits=True)


def reviewing(moment: Moment, note: str = "") -> Reply:
    """Every answer, numbered, each one tap away from being changed."""
    library = moment.world.library
    path = moment.path
    numbers = {fact: number for number, fact in enumerate(path, 1)}
    parts = []
    for part in _PARTS:
        lines = [
            library.say(
                "review_line",
                number=numbers[fact],
                short=library.questions[fact].front.short,
                value=describe(fact, moment.session.answers[fact], library),
            )
            for fact in path
            if library.questions[fact].front.part == part
        ]
        if lines:
            parts.append((library.say(f"part_name_{part}"), lines))
    complete = moment.flow is not None and moment.survey.needed is None
    html = library.say("review", parts=parts, complete=complete)
    buttons = [Button(str(number), f"change:{fact}") for fact, number in numbers.items()]
    rows = [tuple(buttons[i : i + _NUMBERS_A_ROW]) for i in range(0, len(buttons), _NUMBERS_A_ROW)]
    rows.append((button(moment, "show" if complete else "continue", "show" if complete else "continue"),))
    return _live(moment, note, html, tuple(rows))


# --- results --------------------------------------------------------------------------------------------------------


def showing(moment: Moment, note: str = "") -> Reply:
    """The result, with what to do next."""
    survey = moment.survey
    verdict = survey.verdict
    notes = [note] if note else []
    if moment.world.today.year != moment.world.year:
        notes.append(year_not_known(moment))
    return _live(moment, "\n\n".join(notes), outcome(moment), _result_rows(moment, verdict, survey))


def year_not_known(moment: Moment) -> str:
    """That this year's limits are not there, and which are shown instead."""
    world = moment.world
    return world.library.say("year_not_known", year=world.today.year, known=world.year)


def _result_rows(moment: Moment, verdict: Verdict, survey: Survey) -> Rows:
    library = moment.world.library
    explainers = [
        Button(library.explainers[t].front.button, f"topic:{t}") for t in library.outcomes[verdict].front.see
    ]
    if all(world.verdict.access is Access.NOT for world in survey.worlds):
        return (
            _row(moment, ("letter", "letter"), ("why", "why")),
            _row(moment, ("change", "answers")),
            *_in_rows(explainers),
            _row(moment, ("menu", "menu")),
        )
    last = (
        [("menu", "menu")] if moment.session.flow == "check" else [("check", "flow:check"), ("menu", "menu")]
    )
    return (
        _row(moment, ("how", "how"), ("why", "why")),
        _row(moment, ("letter", "letter")),
        _row(moment, ("change", "answers")),
        *_in_rows(explainers),
        _row(moment, *last),
    )


def outcome(moment: Moment) -> str:
    """The words of the result as HTML."""
    survey, library = moment.survey, moment.world.library
    best = survey.best
    return library.render(
        library.outcomes[survey.verdict],
        **moment.world.terms,
        case=best.case,
        best=best,
        flow=moment.session.flow,
        assumed=_assumed(moment, best),
        low=survey.low,
        high=survey.high,
        access=sorted({world.verdict.access.value for world in survey.worlds}),
        verdicts=sorted({world.verdict.value for world in survey.worlds}),
        unsure=list(survey.unsure),
        stakes=[
            {"short": library.questions[fact].front.short, "dollars": at_stake}
            for fact, at_stake in survey.stakes().items()
        ],
    )


def _assumed(moment: Moment, world: World) -> list[str]:
    library = moment.world.library
    return [
        library.say(f"assumed_{line.cell}")
        for line in world.case.facts_read()
        if line.origin is Origin.ASSUMED
    ]


# --- why and how ----------------------------------------------------------------------------------------------------


def why(moment: Moment) -> Reply:
    """Why the fact is asked, or which answers decide the result."""
    library = moment.world.library
    if not moment.asked:
        supposed = f" ({library.say('from_supposed')})"
        lines = [
            f"{_name(moment, line.cell)}: {_value(moment, line)}{supposed if line.origin is Origin.SUPPOSED else ''}"
            for line in _deciding(moment)
        ]
        return Reply(library.say("why_result", lines=lines))
    front = library.questions[moment.asked].front
    because = _because(moment, moment.asked)
    citation = getattr(Employee, because[-1]).citation if because else ""
    chain = " → ".join(library.cells[cell].name for cell in reversed(because))
    return Reply(library.say("why", short=front.short, why=front.why, chain=chain, citation=citation))


def _because(moment: Moment, fact: str) -> tuple[str, ...]:
    """The chain of cells that want ``fact``, outermost first: found by working out the room without it."""
    answers = {name: value for name, value in moment.session.answers.items() if name != fact}
    flow = moment.flow
    supposed = {} if flow is None else {name: value for name, value in flow.assumed.items() if name != fact}
    case = Employee(answers, moment.world.limits, moment.world.last_year, assumed=supposed)
    try:
        case.room  # noqa: B018  reading a cell is asking for it
    except Unanswered as unanswered:
        return unanswered.because if unanswered.fact.name == fact else ()
    except Unsure:
        return ()
    return ()


def _deciding(moment: Moment) -> tuple[Line, ...]:
    """The answers that the result rests on."""
    best = moment.survey.best
    if best.verdict.access is Access.NOT:
        return best.case.facts_read()[-1:]
    facts = {line.cell for line in best.case.worksheet(*_cells(moment)) if line.cell in FACTS}
    return tuple(
        line for line in best.case.facts_read() if line.cell in facts or line.cell in _ALWAYS_DECIDING
    )


_ALWAYS_DECIDING = frozenset(fact.name for fact in (Employee.takes_after_tax, Employee.way_to_roth))


def _cells(moment: Moment) -> tuple[Derived[Employee, object], ...]:
    """The cells that the result shows, worked out in the case with the most room."""
    best = moment.survey.best
    cells = ["room", "per_check"] if moment.session.flow == "check" else ["year_room"]
    if best.case.over_limit:
        cells = ["over_limit"]
    for cell in cells:
        getattr(best.case, cell)
    return tuple(getattr(Employee, cell) for cell in cells)


def how(moment: Moment) -> tuple[Reply, ...]:
    """The worksheet of the result, line by line with citations, in as many cards as it needs."""
    library = moment.world.library
    if moment.flow is None or moment.survey.needed is not None:
        return (Reply(library.say("how_not_yet")),)
    survey = moment.survey
    if survey.best.verdict.access is Access.NOT:
        return (why(Moment(moment.session, moment.world)),)
    lines = [_worksheet_line(moment, line) for line in survey.best.case.worksheet(*_cells(moment))]
    cards: list[list[str]] = [[]]
    for line in lines:
        if sum(map(len, cards[-1])) + len(line) > LONGEST:
            cards.append([])
        cards[-1].append(line)
    opened = not survey.certain
    return tuple(
        Reply(library.say("how", lines=lines, first=not at, open=opened and not at))
        for at, lines in enumerate(cards)
    )


def _worksheet_line(moment: Moment, line: Line) -> str:
    library = moment.world.library
    source = {
        Origin.TOLD: library.say("from_you"),
        Origin.ASSUMED: library.say("from_assumed"),
        Origin.SUPPOSED: library.say("from_supposed"),
    }.get(line.origin, line.citation)
    formula = library.cells[line.cell].how if line.cell in library.cells else ""
    return library.say(
        "how_line", name=_name(moment, line.cell), value=_value(moment, line), how=formula, source=source
    )


def _name(moment: Moment, cell: str) -> str:
    library = moment.world.library
    if cell in library.questions:
        return library.questions[cell].front.short
    year, _, figure = cell.rpartition(".")
    return f"{library.cells[figure].name} {year}".strip()


def _value(moment: Moment, line: Line) -> str:
    library, value = moment.world.library, line.value
    match value:
        case _ if line.cell in FACTS:
            return describe(line.cell, value, library)
        case None:
            return library.say("no_cap")
        case bool():
            return library.say("yes" if value else "no")
        case Decimal():
            return dollars(value)
        case Ceiling():
            return f"{dollars(value.amount)} ({library.say(f'stop_{value.stop}')})"
        case tuple():
            return "; ".join(f"{dollars(each.amount)} ({library.say(f'stop_{each.stop}')})" for each in value)
        case StrEnum():
            return library.say(value.value)
        case _:
            return str(value)


# --- the letter -----------------------------------------------------------------------------------------------------


def letter(moment: Moment) -> Reply:
    """The questions to HR: what is open first, by the dollars at stake, then what is worth having in writing."""
    library = moment.world.library
    lines = [
        {"text": library.questions[fact].front.hr, "spd": library.questions[fact].front.spd, "open": is_open}
        for fact, is_open in _letter_facts(moment)
    ]
    lines += [
        {"text": library.say(phrase), "spd": "", "open": False}
        for phrase in ("letter_true_up", "letter_refunds")
    ]
    html = library.say("letter", lines=lines, year=moment.world.year)
    copied = library.say("letter_short")[:_COPIED]
    rows = ((Button(library.say("button_copy"), copy=copied),), (button(moment, "continue", "continue"),))
    return Reply(html, rows, live=True)


def _letter_facts(moment: Moment) -> Iterator[tuple[str, bool]]:
    questions = moment.world.library.questions
    complete = moment.flow is not None and bool(moment.survey.worlds)
    staked = list(moment.survey.stakes()) if complete else []
    unsure = [*staked, *(fact for fact in unsure_answers(moment.session.answers) if fact not in staked)]
    for fact in unsure:
        if questions[fact].front.hr:
            yield fact, True
    for fact in _STANDARD:
        if fact not in unsure:
            yield fact, fact not in moment.session.answers


_STANDARD = tuple(
    fact.name
    for fact in (Employee.takes_after_tax, Employee.way_to_roth, Employee.cap_kind, Employee.employer_money)
)


# --- knowledge ------------------------------------------------------------------------------------------------------


def explained(moment: Moment, topic: str) -> Reply:
    """The answer to ``topic``, with the buttons of what is near it; not live."""
    library, world = moment.world.library, moment.world
    html = library.explain(
        topic, limit=world.limits, limit_before=world.last_year, year=world.year, me=moment.about_reader()
    )
    near = [
        Button(library.explainers[t].front.button, f"topic:{t}") for t in library.explainers[topic].front.see
    ]
    return Reply(html, tuple(_in_rows(near)))


def topics(moment: Moment, names: Sequence[str], words: str) -> Reply:
    """Offer some explainers by their buttons; not live."""
    library = moment.world.library
    buttons = [Button(library.explainers[name].front.button, f"topic:{name}") for name in names]
    return Reply(words, tuple(_in_rows(buttons)))


FIRST_TOPICS = (
    "what-is-mega-backdoor",
    "eligibility-after-tax-allowed",
    "room-calculation",
    "in-plan-conversion",
    "acp-test",
    "front-loading",
    "conversion-frequency",
    "ask-hr-what",
)
"""What is offered to a person who asks nothing in particular."""


def as_html(text: str) -> str:
    """A person's own words, safe to show."""
    return escape(text, quote=False)


def in_public(moment: Moment, phrase: str, start: str = "") -> Reply:
    """A card for a chat where others read along; its one button opens the private chat."""
    say = moment.world.library.say
    opening = Button(say("button_private"), start=start or "hello")
    return Reply(say(phrase), ((opening,),))


def unknown_command(moment: Moment, name: str) -> Reply:
    """What works in the place of a command that is none."""
    library = moment.world.library
    lines = [f"/{command.name}: {command.text}" for command in COMMANDS]
    return Reply(library.say("unknown_command", name=name, lines=lines))
