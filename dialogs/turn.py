"""The machine: one turn of the conversation, a pure function from (session, event) to (session, replies).

The rule. Where a person stands is worked out from their answers (`dialogs.moment`) and never stored, so an event
can only do three things: change the answers, change one of the few marks beside them (a reading that waits, a
question being changed, a page confirmed, the menu), or be answered without changing anything. Whatever happens, the
turn ends with the live card of the place that follows, or with a card that leads back to it.

=============  =====================================================================================================
an event       what it does
=============  =====================================================================================================
`Said`         in this order: a word that always works (back, why, menu ...); the answer to what waits (yes or no,
               "Is that right?", the question, the check page); a question to the explainers; else it says what it
               could not use and why
`Pressed`      what the button says, however old it is: an answer (again, or changed, with a way back), a verb
`Command`      the same verbs by name
`Edited`       corrects the answer that the edited message gave
`Unreadable`   is told that only text can be read
=============  =====================================================================================================

The verbs of buttons: ``a:fact:option`` answers, ``c:fact:token`` takes a reading, ``no:fact`` refuses it,
``change:fact``, ``keep:fact``, ``undo:fact``, ``topic:name``, ``flow:name``, and the plain verbs of `_VERBS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from dialogs import screens
from dialogs.events import Command, Edited, Event, Pressed, Said, Unreadable
from dialogs.flows import FLOWS
from dialogs.menu import COMMANDS
from dialogs.moment import Asking, Confirming, Deciding, Menu, Moment, Reviewing, Showing
from dialogs.reading import (
    ChoiceOption,
    Read,
    Setting,
    clean,
    looks_like_question,
    read_amount,
    read_choice,
)
from dialogs.replies import Reply
from dialogs.session import FACTS, Session
from dialogs.understand import Doubted, Missed, Understood, understand
from dialogs.values import value_of
from dialogs.world import World
from knowledge.core.match import ZERO
from knowledge.search import Answer, DidYouMean, NoAnswer, Route, route
from knowledge.words import dollars


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows from an event: the session to keep (None: forget the person), what to show, a word over the chat."""

    session: Session | None
    replies: tuple[Reply, ...]
    toast: str = ""


def turn(session: Session, event: Event, world: World) -> Turn:
    """One turn in a private chat. Never raises; always ends with something that the person can do."""
    now, notices = _renewed(session, world)
    after = _react(Moment(now, world), event)
    return replace(after, replies=(*notices, *after.replies))


def public_turn(event: Event, world: World) -> Turn:
    """One turn where others read along: words are explained, nothing personal is asked, taken or kept."""
    moment = Moment(Session(), world)
    say = world.library.say
    match event:
        case Command("ask", "") | Command("help"):
            reply = screens.in_public(moment, "ask_me")
        case Command("ask", text) | Said(text):
            reply = _in_public(moment, text)
        case Command("start"):
            reply = screens.in_public(moment, "group_hello")
        case Command("privacy"):
            reply = screens.in_public(moment, "privacy")
        case Pressed(data) if data.startswith("topic:") and data[6:] in world.library.explainers:
            reply = screens.explained(moment, data[6:])
        case Pressed():
            return Turn(None, (), say("group_private"))
        case Command(name) if name in _KNOWN:
            reply = screens.in_public(moment, "group_private", start=name if name in _DEEP else "")
        case _:
            return Turn(None, ())
    return Turn(None, (reply,))


def _in_public(moment: Moment, text: str) -> Reply:
    match _search(moment, text):
        case Answer(topic):
            return screens.explained(moment, topic)
        case DidYouMean(names):
            return screens.topics(moment, names, moment.world.library.say("did_you_mean"))
        case NoAnswer():
            return screens.in_public(moment, "no_answer")


# --- between two turns ----------------------------------------------------------------------------------------------


def _renewed(session: Session, world: World) -> tuple[Session, tuple[Reply, ...]]:
    """The session as it is to be read today, and what the person has to be told about that."""
    say = world.library.say
    notices: list[str] = []
    if session.damaged:
        notices.append(say("damaged"))
    if session.set_aside:
        names = [world.library.questions[fact].front.short for fact in session.set_aside if fact in FACTS]
        notices.append(say("set_aside", count=len(session.set_aside), names=", ".join(names) or "–"))
    if session.year and session.year != world.year:
        session = _next_year(session, world)
        notices.append(say("new_year", year=world.year, before=session.year))
    now = replace(session, year=world.year, set_aside=(), damaged=False)
    return now, tuple(Reply(notice) for notice in notices)


