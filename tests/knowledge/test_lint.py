"""The shipped content is clean, and each rule fires on content that breaks it."""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from importlib.resources.abc import Traversable

import pytest

from knowledge.core.limits import load_law
from knowledge.lint import AVOID, RULES, Finding, lint

LAW = load_law()
TODAY = date(2026, 11, 24)

GOOD = """+++
title = "Deferral test page"
button = "Test page"
group = "Limits"
terms = ["zebra"]
asks = ["what is a zebra limit"]
see = []
review_by = 2027-05-01

[[sources]]
cite = "IRC 402(g)"
+++
In {{ year }} the limit is {{ limit.elective_deferral | dollars }}.

{% if me.room is defined %}For you: {{ me.room | dollars }}.{% endif %}
"""

ROOM = """
title = "Room"
about = "The room."
shows = "What is left."

# A comment is no prose: <fact>.
[example]
year = 2026
deferral = 24500
"""


def shipped() -> dict[str, str]:
    def walk(folder: Traversable, path: str) -> dict[str, str]:
        found: dict[str, str] = {}
        for item in folder.iterdir():
            if item.is_dir():
                found |= walk(item, f"{path}{item.name}/")
            elif item.name.endswith((".md", ".toml")):
                found[path + item.name] = item.read_text("utf-8")
        return found

    return walk(files("knowledge") / "content", "")


def findings(text: str = GOOD, file: str = "explainers/zebra.md", **others: str) -> tuple[Finding, ...]:
    return lint(
        {file: text, **{f"explainers/{name}.md": other for name, other in others.items()}}, LAW, TODAY
    )


def rules(text: str = GOOD, file: str = "explainers/zebra.md", **others: str) -> set[str]:
    return {finding.rule for finding in findings(text, file, **others)}


def test_the_shipped_content_is_clean() -> None:
    found = lint(shipped(), LAW, date.today())
    assert not found, "\n" + "\n".join(map(str, found))


def test_good_content_has_no_findings() -> None:
    assert findings() == ()


BROKEN = {
    "K001": [
        GOOD.replace("{{ limit.elective_deferral | dollars }}", "$24,500"),
        GOOD.replace("{{ limit.elective_deferral | dollars }}", "24500"),
        GOOD.replace("{{ limit.elective_deferral | dollars }}", "24.5k"),
        GOOD.replace("the limit is", "the limit, once $19,500, is"),
        GOOD.replace("the limit is", "the limit, in 2019 $56,000, is"),
        GOOD.replace("zebra limit", "zebra limit of 72,000"),
    ],
    "K002": [
        GOOD.replace('\n[[sources]]\ncite = "IRC 402(g)"\n', "\n"),
        GOOD.replace('"IRC 402(g)"', '"IRC"'),
    ],
    "K003": [GOOD.replace("2027-05-01", "2026-11-23")],
    "K004": [
        GOOD.replace("the limit is", "the limit of the QDRO is"),
        GOOD.replace('"Test page"', '"Test QDRO"'),
    ],
    "K005": [GOOD.replace("see = []", 'see = ["no-such-page"]')],
    "K006": [
        GOOD.replace("the limit is", f"the limit {word} is")
        for word in ("simply", "guaranteed", "you should", "Best")
    ],
    "K007": [GOOD + "\nOne more short sentence of the body." * 30],
    "K008": [
        GOOD.replace("In {{ year }}", "This is one. In {{ year }}"),
        GOOD.replace("In {{ year }}", "In the calendar year " * 9 + "{{ year }}"),
        GOOD.replace("dollars }}.\n\n{%", "dollars }}\n\n{%"),
    ],
    "K009": [
        GOOD.replace("limit.elective_deferral", "limit.no_such_figure"),
        GOOD.replace("limit.elective_deferral", "limit.catch_up_60_63"),
        GOOD.replace("{% if me.room is defined %}", "").replace("{% endif %}", ""),
        GOOD.replace(
            "{{ limit.elective_deferral | dollars }}", "{{ limit_before.elective_deferral | dollars }}"
        ),
    ],
    "K011": [GOOD.replace('"what is a zebra limit"', '"what is that"')],
    "K012": [GOOD.replace('"Test page"', '"A label that is too long"')],
    "K013": [
        GOOD.replace("the limit is", "the <b>limit</b> is"),
        GOOD.replace("the limit is", "the <h1>limit</h1> is"),
    ],
    "K014": [
        "no front matter",
        GOOD.replace("title =", "titel ="),
        GOOD.replace("In {{ year }}", "# In {{ year }}"),
    ],
}


