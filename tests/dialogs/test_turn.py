"""Every event at every place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from re import fullmatch

import pytest

from dialogs import screens
from dialogs.events import Edited
from dialogs.menu import COMMANDS, KEPT, WORDS
from dialogs.moment import Asking, Confirming, Deciding, Menu, Moment, Reviewing, Showing
from dialogs.reading import clean
from dialogs.session import Pending, Session
from dialogs.turn import _show_topic, turn
from dialogs.values import value_of
from knowledge.core.facts import AgeBand, CapKind, PlanKind, WayToRoth
from knowledge.core.match import EmployerMoney
from knowledge.core.sheet import NOT_SURE
from knowledge.markup import visible
from tests.dialogs.talk import (
    DAY,
    NEXT_YEAR,
    ON_THE_WAY_TO,
    WORLD,
    Person,
    asked,
    finished,
    newcomer,
    reviewing,
    words,
)
from tests.dialogs.told import CHECKED

PAY = Decimal(185_000)


def menu() -> Person:
    return asked("pay").says("menu")


def confirming() -> Person:
    return asked("pay").says("about 1.85m")


def opened() -> Person:
    return asked("pay").says("answers")


PLACES: dict[str, Callable[[], Person]] = {
    "nothing": Person,
    "hello": lambda: Person().says("/start"),
    "welcome back": lambda: asked("pay").says("/start"),
    "menu": menu,
    "choice": lambda: asked("takes_after_tax"),
    "number": lambda: asked("pay"),
    "changing": lambda: asked("pay").presses("change:plan"),
    "confirming": confirming,
    "deleting": lambda: asked("pay").says("/delete"),
    "restarting": lambda: asked("pay").says("/restart"),
    "answers opened": opened,
    "answers opened over the menu": lambda: menu().says("answers"),
    "answers opened over the result": lambda: finished().says("answers"),
    "reviewing": reviewing,
    "showing": finished,
    "showing no": lambda: asked("takes_after_tax").says("no"),
    "showing just the room": lambda: Person().says("/room").finishes(),
    "showing a range": lambda: finished(deferral="not sure", way_to_roth="not sure"),
}
anywhere = pytest.mark.parametrize("at", PLACES)


# --- words that always work -----------------------------------------------------------------------------------------


@anywhere
@pytest.mark.parametrize("word", ["why", "how", "help", "letter", "privacy", "sources", "/version", "/ask"])
def test_asking_something_moves_nobody(at: str, word: str) -> None:
    person = PLACES[at]()
    before, place, card = replace(person.session, year=WORLD.year), person.place, None
    if person.shown and place not in (Menu(), Reviewing(), Showing()):
        card = person.card
    person.says(word)
    assert person.session == before
    assert person.place == place
    if card is not None:
        assert person.card.buttons == card.buttons
        assert words("back_to_question") in person.sees or len(person.last.replies) == 1


@anywhere
@pytest.mark.parametrize("mark", ["?", ".", "!", " "])
def test_words_are_known_with_a_mark_after_them(at: str, mark: str) -> None:
    one, other = PLACES[at]().says("why"), PLACES[at]().says("Why" + mark)
    assert one.last == other.last


@anywhere
@pytest.mark.parametrize("word", ["menu", "MENU", "/menu", "cancel", "stop", "/cancel"])
def test_menu_and_cancel_lead_to_the_menu_and_keep_the_answers(at: str, word: str) -> None:
    person = PLACES[at]()
    told = person.told
    person.says(word)
    assert person.place == Menu()
    assert person.told == told
    assert (words("stopped") in person.sees) == (word.strip("/").lower() in ("cancel", "stop"))
    if told:
        assert person.taps("Continue").place not in (Menu(), Deciding("delete"), Deciding("restart"))


@anywhere
@pytest.mark.parametrize("word", ["delete", "restart", "start over", "/delete", "/restart"])
def test_delete_and_restart_ask_first(at: str, word: str) -> None:
    person = PLACES[at]()
    told = person.told
    if at == "restarting" and word == "start over":
        person.says("keep")
    person.says(word)
    assert person.place == Deciding("delete" if "delete" in word else "restart")
    assert person.told == told


@anywhere
@pytest.mark.parametrize("word", ["answers", "change", "my answers", "/answers"])
def test_answers_are_shown_with_their_numbers(at: str, word: str) -> None:
    person = PLACES[at]().says(word)
    if not person.told:
        assert words("nothing_to_change") in person.sees
        return
    assert person.place == Reviewing()
    for number, fact in enumerate(person.moment.path, 1):
        assert f"{number}  {WORLD.library.questions[fact].front.short}: " in person.sees
    assert [label for label in person.labels if label.isdigit()] == [
        str(number) for number in range(1, len(person.moment.path) + 1)
    ]


def test_continue_poses_the_question_again() -> None:
    assert menu().says("continue").place == Asking("pay")
    assert asked("pay").says("continue").place == Asking("pay")
    assert Person().says("continue").place == Menu()


def test_no_option_of_any_question_is_called_like_a_word_that_always_works() -> None:
    for question in WORLD.library.questions.values():
        for option in question.front.options.values():
            assert WORDS.keys().isdisjoint(clean(name) for name in (option.label, *option.also))


@anywhere
def test_greetings_and_thanks_are_answered(at: str) -> None:
    thanked = PLACES[at]().says("Thanks!")
    assert words("thanks") in thanked.sees
    assert PLACES[at]().says("hello").last.session is not None


def test_hello_at_the_menu_is_a_start() -> None:
    assert Person().says("hello").last == Person().says("/start").last
    assert menu().says("Hi!").last == menu().says("/start").last


# --- yes, no, labels and numbers, at each place -----------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["yes", "Yes", "y", "yep", "1", "#1", "1.", "👍"])
def test_a_choice_takes_labels_numbers_and_synonyms(typed: str) -> None:
    person = asked("takes_after_tax").says(typed)
    assert person.told["takes_after_tax"] is True
    assert person.sees.startswith(words("echo", short="After-tax contributions", value="Yes"))
    assert person.asks == "way_to_roth"


def test_a_tap_is_the_same_as_its_words() -> None:
    person = newcomer().taps("403(b)", "Yes", "Withdraw while here", "No cap", "60 to 63")
    assert person.told == {
        "plan": PlanKind.B403,
        "takes_after_tax": True,
        "way_to_roth": WayToRoth.WITHDRAW,
        "cap_kind": CapKind.NONE,
        "age_band": AgeBand.FROM_60,
    }


def test_a_number_is_echoed_and_the_next_question_is_a_new_card() -> None:
    echoed, question = asked("pay").says("185k").last.replies
    assert (echoed.edits, echoed.live, question.edits, question.live) == (True, False, False, True)
    assert echoed.buttons == ()
    assert words("echo", short="Pay for a full year", value="$185,000") in echoed.html.replace(
        "<b>", ""
    ).replace("</b>", "")


def test_quick_picks_are_real_answers() -> None:
    person = asked("deferral").taps("$24,500, the limit", "$0", "$0")
    assert person.told["deferral"] == 24_500
    assert person.told["employer_money"] == EmployerMoney()
    assert person.told["after_tax_so_far"] == 0
    assert person.taps("12 by the calendar").told["checks_left"] == 12
    assert asked("deferral", age_band="52").taps("$32,500, 50+").told["deferral"] == 32_500


def test_a_quick_pick_with_cents_is_only_its_amount() -> None:
    told = {"deferred_elsewhere": "10,000.25", "additions_elsewhere": "12k"}
    person = asked("deferral", age_band="61", other_plan="yes", **told)
    assert person.labels[:2] == ["$14,499.75 left", "$25,749.75, 50+"]
    assert person.taps("$14,499.75 left").told["deferral"] == Decimal("14499.75")


def test_an_unusual_amount_is_asked_about() -> None:
    person = confirming()
    assert isinstance(person.place, Confirming)
    assert "pay" not in person.told
    assert person.labels == ["Yes, $1,850,000", "No, change it", "Back", "Help"]


@pytest.mark.parametrize(
    "typed", ["yes", "y", "Yes!", "yep that is right", "Yes, $1,850,000", "yes, $1,850,000"]
)
def test_yes_takes_the_doubtful_reading(typed: str) -> None:
    assert confirming().says(typed).told["pay"] == 1_850_000


@pytest.mark.parametrize("typed", ["no", "No, change it", "nope", "back"])
def test_no_poses_the_question_again(typed: str) -> None:
    person = confirming().says(typed)
    assert person.place == Asking("pay")
    assert "pay" not in person.told


@pytest.mark.parametrize("label", ["No, change it", "Back"])
def test_no_can_be_tapped(label: str) -> None:
    assert confirming().taps(label).place == Asking("pay")


def test_a_new_number_takes_the_place_of_the_doubtful_one() -> None:
    for typed in ("185k", "yes 185k"):
        assert confirming().says(typed).told["pay"] == PAY
    assert "pay" not in confirming().says("1").told
    again = confirming().says("about 2.5m")
    assert isinstance(again.place, Confirming)
    assert "$2,500,000" in again.sees


def test_not_sure_takes_the_place_of_a_doubtful_reading() -> None:
    person = asked("deferral").says("30k")
    assert isinstance(person.place, Confirming)
    assert person.says("not sure").told["deferral"] is NOT_SURE


def test_one_of_several_meanings_is_picked_by_its_words() -> None:
    person = asked("deferral").says("30k")
    assert person.labels == ["Use $24,500", "Keep $30,000", "Something else", "Back", "Help"]
    assert person.says("keep $30,000").told["deferral"] == 30_000
    assert asked("deferral").says("30k").says("use $24,500").told["deferral"] == 24_500
    assert asked("deferral").says("30k").taps("Use $24,500").told["deferral"] == 24_500
    assert asked("deferral").says("30k").says("something else").place == Asking("deferral")


def test_a_meaning_can_be_spelled_nearly() -> None:
    person = asked("deferral").says("700")
    assert person.labels[:3] == ["Each paycheck", "Each month", "For the year"]
    assert person.says("each pay check").told["deferral"] == 700 * 24


def test_a_meaning_can_need_one_more_answer() -> None:
    person = asked("pay").says("7,000").taps("Each paycheck")
    assert isinstance(person.place, Confirming)
    assert person.says("twice a month").told["pay"] == 168_000


def test_a_reading_that_was_kept_and_can_no_longer_be_read_is_asked_again() -> None:
    kept = replace(confirming().session, pending=Pending("pay", "Is that right?", (("Yes", "banana"),)))
    person = Person(kept).says("yes")
    assert person.place == Asking("pay")
    assert words("refused_no_number", example="185,000 or 185k") in person.sees


def test_a_condition_is_asked_about_and_a_plain_word_settles_it() -> None:
    person = asked("takes_after_tax").says("yes but only roth")
    assert person.labels == ["Yes", "No", "Something else", "Back", "Help"]
    assert person.says("no").told["takes_after_tax"] is False


def test_what_is_neither_yes_nor_no_is_asked_again() -> None:
    person = confirming().says("banana")
    assert isinstance(person.place, Confirming)
    assert words("confirm_again") in person.sees


@pytest.mark.parametrize("typed", ["5", "#5", "5.", "5)", "change 5", "Change #5", "fix number 5"])
def test_a_number_on_the_check_page_changes_that_answer(typed: str) -> None:
    person = reviewing().says(typed)
    assert person.place == Asking("age_band", changing=True)
    assert "Now: Under 50" in person.sees


def test_a_result_without_figures_needs_no_check_page() -> None:
    for person in (newcomer().taps("No plan"), asked("takes_after_tax").taps("No")):
        assert person.place == Showing()


@pytest.mark.parametrize("typed", ["show", "ok", "Looks good!", "yes", "show my result", "done"])
def test_agreeing_on_the_check_page_shows_the_result(typed: str) -> None:
    assert reviewing().says(typed).place == Showing()


@pytest.mark.parametrize("typed", ["banana", "99", "no"])
def test_anything_else_on_the_check_page_says_what_works_there(typed: str) -> None:
    person = reviewing().says(typed)
    assert person.place == Reviewing()
    if typed != "99":
        assert words("review_again") in person.sees


def test_a_question_on_the_check_page_that_nothing_answers_is_told_so() -> None:
    assert words("no_answer") in reviewing().says("what is a banana?").sees


@pytest.mark.parametrize(
    ("typed", "sees"),
    [
        ("letter to hr", "To: Benefits"),
        ("3", "To: Benefits"),
        ("how i got this", "line by line"),
        ("1", "line by line"),
        ("change an answer", "To change one"),
        ("menu", words("menu")),
        ("acp test", "ACP"),
    ],
)
def test_buttons_of_the_result_can_be_typed(typed: str, sees: str) -> None:
    assert sees in finished().says(typed).sees


@pytest.mark.parametrize(
    ("at", "number", "place"),
    [
        ("hello", "1", Asking("plan")),
        ("hello", "2", Asking("pay")),
        ("hello", "4", Menu()),
        ("welcome back", "1", Asking("pay")),
        ("welcome back", "2", Reviewing()),
        ("welcome back", "3", Deciding("restart")),
        ("menu", "1", Asking("pay")),
        ("menu", "2", Reviewing()),
        ("menu", "5", Asking("pay")),
    ],
)
def test_a_number_at_the_menu_is_a_button_of_the_card_that_is_shown(
    at: str, number: str, place: object
) -> None:
    typed, tapped = PLACES[at](), PLACES[at]()
    tapped.taps(tapped.labels[int(number) - 1])
    assert typed.says(number).last == tapped.last
    assert typed.place == place


@pytest.mark.parametrize("at", ["menu", "showing", "nothing"])
@pytest.mark.parametrize("typed", ["5000", "$1,200", "185k"])
def test_a_number_that_nothing_waits_for_is_read_and_left(at: str, typed: str) -> None:
    person = PLACES[at]()
    told = person.told
    person.says(typed)
    assert "nothing is waiting" in person.sees
    assert person.told == told


def test_a_number_in_a_question_of_the_subject_is_no_amount() -> None:
    assert "five-year" in Person().says("5 year rule").sees
    assert "Form 8606" in menu().says("form 8606").sees
    assert "nothing is waiting" in menu().says("12 bananas").sees


@pytest.mark.parametrize("typed", ["no", "none", "banana", "asdf qwer", "🙂", "..."])
@pytest.mark.parametrize("at", ["menu", "showing", "nothing"])
def test_words_that_mean_nothing_there_lead_to_subjects(at: str, typed: str) -> None:
    person = PLACES[at]().says(typed)
    assert words("no_answer") in person.sees
    assert any(b.data.startswith("topic:") for row in person.card.buttons for b in row)


def test_agreeing_with_a_result_shows_it_again() -> None:
    for typed in ("ok", "yes", "show me"):
        assert finished().says(typed).card == finished().card
    assert words("no_answer") in menu().says("yes").sees


# --- questions in between ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["choice", "number", "changing", "confirming", "deleting", "restarting"])
@pytest.mark.parametrize(
    "question", ["What is ACP?", "/ask acp", "what is a banana?", "can i do this twice?"]
)
def test_after_a_question_in_the_middle_the_same_thing_is_asked_again(at: str, question: str) -> None:
    person = PLACES[at]()
    card, session = person.card, person.session
    person.says(question)
    assert replace(person.session, unanswered="", read="") == session
    answer, again = person.last.replies
    assert not answer.live
    assert again.html.startswith(words("back_to_question"))
    assert again.buttons == card.buttons
    assert visible(card.html).splitlines()[:2][-1] in visible(again.html)


def test_undo_of_a_first_answer_asks_it_again() -> None:
    person = Person().says("/room", "$310,000", "not sure", "undo")
    assert person.place == Asking("deferral")
    assert person.told == {"pay": Decimal(310_000)}
    assert Person().says("/room", "undo").place == Asking("pay")


@pytest.mark.parametrize("typed", ["1", "change 1"])
def test_on_the_opened_answers_a_number_is_no_answer_to_what_waits_below(typed: str) -> None:
    person = Person().says("/room", "$310,000", "$24,500", "answers", typed)
    assert person.place == Asking("pay", changing=True)


def test_a_bare_number_that_is_no_answer_is_no_question() -> None:
    person = asked("age_band").says("415")
    assert person.place == Asking("age_band")
    assert len(person.last.replies) == 1


def test_a_word_of_the_subject_is_a_question_where_it_is_no_answer() -> None:
    person = asked("pay").says("acp")
    assert person.place == Asking("pay")
    assert "ACP test" in person.sees


@pytest.mark.parametrize(
    "at", ["menu", "nothing", "reviewing", "showing", "answers opened", "answers opened over the result"]
)
def test_on_a_page_a_question_is_answered_and_the_page_is_one_tap_away(at: str) -> None:
    person = PLACES[at]()
    place = person.place
    person.says("What is ACP?")
    assert person.place == place
    assert "ACP test" in person.sees
    person.taps(person.labels[-1])
    assert person.place == place
    assert person.labels != []


def test_topic_buttons_answer_anywhere() -> None:
    assert asked("pay").presses("topic:acp-test").place == Asking("pay")
    assert finished().taps("ACP test").taps("Back to where I was").place == Showing()


def test_something_near_is_offered() -> None:
    person = asked("pay").says("what about the roth part?")
    assert words("did_you_mean") in person.sees or words("no_answer") in person.sees
    offered = Person().says("how about limits?")
    assert words("did_you_mean") in offered.sees


def test_help_takes_the_place_of_the_question_and_back() -> None:
    person = asked("pay").taps("Help")
    assert person.card.edits
    assert "185,000" in person.sees
    assert person.place == Asking("pay")
    back = person.taps("Back to question").card
    assert back.edits
    assert back.buttons == asked("pay").card.buttons
    assert asked("pay").taps("Help").says("185k").told["pay"] == PAY


def test_help_with_a_question_that_is_over_is_help_in_general() -> None:
    assert words("help", commands=COMMANDS).splitlines()[0] in finished().presses("about").sees


def test_why_and_how_before_there_is_a_result() -> None:
    for at in ("menu", "nothing", "answers opened"):
        assert words("how_not_yet") in PLACES[at]().says("why").sees
        assert words("how_not_yet") in PLACES[at]().says("how").sees
    assert words("how_not_yet") in asked("pay").says("how").sees
    assert "Why I ask: Pay" in asked("pay").says("why").sees


def test_why_and_how_of_a_result_stay_after_it_from_the_menu() -> None:
    assert "Why this result" in finished().says("menu", "why").sees
    assert "line by line" in finished().says("menu", "how").sees


# --- back and forth ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["typed", "tapped"])
@pytest.mark.parametrize("fact", sorted(CHECKED))
def test_back_from_every_question_to_the_menu_and_forward_again(fact: str, way: str) -> None:
    person = asked(fact)
    path = list(person.moment.path)
    told = person.told
    while path:
        person.says("back") if way == "typed" else person.taps("Back")
        assert person.place == Asking(path.pop(), changing=True)
    person.says("back") if way == "typed" else person.taps("Back")
    assert person.place == Menu()
    assert person.told == told
    assert person.taps("Continue" if told else "Check my plan").place == Asking(fact)


def test_back_from_a_page_is_the_answer_before_it() -> None:
    assert finished().says("back").place == Asking("checks_left", changing=True)
    assert reviewing().says("back").place == Asking("checks_left", changing=True)
    assert Person().says("back").place == Menu()
    assert menu().says("back").place == Menu()


def test_back_closes_what_is_open() -> None:
    assert opened().says("back").place == Asking("pay")
    assert finished().says("answers", "back").place == Showing()
    assert menu().says("answers", "back").place == Menu()
    assert confirming().says("answers", "back").place == confirming().place
    assert finished().says("/delete", "back").place == Showing()


@pytest.mark.parametrize("fact", sorted(CHECKED))
def test_any_answer_can_be_changed_or_kept(fact: str) -> None:
    person = asked(fact).finishes(**ON_THE_WAY_TO.get(fact, {})).presses(f"change:{fact}")
    assert person.place == Asking(fact, changing=True)
    told, now = person.told, person.sees.rpartition("Now: ")[2]
    kept = person.taps("Keep it")
    assert kept.told == told
    assert kept.sees.startswith(words("echo", short=WORLD.library.questions[fact].front.short, value=now))
    assert kept.place == Reviewing()


def test_a_change_shows_both_and_goes_back_to_the_check_page() -> None:
    person = finished().changes("pay", "190k")
    assert words("changed", short="Pay for a full year", before="$185,000", value="$190,000") in person.sees
    assert person.place == Reviewing()
    assert person.labels[-1] == "Show my result"


def test_a_kept_answer_leads_back_to_where_the_change_began() -> None:
    assert finished().changes("pay").taps("Keep it").place == Reviewing()
    assert Person().says("/room").finishes().says("answers", "1").taps("Keep it").place == Showing()
    assert opened().says("1").taps("Keep it").place == Asking("pay")


def test_answering_the_same_again_keeps_it() -> None:
    assert finished().says("answers", "2").taps("Yes").place == Reviewing()
    assert finished().says("answers", "2").says("yes").place == Reviewing()


def test_a_change_that_opens_questions_asks_them_first() -> None:
    person = finished().says("answers", "4").taps("Percent of pay")
    assert person.asks == "cap_percent"
    assert person.says("5%").place == Reviewing()


def test_a_number_on_opened_answers_changes_that_answer_wherever_they_were_opened() -> None:
    assert opened().says("2").place == Asking("takes_after_tax", changing=True)
    assert asked("cap_kind").says("answers", "2").place == Asking("takes_after_tax", changing=True)
    room = Person().says("/room").finishes().says("answers", "2")
    assert room.place == Asking("deferral", changing=True)
    assert menu().says("answers", "1").place == Asking("plan", changing=True)


def test_an_answer_is_taken_through_opened_answers() -> None:
    assert opened().says("185k").told["pay"] == PAY
    assert asked("takes_after_tax").says("answers", "no").told["takes_after_tax"] is False
    assert opened().taps("Continue").place == Asking("pay")
    assert opened().says("ok").place == Asking("pay")


def test_an_option_is_taken_through_whatever_is_open() -> None:
    for over in ("answers", "/delete", "menu"):
        person = asked("takes_after_tax").says(over).presses("a:takes_after_tax:yes")
        assert person.told["takes_after_tax"] is True
        assert person.asks == "way_to_roth"


def test_changing_one_answer_can_lead_to_changing_another() -> None:
    person = finished().changes("pay").presses("change:plan")
    assert person.place == Asking("plan", changing=True)
    assert person.presses("keep:pay").place == Asking("plan", changing=True)
    assert words("expired") == person.last.toast


# --- undo and old buttons ---------------------------------------------------------------------------------------------


def test_undo_takes_a_change_back_once() -> None:
    person = finished().changes("pay", "190k")
    undo = person.button("Undo").data
    assert person.presses(undo).told["pay"] == PAY
    assert words("echo", short="Pay for a full year", value="$185,000") in person.sees
    assert person.last.replies[0].edits
    session = person.session
    assert person.presses(undo).session == session
    assert person.last.toast == words("expired")


def test_undo_is_over_after_the_next_answer() -> None:
    person = asked("age_band").presses("a:cap_kind:percent")
    undo = person.button("Undo").data
    person.says("10%")
    assert person.presses(undo).told["cap_kind"] is CapKind.PERCENT
    assert person.last.toast == words("expired")


def test_an_undo_means_its_own_change_and_no_later_one() -> None:
    person = finished().changes("pay", "190k")
    first = person.button("Undo").data
    person.changes("pay", "195k").presses(first)
    assert person.told["pay"] == 195_000
    assert person.taps("Undo").told["pay"] == 190_000


def test_a_first_answer_has_nothing_to_undo() -> None:
    person = asked("pay").says("185k")
    assert person.presses(screens.undoing(person.moment)).told["pay"] == PAY
    assert person.last.toast == words("expired")


def test_undo_gives_back_several_answers_at_once() -> None:
    person = reviewing().says("4", "10%")
    assert (person.told["cap_kind"], person.told["cap_percent"]) == (CapKind.PERCENT, Decimal("0.1"))
    changes = visible(person.last.replies[0].html)
    assert "No cap → Percent of pay" in changes
    assert "Plan cap, percent of pay: 10%" in changes
    person.taps("Undo")
    assert person.told["cap_kind"] is CapKind.NONE
    assert "cap_percent" not in person.told


def test_an_answer_that_stays_is_not_said_to_change() -> None:
    person = reviewing(cap_kind="10%").says("4", "12%")
    assert "10% → 12%" in person.sees
    assert "→ Percent of pay" not in person.sees


def test_an_old_option_pressed_again_is_saved_already() -> None:
    person = asked("takes_after_tax").taps("Yes")
    session = person.session
    person.presses("a:takes_after_tax:yes")
    assert (person.session, person.last.replies) == (session, ())
    assert person.last.toast == words("already_saved")


def test_an_old_option_changes_its_answer_and_can_be_undone() -> None:
    person = asked("pay").presses("a:way_to_roth:inside")
    assert words("changed", short="Way to Roth", before="Both", value="Convert inside") in person.sees
    assert person.place == Asking("pay")
    assert person.taps("Undo").told["way_to_roth"] is WayToRoth.BOTH
    assert person.place == Asking("pay")


def test_an_option_of_a_question_that_is_not_asked_any_more_changes_nothing() -> None:
    person = asked("cap_percent").says("10%").presses("a:cap_kind:none")
    told = person.told
    person.presses("a:cap_percent:not_sure")
    assert person.told == told
    assert person.last.toast == words("no_longer_needed")
    assert person.card.live
    assert person.presses("change:cap_percent").last.toast == words("no_longer_needed")


@pytest.mark.parametrize(
    "data",
    [
        "",
        ":",
        "a",
        "a:",
        "a:pay",
        "a:pay:",
        "a:pay:limit",
        "a:pay:zero",
        "a:plan:banana",
        "a:banana:yes",
        "a:takes_after_tax:2",
        "a:checks_left:n99999",
        "a:checks_left:١٢٣٤",
        "a:cap_counts_all_pay:zero",
        "c:pay:00000000",
        "c:takes_after_tax:",
        "no:plan",
        "keep:pay",
        "keep:plan",
        "undo:plan",
        "undo::",
        "undo:pay:00000000",
        "change:banana",
        "back:plan",
        "back:gone",
        "topic:banana",
        "topic:",
        "group:banana",
        "group:",
        "flow:banana",
        "delete_yes:x",
        "restart_yes",
        "banana",
        "__class__",
        "a:__class__:x",
        "\x00",
        "a:plan:k401:k401",
    ],
)
@pytest.mark.parametrize("at", ["nothing", "menu", "number", "confirming", "showing", "answers opened"])
def test_forged_data_changes_no_answer(at: str, data: str) -> None:
    person = PLACES[at]()
    told = person.told
    person.presses(data)
    assert person.told == told
    assert person.last.toast


def test_buttons_of_the_answers_mean_nothing_after_everything_is_deleted() -> None:
    person = finished().says("/delete", "yes")
    for data in ("a:plan:k401", "change:plan", "c:pay:12345678", "keep:plan", "back:pay", "no:pay"):
        assert person.presses(data).told == {}
        assert person.last.toast == words("expired")
        assert person.place == Menu()


@anywhere
def test_every_button_pressed_twice_does_no_more_than_once(at: str) -> None:
    for button in (b for card in PLACES[at]().last.replies for row in card.buttons for b in row):
        once, twice = PLACES[at]().presses(button.data), PLACES[at]().presses(button.data)
        assert twice.presses(button.data).session == once.session, button
        assert (twice.last.session is None) == (once.last.session is None)


def test_a_doubtful_reading_is_taken_once() -> None:
    person = confirming()
    yes = person.button("Yes, $1,850,000").data
    person.presses(yes)
    session = person.session
    person.presses(yes)
    assert person.session == session
    assert (person.last.replies, person.last.toast) == ((), words("already_saved"))


def test_back_on_the_question_above_a_doubtful_reading_is_one_step_back() -> None:
    person = confirming().presses("back:pay")
    assert person.place == Asking("other_plan", changing=True)
    assert person.presses("back:pay").place == Asking("other_plan", changing=True)


def test_a_button_of_a_reading_that_was_replaced_does_not_apply() -> None:
    person = confirming()
    old = person.button("Yes, $1,850,000").data
    for typed in ("about 2.5m", "185k", "no"):
        person = confirming().says(typed)
        told = person.told
        assert person.presses(old).told == told
        assert person.last.toast == words("expired")


def test_buttons_carry_no_amounts() -> None:
    for person in (confirming(), asked("deferral").says("30k"), finished().changes("pay", "190k")):
        for card in person.last.replies:
            for button in (b for row in card.buttons for b in row if "$" in b.label or b.label == "Undo"):
                assert fullmatch(r"(c|undo):[a-z_]+:[0-9a-f]{8}", button.data)


def test_an_option_that_stands_for_what_cannot_be_read_is_over() -> None:
    question = WORLD.library.questions["pay"]
    option = WORLD.library.questions["plan"].front.options["none"].model_copy(update={"types": "banana"})
    front = question.front.model_copy(update={"options": {"odd": option}})
    questions = {**WORLD.library.questions, "pay": replace(question, front=front)}
    person = asked("pay")
    person.world = replace(WORLD, library=replace(WORLD.library, questions=questions))
    assert person.presses("a:pay:odd").last.toast == words("expired")
    assert person.place == Asking("pay")


# --- several facts in one message -------------------------------------------------------------------------------------

SEVERAL = "I'm 52, make 300k"


def test_a_message_with_several_facts_is_read_back_and_the_rest_is_asked() -> None:
    person = Person().says(f"{SEVERAL}. how does a true-up work?")
    assert person.told == {"age_band": AgeBand.FROM_50, "pay": Decimal(300_000)}
    read, question = (visible(card.html) for card in person.last.replies)
    assert read.split("\n")[:2] == [
        words("echo", short="Age on December 31", value="50 to 59"),
        words("echo", short="Pay for a full year", value="$300,000"),
    ]
    assert "I could not use: how does a true-up work?" in read
    assert person.asks == "plan"
    assert question.startswith("Part 1 of 3")


def test_what_is_in_doubt_in_it_is_asked_about_next() -> None:
    person = Person().says("I'm 45 and make $1,250,000")
    assert person.told == {"age_band": AgeBand.UNDER_50}
    assert "I ask about: Pay for a full year" in person.sees
    assert isinstance(person.place, Confirming)
    assert person.says("yes").told["pay"] == 1_250_000


def test_a_message_of_which_all_is_in_doubt_tells_nothing_yet() -> None:
    person = Person().says("I make $1,250,000, match: 4%")
    assert person.told == {}
    assert "I ask about: Pay for a full year and Employer money, all year" in person.sees
    assert person.last.replies[0].buttons == ()
    assert isinstance(person.place, Confirming)


def test_what_such_a_message_changed_is_undone_at_once() -> None:
    before, person = finished().told, finished().says(SEVERAL)
    assert person.told != before
    assert person.taps("Undo").told == before


@pytest.mark.parametrize("start", [menu, opened, lambda: asked("pay"), finished])
def test_such_a_message_is_heard_at_every_place_that_asks_no_yes_or_no(start: Callable[[], Person]) -> None:
    person = start().says(SEVERAL)
    assert (person.told["pay"], person.told["age_band"]) == (300_000, AgeBand.FROM_50)
    assert isinstance(person.place, Asking)


def test_while_something_is_only_supposed_such_a_message_changes_nothing() -> None:
    person = finished().presses("if:pay")
    told = person.told
    assert person.says(SEVERAL).told == told
    assert person.place == Asking("pay", changing=True)


# --- edited messages, and what is no text -------------------------------------------------------------------------------


def test_an_edited_message_corrects_its_answer() -> None:
    person = asked("pay").says("185k", ref=7).edits("158k", 7)
    assert person.told["pay"] == 158_000
    assert "$185,000 → $158,000" in person.sees
    assert person.place == Asking("whole_year")
    assert person.edits("159k", 7).told["pay"] == 159_000


def test_an_edited_message_corrects_the_reading_that_waits() -> None:
    person = asked("pay").says("about 1.85m", ref=7).edits("185k", 7)
    assert person.told["pay"] == PAY
    kept = asked("deferral").says("30k", ref=7).taps("Keep $30,000")
    assert kept.edits("20k", 7).told["deferral"] == 20_000


def test_an_edit_that_is_no_answer_asks_for_that_answer_again() -> None:
    person = asked("pay").says("185k", ref=7).edits("banana", 7)
    assert person.place == Asking("pay", changing=True)
    assert person.told["pay"] == PAY
    assert person.taps("Keep it").place == Asking("whole_year")
    doubted = asked("pay").says("about 1.85m", ref=7).edits("banana", 7)
    assert doubted.place == Asking("pay")


def test_an_edit_to_something_doubtful_is_asked_about() -> None:
    person = asked("pay").says("185k", ref=7).edits("1.85m", 7)
    assert isinstance(person.place, Confirming)
    assert person.told["pay"] == PAY


@pytest.mark.parametrize("ref", [0, 6, 8])
def test_other_edits_change_nothing(ref: int) -> None:
    person = asked("pay").says("185k", ref=7)
    session = person.session
    assert person.edits("158k", ref).session == session
    assert words("only_last_edit") in person.sees


def test_an_edit_after_a_tap_or_of_something_forgotten_changes_nothing() -> None:
    tapped = asked("pay").says("185k", ref=7).taps("Yes")
    assert tapped.edits("158k", 7).told["pay"] == PAY
    for session in (
        Session(last_fact="gone", last_ref=7, flow="check"),
        Session(last_fact="pay", last_ref=7, flow="gone"),
    ):
        assert turn(session, Edited("5", 7), WORLD).session == replace(session, year=WORLD.year)


@anywhere
@pytest.mark.parametrize("kind", ["sticker", "photo", "voice"])
def test_what_is_no_text_changes_nothing_and_what_waits_is_posed_again(at: str, kind: str) -> None:
    person = PLACES[at]()
    place, told = person.place, person.told
    person.sends(kind)
    assert words("not_text") in person.sees
    assert (person.place, person.told) == (place, told)


# --- commands and links -------------------------------------------------------------------------------------------------


def test_a_first_start_says_what_this_is() -> None:
    person = Person().says("/start")
    assert words("hello", year=2026) == person.sees
    assert person.labels == ["Check my plan", "Just my room", "What is this?", "More", "Privacy"]


def test_a_start_in_the_middle_says_where_one_stands() -> None:
    person = asked("pay").says("/start")
    assert words("welcome_back", count=7, day="July 1", next="Pay for a full year") == person.sees
    assert person.taps("Continue").place == Asking("pay")
    assert "Your result is ready" in finished().says("/start").sees
    assert finished().says("/start").taps("Continue").place == Showing()


def test_a_start_before_any_answer_of_the_flow_is_a_first_start() -> None:
    assert newcomer().says("/start").sees == words("hello", year=2026)
    assert asked("way_to_roth").says("/room", "/start").sees == words("hello", year=2026)


@pytest.mark.parametrize(
    ("payload", "place", "sees"),
    [
        ("check", Asking("plan"), "Part 1 of 3"),
        ("room", Asking("pay"), "What does this job pay"),
        ("letter", Menu(), "To: Benefits"),
        ("answers", Menu(), words("nothing_to_change")),
        ("ask_acp-test", Menu(), "ACP test"),
        ("ask_banana", Menu(), words("hello", year=2026)),
        ("ask_", Menu(), words("hello", year=2026)),
        ("acp-test", Menu(), words("hello", year=2026)),
        ("delete_yes", Menu(), words("hello", year=2026)),
        ("hello", Menu(), words("hello", year=2026)),
        ("a:plan:k401", Menu(), words("hello", year=2026)),
    ],
)
def test_deep_links(payload: str, place: object, sees: str) -> None:
    person = Person().says(f"/start {payload}")
    assert person.place == place
    assert sees in person.sees


def test_a_link_in_the_middle_keeps_the_answers() -> None:
    assert asked("pay").says("/start check").place == Asking("pay")
    assert asked("pay").says("/start ask_acp-test").place == Asking("pay")


@pytest.mark.parametrize("name", ["foo", "delete_yes", "restart_yes", "yes", "log"])
def test_an_unknown_command_says_what_works(name: str) -> None:
    person = asked("pay").says(f"/{name}")
    assert f"/{name}" in person.sees
    assert person.place == Asking("pay")
    for listed in COMMANDS:
        assert f"/{listed.name}: {listed.text}" in person.sees


@pytest.mark.parametrize("listed", COMMANDS, ids=lambda listed: listed.name)
def test_every_command_of_the_menu_is_known(listed: object) -> None:
    assert "I do not know" not in Person().says(f"/{listed.name}").sees  # type: ignore[attr-defined]


def test_ask_explains_or_offers() -> None:
    assert "ACP test" in Person().says("/ask acp").sees
    assert words("no_answer") in Person().says("/ask banana").sees
    person = Person().says("/ask")
    assert words("ask_me") in person.sees
    groups = [b.data for row in person.card.buttons for b in row if b.data.startswith("group:")]
    assert groups == [f"group:{key}" for key in screens.grouped(WORLD.library)]


@pytest.mark.parametrize("at", ["nothing", "menu", "number", "confirming", "showing", "answers opened"])
def test_the_subjects_of_a_group_are_one_tap_away_and_so_are_the_groups(at: str) -> None:
    person = PLACES[at]()
    before = person.session
    person.says("/ask").taps("Limits")
    assert person.sees.startswith("Limits\n")
    offered = [b.data for card in person.last.replies for row in card.buttons for b in row]
    assert {f"topic:{topic}" for topic in screens.grouped(WORLD.library)["limits"]} <= {*offered}
    assert words("ask_me") in person.taps("All subjects").sees
    assert person.taps("Limits", "Deferral limit").sees.startswith("Deferral limit, 402(g)")
    assert (person.session.answers, person.place) == (before.answers, Person(before).place)


def test_a_topic_can_be_shown_with_the_figures_of_another_year() -> None:
    moment = asked("pay").moment
    answer, again = _show_topic(moment, "limit-402g", 2024).replies
    assert visible(answer.html).startswith("Figures of 2024.")
    assert "$23,000" in answer.html
    assert again.live
    (now, _) = _show_topic(moment, "limit-402g").replies
    assert "$24,500" in now.html
    assert answer.buttons == now.buttons, "they go on without the year"


@pytest.mark.parametrize("topic", sorted(WORLD.library.explainers))
def test_every_explainer_has_a_deep_link(topic: str) -> None:
    assert fullmatch(r"[A-Za-z0-9_-]{1,64}", f"ask_{topic}")
    title = WORLD.library.explainers[topic].front.title
    assert Person().says(f"/start ask_{topic}").sees.startswith(f"{title}\n")


def test_the_other_flow_keeps_the_answers_that_both_need() -> None:
    person = Person().says("/room").finishes().says("/check").finishes()
    assert person.told["pay"] == PAY
    assert finished().says("/room").place == Showing()
    assert finished().says("/room").taps("Check my plan").place == Showing()


# --- misses -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fact", sorted(f for f in CHECKED if "not_sure" in WORLD.library.questions[f].front.options)
)
def test_the_third_miss_offers_to_go_on_not_sure(fact: str) -> None:
    person = asked(fact)
    for _ in range(2):
        assert words("button_not_sure_on") not in person.says("banana").labels
    labels = person.says("banana").labels
    assert words("button_not_sure_on") in labels
    assert words("not_sure") not in labels, "it stands in the place of the plain one"
    labels = person.says("banana").labels
    assert words("button_not_sure_on") in labels
    assert words("not_sure") not in labels, "it stands in the place of the plain one"
    person.taps(words("button_not_sure_on"))
    assert fact in person.told
    assert person.asks not in ("", fact)
    assert words("button_not_sure_on") not in person.labels


def test_where_not_sure_is_no_answer_it_is_not_offered() -> None:
    person = asked("pay").says("banana", "banana", "banana", "not sure")
    assert person.labels == ["? Pay limits", "Back", "Help"]
    assert person.place == Asking("pay")


def test_a_miss_says_why_and_repeats_the_question_in_one_line() -> None:
    person = asked("pay").says("10k-12k")
    assert person.sees.startswith(words("refused_range"))
    assert "What does this job pay" in person.sees
    assert "Base pay and bonus" not in person.sees


# --- a new year, damage ---------------------------------------------------------------------------------------------------


def test_a_new_year_keeps_the_plan_and_asks_for_the_year_again() -> None:
    person = Person(replace(finished(cap_kind="10%").session, year=2025))
    person.says("/start")
    assert words("new_year", year=2026, before=2025) in person.sees
    assert set(person.told) == {
        "plan",
        "takes_after_tax",
        "way_to_roth",
        "cap_kind",
        "cap_percent",
        "pay_schedule",
    }
    assert person.taps("Continue").asks == "age_band"
    assert words("new_year", year=2026, before=2025) not in person.sees


def test_a_new_year_closes_answers_that_are_all_cleared() -> None:
    opened_room = Person().says("/room").finishes().says("answers").session
    assert Person(replace(opened_room, year=2025)).sends("photo").place == Asking("pay")


def test_a_new_year_drops_what_waited() -> None:
    waiting = asked("pay").says("about 1.85m", ref=7).session
    person = Person(replace(waiting, year=2025)).says("yes")
    assert person.place == Asking("age_band")
    assert words("new_year", year=2026, before=2025) in person.sees


def test_a_year_without_limits_says_so_at_the_start_and_on_the_result() -> None:
    note = words("year_not_known", year=2027, known=2026)
    person = Person(world=NEXT_YEAR).says("/start")
    assert note in person.sees
    assert note not in person.taps("Check my plan").sees
    assert note in person.finishes(checks_left="1").says("show").sees
    assert note in person.sends("photo").sees


def test_what_was_set_aside_is_told_once() -> None:
    person = Person(replace(asked("pay").session, set_aside=("pay", "gone")))
    person.says("/start")
    assert words("set_aside", count=2, names="Pay for a full year") in person.sees
    assert words("set_aside", count=2, names="Pay for a full year") not in person.says("/start").sees
    gone = Person(Session(set_aside=("gone",))).says("hello")
    assert words("set_aside", count=1, names="–") in gone.sees


def test_damage_is_told_once() -> None:
    person = Person(Session(damaged=True)).says("/start")
    assert words("damaged") in person.sees
    assert words("damaged") not in person.says("/start").sees


def test_answers_to_a_flow_that_is_gone_wait_at_the_menu() -> None:
    person = Person(replace(asked("pay").session, flow="gone")).says("185k")
    assert person.place == Menu()
    assert person.says("/check").place == Asking("pay")


# --- delete and start over --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("yes", ["yes", "y", "Yes!", "yes please", "delete everything", "sure", "👍"])
@pytest.mark.parametrize("at", ["choice", "number", "confirming", "showing", "menu", "answers opened"])
def test_yes_after_delete_deletes_and_answers_nothing(at: str, yes: str) -> None:
    person = PLACES[at]().says("/delete", yes)
    assert person.last.session is None
    assert words("deleted") == person.sees
    assert person.last.replies[0].edits


@pytest.mark.parametrize("no", ["no", "keep", "nope", "back"])
@pytest.mark.parametrize("at", ["choice", "number", "confirming", "showing", "menu"])
def test_no_after_delete_keeps_everything(at: str, no: str) -> None:
    person = PLACES[at]()
    session = person.session
    assert person.says("/delete", no).session == replace(session, year=WORLD.year)
    assert PLACES[at]().says("/delete").taps("Keep").session == session


@pytest.mark.parametrize("maybe", ["yes but not yet", "maybe", "either"])
def test_half_a_yes_deletes_nothing(maybe: str) -> None:
    person = asked("takes_after_tax").says("/delete", maybe)
    assert person.last.session is not None
    assert person.place == Deciding("delete")
    assert words("confirm_again") in person.sees


def test_an_answer_after_delete_is_heard_without_it() -> None:
    person = asked("pay").says("/delete", "185k")
    assert person.told["pay"] == PAY
    assert person.place == Asking("whole_year")
    assert asked("pay").says("/delete", "banana").place == Asking("pay")


def test_the_delete_button_asks_first_and_an_old_one_is_over() -> None:
    person = asked("pay").says("/privacy").taps("Delete everything")
    assert person.place == Deciding("delete")
    yes = person.button("Delete everything").data
    person.taps("Keep").presses(yes)
    assert person.last.session is not None
    assert person.last.toast == words("expired")
    assert person.says("/delete").presses(yes).last.session is None


def test_a_second_press_on_delete_keeps_nothing_either() -> None:
    assert finished().says("/delete").presses("delete_yes").presses("delete_yes").last.session is None
    assert Person().says("/delete", "yes").last.session is None


def test_starting_over_clears_the_answers_and_begins_again() -> None:
    for way in ("yes", "clear my answers"):
        person = finished().says("/restart", way)
        assert words("restarted") in person.sees
        assert person.session == Session(flow="check", year=2026, idle=False)
        assert person.place == Asking("plan")
    assert Person().says("/restart", "yes").place == Menu()


def test_a_second_press_on_start_over_is_over() -> None:
    person = finished().says("/restart").taps("Clear my answers").says("401k")
    assert person.presses("restart_yes").told == {"plan": PlanKind.K401}
    assert person.last.toast == words("expired")
    assert finished().presses("restart_yes").place == Showing()


def test_a_turn_says_nothing_of_a_day_that_has_passed() -> None:
    person = asked("pay")
    assert person.session.day == DAY
    later = Person(person.session, replace(WORLD, today=date(2026, 9, 3))).says("/start")
    assert "July 1" in later.sees


@pytest.mark.parametrize("text", ["50% match", "no cap", "10-12%", "they were out", "8000 here, 4000 there"])
def test_what_is_no_question_is_not_answered_with_an_explainer(text: str) -> None:
    person = asked("after_tax_so_far").says(text)
    assert "Sources:" not in person.sees
    assert person.asks == "after_tax_so_far"


@pytest.mark.parametrize(
    "text", ["HR told me 10% at most for HCEs. is that the law", "true-up", "wait, what is a true-up"]
)
def test_a_question_inside_a_sentence_and_a_bare_name_are_answered(text: str) -> None:
    person = asked("after_tax_so_far").says(text)
    assert "Sources:" in person.sees or "Did you mean" in person.sees
    assert person.asks == "after_tax_so_far"


@pytest.mark.parametrize("text", ["huh?", "I don't understand", "what do you mean?"])
def test_who_does_not_understand_the_question_gets_its_help(text: str) -> None:
    person = asked("way_to_roth").says(text)
    assert "Help: Way to Roth" in person.sees
    assert person.asks == "way_to_roth"


def test_undo_can_be_typed() -> None:
    person = asked("deferral").says("18,000").changes("deferral", "20,000", "undo")
    assert person.told["deferral"] == 18_000
    assert newcomer().says("undo").asks == "plan"


@pytest.mark.parametrize(("word", "fact"), [("check", "plan"), ("just my room", "pay")])
def test_a_flow_can_be_named_at_the_menu(word: str, fact: str) -> None:
    assert Person().says("/start", word).asks == fact


def test_the_limit_is_no_quick_pick_where_the_pay_is_lower() -> None:
    new = asked("deferral", whole_year="no", checks_so_far="0", checks_left="1")
    assert new.labels[0] == "$0"


@pytest.mark.parametrize(
    ("text", "shown"), [("310", 'I read "310"'), ("$1,200", "I read $1,200"), ("thanks", "You are welcome")]
)
def test_what_is_said_at_a_result_is_answered_without_showing_it_all_again(text: str, shown: str) -> None:
    person = finished().says(text)
    assert shown in person.sees
    assert "Room left" not in person.sees
    assert isinstance(person.taps("Back to where I was").place, Showing)


@pytest.mark.parametrize("misses", [0, 3])
@pytest.mark.parametrize("fact", [f for f, q in WORLD.library.questions.items() if q.front.unit == "choice"])
def test_a_typed_number_is_the_place_of_the_button_in_every_choice(fact: str, misses: int) -> None:
    for changing in ("", fact):
        answers = {
            **finished().told,
            fact: value_of(fact, next(iter(WORLD.library.questions[fact].front.options))),
        }
        session = Session("check", answers, changing=changing, idle=False, misses=misses)
        card = screens.asking(Moment(session, WORLD), fact, changing=bool(changing))
        data = [b.data for row in card.buttons for b in row]
        options = list(WORLD.library.questions[fact].front.options)
        assert data[: len(options)] == [f"a:{fact}:{key}" for key in options]


def test_after_three_misses_not_sure_stands_out() -> None:
    choice = asked("takes_after_tax").says("hm", "hmm", "hmmm")
    assert choice.labels[:3] == ["Yes", "No", "Not sure, go on"]
    assert asked("deferral").says("hm", "hmm", "hmmm").labels[0] == "Not sure, go on"


@pytest.mark.parametrize("text", ["ok", "that's right", "Right."])
def test_who_agrees_confirms_the_one_reading(text: str) -> None:
    assert confirming().says(text).told["pay"] == 1_850_000


# --- what is no answer and has one --------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["?", " ?? ", "???"])
@pytest.mark.parametrize("fact", ["takes_after_tax", "pay"])
def test_a_bare_question_mark_asks_for_help_and_answers_nothing(fact: str, typed: str) -> None:
    person = asked(fact).says(typed)
    assert "Help: " in person.sees
    assert fact not in person.session.answers


@pytest.mark.parametrize("typed", ["Keep it", *sorted(KEPT)])
def test_an_answer_that_is_to_be_changed_can_be_kept_by_typing(typed: str) -> None:
    person = finished(pay="185k").says("show", "change my pay", typed)
    assert person.session.answers["pay"] == 185_000
    assert words("echo", short="Pay for a full year", value="$185,000") in person.sees
    assert not isinstance(
        asked("pay").says(typed).place, Reviewing
    )  # where nothing is changed it is no answer


@pytest.mark.parametrize("typed", ["change 1", "change answer 1", "edit number 1"])
def test_an_answer_is_changed_by_its_number_at_the_result_too(typed: str) -> None:
    assert finished().says("show", typed).place == Asking("plan", changing=True)
    assert isinstance(finished().says("show", "change 99").place, Showing)


@pytest.mark.parametrize(
    "typed", ["i make too much for a roth ira can i still do this", "i put in too much this year"]
)
def test_a_question_without_its_mark_is_answered_if_one_explainer_is_clear(typed: str) -> None:
    person = asked("takes_after_tax").says(typed)
    assert "Sources:" in person.sees
    assert person.place == Asking("takes_after_tax")
    assert words("back_to_question") in person.sees


def test_a_number_that_cannot_be_used_is_told_so_also_in_many_words() -> None:
    assert "more than one number" in asked("pay").says("i make 100k and before it was 90k").sees


@pytest.mark.parametrize("typed", ["i have 2 jobs both 401k", "rule of 55", "five year rule", "2 owners"])
def test_a_small_number_among_words_is_no_pay(typed: str) -> None:
    person = asked("highly_paid").says(typed)
    assert person.place == Asking("highly_paid")
    assert "$2" not in person.sees.split("\n")[0]
    assert isinstance(asked("highly_paid").says("150").place, Confirming)


@pytest.mark.parametrize("typed", ["i want to kill myself", "I don't want to live", "thinking about suicide"])
@pytest.mark.parametrize("at", ["menu", "asked"])
def test_somebody_in_need_is_told_who_is_there(at: str, typed: str) -> None:
    person = (menu() if at == "menu" else asked("pay")).says(typed)
    assert words("in_need") in person.sees
    assert person.last.gap is None


@pytest.mark.parametrize(
    "typed",
    ["i don't want to live in california", "suicide clause in plan", "do not want to live on so little"],
)
def test_somebody_who_lives_on_is_answered(typed: str) -> None:
    assert words("in_need") not in menu().says(typed).sees


@pytest.mark.parametrize("typed", ["delete my data", "forget me"])
def test_ones_data_goes_by_many_words_and_is_asked_about_once(typed: str) -> None:
    assert finished().says(typed).place == Deciding("delete")