def _next_year(session: Session, world: World) -> Session:
    """Keep what is true of the plan, drop what was true of the year."""
    kept = {
        fact: value
        for fact, value in session.answers.items()
        if not world.library.questions[fact].front.yearly
    }
    return replace(
        session, answers=kept, pending=None, changing="", reviewed=False, undo={}, last_fact="", last_ref=0
    )


# --- the machine ----------------------------------------------------------------------------------------------------


def _react(moment: Moment, event: Event) -> Turn:
    match event:
        case Said(text, ref):
            return _said(moment, text, ref)
        case Pressed(data):
            return _pressed(moment, data)
        case Command(name, argument, ref):
            return _command(moment, name, argument, ref)
        case Edited(text, ref):
            return _edited(moment, text, ref)
        case Unreadable():
            return _stay(moment, note=moment.world.library.say("not_text"))


def _stay(moment: Moment, *replies: Reply, note: str = "", toast: str = "") -> Turn:
    """Show ``replies``, then where the person stands."""
    return Turn(moment.session, (*replies, screens.card(moment, note)), toast)


def _to(moment: Moment, session: Session, *replies: Reply, note: str = "") -> Turn:
    """Go on with ``session``."""
    return _stay(Moment(session, moment.world), *replies, note=note)


def _said(moment: Moment, text: str, ref: int) -> Turn:
    word = _WORDS.get(clean(text[:_LONGEST_WORD]).strip(" .!")) if len(text) <= _LONGEST_WORD else None
    if word is not None and not _is_option(moment, text):
        return _VERBS[word](moment)
    match moment.place:
        case Deciding(what):
            return _decided(moment, what, text, ref)
        case Confirming():
            return _confirmed(moment, text, ref)
        case Asking(fact):
            return _answered(moment, fact, text, ref)
        case Reviewing() if (number := _numbered(text, len(moment.path))) is not None:
            return _change(moment, moment.path[number])
        case Reviewing() if clean(text[:_LONGEST_WORD]) in _AGREED:
            return _VERBS["show"](moment)
        case Menu() | Reviewing() | Showing() as place:
            return _picked(moment, text) or _wondered(
                moment, text, "review_again" if place == Reviewing() else ""
            )


def _is_option(moment: Moment, text: str) -> bool:
    """Whether a word that always works is the name of an answer here."""
    match moment.place:
        case Asking(fact):
            options = moment.world.library.questions[fact].front.options.values()
            names = {clean(name) for option in options for name in (option.label, *option.also)}
            return clean(text[:_LONGEST_WORD]) in names
        case _:
            return False


def _numbered(text: str, most: int) -> int | None:
    number = clean(text[:_LONGEST_WORD]).strip("#. )")
    return int(number) - 1 if number.isascii() and number.isdigit() and 1 <= int(number) <= most else None


def _picked(moment: Moment, text: str) -> Turn | None:
    """What a button of the card does when its words or its number are typed."""
    buttons = [b for row in screens.card(moment).buttons for b in row if b.data]
    number = _numbered(text, len(buttons))
    if number is not None:
        return _pressed(moment, buttons[number].data)
    reading = read_choice(text, [ChoiceOption(b.data, b.label) for b in buttons])
    return _pressed(moment, reading.value) if isinstance(reading, Read) else None


def _decided(moment: Moment, what: str, text: str, ref: int) -> Turn:
    """Yes or no to deleting or starting over; anything else is heard without it."""
    options = [
        ChoiceOption("yes", moment.world.library.say(f"button_{what}_yes")),
        ChoiceOption("no", "Keep"),
    ]
    match read_choice(text, options):
        case Read("yes"):
            return _VERBS[f"{what}_yes"](moment)
        case Read(_):
            return _VERBS["keep_all"](moment)
        case _:
            return _said(Moment(replace(moment.session, asked=""), moment.world), text, ref)


