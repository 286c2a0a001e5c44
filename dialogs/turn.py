"""The machine: one turn of the conversation, a pure function from (session, event) to (session, replies).

The rule. Where a person stands is worked out from their answers (`dialogs.moment`) and never stored, so an event
can only do three things: change the answers, change one of the few marks beside them (a reading that waits, a
question being changed, a page that is open or confirmed), or be answered without changing anything. Whatever
happens, the turn ends with the live card of the place that follows, or with a card that leads back to it.

=============  =====================================================================================================
an event       what it does
=============  =====================================================================================================
`Said`         in this order: a word that always works (back, why, menu ...); the answer to what waits (yes or no,
               "Is that right?", the question, the check page); a question to the explainers; else it says what it
               could not use and why
`Pressed`      what the button says, however old it is: an answer (again, or changed, with a way back), a verb;
               pressed twice is the same as pressed once
`Command`      the same verbs by name
`Edited`       corrects the answer that the edited message gave
`Unreadable`   is told that only text can be read
=============  =====================================================================================================

The verbs of buttons: ``a:fact:option`` answers, ``c:fact:token`` takes a reading, ``no:fact`` refuses it,
``change:fact``, ``keep:fact``, ``back:fact``, ``undo:fact:token``, ``if:fact`` supposes it, ``turns:fact`` looks for where
it turns the result, ``keep_supposed:token``, ``another:token``, ``send:token``, ``topic:name``, ``group:name``, ``flow:name``, ``step:name:done``, ``set:name:on`` and their opposites, and the plain
verbs of `_VERBS`. Where a button would do something else the second time it names what it is about, and is over after that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from dialogs import drawn, screens, what_if
from dialogs.events import Command, Edited, Event, Pressed, Said, Unreadable
from dialogs.flows import FACTS
from dialogs.flows.employee import CHECK
from dialogs.gaps import Gap, fingerprint, sent
from dialogs.menu import AGREED, COMMANDS, GREETINGS, KEPT, RIGHT, THANKS, WORDS
from dialogs.moment import (
    ANSWERS,
    OF_A_RESULT,
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
)
from dialogs.reading import (
    ChoiceOption,
    Doubt,
    Read,
    Reason,
    Setting,
    clean,
    echo,
    looks_like_question,
    read_amount,
    read_choice,
)
from dialogs.reading.years import year_named
from dialogs.replies import Reply
from dialogs.session import Pending, Session
from dialogs.telling import answer_in, told
from dialogs.understand import Doubted, Missed, Understood, understand
from dialogs.values import describe, value_of
from dialogs.world import World
from knowledge.core.match import ZERO
from knowledge.search import Answer, Begin, DidYouMean, Found, NoAnswer, route
from knowledge.words import dollars


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows from an event: the session to keep (None: forget the person), what to show, a word over the chat.

    ``gap`` is a question that had no answer, to be counted; with its text when the person has just agreed to that.
    """

    session: Session | None
    replies: tuple[Reply, ...]
    toast: str = ""
    gap: Gap | None = None


def turn(session: Session, event: Event, world: World) -> Turn:
    """One turn in a private chat. Never raises; always ends with something that the person can do."""
    now, notices = _renewed(session, world)
    waits, moment = now.unanswered, Moment(replace(now, unanswered=""), world)
    agreed = waits and event == Pressed(screens.sending(waits))
    after = _agreed(moment, waits) if agreed else _react(moment, event)
    replies = (*notices, *after.replies)
    if after.session is not None and after.session.hides_amounts:
        replies = tuple(map(_covered, replies))
    return replace(after, replies=replies)


_AMOUNT = re.compile(r"-?\$\d+(?:,\d{3})*(?:\.\d+)?")


def _covered(reply: Reply) -> Reply:
    """The same card with its amounts covered until they are tapped."""
    return replace(reply, html=_AMOUNT.sub(r"<tg-spoiler>\g<0></tg-spoiler>", str(reply.html)))


def public_turn(event: Event, world: World) -> Turn:
    """One turn where others read along: words are explained, nothing personal is asked, taken or kept."""
    moment = Moment(Session(), world)
    match event:
        case Command("ask", "") | Command("help") | Pressed("ask"):
            reply = screens.subjects_in_public(moment)
        case Command("ask", text) | Said(text):
            return _found_in_public(moment, text)
        case Command("start"):
            reply = screens.in_public(moment, "group_hello")
        case Command("privacy"):
            reply = screens.privacy_in_public(moment)
        case Pressed(data) if data.startswith("topic:") and data[6:] in world.library.explainers:
            reply = screens.explained(moment, data[6:])
        case Pressed(data) if data.startswith("group:") and data[6:] in screens.grouped(world.library):
            reply = screens.subjects_of(moment, data[6:])
        case Pressed():
            return Turn(None, (), world.library.say("group_private"))
        case Command(name) if name in _PRIVATE:
            reply = screens.in_public(moment, "group_private", start=name)
        case Command(name) if name in _VERBS:
            reply = screens.in_public(moment, "group_private")
        case _:
            return Turn(None, ())
    return Turn(None, (reply,))


