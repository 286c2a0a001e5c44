"""What a person sees at each place, as cards. Words come from the library, buttons carry what they mean.

A button's data is ``verb`` or ``verb:argument``; `dialogs.turn` lists the verbs. It names a fact and an option, a
topic or a verb, never a position, an amount or a secret: an old button still means what it said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from hashlib import blake2s
from typing import get_args

from markupsafe import Markup

from dialogs import drawn, what_if
from dialogs.flows import FACTS, Access, Flow
from dialogs.flows.employee import CHECK, ROOM
from dialogs.flows.repair import REPAIR
from dialogs.menu import COMMANDS
from dialogs.moment import (
    Asking,
    Confirming,
    Conflicting,
    Deciding,
    Menu,
    Moment,
    Opened,
    Reviewing,
    Showing,
    Supposing,
    known,
)
from dialogs.papers import LetterQuestion, WorksheetLine
from dialogs.reading import paychecks_left
from dialogs.replies import Button, Reply, Rows
from dialogs.session import Pending
from dialogs.survey import unsure_answers
from dialogs.values import COUNT_KEY, describe
from dialogs.world import World
from dialogs.written import digits, in_brief
from knowledge.core.employee import Employee
from knowledge.core.facts import AgeBand, CapKind, OverWages, PaySchedule
from knowledge.core.limits import Figure, Rate
from knowledge.core.match import ZERO, EmployerMoney
from knowledge.core.own_plan import NO_BOUND
from knowledge.core.sheet import (
    ARITHMETIC,
    NOT_SURE,
    Inconsistent,
    Line,
    Origin,
    Supposition,
    Unanswered,
    Unsure,
)
from knowledge.core.worth import Worth
from knowledge.library import GROUPS, Library, OutcomeWords, Part, group_key
from knowledge.markup import visible
from knowledge.words import dollars, percent

LONGEST = 3_500
"""Characters of a card before its lines go on in the next one; Telegram takes 4,096 of what is seen."""
LONGEST_LABEL = 20
_TWO_A_ROW = 14
_PARTS: tuple[str, ...] = get_args(Part)
_NUMBERED_PARTS = ("plan", "you", "numbers")
"""The parts of *check my plan*, which is long enough to say where one is."""
_NUMBERS_A_ROW = 5


def card(moment: Moment, note: str = "") -> Reply:
    """The live card of the moment's place; ``note`` (HTML) comes before it."""
    match moment.place:
        case Menu():
            return menu(moment, note)
        case Deciding(what):
            return deciding(moment, what, note)
        case Confirming(pending):
            return confirming(moment, pending, note)
        case Asking(fact, changing):
            return asking(moment, fact, changing=changing, note=note)
        case Conflicting(message, facts):
            return conflicting(moment, message, facts, note)
        case Reviewing():
            return reviewing(moment, note)
        case Supposing(supposed):
            return supposing(moment, supposed, note)
        case Opened(page):
            return opened(moment, page, note)
        case Showing():  # pragma: no branch
            return showing(moment, note)


def page_buttons(moment: Moment) -> Rows:
    """The buttons of the live card where nothing is asked: what a person can name there."""
    match moment.place:
        case Menu():
            return _menu_rows(moment)
        case Reviewing():
            return _review_rows(moment)
        case Conflicting(_, facts):
            return _conflict_rows(moment, facts)
        case Supposing():
            return _supposing_rows(moment)
        case Opened(page):
            return opened(moment, page).buttons
        case _:
            return _result_rows(moment)


def opened(moment: Moment, page: str, note: str = "") -> Reply:
    """The page that is open over the conversation, with the way back."""
    shown = _OPENED[page](moment)
    return _live(note, shown.html, (*shown.buttons, _row(moment, ("back_here", "close"))))


def button(moment: Moment, phrase: str, data: str) -> Button:
    """The button with the words of ``button_<phrase>``."""
    return Button(moment.world.library.say(f"button_{phrase}"), data)


def _row(moment: Moment, *buttons: tuple[str, str]) -> tuple[Button, ...]:
    return tuple(button(moment, phrase, data) for phrase, data in buttons)


def _live(note: str, body: str, rows: Rows) -> Reply:
    return Reply(f"{note}\n\n{body}" if note else body, rows, live=True)


# --- the frame ----------------------------------------------------------------------------------------------------


def hello(moment: Moment) -> Reply:
    """The first card that a person sees."""
    return Reply(moment.world.library.say("hello", year=moment.world.year), _ways(moment), live=True)


def welcome_back(moment: Moment) -> Reply:
    """The first card of a person with answers: where they stand and how to go on."""
    session, library = moment.session, moment.world.library
    needed = moment.survey.needed
    following = library.questions[needed.fact.name].front.short if needed else ""
    day = f"{session.day:%B} {session.day.day}" if session.day else ""
    body = library.say("welcome_back", count=len(moment.path), day=day, next=following)
    return Reply(body, _ways(moment), live=True)


def menu(moment: Moment, note: str = "") -> Reply:
    """What can be done from here when no flow runs."""
    return _live(note, moment.world.library.say("menu"), _menu_rows(moment))


