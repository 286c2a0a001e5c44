"""Roth IRAs outside the plan: what may go in directly, and the regular backdoor.

Theory. One yearly limit holds for all IRAs of a person together (IRC 219(b)(5)). For a Roth IRA it phases out over a
range of income (408A(c)(3)), so that above the range nothing may go in directly. There the regular backdoor leads
around: a contribution to a traditional IRA that is not deducted, then converted. A conversion has no income limit, but
all traditional, SEP and SIMPLE IRAs are one contract (408(d)(2)): it takes its share of basis and of untaxed money
from all of them. Money in workplace plans is not in that pool.

All amounts are dollars of one person. Only the reduction of the limit is rounded, because the law rounds it.
"""

from __future__ import annotations

from decimal import Decimal

from knowledge.core.after_tax_account import nontaxable_part
from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.facts import AgeBand
from knowledge.core.limits import FilingStatus, Limits, PhaseOut
from knowledge.core.match import ZERO, round_down
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, Line, Origin, derived

PHASED_OUT = "IRC 408A(c)(3)(A)-(B)"
POOL = "IRC 408(d)(2), 72(e)(8); Form 8606"


def phase_out_of(status: FilingStatus, lived_with_spouse: bool, limits: Limits) -> PhaseOut:
    """The range of income over which the Roth IRA limit phases out.

    IRC 408A(c)(3)(B)(ii), 219(g)(4): who files separately and lived apart from the spouse all year counts as single;
    ``lived_with_spouse`` matters to nobody else. IRS Pub. 590-A: a surviving spouse has the range of joint returns.
    """
    match status:
        case FilingStatus.JOINT | FilingStatus.SURVIVING_SPOUSE:
            return limits.roth_ira_phase_out_joint
        case FilingStatus.SEPARATE if lived_with_spouse:
            return limits.roth_ira_phase_out_separate
        case _:
            return limits.roth_ira_phase_out_single


def reduced_limit(
    limit: Decimal, income: Decimal, phase_out: PhaseOut, step: Decimal, floor: Decimal
) -> Decimal:
    """What an ``income`` leaves of a ``limit``, in dollars; all of it up to the start of the range, nothing from its end.

    IRC 408A(c)(3)(A), 219(g)(2)(B)-(C): the reduction is rounded down to a multiple of ``step``, and leaves the
    ``floor`` (or the limit, if that is less) until it is complete.
    """
    beyond, width = income - phase_out.starts, phase_out.ends - phase_out.starts
    if beyond >= width:
        return ZERO
    reduction = round_down(limit * max(ZERO, beyond) / width, step)
    return max(limit - reduction, min(floor, limit))


class RothIra(Case):
    """A person who may want to put money straight into a Roth IRA this year."""

    filing_status = Fact(FilingStatus)
    lived_with_spouse = Fact(bool)
    """Whether a person who files separately lived with the spouse at any time of the year."""
    modified_adjusted_gross_income = Fact(Decimal)
    """For Roth IRA purposes: without income from conversions, IRC 408A(c)(3)(B)(i)."""
    age_band = Fact(AgeBand)
    taxable_compensation = Fact(Decimal)
    """On a joint return with the spouse's, less what the spouse put into IRAs, IRC 219(c)."""
    traditional_ira_contributions = Fact(Decimal, default=ZERO)
    """Paid in for this year, deductible or not."""
    roth_ira_contributions_this_year = Fact(Decimal, default=ZERO)
    """Paid in directly for this year; conversions and rollovers are none."""

    @derived("IRC 219(b)(1), (5)(A)-(B)")
    def ira_limit(self) -> Decimal:
        """The most that may go into all IRAs for the year: the dollar limit, or compensation if that is less."""
        limit = self.limit(self.limits.ira_contribution)
        if self.age_band is not AgeBand.UNDER_50:
            limit += self.limit(self.limits.ira_catch_up)
        return min(limit, self.taxable_compensation)

    @derived(PHASED_OUT + "; 219(g)(2)(B)-(C), (4)")
    def roth_ira_limit_by_income(self) -> Decimal:
        """What the person's income leaves of the limit for a Roth IRA."""
        separate = self.filing_status is FilingStatus.SEPARATE
        phase_out = phase_out_of(self.filing_status, separate and self.lived_with_spouse, self.limits)
        cell = f"{self.year}.{phase_out.name}"
        self._record(cell, Line(cell, (phase_out.starts, phase_out.ends), Origin.LAW, phase_out.citation))
        income = self.modified_adjusted_gross_income
        if income >= phase_out.ends:
            return ZERO
        step, floor = self.rate(self.statute.roth_ira_step), self.rate(self.statute.roth_ira_floor)
        return reduced_limit(self.ira_limit, income, phase_out, step, floor)

    @derived("IRC 408A(c)(2), (3)(A)")
    def roth_ira_limit(self) -> Decimal:
        """The most that may go straight into Roth IRAs for the year: what income leaves, and other IRAs leave."""
        by_income = self.roth_ira_limit_by_income
        if not by_income:
            return ZERO
        return min(by_income, max(ZERO, self.ira_limit - self.traditional_ira_contributions))

    @derived(ARITHMETIC)
    def roth_ira_room(self) -> Decimal:
        """What may still go straight into a Roth IRA for the year."""
        return max(ZERO, self.roth_ira_limit - self.roth_ira_contributions_this_year)

    @derived("IRC 4973(f)(1)")
    def roth_ira_excess(self) -> Decimal:
        """What went straight into Roth IRAs over the limit: taxed every year that it stays in."""
        return max(ZERO, self.roth_ira_contributions_this_year - self.roth_ira_limit)

    @derived("IRC 219(b)(5), 408(o)(2)")
    def traditional_ira_room(self) -> Decimal:
        """What may still go into a traditional IRA for the year, deducted or not."""
        used = self.traditional_ira_contributions + self.roth_ira_contributions_this_year
        return max(ZERO, self.ira_limit - used)


