"""*The ACP test and me*: whether the test can touch the person, what may be sent back, and what to ask.

Few people know the average of the others, on which everything depends. Where it is not known the result is a table, and
the average from which nothing comes back; where it is known, a ceiling. Either way it is a warning and no promise.
"""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction as Exact

from dialogs.flows.flow import Flow, Verdict, in_order, nothing
from knowledge.core.acp import NHCE_AVERAGES, AcpReach, AcpShare, shown
from knowledge.core.acp_refund import AcpClock
from knowledge.core.employee import Employee
from knowledge.core.facts import HighlyPaid
from knowledge.core.match import ZERO
from knowledge.core.measures import Fraction
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, Supposition, derived


def _any_average(fact: str) -> tuple[Supposition, ...]:
    """What an average of the others that is not known can be."""
    return tuple({fact: shown(average)} for average in (NHCE_AVERAGES[0], NHCE_AVERAGES[-1]))


class Acp(AcpShare, Employee, AcpClock):
    """One person before the test, with what other flows know of pay and employer money."""

    nhce_average_last_year = Fact(
        Decimal, lambda case: _any_average("nhce_average_last_year"), measure=Fraction
    )
    nhce_average_this_year = Fact(
        Decimal, lambda case: _any_average("nhce_average_this_year"), measure=Fraction
    )
    others_alike = Fact(bool, default=True)
    """Whether all HCEs are taken to do what this person does."""

    @property
    def tested_pay(self) -> Decimal:
        """The pay of this year, which can be a part of that of a full year."""
        return self.pay_this_year

    @property
    def year_match(self) -> Decimal:
        """The match, which was told already where the employer's money is nothing else."""
        if not self.is_told(Employee.employer_money):
            return self.employer_match
        money = self.employer_money
        if money.nonelective or money.fixed or (money.tiers and not self.is_told(Employee.deferral)):
            return self.employer_match
        return self.employer_total

    @property
    def _ratio(self) -> Exact:
        """As in the core; where it is too much, pay and match can have been told by these facts, too."""
        try:
            return super()._ratio
        except Inconsistent as conflict:
            told_by = (Employee.employer_money.name, Employee.whole_year.name)
            raise Inconsistent(str(conflict), *conflict.facts, *told_by) from None

    @derived(ARITHMETIC)
    def acp_ceiling(self) -> Decimal | None:
        """After-tax dollars that can stay; None where that cannot be told."""
        if not self.has_ceiling:
            return None
        alone = None if self.others_alike else self.ceiling_beside_others
        return self.acp_band[0].ceiling if alone is None else alone

    @derived(ARITHMETIC)
    def acp_over(self) -> Decimal:
        """Planned after-tax dollars over the ceiling."""
        ceiling = self.acp_ceiling
        return ZERO if ceiling is None else max(ZERO, self.after_tax_planned - ceiling)

    @derived(AcpShare.acp_reach.citation)
    def acp_reach(self) -> AcpReach:
        """Whether the test can touch the person: their pay comes before the kind of the plan."""
        if self.highly_paid is HighlyPaid.NEITHER:
            return AcpReach.NOT_HIGHLY_PAID
        return AcpShare.acp_reach.rule(self)

    @property
    def has_ceiling(self) -> bool:
        """Whether what stays can be told in dollars."""
        return self.acp_reach is AcpReach.TESTED and self.average_is_known


def acp(case: Acp) -> Verdict:
    """Read the outline: who is out of reach first, then the person's own numbers, then those of the others."""
    if case.acp_reach is AcpReach.NOT_HIGHLY_PAID:
        return Verdict.NOT_HIGHLY_PAID
    if case.acp_reach is not AcpReach.TESTED:
        return Verdict.NOT_TESTED
    in_order(case.pay, case.tested_pay, case.after_tax_planned)
    in_order(case.safe_harbor_match, case.counted_match, case.least_nhce_ratio)
    in_order(case.nhce_average, case.acp_band, case.acp_questions)
    in_order(case.excise_free_until, case.qualified_until)
    if not case.has_ceiling:
        return Verdict.ACP_UNKNOWN
    return Verdict.ACP_OVER if case.acp_over else Verdict.ACP_WITHIN


def _may_come_back(case: Acp) -> Decimal:
    """After-tax dollars that may come back, where that can be told."""
    return case.acp_over if case.has_ceiling else nothing(case)


def _shows(case: Acp) -> tuple[str, ...]:
    if case.acp_reach is not AcpReach.TESTED:
        return ("acp_reach",)
    if not case.has_ceiling:
        return ("least_nhce_ratio",)
    return ("acp_over", "least_nhce_ratio") if case.others_alike else ("acp_over",)


ACP = Flow(
    "acp",
    Acp,
    acp,
    assumed={"whole_year": True},
    asks=frozenset({"acp_exemption", "safe_harbor_match"}),
    dollars=_may_come_back,
    shows=_shows,
    columns=("own_contribution_ratio", "acp_ceiling", "least_nhce_ratio"),
    then=("check", "convert", "repair"),
)
