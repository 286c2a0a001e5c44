"""The ACP test: how much highly compensated employees may put in, next to everybody else (IRC 401(m)).

Every eligible employee has a ratio, contributions over pay, and each of two groups the average of its ratios, zeros
included. What the average of the highly compensated (HCEs) may be follows from the average of the others (NHCEs). A
plan over it pays contributions back: how much is found by cutting the highest *ratios*, who gets it by cutting the
highest *dollars*. The two steps hit different people.

A quotient stays the exact fraction that it is until it is shown, so that a plan exactly at the line passes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum, auto
from fractions import Fraction as Exact
from itertools import accumulate
from math import ceil, floor
from operator import itemgetter, mul
from typing import Annotated

from pydantic import Field

from knowledge.core.calculation import Calculation
from knowledge.core.case import Case
from knowledge.core.facts import HighlyPaid
from knowledge.core.limits import Statute
from knowledge.core.match import ZERO
from knowledge.core.measures import Dollars, Fraction, Yes
from knowledge.core.sheet import ARITHMETIC, Fact, Inconsistent, derived

RATIO = "IRC 401(m)(3), 401(a)(17), 414(s)"
MAXIMUM = "IRC 401(m)(2)(A)"
NOTHING = Exact(0)
NHCE_AVERAGES = tuple(Exact(half_points, 200) for half_points in range(21))
"""Averages of the NHCEs to show where the true one is not known: 0 to 10 % in half points."""


class Limb(StrEnum):
    """Which part of the rule sets the maximum, IRC 401(m)(2)(A)."""

    TIMES = auto()
    """(i): so many times the NHCE average; the most generous where that is high."""
    TWICE = auto()
    """(ii): a larger multiple of it; where it is low."""
    PLUS = auto()
    """(ii): so many points over it; in between."""


class AcpMethod(StrEnum):
    """Whose average counts for the NHCEs, IRC 401(m)(2)(A)."""

    PRIOR_YEAR = auto()
    """That of the year before: the rule."""
    CURRENT_YEAR = auto()
    """That of the tested year: by election of the employer."""


class ApplicableYear(StrEnum):
    """Where the NHCE average comes from, by the method and the age of the plan."""

    LAST_YEAR = auto()
    THIS_YEAR = auto()
    FIRST_YEAR = auto()
    """The plan has no year before: a rate fixed by law, IRC 401(m)(3), 401(k)(3)(E)."""


class AcpExemption(StrEnum):
    """What takes a plan out of the test."""

    NONE = auto()
    GOVERNMENTAL = auto()
    """IRC 401(k)(3)(G), 414(d)."""
    CHURCH = auto()
    """A church plan that has not elected to be treated like others; see `AcpPlan.church_exemption`."""
    NOBODY_ELSE = auto()
    """Nobody else was eligible in the applicable year: an owner and a spouse, Reg. 1.401(m)-2(a)(1)(ii)."""


class SafeHarborMatch(StrEnum):
    """What a safe-harbor plan, which still tests after-tax money, does with its match in the test."""

    NO_SAFE_HARBOR = auto()
    PUT_IN = auto()
    LEFT_OUT = auto()
    """For all employees alike, Reg. 1.401(m)-2(a)(5)(iv)."""


class AcpReach(StrEnum):
    """Whether the test can touch the plan, or the person."""

    TESTED = auto()
    GOVERNMENTAL = auto()
    CHURCH = auto()
    NOBODY_ELSE = auto()
    NOT_HIGHLY_PAID = auto()
    """Refunds fall on HCEs only."""


class OpenQuestion(StrEnum):
    """What would narrow down where a person stands, the most useful first."""

    HIGHLY_PAID = auto()
    TESTED_AT_ALL = auto()
    """Is the plan of a kind that is tested?"""
    LAST_YEARS_LIMIT = auto()
    """Did the plan limit, or pay back, after-tax money of HCEs last year? What was the limit?"""
    OTHERS_AVERAGE = auto()
    """What was last year's average of the others?"""
    METHOD = auto()
    """Is it last year's or this year's average that counts?"""
    SAFE_HARBOR = auto()
    """Does a safe-harbor plan leave its match out of the test?"""
    OTHER_HIGHLY_PAID = auto()
    """How many HCEs are eligible, and what do the others put in?"""


