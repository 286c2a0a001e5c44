"""The linter of the content: pure checks over the raw texts, each with an id, what is wrong and how to fix it.

Nothing is read from disk and no clock is asked: the caller hands over the files (`texts`, by path below
``knowledge/content``), the law and today's date. `RULES` lists what is checked. An explainer is rendered for
every known year and for readers of whom nothing and everything is known, so a rule about length or a template
sees each form that a person can see.
"""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from itertools import cycle, product

from jinja2 import TemplateError
from pydantic import TypeAdapter

from knowledge.core.limits import Figure, Law, Limits, PhaseOut
from knowledge.library import (
    CalculationFront,
    CellFront,
    ContentError,
    Explainer,
    ExplainerFront,
    OutcomeFront,
    QuestionFront,
    parse,
)
from knowledge.markup import UnknownMarkup, tidy, to_html, visible
from knowledge.notions import words_of
from knowledge.search import Search

RULES = {
    "K001": "no amount of the law is typed into content",
    "K002": "every explainer names a source, with its clause",
    "K003": "no review date is in the past",
    "K004": "every abbreviation is explained",
    "K005": "every `see` leads somewhere",
    "K006": "no word from the avoid list",
    "K007": f"an answer has at most {(LONGEST_BODY := 900)} visible characters",
    "K008": f"the bite is one sentence of at most {(LONGEST_BITE := 160)} visible characters",
    "K009": "every template renders, for every year and every reader",
    "K010": "no two explainers share a term",
    "K011": "every term and every `asks` phrase finds its own explainer first",
    "K012": f"a button's label has at most {(LONGEST_LABEL := 20)} characters",
    "K013": "only the tags that Telegram knows, balanced",
    "K014": "every file can be read",
}

AVOID = {
    r"\bsorry\b": "say what is the case",
    r"\bplease\b": "leave it out",
    r"\boops\b": "say what is the case",
    r"\binvalid\b": "say what can be entered",
    r"\bguarantee[sd]?\b(?! payments?\b)": "say what the rule is and who decides",
    r"\byou qualify\b": "write: your answers say",
    r"\byou should\b": "say what the rule or the choice is",
    r"\b(?<!your )best\b(?! guess)": "say what it depends on",
    r"\bsimply\b": "leave it out",
    r"!": "end with a full stop",
}
"""Words that people should not meet here, as patterns, with what to do instead."""

_EVERYDAY = frozenset({"HR", "ID", "IRS", "OK", "PDF", "SSN", "US"})  # nobody asks what these are
_CODES = frozenset({"AA", "BB"})  # not short for anything: a letter code of box 12 on a wage form
_TAGS = frozenset({"a", "b", "blockquote", "code", "i", "s", "u"})
_NOT_PROSE = frozenset({"asks", "terms", "sources", "see", "also", "part", "unit", "group"})
# Round numbers that make good examples: one fixed by statute, and one that no text speaks of.
_NOT_SPOKEN_OF = frozenset({"roth_ira_phase_out_separate", "key_employee_officer"})
# Figures of earlier years are kept for worked cases; as amounts in a text they are just round numbers.
_FIRST_YEAR_SPOKEN_OF = 2019