def _menu_rows(moment: Moment) -> Rows:
    own = [
        _row(moment, ("steps", "steps"), ("letter", "letter")),
        _row(moment, ("settings", "settings"), ("help", "help")),
    ]
    if moment.path:
        own.append(_row(moment, ("privacy", "privacy"), ("what", "topic:what-is-mega-backdoor")))
    return (*_ways(moment), *_flow_rows(moment, *_MORE_FLOWS), *own)


_MORE_FLOWS = ("paychecks", "convert", "acp", "own", "couple", "worth", "repair", "forms")
"""The flows that the menu offers after *check my plan* and *just my room*."""


def _flow_rows(moment: Moment, *flows: str) -> Iterator[tuple[Button, ...]]:
    known_here = (flow for flow in flows if flow in moment.world.flows)
    return _in_rows([button(moment, flow, f"flow:{flow}") for flow in known_here])


def _ways(moment: Moment) -> Rows:
    """The ways in, or on: the first buttons of the first card and of the menu alike."""
    if moment.path:
        return (
            _row(moment, ("continue", "continue")),
            _row(moment, ("answers", "answers"), ("restart", "restart")),
            _row(moment, ("check", "flow:check"), ("room", "flow:room")),
        )
    return (
        _row(moment, ("check", "flow:check")),
        _row(moment, ("room", "flow:room"), ("what", "topic:what-is-mega-backdoor")),
        _row(moment, ("more", "menu"), ("privacy", "privacy")),
    )


def help_card(moment: Moment) -> Reply:
    """How the conversation works, and the commands."""
    return Reply(moment.world.library.say("help", commands=COMMANDS))


def privacy(moment: Moment) -> Reply:
    """What is kept, and how to have it removed."""
    return Reply(_privacy(moment), (_row(moment, ("delete", "delete")),))


def privacy_in_public(moment: Moment) -> Reply:
    """The same where others read along."""
    return replace(in_public(moment, "group_private"), html=_privacy(moment))


def _privacy(moment: Moment) -> Markup:
    return moment.world.library.say("privacy", routed=moment.world.router is not None)


def deciding(moment: Moment, what: str, note: str = "") -> Reply:
    """Ask once before answers go."""
    row = _row(moment, (f"{what}_yes", f"{what}_yes"), ("keep_all", "keep_all"))
    return _live(note, moment.world.library.say(f"{what}_ask"), (row,))


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
    is_numbered = moment.session.flow == CHECK.name and question.front.part in _NUMBERED_PARTS
    part = library.say(f"{'part' if is_numbered else 'part_name'}_{question.front.part}")
    supposed = moment.session.supposing
    html = library.say("question", part=part, body=body, now=now, supposing=supposed)
    rows = _answer_rows(moment, fact, changing=changing)
    if moment.session.supposing and what_if.can_turn(fact, moment):
        rows = (*rows, _row(moment, ("turns", f"turns:{fact}")))
    return _live(note, html, (*rows, *_terms(moment, fact), _frame(moment, f"back:{fact}")))


def _terms(moment: Moment, fact: str) -> Iterator[tuple[Button, ...]]:
    """The terms in the question about ``fact``, marked: beside its answers they must not look like one."""
    library = moment.world.library
    topics = library.questions[fact].front.see
    labels = [
        visible(library.say("button_term", term=library.explainers[topic].front.button)) for topic in topics
    ]
    return _in_rows([Button(label, f"topic:{topic}") for label, topic in zip(labels, topics, strict=True)])


def _frame(moment: Moment, back: str) -> tuple[Button, ...]:
    return _row(moment, ("back", back), ("help", "about"))


MISSES = 3
"""After so many misses in a row on one question its "Not sure" stands out."""


def _answer_rows(moment: Moment, fact: str, *, changing: bool) -> Rows:
    """Everything that answers ``fact``.

    A number that is typed at a choice is the place of an option, so there the options come first. Elsewhere it is an
    amount, and what gets a person on comes first.
    """
    front = moment.world.library.questions[fact].front
    missed = moment.session.misses >= MISSES
    picks = [Button(label, f"a:{fact}:{key}") for key, label in _quick_picks(moment, fact)]
    options = [Button(o.label, f"a:{fact}:{key}") for key, o in front.options.items() if key != "not_sure"]
    answers = tuple(_in_rows([*picks, *options]))
    keep = ((button(moment, "keep", f"keep:{fact}"),),) if changing else ()
    unsure: Rows = ()
    if "not_sure" in front.options:
        plain = Button(front.options["not_sure"].label, f"a:{fact}:not_sure")
        unsure = ((button(moment, "not_sure_on", plain.data) if missed else plain,),)
    if front.unit == "choice":
        return (*answers, *unsure, *keep)
    return (*keep, *unsure, *answers) if missed else (*keep, *answers, *unsure)


def _in_rows(buttons: Sequence[Button]) -> Iterator[tuple[Button, ...]]:
    wide = 2 if all(len(b.label) <= _TWO_A_ROW for b in buttons) else 1
    for start in range(0, len(buttons), wide):
        yield tuple(buttons[start : start + wide])