def _confirmed(moment: Moment, text: str, ref: int) -> Turn:
    """Yes, no, the words of a button, or a new answer in the place of the doubtful one."""
    pending = moment.session.pending
    assert pending is not None
    alone = len(pending.candidates) == 1
    options = [
        ChoiceOption("yes" if alone else str(at), label) for at, (label, _) in enumerate(pending.candidates)
    ]
    options.append(ChoiceOption("no", moment.world.library.say("button_no_change")))
    reading = None if any(c.isdigit() for c in text) else read_choice(text, options)
    match reading:
        case Read("no"):
            return _to(moment, replace(moment.session, pending=None))
        case Read("yes"):
            return _take(moment, pending.fact, pending.candidates[0][1])
        case Read(at):
            return _take(moment, pending.fact, pending.candidates[int(at)][1])
        case _:
            return _answered(moment, pending.fact, text, ref)


def _take(moment: Moment, fact: str, chosen: str) -> Turn:
    """Read the chosen candidate as sure."""
    match understand(fact, chosen, moment, sure=True):
        case Understood(values):
            return _give(moment, values, moment.session.last_ref)
        case Doubted(pending):
            return _to(moment, replace(moment.session, pending=pending))
        case Missed(_, words):
            return _to(moment, replace(moment.session, pending=None), note=words)


def _answered(moment: Moment, fact: str, text: str, ref: int) -> Turn:
    """Read ``text`` as an answer first, as a question second."""
    heard = understand(fact, text, moment)
    match heard:
        case Understood(values):
            return _give(moment, values, ref)
        case Doubted(pending):
            doubtful = replace(moment.session, pending=pending, misses=0, last_fact=fact, last_ref=ref)
            return _to(moment, doubtful)
        case Missed(_, words):
            asks = looks_like_question(text)
            found = _search(moment, text)
            if asks or isinstance(found, Answer):
                return _explain(moment, found)
            if clean(text[:_LONGEST_WORD]).strip(" .!") in _THANKS:
                return _stay(moment, note=moment.world.library.say("thanks"))
            if moment.session.pending:
                words = moment.world.library.say("confirm_again")
            missed = replace(moment.session, misses=min(moment.session.misses + 1, screens.MISSES))
            return _to(moment, missed, note=words)


def _give(moment: Moment, values: Mapping[str, object], ref: int) -> Turn:
    """Answer, say what was read, and go on."""
    session = moment.session.answer(values, moment.world.today, ref)
    after = Moment(session, moment.world)
    before = {fact: moment.session.answers.get(fact) for fact in values}
    if any(value is not None and value != values[fact] for fact, value in before.items()):
        return _stay(after, screens.changed(after, moment, tuple(values)))
    return _stay(after, Reply(screens.echo(after, values), edits=True))


def _edited(moment: Moment, text: str, ref: int) -> Turn:
    """Correct the last answer, when the edited message gave it."""
    session, fact = moment.session, moment.session.last_fact
    if not ref or ref != session.last_ref or fact not in FACTS or moment.flow is None:
        return _stay(moment, note=moment.world.library.say("only_last_edit"))
    return _answered(Moment(replace(session, pending=None), moment.world), fact, text, ref)


# --- questions in between -------------------------------------------------------------------------------------------


def _search(moment: Moment, text: str) -> Route:
    return route(moment.world.search.find(text))


def _wondered(moment: Moment, text: str, otherwise: str) -> Turn:
    """Answer what was typed where nothing waits for an answer."""
    say = moment.world.library.say
    word = clean(text[:_LONGEST_WORD]).strip(" .!")
    if word in _GREETINGS:
        return _VERBS["start"](moment)
    if word in _THANKS:
        return _stay(moment, note=say("thanks"))
    amount = read_amount(text, _ANY_AMOUNT)
    if isinstance(amount, Read):
        return _stay(moment, note=say("bare_number", value=dollars(amount.value)))
    found = _search(moment, text)
    if isinstance(found, NoAnswer) and otherwise and not looks_like_question(text):
        return _stay(moment, note=say(otherwise))
    return _explain(moment, found)


