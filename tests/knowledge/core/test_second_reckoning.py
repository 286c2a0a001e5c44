"""The room reckoned a second time, from the rules of law and in fractions, without the sheet."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given

from knowledge.core.employee import Stop
from knowledge.core.facts import CapKind
from tests.knowledge.core.people import LAW, PEOPLE, UNTIMED, Person

TINY = Fraction(1, 10**12)


def reckoned(person: Person) -> tuple[dict[Stop, Fraction], Fraction]:
    """Every ceiling of the room, each 0 or more, and the dollars over the limit."""
    told: dict[str, Any] = dict(person.answers)
    money = told["employer_money"]
    limits = LAW[person.year]
    checks = {"weekly": 52, "biweekly": 26, "semimonthly": 24, "monthly": 12}[told["pay_schedule"]]
    a_check = Fraction(told["pay"]) / checks
    pay = Fraction(told["pay"])
    if not told["whole_year"]:
        pay = a_check * (told["checks_so_far"] + told["checks_left"])
    together = told["other_plan"] and told["employers_related"]

    # 415(c)(1): the lesser of the dollar limit and 100 % of pay; related employers count as one (415(h)).
    dollar_limit = Fraction(limits.annual_additions.value)
    all_pay = pay + (Fraction(told["pay_elsewhere"]) if together else 0)
    limit = min(dollar_limit, all_pay)

    # 402(g), 414(v): what one employer's plans take over the base limit is catch-up, once per person.
    base = Fraction(limits.elective_deferral.value)
    elsewhere = Fraction(told["deferred_elsewhere"]) if told["other_plan"] else Fraction(0)
    most_catch_up = Fraction(0)
    if person.age >= 50:
        most_catch_up = Fraction(limits.catch_up.value)
    if 60 <= person.age <= 63 and person.year >= 2025:
        most_catch_up = Fraction(11_250)
    if elsewhere > base:
        most_catch_up = max(Fraction(0), most_catch_up - (elsewhere - base))
    deferral = Fraction(told["deferral"])
    in_these_plans = deferral + (min(elsewhere, base) if together else 0)
    catch_up = min(max(in_these_plans - base, Fraction(0)), most_catch_up)

    # 401(a)(17): a formula counts pay up to the cap.
    counted_pay = min(pay, Fraction(limits.compensation_cap.value))
    match = Fraction(0)
    for tier in money.tiers:
        low, high = Fraction(tier.start) * counted_pay, Fraction(tier.end) * counted_pay
        if deferral > low:
            match += Fraction(tier.rate) * (min(deferral, high) - low)
    if money.match_cap is not None:
        match = min(match, Fraction(money.match_cap))
    employer = Fraction(money.fixed) + Fraction(money.nonelective) * counted_pay + match

    # 415(c)(2): all that counts against the limit.
    in_already = Fraction(told["after_tax_so_far"])
    left = limit - (deferral - catch_up) - employer - in_already
    if together:
        left -= Fraction(told["additions_elsewhere"])

    ceilings = {Stop.PAY_LIMIT if all_pay < dollar_limit else Stop.DOLLAR_LIMIT: left}
    if told["cap_kind"] is CapKind.DOLLARS:
        ceilings[Stop.PLAN_CAP] = Fraction(told["cap_dollars"]) - in_already
    if told["cap_kind"] is CapKind.PERCENT:
        of_pay = pay if told["cap_counts_all_pay"] else counted_pay
        ceilings[Stop.PLAN_CAP] = Fraction(told["cap_percent"]) * of_pay - in_already
    ceilings[Stop.PAY_TO_COME] = a_check * told["checks_left"]
    return {stop: max(amount, Fraction(0)) for stop, amount in ceilings.items()}, max(-left, Fraction(0))


@UNTIMED
@given(PEOPLE)
def test_both_reckonings_agree_on_each_ceiling_and_on_the_room(person: Person) -> None:
    ceilings, over = reckoned(person)
    case = person.case()
    assert abs(Fraction(case.over_limit) - over) < TINY
    for ceiling in case.yearly_ceilings:
        assert abs(Fraction(ceiling.amount) - ceilings[ceiling.stop]) < TINY
    assert len(case.yearly_ceilings) == len(ceilings) - 1
    assert abs(Fraction(case.pay_to_come) - ceilings[Stop.PAY_TO_COME]) < TINY
    assert abs(Fraction(case.room.amount) - min(ceilings.values())) < TINY
    assert abs(ceilings[case.room.stop] - min(ceilings.values())) < TINY