_CELLS = TypeAdapter(dict[str, CellFront])
_AMOUNT = re.compile(r"(?<![\w.,/-])\$?(\d{1,3}(?:,\d{3})+|\d+(?:\.\d+)?)(k?)\b(?![\w,/-]?\d)", re.I)
_URL = re.compile(r"https?://[^\s\"')]+")
_TEMPLATE_TAG = re.compile(r"{{.*?}}|{%.*?%}|{#.*?#}", re.S)
_ABBREVIATION = re.compile(r"\b(?:[A-Z]{2,}s?\b|[A-Z]-\d)")
_ROMAN = re.compile(r"[IVX]+")
_TAG = re.compile(r"<(/?)([a-zA-Z-]+)[^<>]*>")
_SENTENCE_END = re.compile(r"[.?!][\"”)]?(?=\s|$)")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to mend: ``rule`` is a key of `RULES`, ``file`` a key of the texts that were linted."""

    rule: str
    file: str
    wrong: str
    fix: str

    def __str__(self) -> str:
        return f"{self.rule} {self.file}: {self.wrong}. Fix: {self.fix}."


@dataclass(frozen=True, slots=True)
class _Page:
    file: str
    shelf: str
    id: str
    text: str
    front: Mapping[str, object]
    explainer: Explainer | None
    trouble: str

    @property
    def prose(self) -> str:
        """What of the file a person may read, without template tags."""
        body = self.text.rpartition("+++\n")[2] if self.file.endswith(".md") else ""
        return _TEMPLATE_TAG.sub(" ", "\n".join((*_strings(self.front), body)))


def lint(texts: Mapping[str, str], law: Law, today: date) -> tuple[Finding, ...]:
    """Every finding in ``texts``: raw content by path, for example ``explainers/acp-test.md``."""
    pages = [_read(file, text) for file, text in sorted(texts.items())]
    explainers = {p.id: p.explainer for p in pages if p.explainer}
    found: list[Finding] = []
    for page in pages:
        found += _unreadable(page)
        found += _literal_limits(page, law)
        found += _sources(page)
        found += _review(page, today)
        found += _abbreviations(page, explainers)
        found += _dead_links(page, {p.id for p in pages if p.shelf == "explainers"})
        found += _avoided(page)
        found += _labels(page)
        found += _tags(page)
        if page.explainer:
            found += _rendered(page.file, page.explainer, law)
    found += _shared_terms(explainers)
    found += _lost(explainers)
    return tuple(found)


# --- reading -----------------------------------------------------------------------------------------------------


def _read(file: str, text: str) -> _Page:
    shelf, _, name = file.rpartition("/")
    front: Mapping[str, object] = {}
    explainer: Explainer | None = None
    trouble = ""
    try:
        if shelf == "parts":  # pieces without front matter
            to_html(text)
        else:
            front = tomllib.loads(text if file.endswith(".toml") else text.split("+++\n", 2)[1])
        match shelf:
            case "explainers":
                explainer = Explainer(name.removesuffix(".md"), *parse(file, text, ExplainerFront))
            case "questions":
                parse(file, text, QuestionFront)
            case "outcomes":
                parse(file, text, OutcomeFront)
            case "cells":
                _CELLS.validate_python(front)
            case "calculations":
                CalculationFront.model_validate(front)
            case _:
                pass
    except (ContentError, UnknownMarkup, ValueError, IndexError) as error:
        trouble = " ".join(str(error).split())
    return _Page(file, shelf, name.rpartition(".")[0], text, front, explainer, trouble)


def _strings(value: object, key: str = "") -> Iterator[str]:
    match value:
        case _ if key in _NOT_PROSE:
            return
        case str():
            yield value
        case Mapping():
            for name, inner in value.items():
                yield from _strings(inner, str(name))
        case list():
            for inner in value:
                yield from _strings(inner)
        case _:
            return


def _unreadable(page: _Page) -> Iterator[Finding]:
    if page.trouble:
        yield Finding("K014", page.file, f"cannot be read: {page.trouble}", "follow the other files")


# --- one file at a time ------------------------------------------------------------------------------------------


def _amounts(limits: Limits) -> Iterator[tuple[Decimal, str]]:
    for field in fields(limits):
        if field.name in _NOT_SPOKEN_OF:
            continue
        match getattr(limits, field.name):
            case Figure(value=value):
                yield value, f"{field.name} of {limits.year}"
            case PhaseOut(starts=starts, ends=ends):
                yield starts, f"start of {field.name} of {limits.year}"
                yield ends, f"end of {field.name} of {limits.year}"
            case _:
                pass


def _literal_limits(page: _Page, law: Law) -> Iterator[Finding]:
    spoken_of = (limits for year, limits in law.years.items() if year >= _FIRST_YEAR_SPOKEN_OF)
    known = {value: name for limits in spoken_of for value, name in _amounts(limits)}
    text = page.prose if page.shelf == "calculations" else page.text  # the numbers of an example are facts
    for match in _AMOUNT.finditer(_URL.sub(" ", text)):
        amount = Decimal(match[1].replace(",", "")) * (1000 if match[2] else 1)
        if amount in known:
            fix = "write {{ limit.… | dollars }}, or use another example"
            yield Finding("K001", page.file, f"{match[0]!r} is the {known[amount]}", fix)


def _sources(page: _Page) -> Iterator[Finding]:
    if page.shelf != "explainers":
        return
    sources = page.front.get("sources")
    if not isinstance(sources, list) or not sources:
        yield Finding("K002", page.file, "no source", "add [[sources]] with cite = the section or notice")
        return
    for source in sources:
        cite = source.get("cite", "") if isinstance(source, dict) else ""
        if len(str(cite)) < 5:
            yield Finding(
                "K002", page.file, f"the source {cite!r} names no clause", "name the section or notice"
            )


def _review(page: _Page, today: date) -> Iterator[Finding]:
    due = page.front.get("review_by")
    if isinstance(due, date) and due < today:
        fix = "check every statement against its source, then set a new date"
        yield Finding("K003", page.file, f"the review was due by {due}", fix)


def _abbreviations(page: _Page, explainers: Mapping[str, Explainer]) -> Iterator[Finding]:
    prose = visible(page.prose)
    known = {word for e in explainers.values() for term in e.front.terms for word in words_of(term)}
    for word in sorted({match[0] for match in _ABBREVIATION.finditer(prose)}):
        name = word.removesuffix("s")
        expanded = re.search(rf"[a-z]{{3,}} \({name}s?\)|\b{name}s? \([A-Za-z]{{3,}} ", prose)
        plain = name in _EVERYDAY | _CODES or _ROMAN.fullmatch(name)
        if not (plain or expanded or known.issuperset(words_of(name))):
            fix = "write it out, or list it in the terms of an explainer"
            yield Finding("K004", page.file, f"nothing explains {word!r}", fix)


def _dead_links(page: _Page, ids: set[str]) -> Iterator[Finding]:
    see = page.front.get("see", ())
    for topic in see if isinstance(see, list) else ():
        if topic not in ids:
            yield Finding(
                "K005", page.file, f"see names {topic!r}, which is no explainer", "name an existing one"
            )


def _avoided(page: _Page) -> Iterator[Finding]:
    for pattern, instead in AVOID.items():
        if match := re.search(pattern, page.prose, re.I):
            around = " ".join(page.prose[max(0, match.start() - 20) : match.end() + 20].split())
            yield Finding("K006", page.file, f"{match[0]!r} in {around!r}", instead)


def _labels(page: _Page) -> Iterator[Finding]:
    options = page.front.get("options")
    labels = [page.front.get("button")]
    labels += (
        [o.get("label") for o in options.values() if isinstance(o, dict)] if isinstance(options, dict) else []
    )
    for label in labels:
        if isinstance(label, str) and len(label) > LONGEST_LABEL:
            fix = f"use at most {LONGEST_LABEL} characters"
            yield Finding("K012", page.file, f"the label {label!r} has {len(label)} characters", fix)


def _tags(page: _Page) -> Iterator[Finding]:
    """Tags in the raw text: Markdown would show them as text, and Telegram refuses what it does not know."""
    for value in _strings(page.front) if not page.shelf else (page.prose,):
        wrong = _wrong_tag(_TEMPLATE_TAG.sub(" ", value))
        if page.shelf and not wrong and _TAG.search(value):
            wrong = "a tag inside Markdown would be shown as text"
        if wrong:
            yield Finding(
                "K013", page.file, wrong, f"use only {', '.join(sorted(_TAGS))}; write &lt; for a plain sign"
            )


def _wrong_tag(text: str) -> str:
    open_tags: list[str] = []
    for match in _TAG.finditer(text):
        closing, name = match.groups()
        if name not in _TAGS:
            return f"Telegram has no tag {match[0]!r}"
        if not closing:
            open_tags.append(name)
        elif not open_tags or open_tags.pop() != name:
            return f"{match[0]!r} closes nothing"
    if open_tags:
        return f"<{open_tags[-1]}> is not closed"
    return "a '<' that starts no tag" if "<" in _TAG.sub("", text) else ""


# --- as people see it --------------------------------------------------------------------------------------------

_WAYS_TO_BE: Mapping[str, tuple[object, ...]] = {
    "pay": (Decimal(40_200), Decimal(185_200), Decimal(480_200)),
    "age_band": ("50 to 59", "60 to 63", "64 or older", "Under 50"),
    "catch_up": (Decimal(8_200), Decimal(11_350), Decimal(8_200), Decimal(0)),
    "roth_catch_up": (True, False),
    "related": (True, False),
    "deferral_left": (Decimal(6_300), Decimal(0)),
    "takes_after_tax": (True, True, True, False, False),
    "match_basis": ("paycheck", "true_up", "year"),
    "acp_exemption": ("none", "governmental", "church", "nobody_else", "none"),
    "checks_left": (10, 1),
    "entity": ("sole_proprietor", "partnership", "s_corporation", "c_corporation"),
    "profit": (Decimal(90_200), Decimal(-90_200)),
    "has_staff": (True, False),
    "spouse_role": ("payroll", "partner", "own_job", "none"),
}
"""What takes turns in the readers of whom everything is known."""


def readers() -> Iterator[Mapping[str, object]]:
    """Yield what may be known of a reader: nothing, and everything in each way that a template can tell apart."""
    yield {}
    ways = {name: cycle(values) for name, values in _WAYS_TO_BE.items()}
    everybody = product(("inside", "withdraw", "both", "neither"), (True, False), range(3))
    for way, hce, _ in everybody:
        yield {
            **{name: next(values) for name, values in ways.items()},
            "room": Decimal(32_250),
            "deferral": Decimal(18_200),
            "employer_money": Decimal(9_250),
            "after_tax_so_far": Decimal(6_200),
            "hce": hce,
            "plan_cap": Decimal(18_520),
            "way_to_roth": way,
            "employer_total": Decimal(11_160),
            "deferred_elsewhere": Decimal(12_345),
            "deferral_limit_left": Decimal(12_155),
            "annual_limit": Decimal(71_950),
            "additions": Decimal(39_950),
            "over_limit": Decimal(12_345),
            "excess_deferral": Decimal(12_345),
            "per_check": Decimal("1_234.56"),
            "growth": Decimal("1_234.56"),
            "owner_wages": Decimal(90_200),
            "own_room": Decimal(32_250),
            "spouse_wages": Decimal(32_250),
            "acp_over": Decimal("12_345.67"),
            "tax_if_monthly": Decimal("1_234.56"),
            "tax_if_yearly": Decimal("1_234.56"),
        }
    yield {
        "takes_after_tax": True,
        "hce": True,
        "deferral": Decimal(18_200),
        "employer_total": Decimal(11_160),
        "excess_deferral": Decimal(12_345),
    }


def values_of(law: Law, year: int, me: Mapping[str, object]) -> dict[str, object]:
    """Return what an explainer's template may use: ``limit``, ``limit_before`` where there is one, ``year``, ``me``."""
    before = {"limit_before": law[year - 1]} if year - 1 in law.years else {}
    return {"limit": law[year], "year": year, "me": me, **before}