def _quick_picks(moment: Moment, fact: str) -> Iterator[tuple[str, str]]:
    """The answers to a number question that have a meaning of their own, as (key, label)."""
    say = moment.world.library.say
    for key in _PICKS:
        amount = picked(moment, fact, key)
        if amount is not None:
            whole = amount == moment.world.limits.elective_deferral.value
            left = "pick_limit" if whole else "pick_left"
            words = {"with_catch_up": "pick_catch_up", "room": "pick_room"}.get(key, left)
            label = say(words, amount=amount)
            yield key, label if len(label) <= LONGEST_LABEL else dollars(amount)
    if fact in _ZERO:
        yield "zero", say("pick_zero")
    if fact == Employee.checks_so_far.name and (days := moment.days_to_come):
        so_far = moment.case.pay_schedule.checks - len(days)
        yield f"{COUNT_KEY}{so_far}", say("pick_calendar", count=so_far)
    if fact == Employee.checks_left.name:
        schedule = moment.answer_to(Employee.pay_schedule)
        for count in paychecks_left(schedule, moment.world.day) if schedule else ():
            yield f"{COUNT_KEY}{count}", say("pick_calendar", count=count)


_PICKS = ("limit", "with_catch_up", "room")
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
    if fact == Worth.yearly_dollars.name and key == "room":
        return _year_of_room(moment)
    if fact != Employee.deferral.name or key not in ("limit", "with_catch_up"):
        return None
    left = known(lambda: moment.case.deferral_limit_left)
    pay = known(lambda: moment.case.pay_this_year)
    extra = known(lambda: moment.case.catch_up_allowed) or ZERO
    if not left or (key == "with_catch_up" and not extra):
        return None
    amount = left + extra if key == "with_catch_up" else left
    return amount if pay is None or amount <= pay else None


def _year_of_room(moment: Moment) -> Decimal | None:
    """The after-tax money of this year, in already or still to come, that the law and the plan allow."""
    session, world = moment.session, moment.world
    case = Employee(session.answers, world.limits, world.last_year, assumed=ROOM.assumed)
    return known(lambda: case.after_tax_so_far + case.year_room.amount) or None


def about(moment: Moment) -> Reply:
    """Help with the question that is asked, in the place of its card."""
    front = moment.world.library.questions[moment.asked].front
    html = moment.world.library.say(
        "about_question", short=front.short, why=front.why, example=front.example, spd=front.spd
    )
    rows = (*_terms(moment, moment.asked), _row(moment, ("question", "question")))
    return Reply(html, rows, edits=True, live=True)


def meaning(moment: Moment) -> Reply:
    """The same help, beside the question."""
    return replace(about(moment), buttons=tuple(_terms(moment, moment.asked)), edits=False, live=False)


def confirming(moment: Moment, pending: Pending, note: str = "") -> Reply:
    """A doubtful reading, with a button for each meaning; what it is about is named where something else is asked next."""
    buttons = [Button(label, f"c:{pending.fact}:{token(chosen)}") for label, chosen in pending.candidates]
    none = none_of_these(moment, pending)
    body, library = pending.question, moment.world.library
    if moment.at(replace(moment.session, pending=None)).asked != pending.fact:
        body = f"{library.say('confirm_about', short=library.questions[pending.fact].front.short)}\n{body}"
    return _live(note, body, (*_in_rows(buttons), (none,), _frame(moment, none.data)))


def none_of_these(moment: Moment, pending: Pending) -> Button:
    """The button for a reading that is not what was meant."""
    words = "no_change" if len(pending.candidates) == 1 else "something_else"
    return button(moment, words, f"no:{pending.fact}")


def token(*words: str) -> str:
    """What a button carries in the place of ``words``: it fits these alone, and shows nothing of them."""
    return blake2s("\n".join(words).encode(), digest_size=4).hexdigest()


# --- answers --------------------------------------------------------------------------------------------------------


def echo(moment: Moment, facts: Iterable[str]) -> Markup:
    """One line for each of the answers just given."""
    library = moment.world.library
    return Markup("\n").join(
        library.say(
            "echo",
            short=library.questions[fact].front.short,
            value=describe(fact, moment.session.answers[fact], library),
        )
        for fact in facts
    )


def told(moment: Moment, values: Iterable[str], doubtful: Sequence[str], unread: Sequence[str]) -> Reply:
    """What was read in a message that tells several facts, and what was not; the live card collapses into it."""
    library = moment.world.library
    names = [library.questions[fact].front.short for fact in doubtful]
    html = library.say("told", lines=echo(moment, values), doubtful=names, unread=unread)
    before = any(old is not None for old in moment.session.undo.values())
    return Reply(html, ((button(moment, "undo", undoing(moment)),),) if before else (), edits=True)


def changed(moment: Moment, before: Moment, facts: Iterable[str]) -> Reply:
    """What answers were and are now, with a way back."""
    library, lines = moment.world.library, []
    for fact in facts:
        old, now = (each.session.answers.get(fact) for each in (before, moment))
        if old is None:
            lines.append(echo(moment, (fact,)))
        elif old != now:
            short = library.questions[fact].front.short
            shown, value = (describe(fact, each, library) for each in (old, now))
            lines.append(library.say("changed", short=short, before=shown, value=value))
    return Reply("\n".join(lines), ((button(moment, "undo", undoing(moment)),),), edits=True)


def undoing(moment: Moment) -> str:
    """What the button carries that takes the last answer back: it fits that answer alone."""
    undo, library = moment.session.undo, moment.world.library
    before = (f"{fact} {'' if old is None else describe(fact, old, library)}" for fact, old in undo.items())
    return f"undo:{next(iter(undo), '')}:{token(*before)}"