def _found_in_public(moment: Moment, text: str) -> Turn:
    match route(_search(moment, text)):
        case Begin(flow):
            return Turn(None, (screens.in_public(moment, "group_private", start=flow),))
        case Answer(topic):
            year = year_named(text, moment.world.today.year)
            return Turn(None, (screens.explained(moment, topic, year),))
        case DidYouMean(names):
            words = moment.world.library.say("did_you_mean")
            return Turn(None, (screens.topics(moment, names, words),))
        case NoAnswer():  # pragma: no branch
            return Turn(None, (screens.in_public(moment, "no_answer"),), gap=_gap(moment, text))


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
        session,
        answers=kept,
        pending=None,
        changing="",
        supposing=False,
        supposed={},
        reviewed=False,
        undo={},
        done=(),
        last_fact="",
        last_ref=0,
    )


# --- the machine ----------------------------------------------------------------------------------------------------


def _react(moment: Moment, event: Event) -> Turn:
    match event:
        case Said(text, ref):
            return _said(moment, text, ref)
        case Pressed(data):
            return _pressed(moment, data)
        case Command(name, argument):
            return _command(moment, name, argument)
        case Edited(text, ref):
            return _edited(moment, text, ref)
        case Unreadable():  # pragma: no branch
            return _stay(moment, note=moment.world.library.say("not_text"))


def _stay(moment: Moment, *replies: Reply, note: str = "", toast: str = "") -> Turn:
    """Show ``replies``, then where the person stands."""
    return Turn(moment.session, (*replies, screens.card(moment, note)), toast)


def _to(moment: Moment, session: Session, *replies: Reply, note: str = "") -> Turn:
    """Go on with ``session``."""
    return _stay(moment.at(session), *replies, note=note)


def _said(moment: Moment, text: str, ref: int) -> Turn:
    verb = WORDS.get(_word(text)) or WORDS.get(_word(answer_in(text)))
    if verb is not None and moment.place != Deciding(verb):
        return _pressed(moment, f"flow:{verb}" if verb in moment.world.flows else verb)
    if isinstance(moment.place, Asking) and moment.place.changing and _word(text) in KEPT:
        return _keep(moment, moment.place.fact)
    if _IN_NEED.search(text[:_LONGEST_ASKED]):
        return _aside(moment, Reply(moment.world.library.say("in_need")))
    first = _supposed_by(moment, text) or _told(moment, text, ref)
    if first is not None:
        return first
    match moment.place:
        case Deciding(what):
            return _decided(moment, what, text, ref)
        case Confirming(pending):
            return _confirmed(moment, pending, text, ref)
        case Asking() if not text.strip(" ?"):
            return _about(moment)
        case Asking(fact):
            return _answered(moment, fact, text, ref)
        case Reviewing():
            return _reviewed(moment, text, ref)
        case Conflicting(_, facts):
            return _in_conflict(moment, facts, text)
        case Showing() if _word(text) in AGREED:
            return _stay(moment)
        case Showing() if _CHANGE.match(_word(text)) and (turned := _numbered_answer(moment, text)):
            return turned
        case Supposing() if _word(text) in AGREED:
            return _show(moment) if _word(text).startswith("show") else _keep_supposed(moment)
        case Opened():
            return _picked(moment, text) or _beneath(moment, text, ref)
        case Menu() | Showing() | Supposing():  # pragma: no branch
            return _picked(moment, text) or _wondered(moment, text)


def _told(moment: Moment, text: str, ref: int) -> Turn | None:
    """Take the facts of a message that tells several, or takes one back, and ask about what is in doubt; None for others."""
    if isinstance(moment.place, Deciding) or moment.session.supposing:
        return None
    heard, pending = told(text, moment), moment.session.pending
    if pending is not None and (not heard.corrects or not heard.about or pending.fact in heard.about):
        return None  # it is about the reading that waits
    if heard.again:
        return _change(moment, heard.again)
    if heard.unknown:
        return _answers(moment)
    if not heard.values and not heard.doubts:
        return None
    flow = moment.session.flow or CHECK.name
    after = moment.at(replace(_at_rest(moment.session, idle=False), flow=flow))
    if heard.values:
        after = Moment(after.session.answer(heard.values, moment.world.today, ref), moment.world)
    if heard.doubts:
        after = after.at(replace(after.session, pending=heard.doubts[0]))
    if heard.corrects and not heard.doubts and not heard.unread:
        return _with_picture(_given(moment, after, moment.session.answers, heard.values), moment, after)
    if heard.corrects and len(heard.about) == 1 and not heard.unread:
        return _stay(after)  # the card names what it asks about
    read = screens.told(after, heard.values, [pending.fact for pending in heard.doubts], heard.unread)
    return _with_picture(_stay(after, read), moment, after)


def _word(text: str) -> str:
    """A short text in small letters, without the mark at its end; empty for a long one."""
    return clean(text).strip(" .!?") if len(text) <= _LONGEST_WORD else ""


def _numbered(text: str, most: int) -> int | None:
    number = _word(text).strip("#) ")
    return int(number) - 1 if number.isascii() and number.isdigit() and 1 <= int(number) <= most else None


