"""Answers to questions with options."""

from __future__ import annotations

import pytest

from dialogs.reading import ChoiceOption, Doubt, read_choice
from dialogs.reading import is_not_sure as unsure
from dialogs.reading import looks_like_question as asks
from dialogs.reading.text import clean
from tests.dialogs.reading.show import shown, table

YES_NO = (ChoiceOption("yes", "Yes"), ChoiceOption("no", "No"), ChoiceOption("not_sure", "Not sure"))
WAYS = (
    ChoiceOption("inside", "Convert inside plan", ("in-plan", "convert")),
    ChoiceOption("withdraw", "Withdraw to Roth IRA", ("withdraw",)),
    ChoiceOption("both", "Both"),
    ChoiceOption("neither", "Neither", ("not till i quit", "none")),
)
BANDS = (
    ChoiceOption("a", "50 to 59"),
    ChoiceOption("b", "60 to 63", ("sixties",)),
    ChoiceOption("c", "60 to 64"),
)
TWINS = (ChoiceOption("a", "Withdraw it", ("other",)), ChoiceOption("b", "Withdraw in", ("other",)))

ASK = "condition: yes=yes no=no"
ANSWERS = [
    *(
        (text, "yes")
        for text in [
            "yes",
            "Yes",
            "YES!!",
            "y",
            "yep",
            "yeah",
            "ya",
            "sure",
            "correct",
            "sure thing",
            "yes yes",
            "yes.",
            "it does",
            "they do",
            "👍",
            "👍🏽",
            "1",
            "1)",
            "#1",
            "option 1",
            "1️⃣",
            "yes it has after tax",
            "yes it's after-tax",
            "yes they allow it",
            "yes please",
            "yes all year",
            "yes, this is right",
        ]
    ),
    *(
        (text, "no")
        for text in [
            "no",
            "No.",
            "n",
            "nope",
            "nah",
            "not yet",
            "nope they don't",
            "they don't allow it",
            "they don't",
            "it doesn't",
            "it does not",
            "no it's not",
            "no no",
            "no they don't",
            "i do not",
            "👎",
            "2",
            "2)",
            "#2",
            "no after tax",
            "no thanks",
            "no they do not offer it",
            "no, we don't have one",
        ]
    ),
    *(
        (text, "not_sure")
        for text in [
            "idk",
            "not sure",
            "Not sure",
            "dunno",
            "no idea",
            "?",
            "??",
            "don't know",
            "i don’t know",
            "unsure",
            "i dont know",
            "no clue",
            "ask hr",
            "i need to ask hr",
            "skip",
            "conversion? idk",
            "plan cap? not sure",
            "plan cap: no idea",
            "i'm not sure",
            "not sure yet",
            "3",
            "idk if they match after tax",
            "not really sure",
            "i have no idea",
            "who knows",
        ]
    ),
    *(
        (text, ASK)
        for text in [
            "yes but only roth",
            "only roth",
            "yes if i ask",
            "no but",
            "i think so",
            "maybe",
            "probably yes",
            "yes and no",
            "not no",
            "yes no",
            "not that i know",
            "yes not anymore",
            "yes they don't",
            "of course not",
            "absolutely not",
            "sure not",
            "no problem",
            "no doubt",
            "never mind",
            "they don't limit it",
            "it doesn't matter",
            "no they allow it",
            "yes 👎",
            "no yes",
            "👍👎",
            "no 👍",
            "sure whatever",
            "yes, nothing",
            "yes without limit",
            "not sure but yes",
            "yes, not sure",
            "true, they limit it",
            "usually",
            "it depends",
            "no unless i ask",
            "yes?",
            "no?",
            "yes roth",
            "yes up to 10%",
            "yes last year",
            "yes they took it away",
            "no i am not leaving",
            "no leaving in may",
            "no nope yes",
            "no more than 10%",
        ]
    ),
    *(
        (text, "-no_choice")
        for text in [
            "now",
            "know",
            "noted",
            "yesterday",
            "nothing",
            "nooo",
            "4",
            "0",
            "22",
            "what",
            "is it yes?",
            "why",
            "hell yes",
            "hello",
            "²",
            "½",
            ".",
            "!",
            "☂",
            "n/a",
            "y not",
            "n t",
        ]
    ),
    ("", "-no_choice"),
    ("y" * 301, "-too_long"),
]


@pytest.mark.parametrize(("text", "expected"), ANSWERS)
def test_yes_or_no(text: str, expected: str) -> None:
    assert shown(read_choice(text, YES_NO)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    table("""
convert -> inside
in plan -> inside
Convert inside plan -> inside
convert insde plan -> inside
convert nothing -> condition: inside=inside withdraw=withdraw both=both neither=neither
withdraw -> withdraw
withdraw to a roth -> withdraw
witdhraw to roth ira -> withdraw
both -> both
both of them -> both
3 -> both
neither -> neither
not till i quit -> neither
not until i quit -> neither
ok asked, they said not till i quit -> -no_choice
both i think -> condition: inside=inside withdraw=withdraw both=both neither=neither
not both -> -no_choice
idk -> -not_sure_here
5 -> -no_choice
bo -> -no_choice
"""),
)
def test_ways_to_roth(text: str, expected: str) -> None:
    assert shown(read_choice(text, WAYS)) == expected