def reviewing(moment: Moment, note: str = "") -> Reply:
    """Every answer, numbered, each one tap away from being changed."""
    library = moment.world.library
    lines: dict[str, list[str]] = {part: [] for part in _PARTS}
    for number, fact in enumerate(reviewed(moment), 1):
        front = library.questions[fact].front
        value = describe(fact, moment.session.answers[fact], library)
        lines[front.part].append(library.say("review_line", number=number, short=front.short, value=value))
    parts = [(library.say(f"part_name_{part}"), lines[part]) for part in _PARTS if lines[part]]
    html = library.say("review", parts=parts, complete=moment.complete)
    return _live(note, html, _review_rows(moment))


def _review_rows(moment: Moment) -> Rows:
    following = "show" if moment.complete else "continue"
    return (*_numbered(reviewed(moment), "change"), (button(moment, following, following),))


def reviewed(moment: Moment) -> list[str]:
    """The answered facts of the flow as they stand on the page, part by part."""
    questions = moment.world.library.questions
    return sorted(moment.path, key=lambda fact: _PARTS.index(questions[fact].front.part))


# --- results --------------------------------------------------------------------------------------------------------


def showing(moment: Moment, note: str = "") -> Reply:
    """The result, with what to do next."""
    notes = [note] if note else []
    if moment.world.today.year != moment.world.year:
        notes.append(year_not_known(moment))
    return _live("\n\n".join(notes), outcome(moment), _result_rows(moment))


def year_not_known(moment: Moment) -> str:
    """That this year's limits are not there, and which are shown instead."""
    world = moment.world
    return world.library.say("year_not_known", year=world.today.year, known=world.year)


def _result_rows(moment: Moment) -> Rows:
    survey = moment.survey
    near = _in_rows(_topic_buttons(moment, words_of(moment).front.see))
    change, menu = ("change", "answers"), _row(moment, ("menu", "menu"))
    if all(world.verdict.access is Access.NOT for world in survey.worlds):
        return (_row(moment, ("letter", "letter"), ("why", "why")), _row(moment, change), *near, menu)
    more = (_row(moment, ("assumed", "assumed")),) if askable_assumptions(moment) else ()
    again = (_row(moment, ("another", another(moment))),) if _flow(moment).event else ()
    repair = (REPAIR.name,) if survey.over_low else ()
    return (
        _row(moment, ("how", "how"), ("why", "why")),
        _row(moment, ("letter", "letter"), ("what_if", "what_if")),
        _row(moment, change, ("save", "save")),
        *more,
        *again,
        *_flow_rows(moment, *repair, *_flow(moment).then),
        *near,
        menu,
    )


def another(moment: Moment) -> str:
    """What the button carries that begins another event: it fits the answers about this one alone."""
    library, answers = moment.world.library, moment.session.answers
    return f"another:{token(*(f'{fact} {describe(fact, answers[fact], library)}' for fact in moment.path))}"


def _flow(moment: Moment) -> Flow:
    """The flow that runs; only where one does."""
    return moment.world.flows[moment.session.flow]


def _topic_buttons(moment: Moment, topics: Iterable[str]) -> list[Button]:
    explainers = moment.world.library.explainers
    return [Button(explainers[topic].front.button, f"topic:{topic}") for topic in topics]


def words_of(moment: Moment) -> OutcomeWords:
    """The words of the verdict; a flow may have words of its own for one that it shares with others."""
    outcomes, verdict = moment.world.library.outcomes, moment.survey.verdict
    return outcomes.get(f"{verdict}_{moment.session.flow}", outcomes[verdict])


def outcome(moment: Moment) -> str:
    """The words of the result as HTML."""
    survey, library = moment.survey, moment.world.library
    best, way = survey.best, moment.answer_to(Employee.way_to_roth)
    return library.render(
        words_of(moment),
        **moment.world.terms,
        case=best.case,
        best=best,
        flow=moment.session.flow,
        way=way,
        say=library.say,
        assumed=[words for _, words in assumptions(moment)],
        low=survey.low,
        high=survey.high,
        over_low=survey.over_low,
        over_high=survey.over_high,
        access=sorted({world.verdict.access.value for world in survey.worlds}),
        verdicts=sorted({world.verdict.value for world in survey.worlds}),
        unsure=list(survey.unsure),
        stakes=[
            {"short": library.questions[fact].front.short, "dollars": at_stake}
            for fact, at_stake in survey.stakes().items()
        ],
    )


def assumptions(moment: Moment) -> list[tuple[str, str]]:
    """What the result takes for granted: each fact, and in words what is assumed of it."""
    library = moment.world.library
    return [
        (line.cell, _assumed(moment, line))
        for line in moment.survey.best.case.facts_read()
        if (line.origin is Origin.ASSUMED and f"assumed_{line.cell}" in library.phrases)
        or (line.origin is Origin.ASSUMED and line.cell in library.questions)
    ]


def _assumed(moment: Moment, line: Line) -> str:
    library, phrase = moment.world.library, f"assumed_{line.cell}"
    if phrase in library.phrases:
        return library.say(phrase)
    return f"{library.name_of(line.cell)}: {describe(line.cell, line.value, library)}"