_IN_NEED = re.compile(
    r"\b(?:kill(?:ing)?|hurt(?:ing)?|harm(?:ing)?) my ?self\b|\bsuicid(?:e|al)\b(?! clause)|\bend my life\b|\bwant to die\b"
    r"|\b(?:do not|don'?t) want to live(?: any ?more)?[\s.!]*$",
    re.I,
)
"""What a person types who needs help of another kind than this."""
_NOTHING_READ = frozenset({Reason.NO_NUMBER, Reason.NOT_UNDERSTOOD, Reason.NO_CHOICE, Reason.ASK_FORMULA})
"""Why a text is no answer that has nothing in it to be told about."""
_LEAST_WORDS_ASKING = 5
"""A text of so many words that is no answer may be a question without its mark, if one explainer is clear."""
_CHANGE = re.compile(r"^(?:change|edit|correct|fix) (?:answer |number )?")
"""What people write before the number of an answer: "change 3"."""


def _picked(moment: Moment, text: str) -> Turn | None:
    """What a button of the card does when its words or its number are typed."""
    buttons = [b for row in screens.page_buttons(moment) for b in row]
    number = _numbered(text, len(buttons))
    if number is not None:
        return _pressed(moment, buttons[number].data)
    reading = read_choice(text, [ChoiceOption(b.data, b.label) for b in buttons])
    return _pressed(moment, reading.value) if isinstance(reading, Read) else None


def _decided(moment: Moment, what: str, text: str, ref: int) -> Turn:
    """Yes or no to deleting or starting over. A question is answered first, an answer is heard without it."""
    say = moment.world.library.say
    options = [ChoiceOption("yes", say(f"button_{what}_yes")), ChoiceOption("no", say("button_keep_all"))]
    match read_choice(text, options):
        case Read("yes"):
            return _VERBS[f"{what}_yes"](moment)
        case Read(_):
            return _keep_all(moment)
        case Doubt():
            return _stay(moment, note=say("confirm_again"))
        case _:
            return _beneath(moment, text, ref)


def _reviewed(moment: Moment, text: str, ref: int) -> Turn:
    """The number of an answer, a word that agrees, a button; on an opened page also what waits below it."""
    if turned := _numbered_answer(moment, text):
        return turned
    if _word(text) in AGREED:
        return _show(moment)
    if moment.session.asked:
        return _beneath(moment, text, ref)
    return _picked(moment, text) or _wondered(moment, text, "review_again")


def _numbered_answer(moment: Moment, text: str) -> Turn | None:
    """Ask the answer again whose number is typed: "3", "change 3"."""
    facts = screens.reviewed(moment)
    number = _numbered(_CHANGE.sub("", _word(text)), len(facts))
    return None if number is None else _change(moment, facts[number])


def _in_conflict(moment: Moment, facts: Sequence[str], text: str) -> Turn:
    """The number of an answer that is to be changed, a button, or a question."""
    changeable = [fact for fact in facts if fact in moment.path]
    number = _numbered(_CHANGE.sub("", _word(text)), len(changeable))
    if number is not None:
        return _change(moment, changeable[number])
    return _picked(moment, text) or _wondered(moment, text, "conflict_again")


def _beneath(moment: Moment, text: str, ref: int) -> Turn:
    """Hear ``text`` as if nothing were open over the conversation; a question leaves it open."""
    if looks_like_question(text):
        return _explain(moment, _search(moment, text), text)
    return _said(_closed(moment), text, ref)


def _closed(moment: Moment) -> Moment:
    """The moment without the decision or the answers that are open over it."""
    return moment.at(replace(moment.session, asked=""))


def _confirmed(moment: Moment, pending: Pending, text: str, ref: int) -> Turn:
    """Yes, no, the words of a button, or a new answer in the place of the doubtful one."""
    alone = len(pending.candidates) == 1
    for label, chosen in pending.candidates:
        if clean(label) == clean(text[:_LONGEST_WORD]):
            return _take(moment, pending.fact, chosen)
    options = [ChoiceOption("yes" if alone else chosen, label) for label, chosen in pending.candidates]
    options.append(ChoiceOption("no", screens.none_of_these(moment, pending).label))
    if alone and _word(text) in RIGHT:
        return _take(moment, pending.fact, pending.candidates[0][1])
    reading = None if any(c.isdigit() for c in text) else read_choice(text, options)
    match reading:
        case Read("no"):
            return _refuse(moment, pending.fact)
        case Read(key):
            return _take(moment, pending.fact, pending.candidates[0][1] if alone else key)
        case _:
            return _answered(moment, pending.fact, text, ref)


def _take(moment: Moment, fact: str, chosen: str) -> Turn:
    """Read the chosen candidate as sure."""
    match understand(fact, chosen, moment, sure=True):
        case Understood(values):
            return _give(moment, values, moment.session.last_ref)
        case Doubted(pending):
            return _to(moment, replace(moment.session, pending=pending))
        case Missed(_, words):  # pragma: no branch
            return _to(moment, replace(moment.session, pending=None), note=words)


