from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pytest

from bot import docs, gallery, glossary
from dialogs.walk import DRAWN_ON, Atlas
from dialogs.world import World, world_on
from knowledge.library import GROUPS
from knowledge.words import day

WORLD = world_on(DRAWN_ON)
EXPLAINERS = WORLD.library.explainers
PAGE = glossary.page()
KEPT = (Path(__file__).parents[2] / "docs" / "glossary.html").read_text("utf-8")

_ALONE = {"br", "input", "link", "meta"}
_INLINE = {"a", "b", "br", "code", "i", "small", "span", "strong", "time"}
_HOLDS_LINES_ONLY = {"p", "h1", "h2", "h3", "h4", "summary", "a", "span", "small", "title", "label"}
_HELD_BY = {"li": {"ul", "ol"}, "summary": {"details"}, "html": {""}, "head": {"html"}, "body": {"html"}}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    inside: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())

    def all(self, tag: str) -> list[Element]:
        return [found for one in self.inside for found in ([one] if one.tag == tag else []) + one.all(tag)]

    def one(self, tag: str, **attributes: str) -> Element:
        (found,) = (e for e in self.all(tag) if attributes.items() <= e.attributes.items())
        return found

    def links(self) -> list[str]:
        return [str(link.attributes["href"]) for link in self.all("a")]