# --- the test --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Eligible:
    """Somebody who may take part in the plan this year, whether they do or not. Everything in dollars of the year.

    ``other_counted`` are qualified nonelective contributions and deferrals that the plan uses in this test.
    """

    pay: Dollars
    after_tax: Dollars = ZERO
    match: Dollars = ZERO
    other_counted: Dollars = ZERO
    highly_compensated: Yes = False
    name: Annotated[str, Field(max_length=60)] = ""

    @property
    def counted(self) -> Decimal:
        """All contributions that count in the test."""
        return self.after_tax + self.match + self.other_counted

    def ratio(self, compensation_cap: Decimal) -> Exact:
        """The contribution ratio; see `contribution_ratio`."""
        return contribution_ratio(self.counted, self.pay, compensation_cap)


def contribution_ratio(counted: Decimal, pay: Decimal, compensation_cap: Decimal) -> Exact:
    """``counted`` dollars over ``pay`` as far as it counts (IRC 401(a)(17)); 0 for nothing, whatever the pay."""
    return Exact(counted) / Exact(min(pay, compensation_cap)) if counted else NOTHING


def average(ratios: Sequence[Exact]) -> Exact:
    """The plain average, not weighted by pay (IRC 401(m)(3)); 0 of nobody."""
    return sum(ratios, NOTHING) / len(ratios) if ratios else NOTHING


def highest_hce_average(nhce_average: Exact, statute: Statute) -> tuple[Exact, Limb]:
    """The highest average that HCEs may have beside ``nhce_average``, and the limb that sets it.

    IRC 401(m)(2)(A): (i), or the lesser of both parts of (ii) if that is more. 0 beside 0. Where two limbs meet, (ii)
    is named before (i) and its multiple before its points.
    """
    times = (nhce_average * Exact(statute.acp_times.value), Limb.TIMES)
    twice = (nhce_average * Exact(statute.acp_twice.value), Limb.TWICE)
    plus = (nhce_average + Exact(statute.acp_plus.value), Limb.PLUS)
    amount = itemgetter(0)
    return max(min(twice, plus, key=amount), times, key=amount)


def least_nhce_average(hce_average: Exact, statute: Statute) -> Exact:
    """The lowest NHCE average beside which ``hce_average`` passes: `highest_hce_average` the other way round."""
    by_times = hce_average / Exact(statute.acp_times.value)
    by_twice = hce_average / Exact(statute.acp_twice.value)
    return min(by_times, max(by_twice, hce_average - Exact(statute.acp_plus.value)))


# --- what goes back --------------------------------------------------------------------------------------------------


def leveled_down(amounts: Sequence[Exact], total: Exact) -> Exact:
    """The height to which the highest ``amounts``, one at least, are cut so that all together are ``total``.

    If the ``m`` lowest stay whole, the others share evenly what those leave of the total. Too many or too few left
    whole give a lower height, so the right ``m`` gives the greatest. Nothing reaches the height of a larger total.
    """
    lowest = sorted(amounts)
    whole = accumulate(lowest[:-1], initial=NOTHING)
    return max((total - kept) / (len(lowest) - m) for m, kept in enumerate(whole))


def excess_of(hces: Sequence[Eligible], highest: Exact, compensation_cap: Decimal) -> Exact:
    """The dollars that have to come out so that the ratios of ``hces``, one at least, average ``highest``; 0 if they pass.

    IRC 401(m)(6)(B): by reducing contributions in the order of the ratios, the highest first.
    """
    ratios = [one.ratio(compensation_cap) for one in hces]
    height = leveled_down(ratios, highest * len(ratios))
    cuts = [max(NOTHING, ratio - height) for ratio in ratios]
    return sum(map(mul, cuts, (Exact(min(one.pay, compensation_cap)) for one in hces)), NOTHING)


@dataclass(frozen=True, slots=True)
class Refund:
    """What one HCE gets back, in dollars and without earnings: in all, and which money it is."""

    name: str
    total: Decimal
    after_tax: Decimal
    match: Decimal
    other_counted: Decimal