def _explain(moment: Moment, found: Route) -> Turn:
    """Show what was found, and then again what waits."""
    say = moment.world.library.say
    match found:
        case Answer(topic):
            return _show_topic(moment, topic)
        case DidYouMean(names):
            return _aside(moment, screens.topics(moment, names, say("did_you_mean")))
        case NoAnswer():
            return _aside(moment, screens.topics(moment, screens.FIRST_TOPICS[:4], say("no_answer")))


def _show_topic(moment: Moment, topic: str) -> Turn:
    return _aside(moment, screens.explained(moment, topic))


def _aside(moment: Moment, reply: Reply) -> Turn:
    """Show ``reply`` without moving the person: the question is posed again, a page is one tap away."""
    if isinstance(moment.place, Asking | Confirming | Deciding):
        return _stay(moment, reply, note=moment.world.library.say("back_to_question"))
    back = screens.button(moment, "menu" if isinstance(moment.place, Menu) else "back_here", "continue")
    return Turn(moment.session, (replace(reply, buttons=(*reply.buttons, (back,)), live=True),))


# --- buttons --------------------------------------------------------------------------------------------------------


def _pressed(moment: Moment, data: str) -> Turn:
    verb, _, rest = data.partition(":")
    if verb == "topic" and rest in moment.world.library.explainers:
        return _show_topic(moment, rest)
    if verb == "flow" and rest in FLOWS:
        return _start_flow(moment, rest)
    if verb in _VERBS and not rest:
        return _VERBS[verb](moment)
    fact, _, choice = rest.partition(":")
    if fact in FACTS and moment.flow is not None and verb in _ON_FACTS:
        return _ON_FACTS[verb](moment, fact, choice)
    return _expired(moment)


def _expired(moment: Moment) -> Turn:
    return _stay(moment, toast=moment.world.library.say("expired"))


def _choose(moment: Moment, fact: str, key: str) -> Turn:
    """An option was pressed: the answer to what is asked, a change of an earlier answer, or nothing new."""
    say = moment.world.library.say
    amount = screens.picked(moment, fact, key) if key in ("limit", "with_catch_up") else None
    try:
        value = value_of(fact, key) if amount is None else amount
    except ValueError:
        return _expired(moment)
    waits = moment.asked == fact
    if moment.session.answers.get(fact) == value:
        if waits and moment.session.changing:
            return _keep(moment, fact, "")
        return Turn(moment.session, (), say("already_saved"))
    if not waits and fact not in moment.path:
        return _stay(moment, toast=say("no_longer_needed"))
    return _give(moment, {fact: value}, 0)


def _candidate(moment: Moment, fact: str, token: str) -> Turn:
    """A meaning of a doubtful reading was pressed; only those of the reading that waits count."""
    pending = moment.session.pending
    if pending is None or pending.fact != fact:
        if moment.session.last_fact == fact and fact in moment.session.answers:
            return Turn(moment.session, (), moment.world.library.say("already_saved"))
        return _expired(moment)
    for at, (_, chosen) in enumerate(pending.candidates):
        if screens.token(pending, at) == token:
            return _take(moment, fact, chosen)
    return _expired(moment)


def _refuse(moment: Moment, fact: str, _: str) -> Turn:
    """No, that is not what was meant."""
    pending = moment.session.pending
    if pending is None or pending.fact != fact:
        return _expired(moment)
    return _to(moment, replace(moment.session, pending=None))


def _change(moment: Moment, fact: str, _: str = "") -> Turn:
    """Ask ``fact`` again."""
    if fact not in moment.path:
        return _stay(moment, toast=moment.world.library.say("no_longer_needed"))
    return _to(moment, replace(moment.session, changing=fact, pending=None, idle=False, asked="", misses=0))


def _keep(moment: Moment, fact: str, _: str) -> Turn:
    """Leave the answer as it is."""
    if moment.session.changing != fact or fact not in moment.session.answers:
        return _expired(moment)
    kept = Moment(replace(moment.session, changing="", pending=None, misses=0), moment.world)
    return _stay(kept, Reply(screens.echo(kept, (fact,)), edits=True))