def askable_assumptions(moment: Moment) -> list[str]:
    """The facts taken for granted that there is a question for."""
    return [fact for fact, _ in assumptions(moment) if fact in moment.world.library.questions]


def assumed(moment: Moment) -> Reply:
    """What was taken for granted, each one a button that asks it."""
    askable = askable_assumptions(moment)
    words = dict(assumptions(moment))
    lines = [f"{number}  {words[fact]}" for number, fact in enumerate(askable, 1)]
    lines += [f"•  {text}" for fact, text in words.items() if fact not in askable]
    return Reply(moment.world.library.say("assumed_all", lines=lines), _numbered(askable, "change"))


def _numbered(facts: Sequence[str], verb: str) -> Rows:
    buttons = [Button(str(number), f"{verb}:{fact}") for number, fact in enumerate(facts, 1)]
    return tuple(tuple(buttons[i : i + _NUMBERS_A_ROW]) for i in range(0, len(buttons), _NUMBERS_A_ROW))


def conflicting(moment: Moment, message: str, facts: Sequence[str], note: str = "") -> Reply:
    """That answers contradict each other, each of them one tap away from being changed."""
    library = moment.world.library
    lines = [
        library.say(
            "review_line",
            number=number,
            short=library.questions[fact].front.short,
            value=describe(fact, moment.session.answers[fact], library),
        )
        for number, fact in enumerate(_changeable(moment, facts), 1)
    ]
    return _live(note, library.say("conflict", message=message, lines=lines), _conflict_rows(moment, facts))


def _conflict_rows(moment: Moment, facts: Sequence[str]) -> Rows:
    return (
        *_numbered(_changeable(moment, facts), "change"),
        _row(moment, ("answers", "answers"), ("menu", "menu")),
    )


def _changeable(moment: Moment, facts: Sequence[str]) -> list[str]:
    """Those of the ``facts`` that were answered."""
    return [fact for fact in facts if fact in moment.path]


# --- what if --------------------------------------------------------------------------------------------------------


def suppose(moment: Moment) -> Reply:
    """Which answer to suppose."""
    library = moment.world.library
    facts = reviewed(moment)
    lines = [
        library.say(
            "review_line",
            number=number,
            short=library.questions[fact].front.short,
            value=describe(fact, moment.session.answers[fact], library),
        )
        for number, fact in enumerate(facts, 1)
    ]
    return Reply(library.say("what_if_which", lines=lines), _numbered(facts, "if"))


def supposing(moment: Moment, supposed: Supposition, note: str = "") -> Reply:
    """What would be, beside what is."""
    library, then = moment.world.library, moment.if_so(supposed)
    told = [
        (library.questions[fact].front.short, describe(fact, value, library))
        for fact, value in supposed.items()
    ]
    needed = then.survey.needed
    following = library.questions[needed.fact.name].front.short if needed else ""
    conflict = "" if then.complete or needed else str(then.survey.conflict)
    html = library.say(
        "what_if",
        supposed=told,
        now=what_if.headline(moment),
        then=what_if.headline(then) if then.complete else "",
        differences=what_if.differences(moment, then) if then.complete else (),
        following=following,
        conflict=conflict,
    )
    return _live(note, html, _supposing_rows(moment))


def _supposing_rows(moment: Moment) -> Rows:
    return (
        _row(
            moment,
            ("keep_it", f"keep_supposed:{token(*supposed_words(moment))}"),
            ("what_if_more", "what_if"),
        ),
        _row(moment, ("back_result", "drop_supposed")),
    )


def supposed_words(moment: Moment) -> tuple[str, ...]:
    """What is supposed, in words: a button to keep it fits these alone."""
    library = moment.world.library
    return tuple(
        f"{fact} {describe(fact, value, library)}" for fact, value in moment.session.supposed.items()
    )


def turning(moment: Moment, fact: str) -> Reply:
    """Where the number ``fact`` turns the result; not live."""
    library = moment.world.library
    points = what_if.turning_points(fact, moment)
    lines = [
        library.say(
            "turning_point",
            value=describe(fact, _as_answer(fact, point.value), library),
            up=point.up,
            short=library.outcomes[point.verdict].front.short,
        )
        for point in points
    ]
    short, now = library.questions[fact].front.short, moment.session.answers[fact]
    html = library.say("turning", short=short, now=describe(fact, now, library), lines=lines)
    return Reply(html, (_row(moment, ("suppose_this", f"if:{fact}")),))


def _as_answer(fact: str, value: Decimal) -> object:
    return EmployerMoney(fixed=value) if FACTS[fact].kind is EmployerMoney else value


# --- why and how ----------------------------------------------------------------------------------------------------


def why(moment: Moment) -> Reply:
    """Why the fact is asked, or which answers decide the result."""
    return why_asked(moment, moment.asked) if moment.asked else why_result(moment)


def why_asked(moment: Moment, fact: str) -> Reply:
    """What the answer to ``fact`` is needed for, and the rule that needs it."""
    library = moment.world.library
    front = library.questions[fact].front
    because = _because(moment, fact)
    citation = _flow(moment).sheet.cells()[because[-1]].citation if because else ""
    citation = "" if citation == ARITHMETIC else citation
    chain = " → ".join(library.cells[cell].name for cell in reversed(because))
    return Reply(library.say("why", short=front.short, why=front.why, chain=chain, citation=citation))