def refunds(hces: Sequence[Eligible], excess: Exact) -> tuple[Refund, ...]:
    """How ``excess`` dollars, at most what is there, go back to ``hces``, those with the most contributions first.

    IRC 401(m)(6)(C): on the basis of the amount of contributions, so the highest dollars are cut. After-tax money goes
    first, as plans usually say, then match.
    """
    ordered = sorted(hces, key=lambda one: (-one.counted, one))
    dollars = [Exact(one.counted) for one in ordered]
    height = leveled_down(dollars, sum(dollars, NOTHING) - excess)
    totals = whole_cents([max(NOTHING, amount - height) for amount in dollars])
    return tuple(map(_refund, ordered, totals))


def _refund(hce: Eligible, total: Decimal) -> Refund:
    after_tax = min(total, hce.after_tax)
    match = min(total - after_tax, hce.match)
    return Refund(hce.name, total, after_tax, match, total - after_tax - match)


def whole_cents(amounts: Sequence[Exact]) -> tuple[Decimal, ...]:
    """Dollar ``amounts`` in cents that add up to their total rounded up: what is left in a plan then passes.

    Each is rounded down; the cents that then miss from the total go to the largest parts cut off, and to the first
    among equals.
    """
    cents = [amount * 100 for amount in amounts]
    down = [floor(amount) for amount in cents]
    missing = ceil(sum(cents)) - sum(down)
    by_part_cut_off = sorted(range(len(cents)), key=lambda place: down[place] - cents[place])
    up = set(by_part_cut_off[:missing])
    return tuple(Decimal(amount + (place in up)) / 100 for place, amount in enumerate(down))


def after_tax_ceiling(ratio: Exact, pay: Decimal, compensation_cap: Decimal, match: Decimal) -> Decimal:
    """The after-tax dollars that a ``ratio`` of ``pay`` leaves beside ``match``, not below 0."""
    return max(ZERO, shown(ratio * Exact(min(pay, compensation_cap)) - Exact(match)))


def shown(exact: Exact) -> Decimal:
    """``exact`` as a Decimal, to as many digits as Decimals have."""
    return Decimal(exact.numerator) / exact.denominator


# --- a plan ----------------------------------------------------------------------------------------------------------


class AcpPlan(Case):
    """What of a plan decides how it is tested."""

    acp_exemption = Fact(AcpExemption, default=AcpExemption.NONE)
    acp_method = Fact(AcpMethod, default=AcpMethod.PRIOR_YEAR)
    new_plan = Fact(bool, default=False)
    """Whether this is the plan's first year."""
    first_year_actual = Fact(bool, default=False)
    """Whether the employer chose the true average for the first year, not the rate fixed by law."""
    safe_harbor_match = Fact(SafeHarborMatch, default=SafeHarborMatch.NO_SAFE_HARBOR)
    nhce_average_last_year = Fact(Decimal, measure=Fraction)

    @derived("IRC 401(m)(2)(A), (3), 401(k)(3)(E): the year before, unless the employer elects otherwise")
    def applicable_year(self) -> ApplicableYear:
        """Where the NHCE average comes from."""
        if self.acp_method is AcpMethod.CURRENT_YEAR:
            return ApplicableYear.THIS_YEAR
        if not self.new_plan:
            return ApplicableYear.LAST_YEAR
        return ApplicableYear.THIS_YEAR if self.first_year_actual else ApplicableYear.FIRST_YEAR

    @derived("Reg. 1.401(m)-3(j)(6), 1.401(m)-2(a)(5)(iv)", confirm=True)
    def match_is_left_out(self) -> bool:
        """Whether the match of a safe-harbor plan stays out of the test of its after-tax money."""
        return self.safe_harbor_match is SafeHarborMatch.LEFT_OUT

    @derived(
        "IRC 403(b)(1)(D), (12)(B), 414(e), 410(d): a 403(b) plan of a church; for other church plans the law is read both ways",
        confirm=True,
    )
    def church_exemption(self) -> AcpReach:
        """A church plan that has not elected to be treated like others is taken not to be tested."""
        return AcpReach.CHURCH

    @property
    def _exempt(self) -> AcpReach | None:
        """What of its kind takes the plan out of the test, whoever is eligible."""
        match self.acp_exemption:
            case AcpExemption.GOVERNMENTAL:
                return AcpReach.GOVERNMENTAL
            case AcpExemption.CHURCH:
                return self.church_exemption
            case _:
                return None

    @property
    def _match_counts(self) -> bool:
        if self.safe_harbor_match is SafeHarborMatch.NO_SAFE_HARBOR:
            return True
        return not self.match_is_left_out

    def _nhce_average(self, this_year: Callable[[], Exact]) -> Exact:
        match self.applicable_year:
            case ApplicableYear.LAST_YEAR:
                return Exact(self.nhce_average_last_year)
            case ApplicableYear.THIS_YEAR:
                return this_year()
            case ApplicableYear.FIRST_YEAR:  # pragma: no branch
                return Exact(self.rate(self.statute.acp_first_year))

    def _highest(self, nhce_average: Exact) -> tuple[Exact, Limb]:
        for rate in (self.statute.acp_times, self.statute.acp_twice, self.statute.acp_plus):
            self.rate(rate)
        return highest_hce_average(nhce_average, self.statute)