def _undo(moment: Moment, fact: str, _: str) -> Turn:
    """Take the last answer back, once."""
    if fact not in moment.session.undo:
        return _expired(moment)
    restored = moment.session.taken_back()
    after = Moment(restored, moment.world)
    facts = [name for name in moment.session.undo if name in restored.answers]
    return _stay(after, *([Reply(screens.echo(after, facts))] if facts else []))


_ON_FACTS: Mapping[str, Callable[[Moment, str, str], Turn]] = {
    "a": _choose,
    "c": _candidate,
    "no": _refuse,
    "change": _change,
    "keep": _keep,
    "undo": _undo,
}


# --- verbs ----------------------------------------------------------------------------------------------------------


def _start(moment: Moment) -> Turn:
    session = replace(moment.session, idle=True, asked="", pending=None, changing="", misses=0)
    now = Moment(session, moment.world)
    known = now.flow is not None and bool(session.answers)
    notes = []
    if moment.world.today.year != moment.world.year:
        notes.append(Reply(screens.year_not_known(moment)))
    return Turn(session, (*notes, screens.welcome_back(now) if known else screens.hello(now)))


def _start_flow(moment: Moment, flow: str) -> Turn:
    session = replace(moment.session, flow=flow, idle=False, pending=None, changing="", asked="", misses=0)
    return _to(moment, session)


def _continue(moment: Moment) -> Turn:
    return _to(moment, replace(moment.session, idle=moment.flow is None, asked=""))


def _menu(moment: Moment) -> Turn:
    return _to(moment, replace(moment.session, idle=True, asked="", pending=None, changing=""))


def _back(moment: Moment) -> Turn:
    """One step: out of a doubt to its question, from a question or a page to the answer before it."""
    session = moment.session
    if isinstance(moment.place, Deciding):
        return _VERBS["keep_all"](moment)
    if session.pending and not session.idle:
        return _to(moment, replace(session, pending=None))
    if moment.flow is None or session.idle:
        return _stay(moment)
    path = moment.path
    before = path[: path.index(session.changing)] if session.changing in path else path
    if not before:
        return _menu(moment)
    return _to(moment, replace(session, changing=before[-1], misses=0))


def _review(moment: Moment) -> Turn:
    if moment.flow is None or not moment.path:
        return _stay(moment, note=moment.world.library.say("nothing_to_change"))
    session = replace(moment.session, changing="", pending=None, asked="", idle=False, reviewed=False)
    return Turn(session, (screens.reviewing(Moment(session, moment.world)),))


def _show(moment: Moment) -> Turn:
    if moment.flow is None:
        return _stay(moment)
    return _to(
        moment, replace(moment.session, reviewed=True, changing="", pending=None, asked="", idle=False)
    )


def _why(moment: Moment) -> Turn:
    if not moment.asked and (moment.flow is None or moment.survey.needed is not None):
        return _stay(moment, note=moment.world.library.say("how_not_yet"))
    return _aside(moment, screens.why(moment))


def _how(moment: Moment) -> Turn:
    *first, last = screens.how(moment)
    after = _aside(moment, last)
    return replace(after, replies=(*first, *after.replies))


def _help(moment: Moment) -> Turn:
    return _aside(moment, screens.help_card(moment))


def _about(moment: Moment) -> Turn:
    """Help on the question of the card, in its place."""
    return Turn(moment.session, (screens.about(moment),)) if moment.asked else _help(moment)


def _question(moment: Moment) -> Turn:
    """Back from help to the card that it took the place of."""
    return Turn(moment.session, (replace(screens.card(moment), edits=True),))


def _letter(moment: Moment) -> Turn:
    return Turn(moment.session, (screens.letter(moment),))


def _privacy(moment: Moment) -> Turn:
    return Turn(moment.session, (screens.privacy(moment),))


def _ask_first(what: str) -> Callable[[Moment], Turn]:
    return lambda moment: _to(moment, replace(moment.session, asked=what))


def _delete(moment: Moment) -> Turn:
    if moment.session.asked != "delete":
        return _VERBS["delete"](moment)
    return Turn(None, (Reply(moment.world.library.say("deleted"), edits=True),))


def _restart(moment: Moment) -> Turn:
    if moment.session.asked != "restart":
        return _VERBS["restart"](moment)
    fresh = Session(flow=moment.session.flow, year=moment.world.year, idle=moment.flow is None)
    return _to(moment, fresh, Reply(moment.world.library.say("restarted"), edits=True))