class Reader(HTMLParser):
    """Reads a page and refuses one that a browser would have to mend."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.top = Element("", {})
        self.open = [self.top]
        self.feed(text)
        self.close()
        assert self.open == [self.top], f"never closed: {[e.tag for e in self.open[1:]]}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        outer = self.open[-1].tag
        assert len(dict(attrs)) == len(attrs), f"an attribute of {tag} stands twice"
        assert outer not in _HOLDS_LINES_ONLY or tag in _INLINE, f"{tag} in {outer}"
        assert outer in _HELD_BY.get(tag, {outer}), f"{tag} in {outer}"
        assert outer not in {"ul", "ol"} or tag == "li", f"{tag} in {outer}"
        assert tag != "a" or "a" not in {e.tag for e in self.open}, "a link in a link"
        made = Element(tag, dict(attrs))
        self.open[-1].inside.append(made)
        if tag not in _ALONE:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        raise AssertionError(f"<{tag}/>")

    def handle_endtag(self, tag: str) -> None:
        assert self.open[-1].tag == tag, f"{self.open[-1].tag} is open where {tag} closes"
        self.open.pop()

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.words.append(data)


TOP = Reader(PAGE).top
ARTICLES = {str(e.attributes["id"]): e for e in TOP.all("article")}


def attributes(name: str) -> list[str]:
    found: list[str] = []

    def look(element: Element) -> None:
        if (value := element.attributes.get(name)) is not None:
            found.append(value)
        for one in element.inside:
            look(one)

    look(TOP)
    return found


# --- the page as it is kept ------------------------------------------------------------------------------------------


def test_the_page_is_what_the_explainers_come_to() -> None:
    assert PAGE == KEPT, "docs/glossary.html is out of date; `make docs` renews it"


def test_it_is_one_of_the_pages_of_the_documents(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("flow_map", "fact_check"):
        monkeypatch.setattr(docs, name, lambda drawn: "")
    monkeypatch.setattr(docs, "calculations_page", lambda: "")
    monkeypatch.setattr(gallery, "page", lambda: "")
    assert docs.pages(Atlas(replace(WORLD, flows={})))["glossary.html"] == PAGE


def test_it_says_what_it_is() -> None:
    assert TOP.one("html").attributes["lang"] == "en"
    assert f"Mega Backdoor Roth: glossary {WORLD.year}" == TOP.one("title").text
    header = TOP.one("header").text
    for told in (
        "Education, not tax advice.",
        f"tax year {WORLD.year}",
        "names its sources",
        str(len(EXPLAINERS)),
    ):
        assert told in header


# --- the answers -----------------------------------------------------------------------------------------------------


def test_every_explainer_is_there_once() -> None:
    assert set(ARTICLES) == set(EXPLAINERS)
    assert len(TOP.all("article")) == len(EXPLAINERS)


def said_by_the_bot(topic: str, world: World) -> str:
    """The answer without its sources, as a browser would show its words."""
    said = world.library.explain(
        topic, limit=world.limits, limit_before=world.last_year, year=world.year, me={}
    )
    answer = said[: said.index("<blockquote expandable>Sources")].replace("• ", "")
    return Reader(re.sub(r"^\d+\. ", "", answer, flags=re.M)).top.text


@pytest.mark.parametrize("topic", EXPLAINERS)
def test_an_article_says_what_the_bot_says(topic: str) -> None:
    front, article = EXPLAINERS[topic].front, ARTICLES[topic]
    told = said_by_the_bot(topic, WORLD)
    assert article.one("div").text == told
    assert article.one("h3").text == front.title
    bite = article.one("p", **{"class": "bite"}).text
    assert told.startswith(f"{front.title} {bite} ")
    assert bite.endswith(".")
    assert article.one("time").text == day(front.review_by)
    assert article.one("time").attributes["datetime"] == front.review_by.isoformat()
    assert article.links() == [
        *(source.url for source in front.sources if source.url),
        *(f"#{other}" for other in front.see),
    ]
    for source in front.sources:
        assert source.cite in [line.text for line in article.all("li")]


def test_a_year_has_its_own_figures_and_those_of_the_year_before() -> None:
    before = world_on(date(2024, 7, 1))
    assert before.limits.hce_threshold.value != before.last_year.hce_threshold.value
    made = Reader(glossary.page(before)).top
    assert made.one("article", id="hce-definition").one("div").text == said_by_the_bot(
        "hce-definition", before
    )
    assert "tax year 2024" in made.one("header").text


def test_nothing_is_said_of_a_reader_whom_nobody_knows() -> None:
    assert "For you:" not in TOP.text


def test_the_groups_have_their_articles_and_the_contents_lead_to_them() -> None:
    sections = TOP.all("section")
    assert [section.one("h2").text for section in sections] == [*GROUPS]
    contents = TOP.one("nav", id="contents").all("details")
    for section, listed in zip(sections, contents, strict=True):
        group, topics = section.one("h2").text, [a.attributes["id"] for a in section.all("article")]
        assert listed.one("summary").text == f"{group} ({len(topics)})"
        assert listed.links() == [f"#{topic}" for topic in topics]
        assert [a.text for a in listed.all("a")] == [h.text for h in section.all("h3")]
        assert {EXPLAINERS[str(topic)].front.group for topic in topics} == {group}


# --- the index -------------------------------------------------------------------------------------------------------


def test_every_term_and_title_is_in_the_index_and_leads_to_its_article() -> None:
    shown = {
        (link.text.partition(" in: ")[0].casefold(), link.attributes["href"])
        for listed in TOP.one("nav", id="index").all("details")
        for link in listed.all("a")
    }
    assert shown == {
        (term.casefold(), f"#{topic}")
        for topic, words in EXPLAINERS.items()
        for term in (words.front.title, *words.front.terms)
    }


def test_the_index_is_sorted_and_each_letter_stands_once() -> None:
    letters = TOP.one("nav", id="index").all("details")
    heads = [listed.one("summary").text for listed in letters]
    assert heads == sorted(heads)
    terms: list[str] = []
    for head, listed in zip(heads, letters, strict=True):
        here = [link.text.partition(" in: ")[0] for link in listed.all("a")]
        letter = head.partition(" ")[0]
        assert head == f"{letter} ({len(here)})"
        assert all(letter == (glossary.DIGITS if term[0].isdigit() else term[0].upper()) for term in here)
        terms += here
    assert [term.casefold() for term in terms] == sorted(term.casefold() for term in terms)
    assert len({head.partition(" ")[0] for head in heads}) == len(heads)


# --- the search ------------------------------------------------------------------------------------------------------


def test_the_search_knows_every_term_and_question_and_the_page_does_not_show_them() -> None:
    asked = json.loads(TOP.one("script", id="asked").text)
    assert asked == {t: [*words.front.terms, *words.front.asks] for t, words in EXPLAINERS.items()}
    assert TOP.one("script", id="asked").attributes["type"] == "application/json"
    assert not TOP.one("main").all("script")


def test_what_people_type_cannot_end_the_data() -> None:
    one = EXPLAINERS["acp-test"]
    odd = replace(one, front=one.front.model_copy(update={"asks": ("</script><b>&",)}))
    world = replace(WORLD, library=replace(WORLD.library, explainers={**EXPLAINERS, "acp-test": odd}))
    made = Reader(glossary.page(world)).top
    assert "</script><b>&" in json.loads(made.one("script", id="asked").text)["acp-test"]


def test_the_search_box_is_labelled_and_hidden_until_there_is_a_script() -> None:
    box = TOP.one("div", role="search")
    assert "hidden" in box.attributes
    assert box.one("input").attributes["type"] == "search"
    assert box.one("label").attributes["for"] == box.one("input").attributes["id"]
    assert box.one("label").text
    assert TOP.one("p", role="status").attributes["id"] == box.one("input").attributes["aria-describedby"]


def test_the_script_finds_every_part_of_the_page_that_it_names() -> None:
    script = TOP.all("script")[-1].text
    names = {*re.findall(r'byId\("(\w+)"\)', script), "search", "count", "found", "answers"}
    assert names <= set(attributes("id"))
    assert '["search", "count", "found", "answers"].map(byId)' in script
    for name in re.findall(r'querySelector(?:All)?\("\.([\w-]+)"\)', script):
        assert any(name in value.split() for value in attributes("class")), name


# --- a page by itself ------------------------------------------------------------------------------------------------


def test_ids_are_unique_and_every_link_on_the_page_leads_somewhere() -> None:
    ids = Counter(attributes("id"))
    assert not [name for name, times in ids.items() if times > 1]
    inner = [link for link in TOP.links() if link.startswith("#")]
    assert not [link for link in inner if link[1:] not in ids]
    for name in ("aria-labelledby", "aria-describedby", "for"):
        assert set(attributes(name)) <= set(ids)


def test_nothing_is_fetched() -> None:
    sources = {source.url for words in EXPLAINERS.values() for source in words.front.sources if source.url}
    assert {link for link in TOP.links() if not link.startswith("#")} == sources
    assert [link.attributes for link in TOP.all("link")] == [{"rel": "icon", "href": "data:,"}]
    for name in ("src", "srcset", "action", "data", "poster", "ping", "background", "style"):
        assert not attributes(name), name
    for code in (*TOP.all("style"), TOP.all("script")[-1]):
        assert not re.search(
            r"url\(|@import|https?:|//[a-z]|\b(fetch|XMLHttpRequest|import|WebSocket)\b", code.text
        )
    policy = TOP.one("meta", **{"http-equiv": "Content-Security-Policy"}).attributes["content"]
    assert policy is not None
    assert policy.startswith("default-src 'none';")
    assert "http" not in policy


def test_it_is_made_for_a_phone_and_for_light_and_dark() -> None:
    viewport = TOP.one("meta", name="viewport").attributes["content"]
    assert viewport == "width=device-width, initial-scale=1"
    style = TOP.one("style").text
    assert "@media (prefers-color-scheme: dark)" in style
    assert ":focus-visible { outline:" in style
    sizes = [float(size) for size in re.findall(r"font(?:-size)?: ([\d.]+)rem", style)]
    assert len(sizes) > 5
    assert min(sizes) >= 1
    assert not re.search(r"font[^;]*\dpx", style)


@pytest.mark.parametrize("ground", ["paper", "tint"])
@pytest.mark.parametrize("ink", ["ink", "soft", "link"])
@pytest.mark.parametrize("scheme", [0, 1])
def test_words_stand_out_from_the_paper(ground: str, ink: str, scheme: int) -> None:
    style = TOP.one("style").text

    def light(name: str) -> float:
        value = re.findall(rf"--{name}: #([0-9a-f]{{6}});", style)[scheme]
        parts = [int(value[at : at + 2], 16) / 255 for at in (0, 2, 4)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((light(ground), light(ink)))
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_headings_go_down_by_one() -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)", PAGE)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert len(TOP.all("main")) == 1


# --- the text of an article ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "made"),
    [
        ("", ""),
        ("One.\nTwo.", "<p>One.<br>\nTwo.</p>\n"),
        ("One.\n\nTwo.", "<p>One.</p>\n<p>Two.</p>\n"),
        ("• a\n• <b>b</b>\nc", "<ul>\n<li>a</li>\n<li><b>b</b><br>\nc</li>\n</ul>\n"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>\n"),
        ("3. a\n4. b", '<ol start="3">\n<li>a</li>\n<li>b</li>\n</ol>\n'),
        ("Some:\n• a", "<p>Some:</p>\n<ul>\n<li>a</li>\n</ul>\n"),
        (
            "A\n\n<blockquote expandable>• b\n\nc</blockquote>\n\nD",
            "<p>A</p>\n<blockquote><ul>\n<li>b</li>\n</ul>\n<p>c</p>\n</blockquote><p>D</p>\n",
        ),
        ("In 2026. It is 5.5 a year", "<p>In 2026. It is 5.5 a year</p>\n"),
    ],
)
def test_a_text_becomes_blocks(told: str, made: str) -> None:
    assert glossary.as_blocks(told) == made
    Reader(made)


@pytest.mark.parametrize(
    "broken",
    [
        "<p>",
        "</p>",
        "<b><i></b></i>",
        "<p><ul></ul></p>",
        "<li></li>",
        "<ul><p></p></ul>",
        "<a><b><a></a></b></a>",
        "<br/>",
    ],
)
def test_the_reader_refuses_what_is_not_well_formed(broken: str) -> None:
    with pytest.raises(AssertionError):
        Reader(broken)