def _answered(moment: Moment, fact: str, text: str, ref: int) -> Turn:
    """Read ``text`` as an answer first, as a question second."""
    match understand(fact, answer_in(text), moment):
        case Understood(values):
            return _give(moment, values, ref)
        case Doubted(pending):
            doubtful = replace(moment.session, pending=pending, misses=0)
            if (
                not moment.session.supposing
            ):  # an edit corrects an answer, never makes one of what was supposed
                doubtful = replace(doubtful, last_fact=fact, last_ref=ref)
            return _to(moment, doubtful)
        case Missed() as missed:  # pragma: no branch
            return _missed(moment, text, missed)


def _missed(moment: Moment, text: str, missed: Missed) -> Turn:
    """Answer a question, also one without a mark ("i make too much for a roth ira"); else say why the text is no answer."""
    say, asks = moment.world.library.say, _asks(text)
    found = _search(moment, text, asks=asks)
    named = found.named and any(c.isalpha() for c in text)  # a bare "415" is a number that is no answer
    long = missed.reason in _NOTHING_READ and len(text.split()) >= _LEAST_WORDS_ASKING
    tells = long and isinstance(route(found), Answer)
    if named or asks or tells:
        return _explain(moment, found, text)
    if _word(text) in THANKS:
        return _stay(moment, note=say("thanks"))
    counted = replace(moment.session, misses=min(moment.session.misses + 1, screens.MISSES))
    return _to(moment, counted, note=say("confirm_again") if moment.session.pending else missed.words)


def _asks(text: str) -> bool:
    """Whether a sentence or a part of one asks something: "HR says 10%. is that the law"."""
    return any(map(looks_like_question, (text, *_PARTS.split(text[:_LONGEST_ASKED]))))


def _give(moment: Moment, values: Mapping[str, object], ref: int) -> Turn:
    """Answer, say what was read, and go on."""
    if moment.session.supposing:
        return _suppose(moment, values)
    before = moment.session.answers
    after = Moment(moment.session.answer(values, moment.world.today, ref), moment.world)
    return _with_picture(_given(moment, after, before, values), moment, after)


def _with_picture(shown: Turn, before: Moment, after: Moment) -> Turn:
    """``shown`` with the picture of the result in it, when the result is what has just been reached."""
    reached = isinstance(after.place, Showing) and not isinstance(before.place, Showing)
    picture = screens.pictured(after) if reached and not after.session.text_only else None
    if picture is None:
        return shown
    *first, card = shown.replies
    return replace(shown, replies=(*first, picture, card))


def _given(moment: Moment, after: Moment, before: Mapping[str, object], values: Mapping[str, object]) -> Turn:
    if any(before.get(fact, value) != value for fact, value in values.items()):
        return _stay(after, screens.changed(after, moment, values))
    return _stay(after, Reply(screens.echo(after, values), edits=True))


def _edited(moment: Moment, text: str, ref: int) -> Turn:
    """Correct the last answer, when the edited message gave it."""
    session, fact = moment.session, moment.session.last_fact
    if not ref or ref != session.last_ref or fact not in FACTS or moment.flow is None:
        return _stay(moment, note=moment.world.library.say("only_last_edit"))
    changing = replace(_at_rest(session, idle=False), changing=fact)
    return _answered(Moment(changing, moment.world), fact, text, ref)


def _another(moment: Moment, data: str) -> Turn:
    """Clear what was told of an event, and ask about another one."""
    flow, session, library = moment.flow, moment.session, moment.world.library
    if flow is None or not flow.event or not moment.complete or data != screens.another(moment):
        return _expired(moment)
    told = {
        fact: value
        for fact, value in session.answers.items()
        if fact in flow.sheet.facts() and library.questions[fact].front.yearly
    }
    kept = {fact: value for fact, value in session.answers.items() if fact not in told}
    cleared = replace(_at_rest(session, idle=False), answers=kept, undo=told, reviewed=False)
    after = moment.at(replace(cleared, last_fact="", last_ref=0))
    undo = screens.button(after, "undo", screens.undoing(after))
    return _stay(after, Reply(library.say("another_event"), ((undo,),), edits=True))


# --- what if --------------------------------------------------------------------------------------------------------


def _supposed_by(moment: Moment, text: str) -> Turn | None:
    """Answer "what if my match were 4%" and "how much less until I have room"; None where nothing of that is said."""
    turns = what_if.asks_turning_point(text)
    if not turns and not what_if.asks_what_if(text):
        return None
    if not moment.complete:
        return None
    facts = what_if.facts_named(text, moment)
    if turns:
        facts = tuple(fact for fact in facts if what_if.can_turn(fact, moment))
        return _turns(moment, facts[0]) if facts else None
    for fact in facts:
        asking = _asking_if(moment, fact)
        match understand(fact, what_if.value_said(text, fact, moment), asking):
            case Understood(values):
                return _suppose(asking, values)
            case Doubted(pending):
                return _to(asking, replace(asking.session, pending=pending))
            case Missed():  # pragma: no branch
                continue
    return _to(_asking_if(moment, facts[0]), _asking_if(moment, facts[0]).session) if facts else None