def test_labels_with_digits_are_never_close_to_others() -> None:
    assert shown(read_choice("60 to 63", BANDS)) == "b"
    assert shown(read_choice("60 to 64", BANDS)) == "c"
    assert shown(read_choice("60 to 65", BANDS)) == "-no_choice"
    assert shown(read_choice("60 too 63", BANDS)) == "b"
    assert shown(read_choice("60", BANDS)) == "-no_choice"


def test_a_hedge_inside_a_label_is_no_hedge() -> None:
    options = (ChoiceOption("a", "Only on request"), ChoiceOption("b", "Always"))
    assert shown(read_choice("only on request", options)) == "a"
    assert shown(read_choice("only on requst", options)) == "a"
    assert shown(read_choice("only sometimes", options)) == "condition: a=a b=b"


def test_a_spelling_close_to_several_is_asked() -> None:
    assert shown(read_choice("withdraw iit", TWINS[:1])) == "a"
    assert shown(read_choice("withdraw i", TWINS)) == "spelling: a=a b=b"
    assert shown(read_choice("other one", TWINS)) == "condition: a=a b=b"


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("yes 10%", "yes"),
        ("no more than 10%", "no"),
        ("they don't limit it", "no"),
        ("yes?", ""),
        ("maybe", ""),
    ],
)
def test_a_doubt_tells_which_option_the_text_starts_with(text: str, first: str) -> None:
    doubt = read_choice(text, YES_NO)
    assert isinstance(doubt, Doubt)
    assert doubt.shown == ({"first": first} if first else {})


def test_a_no_that_is_the_name_of_another_option_is_no_less_a_no() -> None:
    options = (ChoiceOption("none", "No cap", ("no", "none")), ChoiceOption("percent", "Percent", ("%",)))
    for text in ("no", "none", "no cap", "no they don't", "none at all"):
        assert shown(read_choice(text, options)) == "none"
    for text in ("no more than 10", "no they do", "none over 10", "no, percent", "no yes"):
        assert shown(read_choice(text, options)) == "condition: none=none percent=percent"
    assert shown(read_choice("% 10", options)) == "-no_choice"


def test_the_name_of_another_option_is_never_passed_over() -> None:
    options = (
        ChoiceOption("k", "401(k)", ("401k", "i have a 401k")),
        ChoiceOption("none", "No plan", ("no", "nothing", "i have no 401k")),
    )
    assert shown(read_choice("i have no 401k", options)) == "none"
    assert shown(read_choice("no i have no plan", options)) == "none"
    for text in ("no, a 401k", "nothing, i have a 401k", "no 401k", "401k no plan"):
        assert shown(read_choice(text, options)) == "condition: k=k none=none"


def test_a_letter_after_a_number_is_part_of_its_name() -> None:
    options = (ChoiceOption("k", "401(k)", ("401k", "401")), ChoiceOption("b", "403(b)"))
    assert shown(read_choice("401", options)) == "k"
    assert shown(read_choice("401(a)", options)) == "condition: k=k b=b"
    assert shown(read_choice("401k at work", options)) == "k"
    assert shown(read_choice("401k and 403b", options)) == "condition: k=k b=b"


def test_no_options_no_choice() -> None:
    assert shown(read_choice("yes", ())) == "-no_choice"


@pytest.mark.parametrize(
    "text",
    [
        "what is 415?",
        "whats the ACP test",
        "are we over the limit for roth?? we make too much",
        "does it have to be roth",
        "185k?",
        "so whats my number",
        "and if i leave?",
        "and do i get the catch up on top",
        "do i file 8606",
        "can i do more",
        "hi, how much",
        "ok why",
        "is 24500 the limit",
        "if i leave",
        "'why?'",
    ],
)
def test_a_question_looks_like_one(text: str) -> None:
    assert asks(text)


@pytest.mark.parametrize(
    "text",
    [
        "185k",
        "?",
        "so",
        "10k so far",
        "will be 185k",
        "does not match",
        "match is 4%",
        "new salary 300k",
        "10 is what i put in",
        "and",
        "",
        "whatever",
    ],
)
def test_an_answer_does_not_look_like_a_question(text: str) -> None:
    assert not asks(text)


@pytest.mark.parametrize(
    "text", ["10k", "idk maybe 10k", "not sure but yes", "yes", "sure", "not sure, probably 10k", ""]
)
def test_an_answer_is_not_unsure(text: str) -> None:
    assert not unsure(text)
    assert not unsure("idk " * 100)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("  Ten\u00a0 Grand\u2009\n", "ten grand"),
        ("１８５Ｋ", "185k"),
        ("10\u200b\u202e\u20660", "100"),
        ("a–b—c−d‐e", "a-b-c-d-e"),
        ("‘it’s’ “so”", "'it's' \"so\""),
        ("🎉 yes 🎉👍🏽", "yes"),
        ("10²", "10²"),
        ("①½Ⅻ", "①½ⅻ"),
        ("STRASSE ß", "strasse ss"),
        ("❤️", ""),
        ("", ""),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected
