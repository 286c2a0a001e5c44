"""Papers as data: a page or a spreadsheet to keep, to print or to hand to somebody. A front end makes the file.

All words are plain text from the library, never markup; the person's own numbers are in them only where the person
asked for that. ``file_name`` says what it is and nothing about the person.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Literal

from knowledge.core.payroll import MatchBasis


@dataclass(frozen=True, slots=True)
class LetterQuestion:
    """A question to HR: its ``text``, the words to look for in the plan booklet, and whether its answer is open."""

    text: str
    look_for: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """One page with questions to HR and a line to write each answer on; ``numbers`` are (name, value) rows, or none."""

    file_name: str
    title: str
    to: str
    aim: str
    """What the person wants to do, in two lines."""
    questions: tuple[LetterQuestion, ...]
    open_label: str
    look_for_label: str
    answer_label: str
    name_label: str
    """Before the blank line for the person's name, which is never asked for."""
    numbers_title: str
    numbers: tuple[tuple[str, str], ...]
    foot: str
    paper: Literal["letter"] = "letter"


@dataclass(frozen=True, slots=True)
class WorksheetLine:
    """One line of a worksheet in words; ``source`` is the citation, or that the person said so."""

    name: str
    value: str
    how: str
    source: str


@dataclass(frozen=True, slots=True)
class YearPlan:
    """My plan for the year: the headline, the steps, the dates, what was taken for granted, and the worksheet."""

    file_name: str
    title: str
    headline: str
    summary: tuple[str, ...]
    steps_title: str
    steps: tuple[str, ...]
    dates_title: str
    dates: tuple[tuple[str, str], ...]
    """A day in words and what it is the day of."""
    assumed_title: str
    assumed: tuple[str, ...]
    worksheet_title: str
    worksheet: tuple[WorksheetLine, ...]
    foot: str
    paper: Literal["year_plan"] = "year_plan"


@dataclass(frozen=True, slots=True)
class CheckRow:
    """One paycheck to come: its number from 1, its day if known, gross pay, and the pay that elections count."""

    number: int
    day: date | None
    gross: Decimal
    counted: Decimal


@dataclass(frozen=True, slots=True)
class MatchTier:
    """Match of ``rate`` on deferrals between the fractions ``start`` and ``end`` of a paycheck's counted pay."""

    rate: Decimal
    start: Decimal
    end: Decimal


@dataclass(frozen=True, slots=True)
class YearByPaycheck:
    """The year as a spreadsheet whose formulas live: change an election and every row follows.

    Rates are fractions of pay; ``deferral`` and ``after_tax`` elections are a fraction or dollars of each check, the
    other one 0. What is in already comes before the rows. The limits, the employer's formula and ``basis`` mean what
    they mean in `knowledge.core.payroll.Rules`, the shares included: the most of a check that the plan lets go to
    deferrals, to after-tax money, and to both. ``labels`` gives every heading by its name (see `YEAR_LABELS`),
    ``sources`` a citation by the name of its label ("additions_limit").
    """

    file_name: str
    title: str
    checks: tuple[CheckRow, ...]
    deferral_share: Decimal
    deferral_dollars: Decimal
    after_tax_share: Decimal
    after_tax_dollars: Decimal
    deferral_limit: Decimal
    """Deferrals of the year, catch-up included, at which payroll stops them."""
    catch_up_from: Decimal
    """Deferrals over this are catch-up and do not count toward ``additions_limit``."""
    additions_limit: Decimal
    after_tax_limit: Decimal
    compensation_cap: Decimal
    tiers: tuple[MatchTier, ...]
    nonelective: Decimal
    """A share of counted pay that the employer puts in at the end of the year."""
    fixed_employer: Decimal
    """Other employer dollars of the whole year, put in at its end."""
    match_cap: Decimal | None
    pay_so_far: Decimal
    deferral_so_far: Decimal
    match_so_far: Decimal
    after_tax_so_far: Decimal
    labels: dict[str, str] = field(hash=False)
    sources: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    catch_up_so_far: Decimal = Decimal(0)
    """The part of ``deferral_so_far`` that is no annual addition."""
    other_employer_so_far: Decimal = Decimal(0)
    """Employer money beside the match that is in already."""
    basis: MatchBasis = MatchBasis.PAYCHECK
    most_deferral_share: Decimal = Decimal(1)
    most_after_tax_share: Decimal = Decimal(1)
    most_together_share: Decimal = Decimal(1)
    paper: Literal["year_by_paycheck"] = "year_by_paycheck"


YEAR_LABELS = (
    "sheet_year",
    "sheet_limits",
    # above the rows
    "election",
    "share_of_pay",
    "dollars_a_check",
    "election_deferral",
    "election_after_tax",
    "legend_input",
    "legend_cut",
    # over the columns
    "number",
    "day",
    "gross",
    "counted",
    "match_counts",
    "deferral_elected",
    "deferral",
    "catch_up",
    "match",
    "after_tax_elected",
    "after_tax",
    "other_employer",
    "additions",
    "additions_so_far",
    "left_under_limit",
    # beside the rows that are no paychecks
    "so_far",
    "true_up",
    "year_end_employer",
    "total",
    # the limits and the plan
    "limits",
    "amount",
    "source",
    "deferral_limit",
    "catch_up_from",
    "additions_limit",
    "after_tax_limit",
    "compensation_cap",
    "most_deferral_share",
    "most_after_tax_share",
    "most_together_share",
    "match_formula",
    "match_rate",
    "match_start",
    "match_end",
    "match_cap",
    "nonelective",
    "fixed_employer",
    "none",
    "notes",
)
"""The names of the labels that the spreadsheet needs."""

Paper = Letter | YearPlan | YearByPaycheck