@dataclass(frozen=True, slots=True)
class AcpComparison:
    """Both averages, the highest that HCEs may have, the limb that sets it, and whether they pass."""

    others_average_ratio: Decimal
    highly_paid_average_ratio: Decimal
    highest_ratio: Decimal
    limb: Limb
    passes: bool


class AcpTest(AcpPlan):
    """The test of a whole plan, by whoever knows the numbers of all eligible employees."""

    eligible_employees = Fact(tuple, measure=tuple[Eligible, ...])

    @property
    def _eligible(self) -> tuple[Eligible, ...]:
        """Everybody, with the match only if it counts. Raises `Inconsistent` for contributions over pay."""
        everybody: tuple[Eligible, ...] = self.eligible_employees
        for one in everybody:
            if one.counted > one.pay:
                raise Inconsistent(
                    f"contributions of {one.counted} are more than the pay of {one.pay} ({one.name or 'no name'}); "
                    "pay is a limit of its own, which is put right before this test",
                    "eligible_employees",
                )
        return everybody if self._match_counts else tuple(replace(one, match=ZERO) for one in everybody)

    @property
    def _hces(self) -> tuple[Eligible, ...]:
        return tuple(one for one in self._eligible if one.highly_compensated)

    @property
    def _nhces(self) -> tuple[Eligible, ...]:
        return tuple(one for one in self._eligible if not one.highly_compensated)

    def _average_of(self, group: Sequence[Eligible]) -> Exact:
        cap = self.limit(self.limits.compensation_cap)
        return average([one.ratio(cap) for one in group])

    @property
    def _most(self) -> tuple[Exact, Exact, Limb]:
        """The NHCE average, the highest HCE average beside it, and the limb."""
        nhce_average = self._nhce_average(lambda: self._average_of(self._nhces))
        return nhce_average, *self._highest(nhce_average)

    @derived("IRC 401(m)(2), 401(k)(3)(G), 414(d); Reg. 1.401(m)-2(a)(1)(ii)")
    def acp_reach(self) -> AcpReach:
        """Whether the plan is tested. Raises `Inconsistent` if there are NHCEs and there are none."""
        if self._exempt:
            return self._exempt
        told_of_none = self.acp_exemption is AcpExemption.NOBODY_ELSE
        if self.applicable_year is ApplicableYear.LAST_YEAR:
            return AcpReach.NOBODY_ELSE if told_of_none else AcpReach.TESTED
        if self._nhces and told_of_none:
            raise Inconsistent(
                "there are employees who are not highly compensated", "acp_exemption", "eligible_employees"
            )
        return AcpReach.TESTED if self._nhces else AcpReach.NOBODY_ELSE

    @derived(f"{RATIO}; {MAXIMUM}")
    def acp_comparison(self) -> AcpComparison | None:
        """The test; None for a plan that is not tested."""
        if self.acp_reach is not AcpReach.TESTED:
            return None
        nhce_average, highest, limb = self._most
        hce_average = self._average_of(self._hces)
        passes = hce_average <= highest
        return AcpComparison(shown(nhce_average), shown(hce_average), shown(highest), limb, passes)

    @derived(f"{MAXIMUM}; Reg. 1.401(m)-2(a)(1)")
    def acp_passes(self) -> bool:
        """Whether the plan passes, or is not tested."""
        return self.acp_comparison is None or self.acp_comparison.passes

    @derived("IRC 401(m)(6)(C); which money of a person goes first is in the plan document", confirm=True)
    def acp_refunds(self) -> tuple[Refund, ...]:
        """What each HCE gets back, those with the most contributions first; nobody if the plan passes."""
        if self.acp_passes:
            return ()
        _, highest, _ = self._most
        cap = self.limit(self.limits.compensation_cap)
        return refunds(self._hces, excess_of(self._hces, highest, cap))

    @derived("IRC 401(m)(6)(B): found by cutting the highest ratios")
    def excess_aggregate(self) -> Decimal:
        """Excess aggregate contributions: what has to come out, in dollars, a part of a cent as a cent."""
        return sum((refund.total for refund in self.acp_refunds), ZERO)