def _rendered(file: str, explainer: Explainer, law: Law) -> Iterator[Finding]:
    seen: set[str] = set()
    for year, me in product(law.years, tuple(readers())):
        who = f"{year}, {'a known reader' if me else 'nothing known'}"
        try:
            html = tidy(explainer.template.render(values_of(law, year, me)))
        except (TemplateError, TypeError, AttributeError, ArithmeticError) as error:
            yield Finding("K009", file, f"does not render ({who}): {error}", "guard with `is defined`")
            return
        if html not in seen:
            seen.add(html)
            yield from _shape(file, html, who)


def _shape(file: str, html: str, who: str) -> Iterator[Finding]:
    text = visible(html)
    bite = text.split("\n\n")[0]
    if len(text) > LONGEST_BODY:
        yield Finding("K007", file, f"{len(text)} characters ({who})", f"cut it to {LONGEST_BODY}")
    ends = len(_SENTENCE_END.findall(bite))
    if len(bite) > LONGEST_BITE or ends != 1 or not _SENTENCE_END.search(bite[-2:]):
        fix = f"open with one sentence of at most {LONGEST_BITE} characters"
        yield Finding("K008", file, f"the bite has {len(bite)} characters and {ends} sentences ({who})", fix)
    if wrong := _wrong_tag(html):
        yield Finding("K013", file, f"{wrong} ({who})", "let Markdown write the tags")


