"""What a text says, without how it says it: small letters, one notion one word, no filler, no endings."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

LONGEST = 1_000
"""Characters of a question; a longer text is a document."""

_WORD = re.compile(r"[a-z0-9]+")
_FILLER = """
a about actually all also am an and any anybody anyone are as at be been before being but by can could did do
does doesnt doing done dont each either else even ever exactly explain explained few find for from get gets
getting give go goes going gonna got had has have having he her here hers him his how i id if ill im in into is
isnt it its ive just kind know let lets like ll look lot made make makes many may me mean meaning means might
more most much must my need needs no not now of off ok okay on one only or other our out over own please pls put
quite re really right s said say says see she should show since so some somebody someone something still such
sure t take tell than that thats the their them then there these they thing things think this those though to
too up us use used using ve very want was way we well were what whats when where whether which while who whose
why will with without work works would wouldnt yes yet you your yours definition define thanks thx hi hello hey
u ur r afaik btw lol hmm um uh cant wont irc section sec kinds
"""
_STOP = frozenset(_FILLER.split())

# What is one notion but is written as several words or in several ways. Longest first is worked out below.
_WRITTEN = {
    "401k": "401 k|401 ks|401ks|four oh one k",
    "403b": "403 b",
    "457b": "457 b",
    "415c": "415 c",
    "402g": "402 g",
    "401m": "401 m",
    "414v": "414 v",
    "414q": "414 q",
    "401a17": "401 a 17|401 a17",
    "1099r": "1099 r|1099rs|1099 rs",
    "w2": "w 2|w2s|w 2s",
    "form8606": "8606|form 8606",
    "notice201454": "2014 54|notice 2014 54",
    "aftertax": "after tax|after taxes|post tax|posttax|non roth|nonroth|after taxed|aftertaxed",
    "pretax": "pre tax|before tax",
    "mega": "mega backdoor|megabackdoor|mega back door|mega bdr|mbdr|mbr|mega backdoors|mega backdoor roth|mega roth",
    "backdoor": "back door|backdoors",
    "inplan": "in plan|inside the plan|within the plan|inside my plan|within my plan",
    "inservice": "in service|while employed|while still employed|while working|while still working|still working",
    "trueup": "true up|true ups|trueups|trued up|true d up|trues up",
    "catchup": "catch up|catch ups|catchups|catching up",
    "prorata": "pro rata|pro rated",
    "rollover": "roll over|rollovers|roll overs|rolling over|rolled over|roll out|rolled|rolling|roll|rolls",
    "frontload": "front load|front loading|frontloading|front loaded|frontloaded|frontload",
    "spillover": "spill over|spills over|spilled over|spilling over|spill overs",
    "safeharbor": "safe harbor|safe harbour",
    "fiveyear": "five year|5 year|five years|5 years|5yr|5 yr|5yrs|5 yrs",
    "yearend": "year end|end of year|end of the year|end of this year",
    "hce": "hces|highly compensated|highly paid|highly compensated employee|highly compensated employees",
    "nhce": "nhces|non hce|non hces",
    "hr": "human resources|benefits team|benefits department|benefits person",
    "spd": "summary plan description|summary plan descriptions|plan booklet|plan document|plan documents|plan doc|plan docs",
    "max": "maximum|the most|maxed|maxing|maxes|max out|maxed out|maxing out",
    "convert": "conversion|conversions|converted|converting|converts",
    "autoconvert": "automatic conversion|auto conversion|auto convert|automatically convert|automatic conversions|automatically converted|auto converted|automatic in plan conversion|auto in plan conversion",
    "withdraw": "withdrawal|withdrawals|withdrew|withdrawn|take out|taken out|taking out|pull out",
    "earn": "earnings|gains|gain|growth",
    "employer": "work place|workplace|my work|company|companies|employers|boss|firm",
    "paycheck": "pay check|paychecks|pay checks|pay period|pay periods|payday|paydays|payperiod",
    "percent": "pct|percentage|percentages",
    "leave": "leaving|terminated|job change|employment ends|left my job|left the company|quit|quitting|laid off|resign|resigning|fired|switch jobs|change jobs|changing jobs|changed jobs|switching jobs|switched jobs|new job",
    "ira": "iras",
    "excess": "overcontributed|overcontribute|overcontribution|over contributed|over contribution|too much|went over",
    "selfemployed": "self employed|self employment|1099 income|freelancer|sole proprietor|sole prop",
    "solo401k": "solo 401k|solo 401 k|individual 401k|solo k",
    "deferral": "deferrals|defer|deferring|deferred",
    "limit": "limits|ceiling|cap|caps|capped|threshold|boundary",
    "pay": "salary|salaries|wage|wages|earn money|paid|earning|earns|earned",
    "year": "years|yearly|annual|annually",
    "test": "tests|testing|tested",
    "acp": "discrimination test|discrimination testing|discrimination tests|nondiscrimination test|nondiscrimination testing|nondiscrimination tests|non discrimination testing|non discrimination test|compliance testing",
    "penalty": "penalties|penalized|penalize|penalise|penalised",
    "move": "switch|switching|switched|flip|flips|flipped|transfer|transferred|moving|moved|moves|send|sending|sends|sent|shift",
    "spouse": "wife|husband|partner|spouses|wifes|husbands",
    "check": "checks|cheque|cheques",
    "permit": "allow|allows|allowed|permits|permitted|permitting|offer|offers|offered|offering|support|supports|supported|let us|lets us|lets me|let me",
    "fix": "fixes|fixed|correct|corrects|corrected|correction|corrective|repair|undo|reverse|reversed",
    "fail": "fails|failed|failing|failure|flunk|flunks|flunking|flunked",
    "lose": "losing|lost|loses|loss|losses|miss|missed|missing|misses",
    "auto": "automatic|automatically|automated|on its own|by itself",
    "frequency": "how often|how frequently|how many times|times per year|times a year",
    "early": "too soon|too fast|too early|ahead",
    "quarterly": "quarter|quarters",
    "job": "jobs|gig",
    "ask": "asking|asks|asked|tell them|question|questions",
    "spend": "afford|spending",
    "form": "forms|paperwork",
    "deadline": "deadlines|cutoff|cut off|too late|last day|due date|by when",
    "clock": "clocks",
    "fee": "fees|charge|charges|charged|cost|costs",
    "rule": "rules|law|laws|legal|legally",
    "contribute": "put in|put into|putting in|puts in|add|adding|adds|added|deposit|deposits|deposited|kick in|kicks in|contribution|contributions|contributing|contributed|contributes|contrib|contribs",
    "tax": "taxed|taxes|taxable|taxation",
    "match": "matching|matched|matches",
    "refund": "refunds|refunded|refunding|sent back|sending back|send back|give back|gave back|giving back|money back|returned|claw back|clawed back|clawback",
    "recordkeeper": "fidelity|vanguard|schwab|empower|netbenefits|record keeper|recordkeepers",
}


def _written() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
    for notion, ways in _WRITTEN.items():
        for way in ways.split("|"):
            words = tuple(way.split())
            by_first[words[0]].append((words, notion))
    return {first: sorted(ways, key=lambda way: -len(way[0])) for first, ways in by_first.items()}


_BY_FIRST_WORD = _written()
_ENDINGS = ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "es", "er", "ly", "s", "e", "y")


def stem(word: str) -> str:
    """``word`` without its ending, if four letters are left."""
    if word.isalpha():
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= 4:
                return word.removesuffix(ending)
    return word


def plain(text: str) -> list[str]:
    """The words of ``text`` in small letters, joined where several are one notion; of a document its beginning."""
    folded = unicodedata.normalize("NFKC", text[:LONGEST]).casefold().replace("'", "").replace("’", "")
    words = _WORD.findall(folded)
    out: list[str] = []
    at = 0
    while at < len(words):
        for ways, notion in _BY_FIRST_WORD.get(words[at], ()):
            if tuple(words[at : at + len(ways)]) == ways:
                out.append(notion)
                at += len(ways)
                break
        else:
            out.append(words[at])
            at += 1
    return out


def words_of(text: str) -> tuple[str, ...]:
    """What counts of ``text`` in a comparison: small letters, one notion one word, no filler, stems."""
    return tuple(stem(word) for word in plain(text) if word not in _STOP)