@pytest.mark.parametrize(("rule", "text"), [(rule, text) for rule, texts in BROKEN.items() for text in texts])
def test_the_rule_fires(rule: str, text: str) -> None:
    assert rule in rules(text)


def test_two_explainers_cannot_share_a_term_however_it_is_written() -> None:
    other = GOOD.replace('"zebra"', '"The Zebra"').replace("zebra limit", "another animal")
    assert "K010" in rules(other=other)
    assert "K010" in rules(GOOD.replace('"zebra"', '"what is it"'))


def test_a_phrase_that_finds_another_explainer_is_reported_with_its_file() -> None:
    other = GOOD.replace('"zebra"', '"yak"')
    assert ("K011", "explainers/other.md") in {(f.rule, f.file) for f in findings(other=other)}


@pytest.mark.parametrize(
    ("file", "text", "rule"),
    [
        ("phrases.toml", 'cap = "The cap is $72,000."', "K001"),
        ("phrases.toml", 'hello = "Welcome!"', "K006"),
        ("phrases.toml", 'hello = "A <span>word</span>."', "K013"),
        ("phrases.toml", 'hello = "A <b>word."', "K013"),
        ("phrases.toml", 'hello = "A word.</b>"', "K013"),
        ("phrases.toml", 'hello = "Pay < 100."', "K013"),
        ("phrases.toml", 'hello = "The QDRO."', "K004"),
        ("phrases.toml", "hello = ", "K014"),
        ("cells/room.toml", '[room]\nname = "Room, invalid or not"', "K006"),
        ("cells/room.toml", '[room]\nhow = "nameless"', "K014"),
        ("calculations/room.toml", 'title = "Room"', "K014"),
        ("calculations/room.toml", 'about = "Of $72,000."', "K001"),
        (
            "questions/pay.md",
            '+++\nwhy = "It caps all."\nexample = "24,500"\nsee = ["gone"]\n+++\nYour pay?',
            "K001",
        ),
        ("questions/pay.md", '+++\nwhy = "It caps all."\nsee = ["gone"]\n+++\nYour pay?', "K005"),
        ("questions/pay.md", '+++\n[options.a]\nlabel = "A label that is too long"\n+++\nYour pay?', "K012"),
        ("questions/pay.md", '+++\nsee = "zebra"\n+++\nYour pay?', "K014"),
        ("outcomes/full.md", '+++\nshort = "Full"\n+++\nYou qualify.', "K006"),
    ],
)
def test_the_other_shelves_are_checked_too(file: str, text: str, rule: str) -> None:
    assert rule in rules(text, file, zebra=GOOD)


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("phrases.toml", 'hello = "{% if a != b %}<b>{{ a }}</b>{% else %}<i>{{ b }}</i>{% endif %}"'),
        ("phrases.toml", 'hello = "Your best guess is fine. Ask HR, the IRS or the zebra desk (ZD)."'),
        ("phrases.toml", 'hello = "A quarterly domestic order (QDRO), 2026, 28,000 and Part III."'),
        ("phrases.toml", 'hello = "Once 53,000, of a year that no text speaks of."'),
        ("calculations/room.toml", ROOM),
        (
            "outcomes/full.md",
            '+++\nshort = "Full"\nsee = ["zebra"]\n+++\nYour answers say your plan allows it.',
        ),
    ],
)
def test_good_texts_of_other_shelves_pass(file: str, text: str) -> None:
    assert findings(text, file, zebra=GOOD) == ()


def test_every_rule_and_every_avoided_word_is_shown_to_fire() -> None:
    assert set(BROKEN) | {"K010"} == set(RULES)
    for sample in (
        "sorry",
        "please",
        "oops",
        "invalid",
        "guarantee",
        "you qualify",
        "you should",
        "the best",
        "simply",
        "a!",
    ):
        assert "K006" in rules(GOOD.replace("the limit is", f"the limit {sample} is")), sample
    assert len(AVOID) == 10


def test_a_finding_says_where_what_and_how_to_fix() -> None:
    [finding] = findings(GOOD.replace("the limit is", "the limit of the QDRO is"))
    assert str(finding).startswith("K004 explainers/zebra.md: nothing explains 'QDRO'. Fix: ")
