"""*Couple*: the room of two people, each under limits and pay of their own.

The spouse's pay comes first, since without pay there is nothing to count, and then the person's own side: a business, or
a job. A job of the person is counted by other flows; what they know already is shown beside the spouse's.
"""

from __future__ import annotations

from decimal import Decimal

from dialogs.flows.employee import ROOM
from dialogs.flows.flow import Flow, Verdict, in_order
from dialogs.flows.own import ASKS, OwnBusiness, ask, ask_numbers_of_job, has_pay, shares_limit
from knowledge.core.couple import Couple, SpouseRole
from knowledge.core.employee import Employee
from knowledge.core.own_plan import Contributions
from knowledge.core.self_employed import Entity
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, Unanswered, Unsure, derived


class Household(OwnBusiness, Couple):
    """A couple of whom the one who answers has a business, or a job."""

    has_business = Fact(bool)
    """Whether the person who answers has a business; else it is a job."""

    @derived(ARITHMETIC)
    def spouse_at_job(self) -> Contributions:
        """The spouse's year at the spouse's own job."""
        return self._at_own_job(self.spouse_year)

    @derived(ARITHMETIC)
    def all_money_together(self) -> Decimal:
        """What goes in for both with no employer contribution, deferrals and catch-up included."""
        return self.together_all_after_tax.total

    @property
    def job_takes_after_tax(self) -> bool:
        """Whether the plan at the job may take after-tax money: unless another flow was told that it does not."""
        return self.told(Employee.takes_after_tax, True)

    @property
    def room_at_job(self) -> Decimal | None:
        """The person's own room at a job, as far as the answers of other flows tell it; it asks nothing."""
        job = Employee(self._answers, self.limits, self._last_year, assumed=ROOM.assumed)
        try:
            return job.year_room.amount
        except (Unanswered, Unsure, Inconsistent):
            return None


def couple(case: Household) -> Verdict:
    """*Couple*: both together, what the spouse adds and what that costs."""
    if case.spouse_role is SpouseRole.NONE:
        return Verdict.SPOUSE_WITHOUT_PAY
    if is_two_jobs(case):
        in_order(case.spouse_age_band, case.spouse_wages)
        ask_employer_of_spouse(case)
        return Verdict.TWO_JOBS
    if case.entity is Entity.PARTNERSHIP and case.spouse_role is not SpouseRole.OWN_JOB:
        return Verdict.EACH_PARTNER_ALONE
    in_order(case.spouse_in_business, case.age_band, case.spouse_age_band)
    if shares_limit(case):
        return Verdict.SHARED_LIMIT
    in_order(case.has_staff)
    if not has_pay(case):
        return Verdict.NO_OWN_PAY
    in_order(case.spouse_share if case.spouse_role is SpouseRole.PARTNER else case.spouse_wages)
    if case.spouse_role is SpouseRole.OWN_JOB:
        ask_employer_of_spouse(case)
    ask_numbers_of_job(case)
    in_order(case.together_all_after_tax, case.together_deductible_first, case.spouse_tax_cost)
    return Verdict.HOUSEHOLD


def ask_employer_of_spouse(case: Household) -> None:
    """Ask what the spouse's employer puts in; and the deferral there, where not all that is allowed fits beside it."""
    ask(case, Couple.spouse_employer_money)
    try:
        in_order(case.spouse_at_job)
    except Inconsistent:
        ask(case, Couple.spouse_deferral_wanted)
        raise


def is_two_jobs(case: Household) -> bool:
    """Whether no business is in it."""
    return case.spouse_role is SpouseRole.OWN_JOB and not case.has_business


def _dollars(case: Household) -> Decimal:
    return case.spouse_at_job.after_tax if is_two_jobs(case) else case.together_all_after_tax.after_tax


def _shows(case: Household) -> tuple[str, ...]:
    if is_two_jobs(case):
        return ("spouse_at_job",)
    return ("together_all_after_tax", "together_deductible_first", "spouse_tax_cost")


COUPLE = Flow(
    "couple",
    Household,
    couple,
    asks=ASKS,
    dollars=_dollars,
    shows=_shows,
    columns=("all_money_together", "spouse_tax_cost"),
    then=("own", "check", "room", "worth"),
    reviewed=True,
)
