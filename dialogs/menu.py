"""What can be reached from everywhere: the commands, and the words that a front end shows before a first turn."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MenuCommand:
    """``/name`` and its line in the menu; ``in_groups`` says whether it answers where others read along."""

    name: str
    text: str
    in_groups: bool = False


COMMANDS = (
    MenuCommand("start", "Start or continue", in_groups=True),
    MenuCommand("check", "Check my plan, 5 minutes"),
    MenuCommand("room", "Just my room, 4 numbers"),
    MenuCommand("paychecks", "What to elect on each paycheck"),
    MenuCommand("convert", "How often to convert, and the tax"),
    MenuCommand("acp", "The ACP test and me"),
    MenuCommand("own", "Self-employed: my own plan"),
    MenuCommand("couple", "A spouse's room beside mine"),
    MenuCommand("worth", "What it may be worth"),
    MenuCommand("repair", "Something went wrong"),
    MenuCommand("forms", "Form 1099-R: what to expect"),
    MenuCommand("steps", "The four steps of the year"),
    MenuCommand("answers", "See and change my answers"),
    MenuCommand("ask", "Ask what a word means", in_groups=True),
    MenuCommand("letter", "One page to take to HR"),
    MenuCommand("settings", "Text only, hide amounts"),
    MenuCommand("privacy", "What I keep, and how to delete it", in_groups=True),
    MenuCommand("help", "How this works", in_groups=True),
)
"""The commands of the menu, in its order. `dialogs.turn` understands a few more."""

DESCRIPTION = (
    "I help you find out if your 401(k) allows a Mega Backdoor Roth and how much room you have. "
    "Education, not tax advice. I never ask for your name, SSN or account numbers."
)
"""At most 512 characters, shown in an empty chat."""

SHORT_DESCRIPTION = "Check your plan, find your room."
"""At most 120 characters, shown on the profile."""

_WORDS = {
    "back": "go back|previous",
    "why": "why do you ask",
    "how": "how did you get this|how did you get that",
    "help": "who are you|what are you|are you a bot|are you human|are you real|who made this|who made you",
    "menu": "",
    "answers": "my answers|see my answers|change",
    "restart": "start over",
    "cancel": "stop|quit|exit",
    "letter": "",
    "privacy": "",
    "sources": "",
    "delete": "delete everything|delete my data|delete all my data|delete my answers|erase my data|forget me",
    "continue": "",
    "meaning": "huh|i don't understand|i dont understand|i do not understand|what do you mean|what does that mean",
    "undo": "take that back",
    "steps": "four steps|the four steps|checklist|my checklist",
    "settings": "",
    "what_if": "what if",
    "save": "save or print|print",
    "picture": "chart|show me the chart",
    "plan": "my plan",
    "sheet": "spreadsheet",
    "assumed": "assumptions|what did you assume|taken for granted",
}
_FLOW_WORDS = {
    "check": "check|check my plan",
    "room": "room|just my room",
    "paychecks": "paychecks|my paychecks",
    "convert": "convert to roth",
    "acp": "check my acp risk",
    "worth": "what it may be worth|what is it worth",
    "repair": "something is wrong|something went wrong",
    "forms": "forms|check my 1099-r",
}
"""What starts a flow, never what answers a question of one: "convert" does."""


def _phrases(text: str) -> frozenset[str]:
    return frozenset(text.split("|"))


WORDS = {
    **{word: verb for verb, also in _WORDS.items() for word in _phrases(f"{verb}|{also}") if word},
    **{word: flow for flow, words in _FLOW_WORDS.items() for word in _phrases(words)},
}
"""Words that always work, and the verbs that they are; a question mark or a full stop may follow them."""
AGREED = _phrases(
    "show|show it|show me|show my result|ok|okay|yes|y|next|go on|go|done|correct|looks good|all good|good|fine"
)
"""Said of the answers: show the result."""
RIGHT = _phrases("ok|okay|right|that's right|thats right|that is right|it is right|exactly")
"""Said of the one reading that waits: yes."""
KEPT = _phrases(
    "keep it|keep|keep that|same|the same|no change|never mind|nevermind|leave it|leave it as it is"
)
"""Said where an answer is to be changed: leave it."""
GREETINGS = _phrases("hi|hello|hey|hello there|hi there|good morning|good evening|start|begin|yo")
THANKS = _phrases("thanks|thank you|thx|ty|great|cool|nice|ok thanks|thanks a lot|great thanks|perfect")