def _because(moment: Moment, fact: str) -> tuple[str, ...]:
    """The chain of cells that want ``fact``, outermost first: found by working them out without it."""
    session, world = moment.session, moment.world
    answers = {
        name: value for name, value in session.answers.items() if name != fact and value is not NOT_SURE
    }
    flow = _flow(moment)
    stand_ins = {name: value for name, value in {**_STAND_INS, **flow.assumed}.items() if name != fact}
    case = flow.sheet(answers, world.limits, world.last_year, assumed=stand_ins, asking=(fact,))
    cells = (*_ROOMS.get(flow.name, flow.columns), "excess_deferral", "roth_catch_up")
    try:
        for cell in cells:
            if hasattr(flow.sheet, cell):
                getattr(case, cell)
    except Unanswered as unanswered:
        return unanswered.because if unanswered.fact.name == fact else ()
    except (Unsure, Inconsistent, ArithmeticError):
        return ()
    return ()


_ROOMS = {"check": ("room",), "room": ("year_room",)}
"""The cell that a flow is about, where that is one that wants every fact."""
_STAND_INS: Supposition = {
    "age_band": AgeBand.FROM_50,
    "over_wages": OverWages.NOT_SURE,
    "other_plan": False,
    "deferred_elsewhere": ZERO,
    "employers_related": False,
    "additions_elsewhere": ZERO,
    "pay_elsewhere": ZERO,
    "pay": Decimal(10**6),
    "whole_year": True,
    "pay_schedule": PaySchedule.MONTHLY,
    "checks_so_far": 0,
    "checks_left": 1,
    "cap_kind": CapKind.NONE,
    "cap_percent": ZERO,
    "cap_dollars": ZERO,
    "cap_counts_all_pay": True,
    "deferral": Decimal(10**6),
    "employer_money": EmployerMoney(),
    "after_tax_so_far": ZERO,
}
"""Other facts, as they have to be for the chain to come to the one that is asked about."""


def why_result(moment: Moment) -> Reply:
    """The answers that decide the result."""
    supposed = f" ({moment.world.library.say('from_supposed')})"
    lines = [
        f"{moment.world.library.name_of(line.cell)}: {_value(moment, line)}{supposed if line.origin is Origin.SUPPOSED else ''}"
        for line in _deciding(moment)
    ]
    return Reply(moment.world.library.say("why_result", lines=lines))


def _deciding(moment: Moment) -> tuple[Line, ...]:
    """The answers that the result rests on."""
    best = moment.survey.best
    if best.verdict.access is Access.NOT:
        last: tuple[Line, ...] = best.case.facts_read()[-1:]
        return last
    facts = {line.cell for line in _lines(moment) if line.cell in FACTS}
    if not _flow(moment).shows(best.case):
        return tuple(best.case.facts_read())
    return tuple(
        line for line in best.case.facts_read() if line.cell in facts or line.cell in _ALWAYS_DECIDING
    )


_ALWAYS_DECIDING = frozenset(fact.name for fact in (Employee.takes_after_tax, Employee.way_to_roth))


def _lines(moment: Moment) -> tuple[Line, ...]:
    """The worksheet of the cells that the result shows, worked out in the case with the most dollars."""
    flow, case = _flow(moment), moment.survey.best.case
    cells = flow.shows(case)
    for cell in cells:
        getattr(case, cell)
    lines: tuple[Line, ...] = case.worksheet(*(flow.sheet.cells()[cell] for cell in cells))
    return lines


def how(moment: Moment) -> tuple[Reply, ...]:
    """The worksheet of the result, line by line with citations, in as many cards as it needs."""
    library, survey = moment.world.library, moment.survey
    if survey.best.verdict.access is Access.NOT or not _flow(moment).shows(survey.best.case):
        return (why_result(moment),)
    lines = [library.say("how_line", line=line) for line in worksheet_lines(moment)]
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


def worksheet_lines(moment: Moment) -> tuple[WorksheetLine, ...]:
    """How the result was got, line by line in words."""
    if moment.survey.best.verdict.access is Access.NOT:
        return ()
    return tuple(_worksheet_line(moment, line) for line in _lines(moment))


def _worksheet_line(moment: Moment, line: Line) -> WorksheetLine:
    library = moment.world.library
    return WorksheetLine(
        library.name_of(line.cell),
        _value(moment, line),
        library.how(line.cell),
        visible(library.source(line)),
    )


def _value(moment: Moment, line: Line) -> str:
    library = moment.world.library
    if line.value == NO_BOUND:
        return library.say("as_much_as_allowed")
    if line.cell in library.questions:
        return describe(line.cell, line.value, library)
    rate = getattr(moment.survey.best.case.statute, line.cell, None)
    if isinstance(rate, Rate):
        return percent(rate.value) if rate.unit == "fraction" else f"{digits(rate.value)} {rate.unit}"
    shown = in_brief(line.value, library, line.cell)
    return "; ".join(shown) if len(shown) <= _MOST_ROWS else library.say("rows", count=len(shown))


_MOST_ROWS = 6
"""Rows of a value that are shown in a chat; a longer one is in the spreadsheet."""