def _asking_if(moment: Moment, fact: str) -> Moment:
    """The moment in which another answer to ``fact`` is supposed."""
    session = replace(moment.session, changing=fact, supposing=True, supposed={}, pending=None, misses=0)
    return moment.at(replace(session, idle=False, asked=""))


def _suppose(moment: Moment, values: Mapping[str, object]) -> Turn:
    """Show what would be."""
    session = replace(moment.session, supposed=values, supposing=False, changing="", pending=None, misses=0)
    return _to(moment, replace(session, reviewed=True, idle=False, asked=""))


def _if(moment: Moment, fact: str, _: str = "") -> Turn:
    """Ask for another answer to ``fact``, only to be supposed."""
    if not moment.complete:
        return _stay(moment, note=moment.world.library.say("no_result_yet"))
    if fact not in moment.path:
        return _expired(moment)
    return _stay(_asking_if(moment, fact))


def _turns(moment: Moment, fact: str, _: str = "") -> Turn:
    """Say where the number ``fact`` turns the result."""
    if not moment.complete or not what_if.can_turn(fact, moment):
        return _expired(moment)
    settled = moment.at(replace(moment.session, changing="", supposing=False, supposed={}, pending=None))
    return _aside(settled, screens.turning(settled, fact))


def _keep_supposed(moment: Moment) -> Turn:
    """Make what is supposed an answer."""
    supposed, world = moment.session.supposed, moment.world
    session = replace(moment.session, supposed={}).answer(supposed, world.today)
    after = Moment(replace(session, reviewed=True), world)
    return _with_picture(_given(moment, after, moment.session.answers, supposed), moment, after)


def _drop_supposed(moment: Moment) -> Turn:
    if not moment.session.supposed:
        return _expired(moment)
    dropped = replace(moment.session, supposed={})
    return _to(moment, dropped, Reply(moment.world.library.say("supposed_dropped"), edits=True))


# --- questions in between -------------------------------------------------------------------------------------------


def _search(moment: Moment, text: str, *, asks: bool = True) -> Found:
    """What may answer ``text``; one that asks nothing is for no router."""
    router = moment.world.router if asks else None
    return (router or moment.world.search).find(text, moment.at_hand)


def _wondered(moment: Moment, text: str, otherwise: str = "") -> Turn:
    """Answer what was typed where nothing waits for an answer; ``otherwise`` is said when it asks nothing."""
    say, word = moment.world.library.say, _word(text)
    if word in GREETINGS:
        return _start(moment)
    if word in THANKS:
        return _aside(moment, Reply(say("thanks")))
    amount = read_amount(text, _ANY_AMOUNT) if any(c.isdigit() for c in text) else None
    if isinstance(amount, Read):
        return _aside(moment, Reply(say("bare_number", value=dollars(amount.value))))
    asks = looks_like_question(text)
    found = _search(moment, text, asks=asks or not otherwise)
    if found.hits or asks:
        return _explain(moment, found, text)
    if isinstance(amount, Doubt):
        return _aside(moment, Reply(say("bare_number", value=f'"{echo(text)}"')))
    if otherwise:
        return _stay(moment, note=say(otherwise))
    return _explain(moment, found, text)


def _explain(moment: Moment, found: Found, text: str) -> Turn:
    """Show what was found, and then again what waits."""
    say = moment.world.library.say
    match route(found):
        case Begin(flow):
            return _begin(moment, flow, found)
        case Answer(topic):
            return _show_topic(moment, topic, year_named(text, moment.world.today.year))
        case DidYouMean(names):
            return _aside(moment, screens.topics(moment, names, say("did_you_mean")))
        case NoAnswer():  # pragma: no branch
            waits = moment.at(replace(moment.session, unanswered=sent(text)))
            return replace(_aside(waits, screens.unanswered(waits)), gap=_gap(moment, text))


def _begin(moment: Moment, flow: str, found: Found) -> Turn:
    """Begin what works out an answer; a person who is being asked something is offered it, and loses no place."""
    say = moment.world.library.say
    if not moment.asked:
        return _command(moment, flow, "")
    if flow == moment.session.flow:
        return _stay(moment, note=say("on_the_way"))
    offered = screens.topics(moment, [hit.topic for hit in found.hits], say("did_you_mean"))
    way = screens.button(moment, flow, f"flow:{flow}" if flow in moment.world.flows else flow)
    return _aside(moment, replace(offered, buttons=((way,), *offered.buttons)))


def _gap(moment: Moment, text: str, agreed: str = "") -> Gap:
    return Gap(fingerprint(text), moment.world.today, agreed)


def _agreed(moment: Moment, text: str) -> Turn:
    """Keep the question that waited, in words: the person has agreed to that."""
    thanks = Reply(moment.world.library.say("question_kept", text=text))
    return replace(_aside(moment, thanks), gap=_gap(moment, text, agreed=text))


def _show_topic(moment: Moment, topic: str, year: int | None = None) -> Turn:
    """Explain ``topic``, with the figures of ``year`` where one was asked about."""
    read = moment.at(replace(moment.session, read=topic))
    return _aside(read, screens.explained(moment, topic, year))


