"""Reading what people type: numbers, money, schedules and choices, read plainly, doubted or refused."""

from __future__ import annotations

from dialogs.reading.amounts import (
    AFTER_TAX_WORDS,
    DEFERRAL_WORDS,
    EMPLOYER_WORDS,
    PAY_WORDS,
    Setting,
    read_amount,
)
from dialogs.reading.choices import NOT_SURE, ChoiceOption, read_choice
from dialogs.reading.counts import percent_text, read_age, read_count, read_percent
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
    "canonical_employer_money",
    "clean",
    "echo",
    "is_not_sure",
    "looks_like_question",
    "paychecks_left",
    "percent_text",
    "read_age",
    "read_amount",
    "read_choice",
    "read_count",
    "read_employer_money",
    "read_paychecks_left",
    "read_percent",
    "read_schedule",
    "rhythm",
]