# --- all explainers together -------------------------------------------------------------------------------------


def _shared_terms(explainers: Mapping[str, Explainer]) -> Iterator[Finding]:
    owners: dict[tuple[str, ...], list[tuple[str, str]]] = defaultdict(list)
    for explainer in explainers.values():
        for term in explainer.front.terms:
            owners[words_of(term)].append((explainer.id, term))
    for words, named in owners.items():
        if not words:
            yield from (
                Finding("K010", _file(i), f"the term {term!r} has only filler", "name it")
                for i, term in named
            )
        for topic, term in named:
            for other in sorted({i for i, _ in named} - {topic}):
                fix = "leave it to one of the two"
                yield Finding("K010", _file(topic), f"the term {term!r} also finds {other}", fix)


def _lost(explainers: Mapping[str, Explainer]) -> Iterator[Finding]:
    search = Search(explainers)
    for explainer in explainers.values():
        for phrase in (*explainer.front.terms, *explainer.front.asks):
            match search.find(phrase).hits:
                case [best, *_] if best.topic == explainer.id:
                    pass
                case hits:
                    found: Iterable[str] = [hit.topic for hit in hits[:1]] or ["nothing"]
                    fix = "make it say what sets this explainer apart"
                    yield Finding(
                        "K011", _file(explainer.id), f"{phrase!r} finds {''.join(found)} first", fix
                    )


def _file(topic: str) -> str:
    return f"explainers/{topic}.md"