# --- the letter -----------------------------------------------------------------------------------------------------


def letter(moment: Moment) -> Reply:
    """The questions to HR, or to who runs the plan: what is open first, by the dollars at stake."""
    library = moment.world.library
    title, to, aim = (drawn.letter_words(moment, name) for name in ("title", "to", "aim"))
    lines = letter_lines(moment)
    html = library.say("letter", title=title, to=to, aim=aim, lines=lines, year=moment.world.year)
    pages = [("letter_plain", "letter_plain")]
    if moment.path:
        pages.insert(0, ("letter_full", "letter_full"))
    rows = tuple(_row(moment, page) for page in pages)
    if drawn.letter_questions(moment):
        return Reply(html, rows)
    return Reply(html, (*rows, (Button(library.say("button_copy"), copy=library.say("letter_short")),)))


def letter_lines(moment: Moment) -> tuple[LetterQuestion, ...]:
    """The questions of the letter, in their order."""
    if special := drawn.letter_questions(moment):
        return tuple(LetterQuestion(text, "", False) for text in special)
    library = moment.world.library
    asked = tuple(_letter_facts(moment))
    lines = [
        LetterQuestion(library.questions[fact].front.hr, library.questions[fact].front.spd, is_open)
        for fact, is_open in asked
    ]
    more = ["letter_true_up"]
    if Employee.highly_paid.name not in dict(asked):  # its question asks for refunds, too
        more.append("letter_refunds")
    return (*lines, *(LetterQuestion(visible(library.say(phrase)), "", False) for phrase in more))


def _letter_facts(moment: Moment) -> Iterator[tuple[str, bool]]:
    """Each fact that HR can settle, and whether it is open: what is not sure, by its stakes, then the standard ones."""
    session, library = moment.session, moment.world.library
    stakes = moment.survey.stakes() if moment.complete else {}
    told = {*moment.path, *moment.at(replace(session, flow="check")).path}
    unsure = [fact for fact in unsure_answers(session.answers) if fact in told]
    open_facts = dict.fromkeys(f for f in (*stakes, *moment.path, *_STANDARD) if f in stakes or f in unsure)
    yield from ((fact, True) for fact in open_facts if library.questions[fact].front.hr)
    yield from ((fact, fact not in told) for fact in _STANDARD if fact not in open_facts)


_STANDARD = tuple(
    fact.name
    for fact in (Employee.takes_after_tax, Employee.way_to_roth, Employee.cap_kind, Employee.employer_money)
)


# --- what can be kept ---------------------------------------------------------------------------------------------


def saving(moment: Moment) -> Reply:
    """What of the result can be kept or printed."""
    rows = [_row(moment, ("picture", "picture"), ("plan_pdf", "plan"))] if drawn.picture(moment) else []
    if not rows:
        rows = [_row(moment, ("plan_pdf", "plan"))]
    if drawn.has_year(moment):
        rows.append(_row(moment, ("sheet", "sheet")))
    rows.append(_row(moment, ("letter", "letter")))
    return Reply(moment.world.library.say("save"), tuple(rows))


def pictured(moment: Moment) -> Reply | None:
    """The picture of the result with every figure of it as its caption; None where there is none."""
    picture = drawn.picture(moment)
    if picture is None:
        return None
    caption = moment.world.library.say("caption", title=picture.title, lines=drawn.caption(picture))
    return Reply(caption, picture=picture, hidden=moment.session.hides_amounts)


def planned(moment: Moment) -> Reply:
    """My plan for the year as a page."""
    taken = [words for _, words in assumptions(moment)]
    page = drawn.year_plan(moment, outcome(moment), taken, worksheet_lines(moment))
    return Reply(moment.world.library.say("plan_ready"), paper=page)


def sheet(moment: Moment) -> Reply:
    """The year by paycheck as a spreadsheet."""
    return Reply(moment.world.library.say("sheet_ready"), paper=drawn.year_by_paycheck(moment))


def letter_page(moment: Moment, *, with_numbers: bool) -> Reply:
    """The letter to HR as a page, with the person's own numbers or without them."""
    library = moment.world.library
    rows = (
        [
            (library.questions[fact].front.short, describe(fact, moment.session.answers[fact], library))
            for fact in moment.path
            if library.questions[fact].front.unit != "choice"
        ]
        if with_numbers
        else []
    )
    return Reply(library.say("letter_ready"), paper=drawn.letter(moment, letter_lines(moment), rows))


# --- the steps and the settings ----------------------------------------------------------------------------------

STEPS = ("deferral", "after_tax", "conversion", "limits")
"""The four steps of the year, in their order."""


def steps(moment: Moment) -> Reply:
    """The four steps as a checklist, with what the answers say of each."""
    library, done = moment.world.library, moment.session.done
    employee = moment.case
    html = library.say(
        "steps",
        year=moment.world.year,
        done=done,
        count=sum(step in done for step in STEPS),
        deferral_left=known(lambda: employee.deferral_left),
        deferral_limit_left=known(lambda: employee.deferral_limit_left),
        per_check=known(lambda: employee.most_per_check if employee.room.amount else None),
        way=known(lambda: employee.way_to_roth.value),
        over=known(lambda: employee.over_limit),
        room=known(lambda: employee.room.amount),
    )
    buttons = [
        Button(
            library.say(f"button_step_{'undone' if step in done else 'done'}", number=number),
            f"step:{step}:{'open' if step in done else 'done'}",
        )
        for number, step in enumerate(STEPS, 1)
    ]
    return Reply(html, tuple(_in_rows(buttons)))