def _aside(moment: Moment, reply: Reply) -> Turn:
    """Show ``reply`` without moving the person: the question is posed again, a page is one tap away."""
    if isinstance(moment.place, Asking | Confirming | Deciding):
        return _stay(moment, reply, note=moment.world.library.say("back_to_question"))
    back = screens.button(moment, "menu" if isinstance(moment.place, Menu) else "back_here", "here")
    return Turn(moment.session, (replace(reply, buttons=(*reply.buttons, (back,)), live=True),))


# --- buttons --------------------------------------------------------------------------------------------------------


def _pressed(moment: Moment, data: str) -> Turn:
    verb, _, rest = data.partition(":")
    if verb == "topic" and rest in moment.world.library.explainers:
        return _show_topic(moment, rest)
    if verb == "group" and rest in screens.grouped(moment.world.library):
        return _aside(moment, screens.subjects_of(moment, rest))
    if verb == "flow" and rest in moment.world.flows:
        return _start_flow(moment, rest)
    if data in _MARKS:
        return _marked(moment, data)
    if data == f"keep_supposed:{screens.token(*screens.supposed_words(moment))}" and moment.session.supposed:
        return _keep_supposed(moment)
    if verb == "another":
        return _another(moment, data)
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
    amount = screens.picked(moment, fact, key)
    option = moment.world.library.questions[fact].front.options.get(key)
    try:
        if option is not None and option.types:
            value = _typed(moment, fact, option.types)
        else:
            value = value_of(fact, key) if amount is None else amount
    except ValueError:
        return _expired(moment)
    waits = moment.uncovered.asked == fact
    if moment.session.supposing and waits:
        return _suppose(moment, {fact: value})
    if moment.session.answers.get(fact) == value:
        if waits and moment.session.changing:
            return _keep(moment, fact)
        return Turn(moment.session, (), say("already_saved"))
    if not waits and fact not in moment.path:
        return _stay(moment, toast=say("no_longer_needed"))
    return _give(moment, {fact: value}, 0)


def _typed(moment: Moment, fact: str, text: str) -> object:
    """What an option of a number stands for, by the ``text`` that would be typed for it."""
    match understand(fact, text, moment, sure=True):
        case Understood(values):
            return values[fact]
        case heard:
            raise ValueError(f"the option {text!r} of {fact} is {heard}")


def _candidate(moment: Moment, fact: str, token: str) -> Turn:
    """A meaning of a doubtful reading was pressed; only those of the reading that waits count."""
    pending, saved = moment.session.pending, moment.session.answers.get(fact)
    if pending is not None and pending.fact == fact:
        for _, chosen in pending.candidates:
            if screens.token(chosen) == token:
                return _take(moment, fact, chosen)
    if saved is not None and screens.token(describe(fact, saved, moment.world.library)) == token:
        return Turn(moment.session, (), moment.world.library.say("already_saved"))
    return _expired(moment)


def _refuse(moment: Moment, fact: str, _: str = "") -> Turn:
    """No, that is not what was meant."""
    pending = moment.session.pending
    if pending is None or pending.fact != fact:
        return _expired(moment)
    after = replace(moment.session, pending=None)
    if fact in moment.path and moment.at(after).asked != fact and not after.supposing:
        after = replace(after, changing=fact)  # what a correction left in doubt is asked
    return _to(moment, after)


def _change(moment: Moment, fact: str, _: str = "") -> Turn:
    """Ask ``fact`` again, or one that was taken for granted for the first time."""
    taken = screens.askable_assumptions(moment) if moment.complete else ()
    if fact not in moment.path and fact not in taken:
        return _stay(moment, toast=moment.world.library.say("no_longer_needed"))
    session = replace(moment.session, changing=fact, pending=None, reviewed=False, misses=0)
    session = replace(session, supposing=False, supposed={})
    return _to(moment, replace(session, idle=False, asked=""))


def _keep(moment: Moment, fact: str, _: str = "") -> Turn:
    """Leave the answer as it is."""
    if moment.session.changing != fact or fact not in moment.session.answers:
        return _expired(moment)
    session = replace(moment.session, changing="", pending=None, misses=0, idle=False, asked="")
    session = replace(session, supposing=False)
    kept = moment.at(session)
    return _stay(kept, Reply(screens.echo(kept, (fact,)), edits=True))


def _back_from(moment: Moment, fact: str, _: str) -> Turn:
    """One step back from the question about ``fact``, while it is the one that is asked."""
    if moment.asked != fact:
        return _expired(moment)
    return _back(moment.at(replace(moment.session, pending=None)))


def _undo(moment: Moment, fact: str, token: str) -> Turn:
    """Take the last answer back, once."""
    facts = [name for name, before in moment.session.undo.items() if before is not None]
    if not facts or f"undo:{fact}:{token}" != screens.undoing(moment):
        return _expired(moment)
    after = moment.at(moment.session.taken_back())
    return _stay(after, Reply(screens.echo(after, facts), edits=True))


_ON_FACTS: Mapping[str, Callable[[Moment, str, str], Turn]] = {
    "a": _choose,
    "c": _candidate,
    "no": _refuse,
    "change": _change,
    "keep": _keep,
    "back": _back_from,
    "undo": _undo,
    "if": _if,
    "turns": _turns,
}


