"""The words: typed content read from ``knowledge/content`` once, checked as it is read, rendered in a turn.

A file is TOML front matter between ``+++`` lines and a Markdown body with Jinja in it. Its shelves:

* ``explainers/<topic>.md``: a curated answer. The first paragraph is the *bite*, the rest the body.
* ``questions/<fact>.md``: how a fact is asked, its options and their synonyms, its line in the letter to HR.
* ``outcomes/<verdict>.md``: what a verdict says; ``parts/<name>.md`` are pieces that several include.
* ``cells/<subject>.toml``: the name of every cell and how it is worked out, in words.
* ``calculations/<name>.toml``: what a calculation of the core is, with an example.
* ``phrases.toml``: the short texts of the conversation.

Templates are sandboxed and strict: an undefined name is an error, never an empty string. People's own text is
only ever a variable, and every variable is escaped.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Annotated, Any, Literal, TypeVar, get_args

from jinja2 import FunctionLoader, StrictUndefined, Template, TemplateError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from knowledge.core.sheet import Line, Origin
from knowledge.markup import UnknownMarkup, tidy, to_html
from knowledge.words import day, dollars, listed, percent

Id = Annotated[str, Field(pattern=r"^[a-z0-9]+([-_][a-z0-9]+)*$")]
Label = Annotated[str, Field(min_length=1, max_length=20)]
Part = Literal[
    "plan", "you", "business", "spouse", "numbers", "paychecks", "testing", "roth", "trouble", "future"
]
"""What a question is about: the heading above it, and the groups of the page with the answers, in this order."""
Group = Literal[
    "Basics",
    "Plan features",
    "Limits",
    "Employer money",
    "Doing it",
    "Moving to Roth",
    "Tests, refunds",
    "Taxes, forms",
    "Your business",
]
"""The groups of explainers, in their order; each is also a button, so its name is short."""
GROUPS: tuple[str, ...] = get_args(Group)
Unit = Literal[
    "choice",
    "dollars",
    "percent",
    "count",
    "employer_money",
    "date",
    "profit",
    "years",
    "election",
    "bonuses",
]


def group_key(group: str) -> str:
    """How a button and a link name ``group``: ``moving-to-roth``."""
    return "-".join(re.findall(r"[a-z]+", group.lower()))


class ContentError(ValueError):
    """A content file that cannot be used; the text names the file and what is wrong."""


class _Front(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(_Front):
    """Where a statement comes from: ``cite`` names the clause, ``url`` a page that a person can open."""

    cite: Annotated[str, Field(min_length=5)]
    url: Annotated[str, Field(pattern=r"^https://")] | None = None


class ExplainerFront(_Front):
    """Front matter of an explainer.

    ``terms`` are names and codes that must find it by themselves; ``asks`` are questions as people type them
    that must find it; ``see`` names at most three other explainers; after ``review_by`` the linter fails.
    """

    title: Annotated[str, Field(max_length=60)]
    button: Label
    group: Group
    terms: tuple[str, ...] = ()
    asks: tuple[str, ...]
    see: Annotated[tuple[Id, ...], Field(max_length=3)] = ()
    review_by: date
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]


class OptionFront(_Front):
    """One answer of a choice: its button, and what else people type for it.

    Where the question is about a number the option ``types`` one: the text that it stands for.
    """

    label: Label
    also: tuple[str, ...] = ()
    types: str = ""


class QuestionFront(_Front):
    """Front matter of a question.

    ``short`` names the fact on the check page and in echoes; ``unit`` is how its value is written;
    ``not_sure`` says whether "Not sure" is a valid answer. ``why`` is the reason for asking, ``hr`` the
    question to HR that would settle it, ``spd`` where to look in the plan's booklet, ``example`` what to type.
    ``called`` are words by which people name the fact; ``likely`` is the range of a number that needs no second
    look, in its unit; ``tries`` are answers as people type them, with which the flows are walked.
    """

    part: Part
    short: Annotated[str, Field(max_length=40)]
    unit: Unit = "choice"
    called: tuple[str, ...] = ()
    likely: tuple[Decimal, Decimal] | None = None
    tries: tuple[str, ...] = ()
    not_sure: bool = False
    yearly: bool = False
    options: Mapping[str, OptionFront] = {}
    why: str
    example: str = ""
    hr: str = ""
    spd: str = ""
    see: Annotated[tuple[Id, ...], Field(min_length=1, max_length=2)]


class OutcomeFront(_Front):
    """Front matter of a verdict: ``short`` is its name in the fact-check table, ``see`` related explainers."""

    short: Annotated[str, Field(max_length=60)]
    see: Annotated[tuple[Id, ...], Field(max_length=3)] = ()


class CellFront(_Front):
    """How a cell of the worksheet reads: ``name`` of the line, ``how`` it is worked out or what it means, in words."""

    name: Annotated[str, Field(max_length=70)]
    how: str = ""


class CalculationFront(_Front):
    """What a calculation is: its ``title``, ``about`` in one or two sentences, what it does ``not_modelled``.

    ``example`` holds facts to begin with, its year among them, and ``shows`` says in words what they come to.
    """

    title: Annotated[str, Field(max_length=60)]
    about: str
    not_modelled: tuple[str, ...] = ()
    example: Mapping[str, Any]
    shows: str


@dataclass(frozen=True, slots=True)
class Explainer:
    """A curated answer; `Library.render` fills in ``template``."""

    id: str
    front: ExplainerFront
    template: Template
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """The words of one fact; ``template`` is the question itself."""

    fact: str
    front: QuestionFront
    template: Template


@dataclass(frozen=True, slots=True)
class OutcomeWords:
    """The words of one verdict."""

    verdict: str
    front: OutcomeFront
    template: Template


_FROM_A_PERSON = {Origin.TOLD: "from_you", Origin.ASSUMED: "from_assumed", Origin.SUPPOSED: "from_supposed"}


@dataclass(frozen=True, slots=True)
class Library:
    """All words, by id. Built by `load_library`; immutable."""

    explainers: Mapping[str, Explainer]
    questions: Mapping[str, Question]
    outcomes: Mapping[str, OutcomeWords]
    phrases: Mapping[str, Template]
    cells: Mapping[str, CellFront]

    def name_of(self, cell: str) -> str:
        """The name of a fact, a cell or a published figure (``2026.catch_up``) in words."""
        if cell in self.questions:
            return self.questions[cell].front.short
        year, _, figure = cell.rpartition(".")
        return f"{self.cells[figure].name} {year}".strip()

    def how(self, cell: str) -> str:
        """How ``cell`` is worked out, or what the fact means, in words; empty where the name is enough."""
        return self.cells[cell].how if cell in self.cells else ""

    def source(self, line: Line) -> str:
        """Where the value of a worksheet's ``line`` comes from: a person, or a rule with its clause."""
        if line.origin in _FROM_A_PERSON:
            return self.say(_FROM_A_PERSON[line.origin])
        return f"{line.citation}; {self.say('from_unsure_rule')}" if line.confirm else line.citation

    def say(self, phrase: str, **values: object) -> Markup:
        """The short text ``phrase`` as Telegram HTML, with ``values`` filled in and escaped.

        It is marked as HTML, so that it can be a value of another text.
        """
        return Markup(tidy(self.phrases[phrase].render(values)))

    def render(self, words: Explainer | Question | OutcomeWords, **values: object) -> str:
        """``words`` as Telegram HTML, with ``values`` filled in and escaped."""
        return tidy(words.template.render(values))

    def explain(self, topic: str, *, checked: int | None = None, **values: object) -> str:
        """The answer to ``topic``: title, bite, body, sources; ``checked`` is the year for which it was, if not ``year``.

        ``values``: ``limit`` and ``limit_before``, the `Limits` of ``year`` and of the year before; ``me``, a
        mapping of what is known of the reader, to be tested with ``me.x is defined``.
        """
        explainer = self.explainers[topic]
        body = self.render(explainer, **values)
        return self.say(
            "explainer",
            title=explainer.front.title,
            body=body,
            sources=explainer.front.sources,
            year=checked or values["year"],
        )


