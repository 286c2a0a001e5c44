"""Reading what people type: numbers, money, schedules, days and choices, read plainly, doubted or refused."""

from __future__ import annotations

from dialogs.reading.amounts import (
    AFTER_TAX_WORDS,
    DEFERRAL_WORDS,
    EMPLOYER_WORDS,
    PAY_WORDS,
    Setting,
    read_amount,
    read_profit,
)
from dialogs.reading.bonuses import bonuses_text, read_bonuses
from dialogs.reading.choices import NOT_SURE, ChoiceOption, read_choice
from dialogs.reading.counts import percent_text, read_age, read_count, read_percent
from dialogs.reading.dates import date_text, read_date, short_date
from dialogs.reading.elections import election_text, read_election
from dialogs.reading.formulas import canonical_employer_money, read_employer_money
from dialogs.reading.result import Candidate, Doubt, Read, Reading, Reason, Refused, Shown
from dialogs.reading.schedule import paychecks_left, read_paychecks_left, read_schedule, rhythm
from dialogs.reading.text import MOST_CHARACTERS, clean, echo, is_not_sure, looks_like_question

__all__ = [
    "AFTER_TAX_WORDS",
    "DEFERRAL_WORDS",
    "EMPLOYER_WORDS",
    "MOST_CHARACTERS",
    "NOT_SURE",
    "PAY_WORDS",
    "Candidate",
    "ChoiceOption",
    "Doubt",
    "Read",
    "Reading",
    "Reason",
    "Refused",
    "Setting",
    "Shown",
    "bonuses_text",
    "canonical_employer_money",
    "clean",
    "date_text",
    "echo",
    "election_text",
    "is_not_sure",
    "looks_like_question",
    "paychecks_left",
    "percent_text",
    "read_age",
    "read_amount",
    "read_bonuses",
    "read_choice",
    "read_count",
    "read_date",
    "read_election",
    "read_employer_money",
    "read_paychecks_left",
    "read_percent",
    "read_profit",
    "read_schedule",
    "rhythm",
    "short_date",
]