def settings(moment: Moment) -> Reply:
    """How things are shown, each one tap away from being changed."""
    session = moment.session
    html = moment.world.library.say("settings", text_only=session.text_only, hides=session.hides_amounts)
    rows = (
        _row(moment, _switch("pictures", off=session.text_only)),
        _row(moment, _switch("amounts", off=session.hides_amounts)),
    )
    return Reply(html, rows)


def _switch(what: str, *, off: bool) -> tuple[str, str]:
    mark = "on" if off else "off"
    return f"{what}_{mark}", f"set:{what}:{mark}"


_OPENED: Mapping[str, Callable[[Moment], Reply]] = {
    "what_if": suppose,
    "assumed": assumed,
    "save": saving,
    "steps": steps,
    "settings": settings,
}
"""The pages by name; see `dialogs.moment.PAGES`."""


# --- knowledge ------------------------------------------------------------------------------------------------------


def explained(moment: Moment, topic: str, year: int | None = None) -> Reply:
    """The answer to ``topic``, with the buttons of what is near it; not live.

    Where another ``year`` was asked about it has the figures of that one, and says nothing of the reader.
    """
    library, world = moment.world.library, moment.world
    year = world.year if year is None else year
    shown = year if year in world.known else world.year
    me = moment.about_reader() if year == world.year else {}
    html = library.explain(topic, checked=world.year, me=me, **world.figures_of(shown))
    if year != world.year and _tells_years_apart(world, topic):
        phrase = "figures_of" if shown == year else "limits_not_known"
        html = f"{library.say(phrase, year=year, known=shown)}\n\n{html}"
    return Reply(html, tuple(_in_rows(_topic_buttons(moment, library.explainers[topic].front.see))))


def _tells_years_apart(world: World, topic: str) -> bool:
    """Whether what ``topic`` says differs from year to year."""
    library = world.library
    words = library.explainers[topic]
    return len({library.render(words, me={}, **world.figures_of(year)) for year in world.known}) > 1


def topics(moment: Moment, names: Sequence[str], words: str) -> Reply:
    """Offer some explainers by their buttons; not live."""
    return Reply(words, tuple(_in_rows(_topic_buttons(moment, names))))


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


def grouped(library: Library) -> dict[str, tuple[str, ...]]:
    """The explainers of each group, by its key: first those that are offered first, then by title."""

    def place(topic: str) -> tuple[int, str]:
        first = FIRST_TOPICS.index(topic) if topic in FIRST_TOPICS else len(FIRST_TOPICS)
        return first, library.explainers[topic].front.title.casefold()

    return {group_key(group): tuple(sorted(_of_group(library, group), key=place)) for group in GROUPS}


def _of_group(library: Library, group: str) -> Iterator[str]:
    return (topic for topic, words in library.explainers.items() if words.front.group == group)


def subjects(moment: Moment) -> Reply:
    """The groups of what can be asked about, for a person who asks nothing in particular; not live."""
    buttons = [Button(group, f"group:{group_key(group)}") for group in GROUPS]
    return Reply(moment.world.library.say("ask_me"), tuple(_in_rows(buttons)))


def subjects_of(moment: Moment, key: str) -> Reply:
    """The explainers of the group with that ``key``, with the way back to the groups; not live."""
    library = moment.world.library
    [name] = (group for group in GROUPS if group_key(group) == key)
    offered = topics(moment, grouped(library)[key], library.say("ask_group", name=name))
    return replace(offered, buttons=(*offered.buttons, _row(moment, ("subjects", "ask"))))


def subjects_in_public(moment: Moment) -> Reply:
    """The same where others read along, with the way into the private chat."""
    offered = subjects(moment)
    return replace(offered, buttons=(*offered.buttons, *in_public(moment, "ask_me").buttons))


def in_public(moment: Moment, phrase: str, start: str = "hello") -> Reply:
    """A card for a chat where others read along; its one button opens the private chat."""
    say = moment.world.library.say
    return Reply(say(phrase), ((Button(say("button_private"), start=start),),))


def unanswered(moment: Moment) -> Reply:
    """Say that there is no answer, and offer to send what was asked to the authors; not live."""
    say, waits = moment.world.library.say, moment.session.unanswered
    offered = topics(moment, FIRST_TOPICS[:4], say("no_answer"))
    if not waits:
        return offered
    words = Markup("\n\n").join((say("no_answer"), say("no_answer_send")))
    return replace(offered, html=words, buttons=(*offered.buttons, (button(moment, "send", sending(waits)),)))


def sending(text: str) -> str:
    """What the button carries that sends ``text`` and no other to the authors."""
    return f"send:{token(text)}"


def unknown_command(moment: Moment, name: str) -> Reply:
    """What works in the place of a command that is none."""
    library = moment.world.library
    lines = [f"/{command.name}: {command.text}" for command in COMMANDS]
    return Reply(library.say("unknown_command", name=name, lines=lines))