# --- verbs ----------------------------------------------------------------------------------------------------------


def _start(moment: Moment) -> Turn:
    session = _at_rest(moment.session, idle=True)
    now = moment.at(session)
    welcome = screens.welcome_back(now) if now.path else screens.hello(now)
    if moment.world.today.year == moment.world.year:
        return Turn(session, (welcome,))
    return Turn(session, (Reply(screens.year_not_known(moment)), welcome))


def _start_flow(moment: Moment, flow: str) -> Turn:
    after = moment.at(replace(_at_rest(moment.session, idle=False), flow=flow))
    return _with_picture(_stay(after), moment, after) if flow != moment.session.flow else _stay(after)


def _at_rest(session: Session, *, idle: bool) -> Session:
    """The session with nothing open and nothing waiting."""
    session = replace(session, idle=idle, asked="", pending=None, changing="", misses=0)
    return replace(session, supposing=False, supposed={})


def _continue(moment: Moment) -> Turn:
    return _to(moment, replace(moment.session, idle=moment.flow is None, asked=""))


def _menu(moment: Moment, note: str = "") -> Turn:
    return _to(moment, _at_rest(moment.session, idle=True), note=note)


def _cancel(moment: Moment) -> Turn:
    return _menu(moment, moment.world.library.say("stopped"))


def _back(moment: Moment) -> Turn:
    """One step: out of what is open, out of a doubt to its question, from there to the answer before it."""
    session, path = moment.session, moment.path
    if session.asked:
        return _keep_all(moment)
    if moment.flow is None or session.idle:
        return _stay(moment)
    if session.pending:
        return _refuse(moment, session.pending.fact)
    before = path[: path.index(session.changing)] if session.changing in path else path
    if session.supposing or session.supposed:
        return _to(moment, replace(session, supposing=False, supposed={}, changing=""))
    if not before:
        return _menu(moment)
    return _to(moment, replace(session, changing=before[-1], misses=0))


def _answers(moment: Moment) -> Turn:
    """Open the answers over the conversation."""
    if not moment.path:
        return _stay(moment, note=moment.world.library.say("nothing_to_change"))
    if moment.place == Reviewing():
        return _stay(moment)
    return _to(moment, replace(moment.session, asked=ANSWERS))


def _show(moment: Moment) -> Turn:
    session = replace(moment.session, reviewed=True, changing="", pending=None, asked="")
    after = moment.at(replace(session, idle=moment.flow is None, supposing=False, supposed={}))
    return _with_picture(_stay(after), moment, after)


def _why(moment: Moment) -> Turn:
    if not moment.asked and not moment.complete:
        return _stay(moment, note=moment.world.library.say("how_not_yet"))
    return _aside(moment, screens.why(moment))


def _how(moment: Moment) -> Turn:
    if not moment.complete:
        return _stay(moment, note=moment.world.library.say("how_not_yet"))
    *first, last = screens.how(moment)
    after = _aside(moment, last)
    return replace(after, replies=(*first, *after.replies))


def _help(moment: Moment) -> Turn:
    return _aside(moment, screens.help_card(moment))


def _about(moment: Moment) -> Turn:
    """Help on the question of the card, in its place."""
    return Turn(moment.session, (screens.about(moment),)) if moment.asked else _help(moment)


def _meaning(moment: Moment) -> Turn:
    """Help on the question that waits, beside it: somebody typed that they do not understand it."""
    return _aside(moment, screens.meaning(moment) if moment.asked else screens.help_card(moment))


def _undo_last(moment: Moment) -> Turn:
    """Take back whatever was answered last: what it replaced comes back, or its question."""
    undo = moment.session.undo
    if undo and all(before is None for before in undo.values()):
        return _stay(moment.at(moment.session.taken_back()))
    return _pressed(moment, screens.undoing(moment))


def _question(moment: Moment) -> Turn:
    """Back from help to the card that it took the place of."""
    return Turn(moment.session, (replace(screens.card(moment), edits=True),))


def _letter(moment: Moment) -> Turn:
    return _aside(moment, screens.letter(moment))


def _letter_page(*, with_numbers: bool) -> Callable[[Moment], Turn]:
    return lambda moment: _handed(moment, screens.letter_page(moment, with_numbers=with_numbers))


def _handed(moment: Moment, paper: Reply) -> Turn:
    """Hand over a paper or a picture, then show where the person stands in a few words."""
    back = screens.button(moment, "menu" if isinstance(moment.place, Menu) else "back_here", "here")
    if isinstance(moment.place, Asking | Confirming | Deciding):
        return _stay(moment, paper, note=moment.world.library.say("back_to_question"))
    return Turn(moment.session, (paper, Reply(moment.world.library.say("handed"), ((back,),), live=True)))


def _plan(moment: Moment) -> Turn:
    if not moment.complete:
        return _stay(moment, note=moment.world.library.say("no_result_yet"))
    return _handed(moment, screens.planned(moment))


def _picture(moment: Moment) -> Turn:
    picture = screens.pictured(moment) if moment.complete else None
    if picture is None:
        return _stay(moment, note=moment.world.library.say("no_picture"))
    return _handed(moment, picture)