class Backdoor(Case):
    """A person who converts money of traditional, SEP or SIMPLE IRAs to a Roth IRA this year."""

    nondeductible_contribution = Fact(Decimal, default=ZERO)
    """Line 1 of Form 8606, as far as it was paid in by December 31."""
    ira_basis_before = Fact(Decimal, default=ZERO)
    """Line 2 of Form 8606: basis of earlier years."""
    ira_balance = Fact(Decimal)
    """Line 6: value of all traditional, SEP and SIMPLE IRAs on December 31, with rollovers that are on their way."""
    ira_distributions = Fact(Decimal, default=ZERO)
    """Line 7: what came out of them this year and was neither converted nor rolled over."""
    ira_converted = Fact(Decimal)
    """Line 8: what was converted to Roth IRAs this year."""

    @derived("IRC 408(o); Form 8606 line 3")
    def ira_basis(self) -> Decimal:
        """Money in the IRAs that was taxed already. Raises `Inconsistent` for a contribution that no law allows."""
        most = self.limits.ira_contribution.value + self.limits.ira_catch_up.value
        if self.nondeductible_contribution > most:
            raise Inconsistent(
                f"nobody may put more than {most:,} dollars into IRAs for {self.year}; "
                "basis of earlier years is ira_basis_before",
                "nondeductible_contribution",
            )
        return self.nondeductible_contribution + self.ira_basis_before

    @derived(
        "IRC 408(d)(2)(A)-(C): all IRAs are one contract, valued at the end of the year; Form 8606 line 9"
    )
    def ira_pool(self) -> Decimal:
        """What the basis is measured against: the year's end balance and what came out during the year."""
        return self.ira_balance + self.ira_distributions + self.ira_converted

    @derived(POOL + " line 10")
    def ira_basis_share(self) -> Decimal:
        """The fraction of every dollar of the pool that was taxed already."""
        return nontaxable_part(Decimal(1), self.ira_basis, self.ira_pool) if self.ira_pool else ZERO

    @derived(POOL + " line 11")
    def nontaxable_conversion(self) -> Decimal:
        """The part of the conversion that was taxed already."""
        return nontaxable_part(self.ira_converted, self.ira_basis, self.ira_pool)

    @derived("IRC 408A(d)(3)(A)(i), (C); Form 8606 line 18")
    def taxable_conversion(self) -> Decimal:
        """The part of the conversion that is income this year."""
        return self.ira_converted - self.nontaxable_conversion

    @derived(POOL + " lines 12 and 15")
    def taxable_ira_distributions(self) -> Decimal:
        """The part of the other distributions that is income this year."""
        nontaxable = nontaxable_part(self.ira_distributions, self.ira_basis, self.ira_pool)
        return self.ira_distributions - nontaxable

    @derived("IRC 408(d)(2), 72(e)(8); Form 8606 line 14")
    def ira_basis_left(self) -> Decimal:
        """Basis that stays in the IRAs for later years."""
        nontaxable = self.ira_distributions - self.taxable_ira_distributions
        return self.ira_basis - self.nontaxable_conversion - nontaxable


CALCULATIONS = (
    Calculation(
        "roth-ira",
        RothIra,
        results=(RothIra.roth_ira_limit, RothIra.roth_ira_room, RothIra.roth_ira_excess),
        extras=(RothIra.ira_limit, RothIra.traditional_ira_room),
    ),
    Calculation(
        "backdoor",
        Backdoor,
        results=(
            Backdoor.ira_basis_share,
            Backdoor.nontaxable_conversion,
            Backdoor.taxable_conversion,
            Backdoor.taxable_ira_distributions,
            Backdoor.ira_basis_left,
        ),
    ),
)
