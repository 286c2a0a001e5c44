"""The tax year that a question names: "the limit in 2024", "'24", "last year's catch-up", "next year".

Only a year whose figures are wanted counts. Amounts ("2024 dollars per check", "put in 2000"), names of rules ("Notice
2014-54"), funds ("the 2045 fund"), the year of pay or of an event ("what I earned last year", "I turned 50 in 2024") and
a mere end of time ("until next year") name none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from dialogs.reading.text import MOST_CHARACTERS, clean

_FIRST, _YEARS_AHEAD = 2001, 10
"""Four digits alone are a year from the one on, and up to so many years ahead: others are more often an amount."""

_CLAUSE = re.compile(r"[?!;]|[,.](?= |$)| (?:and|but|so|because|then) ")
_YEAR = re.compile(
    r"(?<![\w$#%.,/'-])(?<!\$ )(tax |plan |calendar )?(year |ty ?|fy ?)?((?:19|20)\d\d)(?![\w%/-]|[.,]\d)"
)
_SHORT_YEAR = re.compile(r"(?<![\w'])'(\d\d)(?![\w%/.,-]*\d|\w|%)(?![^']*'(?:\W|$))")
_RELATIVE = re.compile(
    r"\b(?:(?P<back>last|previous|prior|past)|(?P<now>this|current)|(?P<on>next|coming|upcoming|following)) (?:tax |plan |calendar )?year(?:'?s)?(?!\w)"
)
_BEFORE_LAST = re.compile(r"\b(?:year before last|(?:two|2) years ago)\b")
_AFTER_NEXT = re.compile(r"\byear after next\b")

_MONEY_BEFORE = re.compile(
    r"\b(?:contribut\w+|defer(?:s|red|ring)?|sav(?:e|es|ed|ing)|add(?:s|ed|ing)?|pay(?:s|ing)?|costs?|(?<!what )(?<!how )about|around|roughly"
    r"|only|another|extra|usd|over|under|target(?: date)?|freedom|lifepath|vanguard|fidelity|class of"
    r"|notice|section|sec|irc|code|reg|regs|proc|rul|form|box|line|no|number|room|td) $"
)
_MONEY_AFTER = re.compile(
    r"^ ?(?:(?:dollars?|bucks?|usd|percent|hours?|shares?|points?|k|fund|target|tdf)\b"
    r"|(?:per|each|every|an?) (?:pay|check|paycheck|month|week|year|pay ?day|period)|biweekly|monthly|weekly"
    r"|of (?:my|our|pre|roth|after|match|employer|it)\b|in (?:match|after|pre|roth|employer|deferrals)\b)"
)
_PUT_IN = re.compile(r"\b(?:put|puts|putting|paid|pay|paying|throw|dump)(?: \w+)? in $")
_ASKS_HOW_MUCH = re.compile(r"\b(?:how much|what|limits?|max\w*|most|can|could|may|allowed)\b")
_NO_MORE_THAN_AN_END = re.compile(
    r"\b(?:since|until|till|til|before|after|by|through|into|to|than|than in) $"
)
_TO_A_YEAR = re.compile(r"\b(?:from|compared?) .{0,20}\bto $")
_OF_A_SERIES = re.compile(r"\bmy $")
_GOES_ON = re.compile(r"^ (?:of|before|one|that|in which)\b")
_AMOUNT_NEAR = re.compile(r"\b(?:\d+k|\d{1,3},\d{3}|\d{5,6})\b")
_OF_MONEY_IN = re.compile(r"\b(?:put|contribut\w*|defer\w*|max\w*|limits?|cap|line|threshold|ceiling)\b")

_PAY = re.compile(
    r"\b(?:earn\w*|paid|pay(?:roll)?|wages?|salary|income|w-?2s?|box \d|grossed|compensation|comp|(?:i|we|he|she) made)\b"
    r"(?! (?:limits?|caps?|line|thresholds?|max\w*|ceiling|rules?))"
)
_HAPPENED = re.compile(
    r"(?<!could )(?<!can )(?<!should )(?<!would )(?<!might )(?<!may )\b(?:i|we|he|she)(?: have| had| just| already|'ve)* "
    r"(?:turned|left|quit|changed|switched|started|joined|retired|moved|got|became|married|lost|was|were|turn|will turn)\b"
)
_HAPPENED_JUST_BEFORE = re.compile(
    r"\b(?:born|hired|turn(?:ed|ing) \d\d|moved|left|opened|retired|started|joined|quit)(?: \S+){0,3} $"
)


def year_named(text: str, today_year: int) -> int | None:
    """The one tax year whose figures ``text`` asks for, seen from ``today_year``; None where it names none or several.

    Where this year is among several it is the one. Takes any text; never raises.
    """
    cleaned = clean(text[:MOST_CHARACTERS])
    clauses = _CLAUSE.split(cleaned)
    named = {year for clause in clauses for year in _years(clause, today_year)}
    if today_year in named:
        return today_year
    return named.pop() if len(named) == 1 else None


def _years(clause: str, today_year: int) -> Iterator[int]:
    for found in _YEAR.finditer(clause):
        year, called = int(found[3]), bool(found[1] or found[2])
        likely = called or _FIRST <= year <= today_year + _YEARS_AHEAD
        if likely and (called or not _is_amount(clause, found)) and _is_asked(clause, found):
            yield year
    for found in _SHORT_YEAR.finditer(clause):
        year = 2000 + int(found[1])
        if (
            _FIRST <= year <= today_year + _YEARS_AHEAD
            and not _is_amount(clause, found)
            and _is_asked(clause, found)
        ):
            yield year
    for pattern, ahead in ((_BEFORE_LAST, -2), (_AFTER_NEXT, 2)):
        yield from (today_year + ahead for found in pattern.finditer(clause) if _is_asked(clause, found))
    for found in _RELATIVE.finditer(clause):
        series = _OF_A_SERIES.search(clause[: found.start()]) or _GOES_ON.match(clause[found.end() :])
        if not series and _is_asked(clause, found):
            yield today_year + (bool(found["on"]) - bool(found["back"]))


def _is_amount(clause: str, found: re.Match[str]) -> bool:
    """Whether a number that could be a year is dollars, or the name of something."""
    before, after = clause[: found.start()], clause[found.end() :]
    bare = _PUT_IN.search(before) and not _ASKS_HOW_MUCH.search(clause)
    return bool(bare or _MONEY_BEFORE.search(before) or _MONEY_AFTER.search(after))


def _is_asked(clause: str, found: re.Match[str]) -> bool:
    """Whether the figures of that year are wanted: not where it only dates pay or an event, or ends a time."""
    before, after = clause[: found.start()], clause[found.end() :]
    if _NO_MORE_THAN_AN_END.search(before) and not _TO_A_YEAR.search(before):
        return False
    near = " ".join((*before.split()[-6:], found[0], *after.split()[:3]))
    of_an_amount = _AMOUNT_NEAR.search(" ".join(before.split()[-3:])) and not _OF_MONEY_IN.search(clause)
    happened = _HAPPENED.search(clause) or _HAPPENED_JUST_BEFORE.search(before)
    return not (_PAY.search(near) or of_an_amount or happened)