def _sheet(moment: Moment) -> Turn:
    if not drawn.has_year(moment):
        return _stay(moment, note=moment.world.library.say("no_sheet"))
    return _handed(moment, screens.sheet(moment))


def _open(page: str) -> Callable[[Moment], Turn]:
    """Open a page over the conversation."""

    def opened(moment: Moment) -> Turn:
        if page in OF_A_RESULT and not moment.complete:
            return _stay(moment, note=moment.world.library.say("no_result_yet"))
        return _to(moment, replace(moment.session, asked=page))

    return opened


def _page_again(moment: Moment, page: str) -> Turn:
    """Show the page as it is now, in its place."""
    after = moment.at(replace(moment.session, asked=page))
    return Turn(after.session, (replace(screens.card(after), edits=True),))


def _marked(moment: Moment, data: str) -> Turn:
    """Set a mark beside the answers: a step as done or open, pictures or amounts on or off."""
    session = moment.session
    kind, what, mark = data.split(":")
    if kind == "step":
        done = {*session.done, what} if mark == "done" else {*session.done} - {what}
        after = replace(session, done=tuple(step for step in screens.STEPS if step in done))
        return _page_again(moment.at(after), "steps")
    off = mark == "off"
    after = replace(session, text_only=off) if what == "pictures" else replace(session, hides_amounts=off)
    return _page_again(moment.at(after), "settings")


_MARKS = frozenset(
    [f"step:{step}:{mark}" for step in screens.STEPS for mark in ("done", "open")]
    + [f"set:{what}:{mark}" for what in ("pictures", "amounts") for mark in ("on", "off")]
)


def _privacy(moment: Moment) -> Turn:
    return _aside(moment, screens.privacy(moment))


def _ask_first(what: str) -> Callable[[Moment], Turn]:
    return lambda moment: _to(moment, replace(moment.session, asked=what))


def _delete(moment: Moment) -> Turn:
    """Forget the person, once they were asked; there is nothing to ask a person of whom nothing is kept."""
    if moment.session.asked != "delete" and moment.session.answers:
        return _expired(moment)
    return Turn(None, (Reply(moment.world.library.say("deleted"), edits=True),))


def _restart(moment: Moment) -> Turn:
    if moment.session.asked != "restart":
        return _expired(moment)
    fresh = replace(
        Session(flow=moment.session.flow, year=moment.world.year, idle=moment.flow is None),
        text_only=moment.session.text_only,
        hides_amounts=moment.session.hides_amounts,
        done=moment.session.done,
    )
    return _to(moment, fresh, Reply(moment.world.library.say("restarted"), edits=True))


def _keep_all(moment: Moment) -> Turn:
    return _to(moment, replace(moment.session, asked=""))


def _sources(moment: Moment) -> Turn:
    return _aside(moment, screens.sources(moment))


def _version(moment: Moment) -> Turn:
    world = moment.world
    return _aside(moment, Reply(world.library.say("version", version=world.version, year=world.year)))


def _subjects(moment: Moment) -> Turn:
    return _aside(moment, screens.subjects(moment))


_VERBS: Mapping[str, Callable[[Moment], Turn]] = {
    "start": _start,
    "continue": _continue,
    "here": _stay,
    "menu": _menu,
    "back": _back,
    "answers": _answers,
    "show": _show,
    "why": _why,
    "how": _how,
    "help": _help,
    "about": _about,
    "meaning": _meaning,
    "undo": _undo_last,
    "what_if": _open("what_if"),
    "drop_supposed": _drop_supposed,
    "assumed": _open("assumed"),
    "save": _open("save"),
    "close": _keep_all,
    "picture": _picture,
    "plan": _plan,
    "sheet": _sheet,
    "letter_plain": _letter_page(with_numbers=False),
    "letter_full": _letter_page(with_numbers=True),
    "steps": _open("steps"),
    "settings": _open("settings"),
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
    "ask": _subjects,
}


# --- commands -------------------------------------------------------------------------------------------------------


def _command(moment: Moment, name: str, argument: str) -> Turn:
    if name == "start" and argument:
        return _linked(moment, argument)
    if name == "ask" and argument:
        return _explain(moment, _search(moment, argument), argument)
    if name in moment.world.flows:
        return _start_flow(moment, name)
    if name in _VERBS and not name.endswith("_yes"):
        return _VERBS[name](moment)
    return _aside(moment, screens.unknown_command(moment, name))


def _linked(moment: Moment, payload: str) -> Turn:
    """A deep link: a command that is for private chats, or an explainer; anything else is a plain start."""
    topic = payload.removeprefix("ask_")
    if topic != payload and topic in moment.world.library.explainers:
        return _show_topic(moment, topic)
    return _command(moment, payload, "") if payload in _PRIVATE else _start(moment)


_LONGEST_WORD = 60
_LONGEST_ASKED = 1_000
_PARTS = re.compile(r"(?<=[.!?;,])\s+")
_ANY_AMOUNT = Setting(ZERO, ZERO + 10**9)
_PRIVATE = frozenset(command.name for command in COMMANDS if not command.in_groups)