def _keep_all(moment: Moment) -> Turn:
    return _to(moment, replace(moment.session, asked=""))


def _cancel(moment: Moment) -> Turn:
    return replace_note(_menu(moment), moment.world.library.say("stopped"))


def replace_note(after: Turn, words: str) -> Turn:
    """``after`` with ``words`` said first."""
    return replace(after, replies=(Reply(words), *after.replies))


def _sources(moment: Moment) -> Turn:
    return _aside(moment, screens.sources(moment))


def _version(moment: Moment) -> Turn:
    world = moment.world
    return _aside(moment, Reply(world.library.say("version", version=world.version, year=world.year)))


def _topics(moment: Moment) -> Turn:
    return _aside(moment, screens.topics(moment, screens.FIRST_TOPICS, moment.world.library.say("ask_me")))


_VERBS: Mapping[str, Callable[[Moment], Turn]] = {
    "start": _start,
    "continue": _continue,
    "menu": _menu,
    "back": _back,
    "answers": _review,
    "show": _show,
    "why": _why,
    "how": _how,
    "help": _help,
    "about": _about,
    "question": _question,
    "letter": _letter,
    "privacy": _privacy,
    "delete": _ask_first("delete"),
    "delete_yes": _delete,
    "restart": _ask_first("restart"),
    "restart_yes": _restart,
    "keep_all": _keep_all,
    "cancel": _cancel,
    "sources": _sources,
    "version": _version,
    "ask": _topics,
}


# --- commands -------------------------------------------------------------------------------------------------------


def _command(moment: Moment, name: str, argument: str, ref: int) -> Turn:
    if name == "start" and argument:
        return _linked(moment, argument)
    if name == "ask" and argument:
        return _explain(moment, _search(moment, argument))
    if name in FLOWS:
        return _start_flow(moment, name)
    if name in _VERBS and not name.endswith("_yes"):
        return _VERBS[name](moment)
    return _aside(moment, screens.unknown_command(moment, name))


def _linked(moment: Moment, payload: str) -> Turn:
    """A deep link: the name of a flow, a verb or an explainer; anything else is a plain start."""
    topic = payload.removeprefix("ask_")
    if payload in FLOWS:
        return _start_flow(moment, payload)
    if topic != payload and topic in moment.world.library.explainers:
        return _show_topic(moment, topic)
    if payload == "letter":
        return _letter(moment)
    return _start(moment)


_LONGEST_WORD = 60
_WORDS = {
    "back": "back",
    "go back": "back",
    "previous": "back",
    "why": "why",
    "why do you ask": "why",
    "how": "how",
    "how did you get this": "how",
    "how did you get that": "how",
    "help": "help",
    "menu": "menu",
    "answers": "answers",
    "my answers": "answers",
    "change": "answers",
    "restart": "restart",
    "start over": "restart",
    "cancel": "cancel",
    "stop": "cancel",
    "quit": "cancel",
    "exit": "cancel",
    "letter": "letter",
    "privacy": "privacy",
    "sources": "sources",
    "delete everything": "delete",
    "delete": "delete",
    "continue": "continue",
}
"""Words that always work, a question mark or a full stop after them or not."""
_AGREED = frozenset(
    [
        "show",
        "show it",
        "show me",
        "ok",
        "okay",
        "yes",
        "y",
        "next",
        "go on",
        "go",
        "done",
        "correct",
        "looks good",
        "all good",
        "good",
        "fine",
    ]
)
_GREETINGS = frozenset(
    ["hi", "hello", "hey", "hello there", "hi there", "good morning", "good evening", "start", "begin", "yo"]
)
_THANKS = frozenset(
    [
        "thanks",
        "thank you",
        "thx",
        "ty",
        "great",
        "cool",
        "nice",
        "ok thanks",
        "thanks a lot",
        "great thanks",
        "perfect",
    ]
)
_ANY_AMOUNT = Setting(ZERO, _MOST := ZERO + 10**9)
_DEEP = frozenset({"check", "room", "letter"})
_KNOWN = frozenset({*_VERBS, *FLOWS, *(command.name for command in COMMANDS)})