# --- a person --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AcpStep:
    """If the NHCEs average ``others_average_ratio``, HCEs may average ``highest_ratio``.

    If all HCEs then do the same, ``ceiling`` after-tax dollars of this person stay, and of the planned ones
    ``comes_back`` dollars do not.
    """

    others_average_ratio: Decimal
    highest_ratio: Decimal
    ceiling: Decimal
    comes_back: Decimal


class AcpShare(AcpPlan):
    """One person before the test, who knows their own numbers and few others: a warning, never a promise."""

    highly_paid = Fact(HighlyPaid)
    pay = Fact(Decimal)
    employer_match = Fact(Decimal)
    """Match of the whole year."""
    after_tax_planned = Fact(Decimal)
    """After-tax dollars of the whole year, what is in already included."""
    nhce_average_this_year = Fact(Decimal, measure=Fraction)
    hce_count = Fact(int)
    """Eligible HCEs, this person included."""
    other_hce_average = Fact(Decimal, measure=Fraction)
    """The average ratio of the other HCEs."""

    @derived("IRC 401(m)(2), (6)(C), 401(k)(3)(G), 414(d); Reg. 1.401(m)-2(a)(1)(ii)")
    def acp_reach(self) -> AcpReach:
        """Whether the test can touch the person. Who is not sure to be an HCE may be one."""
        if self._exempt:
            return self._exempt
        if self.acp_exemption is AcpExemption.NOBODY_ELSE:
            return AcpReach.NOBODY_ELSE
        return AcpReach.NOT_HIGHLY_PAID if self.highly_paid is HighlyPaid.NEITHER else AcpReach.TESTED

    @property
    def tested_pay(self) -> Decimal:
        """The year's pay; whoever knows more of the year may work it out."""
        return self.pay

    @property
    def year_match(self) -> Decimal:
        """The year's match; whoever knows more of the employer's money may work it out."""
        return self.employer_match

    @derived("IRC 401(m)(4); Reg. 1.401(m)-2(a)(5)(iv)")
    def counted_match(self) -> Decimal:
        """The match that counts in the test."""
        return self.year_match if self._match_counts else ZERO

    @property
    def _ratio(self) -> Exact:
        counted = self.after_tax_planned + self.counted_match
        if counted > self.tested_pay:
            raise Inconsistent(
                "after-tax money and match together are more than the pay",
                "after_tax_planned",
                "employer_match",
                "pay",
            )
        return contribution_ratio(counted, self.tested_pay, self.limit(self.limits.compensation_cap))

    @derived(RATIO)
    def own_contribution_ratio(self) -> Decimal:
        """Planned after-tax money and match over pay, as far as it counts."""
        return shown(self._ratio)

    @property
    def nhce_average(self) -> Exact:
        """The NHCE average that counts. Raises `Unanswered` or `Unsure` where it is not known."""
        return self._nhce_average(lambda: Exact(self.nhce_average_this_year))

    @property
    def average_is_known(self) -> bool:
        """Whether the NHCE average that counts was told, or is fixed by law."""
        match self.applicable_year:
            case ApplicableYear.LAST_YEAR:
                return self.is_told(AcpShare.nhce_average_last_year)
            case ApplicableYear.THIS_YEAR:
                return self.is_told(AcpShare.nhce_average_this_year)
            case ApplicableYear.FIRST_YEAR:  # pragma: no branch
                return True

    @property
    def _averages(self) -> tuple[Exact, ...]:
        """The NHCE average if it is known, else those to show."""
        return (self.nhce_average,) if self.average_is_known else NHCE_AVERAGES

    def _step(self, nhce_average: Exact) -> AcpStep:
        highest, _ = self._highest(nhce_average)
        cap = self.limit(self.limits.compensation_cap)
        ceiling = after_tax_ceiling(highest, self.tested_pay, cap, self.counted_match)
        comes_back = max(ZERO, self.after_tax_planned - ceiling)
        return AcpStep(shown(nhce_average), shown(highest), ceiling, comes_back)

    @derived(f"{MAXIMUM}, (6)(B)-(C): if all highly compensated employees do the same", confirm=True)
    def acp_band(self) -> tuple[AcpStep, ...]:
        """What would stay and come back, for each NHCE average that there could be; empty if nothing can."""
        if self.acp_reach is not AcpReach.TESTED:
            return ()
        return tuple(self._step(nhce_average) for nhce_average in self._averages)

    @derived(f"{MAXIMUM}: the same rule the other way round", confirm=True)
    def least_nhce_ratio(self) -> Decimal:
        """The lowest NHCE average at which nothing comes back if all HCEs do the same."""
        if self.acp_reach is not AcpReach.TESTED:
            return ZERO
        return shown(least_nhce_average(self._ratio, self.statute))

    @derived(MAXIMUM)
    def ceiling_beside_others(self) -> Decimal | None:
        """After-tax dollars up to which the plan passes, given what the other HCEs put in; None without a limit.

        All HCEs together may have so many times the highest average as they are.
        """
        if self.acp_reach is not AcpReach.TESTED:
            return None
        highest, _ = self._highest(self.nhce_average)
        count = self.hce_count
        if not count:
            raise Inconsistent("the count of highly compensated employees includes you", "hce_count")
        others = (count - 1) * Exact(self.other_hce_average) if count > 1 else NOTHING
        cap = self.limit(self.limits.compensation_cap)
        return after_tax_ceiling(highest * count - others, self.tested_pay, cap, self.counted_match)

    @derived(ARITHMETIC)
    def acp_questions(self) -> tuple[OpenQuestion, ...]:
        """What is still open and would narrow the band, the most useful first."""
        if self.acp_reach is not AcpReach.TESTED:
            return ()
        average_is_open = not self.average_is_known
        others_are_open = not self.is_told(AcpShare.hce_count) or (
            self.hce_count > 1 and not self.is_told(AcpShare.other_hce_average)
        )
        still_open = {
            OpenQuestion.HIGHLY_PAID: self.highly_paid is HighlyPaid.NOT_SURE,
            OpenQuestion.TESTED_AT_ALL: self.is_unsure(AcpShare.acp_exemption),
            OpenQuestion.LAST_YEARS_LIMIT: average_is_open,
            OpenQuestion.OTHERS_AVERAGE: average_is_open,
            OpenQuestion.METHOD: not self.is_told(AcpShare.acp_method),
            OpenQuestion.SAFE_HARBOR: not self.is_told(AcpShare.safe_harbor_match) and self.year_match > 0,
            OpenQuestion.OTHER_HIGHLY_PAID: others_are_open,
        }
        return tuple(question for question, is_open in still_open.items() if is_open)


CALCULATIONS = (
    Calculation(
        "acp-test",
        AcpTest,
        results=(AcpTest.acp_reach, AcpTest.acp_passes, AcpTest.excess_aggregate, AcpTest.acp_refunds),
        extras=(AcpTest.acp_comparison,),
    ),
    Calculation(
        "acp-share",
        AcpShare,
        results=(AcpShare.acp_reach, AcpShare.acp_band, AcpShare.acp_questions),
        extras=(
            AcpShare.own_contribution_ratio,
            AcpShare.least_nhce_ratio,
            AcpShare.ceiling_beside_others,
        ),
    ),
)