def _part(name: str) -> str | None:
    file = files("knowledge") / "content" / "parts" / f"{name}.md"
    return to_html(file.read_text("utf-8")) if file.is_file() else None


def _environment() -> SandboxedEnvironment:
    environment = SandboxedEnvironment(
        undefined=StrictUndefined, autoescape=True, loader=FunctionLoader(_part), auto_reload=False
    )
    environment.filters.update(dollars=dollars, percent=percent, listed=listed, day=day)
    return environment


_ENVIRONMENT = _environment()
_F = TypeVar("_F", bound=_Front)


def parse(name: str, text: str, front: type[_F]) -> tuple[_F, Template, str]:
    """Front matter, compiled body and body text of one content file. Raises `ContentError` naming ``name``."""
    try:
        _, head, body = text.split("+++\n", 2)
        return (
            front.model_validate(tomllib.loads(head)),
            _ENVIRONMENT.from_string(to_html(body)),
            body.strip(),
        )
    except (ValueError, ValidationError, UnknownMarkup, TemplateError) as error:
        raise ContentError(f"{name}: {error}") from error


def _shelf(folder: Traversable, ending: str = ".md") -> dict[str, str]:
    found = sorted(folder.iterdir(), key=lambda f: f.name)
    return {f.name.removesuffix(ending): f.read_text("utf-8") for f in found if f.name.endswith(ending)}


def _cells(folder: Traversable) -> dict[str, CellFront]:
    cells: dict[str, CellFront] = {}
    for subject, text in _shelf(folder, ".toml").items():
        for name, cell in tomllib.loads(text).items():
            if name in cells:
                raise ContentError(f"cells/{subject}.toml: {name} has words in another file too")
            cells[name] = CellFront.model_validate(cell)
    return cells


@cache
def load_calculations() -> Mapping[str, CalculationFront]:
    """The words and examples of the calculations, by name; read when first needed."""
    folder = files("knowledge") / "content" / "calculations"
    return {
        name: CalculationFront.model_validate(tomllib.loads(text, parse_float=Decimal))
        for name, text in _shelf(folder, ".toml").items()
    }


@cache
def load_library() -> Library:
    """The packaged content, read and compiled once. Raises `ContentError` for a file that cannot be used."""
    content = files("knowledge") / "content"
    for part in _shelf(content / "parts"):
        _ENVIRONMENT.get_template(part)  # compiled now, not in the first turn that includes it
    explainers = {
        i: Explainer(i, *parse(i, text, ExplainerFront)) for i, text in _shelf(content / "explainers").items()
    }
    questions = {
        i: Question(i, *parse(i, text, QuestionFront)[:2])
        for i, text in _shelf(content / "questions").items()
    }
    outcomes = {
        i: OutcomeWords(i, *parse(i, text, OutcomeFront)[:2])
        for i, text in _shelf(content / "outcomes").items()
    }
    phrases = tomllib.loads((content / "phrases.toml").read_text("utf-8"))
    return Library(
        explainers,
        questions,
        outcomes,
        {name: _ENVIRONMENT.from_string(text.strip()) for name, text in phrases.items()},
        _cells(content / "cells"),
    )
