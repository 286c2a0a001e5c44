"""What each answer must say and must never say, checked on the text as a person sees it in 2026."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from knowledge.core.limits import Figure, load_law
from knowledge.core.match import ZERO
from knowledge.library import load_library
from knowledge.lint import readers, values_of
from knowledge.markup import tidy, visible

LAW = load_law()
EXPLAINERS = load_library().explainers
NOBODY: Mapping[str, object] = {}
SOMEBODY = list(readers())[1]


def seen(topic: str, year: int = 2026, me: Mapping[str, object] = NOBODY) -> str:
    """Render the answer as plain text on one line."""
    html = tidy(EXPLAINERS[topic].template.render(values_of(LAW, year, me)))
    return " ".join(visible(html).split())


# Facts that the answer has to contain, each a pattern of its own.
MUST = {
    "what-is-mega-backdoor": [
        r"\$24,500",
        r"\$72,000",
        r"100% of your pay",
        r"after-tax",
        r"only if a plan does both",
        r"solo 401\(k\)",
        r"not a kind of account",
        r"Many plans do not",
    ],
    "mega-vs-regular-backdoor": [
        r"\$7,500",
        r"plus \$1,100 from age 50",
        r"pro-rata",
        r"\$72,000",
        r"does not count toward the IRA limit",
        r"do both",
    ],
    "after-tax-vs-roth-vs-pretax": [
        r"share one limit",
        r"no deduction",
        r"\$24,500",
        r"outside that limit",
        r"\$72,000",
        r"not the same",
        r"growth is taxed when it comes out, unless",
    ],
    "eligibility-after-tax-allowed": [
        r"[Tt]wo features",
        r"not pre-tax and not Roth",
        r"conversion inside the plan",
        r"while you still work there",
        r"booklet",
        r"Income alone does not decide",
    ],
    "no-conversion-feature": [
        r"partial",
        r"when you leave",
        r"Roth IRA and their growth to a traditional IRA",
        r"not tax-free",
        r"worse than a taxable account",
    ],
    "in-service-withdrawal": [
        r"at any age",
        r"59½ rule is for your pre-tax and Roth deferrals",
        r"direct rollover",
        r"20% of the taxable part",
        r"60-day",
        r"in proportion",
        r"contributions pause",
        r"per year",
    ],
    "in-plan-conversion": [
        r"Roth part of the same plan",
        r"Only the growth",
        r"not taxed again",
        r"no limit room",
        r"cannot be undone",
        r"convert by themselves",
        r"in-service withdrawal",
        r"stays inside",
    ],
    "automatic-conversion": [
        r"by itself",
        r"near zero",
        r"off until you turn it on",
        r"older balance",
        r"Not every plan",
    ],
    "conversion-frequency": [
        r"as often as your plan lets you",
        r"no number of conversions per year",
        r"quarter",
        r"fee",
        r"between IRAs",
    ],
    "ask-hr-what": [
        r"voluntary after-tax",
        r"cap",
        r"inside the plan",
        r"How often",
        r"automatic",
        r"fee",
        r"pause",
        r"true-up",
        r"after-tax money matched",
        r"refunded",
        r"415\(c\)",
    ],
    "plan-doesnt-offer": [
        r"cannot be done through that plan",
        r"Ask the employer",
        r"ACP test",
        r"solo 401\(k\)",
        r"regular backdoor",
        r"health savings account",
        r"taxable account",
    ],
    "acp-test": [
        r"actual contribution percentage",
        r"match plus after-tax",
        r"1\.25 times",
        r"2 times it and no more than 2 points",
        r"safe harbor plan is not free",
        r"returns part",
        r"solo plan",
    ],
    "hce-definition": [
        r"more than \$160,000 in 2025",
        r"more than 5%",
        r"2026 or 2025",
        r"spouse, child, grandchild or parent",
        r"top-paid 20%",
        r"does not forbid",
        r"different test",
    ],
    "refund-after-failed-test": [
        r"comes back untaxed",
        r"taxable in the year you are paid",
        r"no 10% penalty",
        r"1099-R",
        r"cannot be rolled over",
        r"excess contribution",
        r"March 15",
        r"does not reopen room",
        r"Confirm both with your plan",
    ],
    "plan-cap-on-after-tax": [
        r"lower of that cap",
        r"percent of pay",
        r"dollar amount",
        r"HCEs",
        r"no longer a rule of law",
    ],
    "limit-415c": [
        r"\$72,000, or 100% of your pay",
        r"all employer money",
        r"forfeitures",
        r"not count: catch-up",
        r"per employer, not per person",
        r"conversions to Roth",
    ],
    "limit-402g": [
        r"\$24,500, over all your jobs",
        r"per person",
        r"Pre-tax and Roth share it",
        r"April 15",
        r"Not counted here: after-tax money, the match",
    ],
    "max-deferral-first": [
        r"No law says",
        r"some plans do",
        r"spillover",
        r"full match, then the full deferral limit, then after-tax",
    ],
    "compensation-limits": [
        r"100% of pay from that employer",
        r"\$360,000",
        r"does not stop your own contributions",
        r"Some plans do stop",
        r"Savings can cover your bills",
    ],
    "catch-up": [
        r"\$8,000",
        r"\$80,000",
        r"December 31",
        r"outside the total limit",
        r"after the base limit",
        r"does not add after-tax room",
        r"does not take any away",
    ],
    "super-catch-up": [
        r"60, 61, 62 or 63 on December 31, 2026",
        r"\$11,250 in place of \$8,000",
        r"not added",
        r"\$83,250",
        r"turn 64 the regular amount",
        r"does not have to offer",
        r"not for an IRA",
    ],
    "roth-catch-up-mandate": [
        r"2025 Social Security \(FICA\) wages from this employer were more than \$150,000",
        r"must be Roth",
        r"Each employer is looked at alone",
        r"no part-year rule",
        r"new hire",
        r"self-employed",
        r"no Roth part, that person can make no catch-up",
        r"does not touch base deferrals or after-tax",
    ],
    "employer-match-and-limit": [
        r"takes a dollar of after-tax room",
        r"profit sharing",
        r"\$72,000",
        r"do not count toward the \$24,500",
        r"true-up",
        r"Leave room",
    ],
    "after-tax-match": [
        r"some plans match after-tax",
        r"more match leaves less room",
        r"both out together",
        r"pre-tax money, unless",
        r"ACP test",
    ],
    "true-up": [
        r"year-end top-up",
        r"No law requires",
        r"still employed at year-end",
        r"keep deferring in every pay period",
    ],
    "front-loading": [
        r"invested sooner",
        r"no true-up",
        r"\$2,400",
        r"job change",
        r"later match has no space",
        r"paychecks left",
    ],
    "spillover": [r"at the same percent", r"not an overcontribution", r"not Roth", r"until it is converted"],
    "deadline-year-end": [
        r"last paycheck dated in 2026",
        r"April tax date does not apply",
        r"by December 31",
        r"at most 30 days",
        r"confirm with your plan",
        r"in the year in which it is done",
    ],
    "room-calculation": [
        r"\$72,000 for 2026, or 100% of pay",
        r"without catch-up",
        r"true-up",
        r"after-tax money put in so far",
        r"plan's own cap",
        r"\$72,000 − \$24,500 − \$9,250 = \$38,250",
    ],
    "tax-on-earnings": [
        r"Only the growth",
        r"ordinary income",
        r"no 10% penalty",
        r"not taxed again",
        r"no deduction",
    ],
    "worth-it-vs-taxable": [
        r"growth without tax",
        r"dividends are taxed each year",
        r"harder to reach",
        r"[Pp]lan fees",
        r"money for emergencies",
        r"near goals",
        r"employer match",
        r"not a recommendation",
        r"not a forecast",
    ],
    "split-rollover-2014-54": [
        r"growth can go to a traditional IRA and the contributions to a Roth IRA",
        r"no tax now",
        r"2014-54",
        r"does not let you take the contributions and leave",
        r"[Nn]or must your whole",
        r"regular backdoor later",
    ],
    "pro-rata-ira": [
        r"do not matter",
        r"regular backdoor",
        r"straight to Roth",
        r"If it first lands in a traditional IRA",
    ],
    "form-1099r": [
        r"code G",
        r"Box 1: the total",
        r"Box 2a: the taxable part",
        r"Box 5: your after-tax",
        r"Code H is for Roth 401\(k\) money",
        r"corrected form",
        r"even if the tax is zero",
    ],
    "form-8606": [
        r"does not go on Form 8606",
        r"after-tax money landed in a traditional IRA",
        r"regular backdoor",
        r"later you take money out",
    ],
    "five-year-rule": [
        r"only to the part that was taxable",
        r"not locked",
        r"59½ and five years after your first Roth IRA",
        r"its own clock",
        r"10% penalty",
    ],
    "leave-job-rollover": [
        r"can stay",
        r"Roth IRA",
        r"growth can go to a traditional IRA without tax now",
        r"only if it accepts",
        r"Severance most often does not count",
    ],
    "multiple-employers-limit": [
        r"shared by all your jobs",
        r"\$24,500",
        r"\$72,000",
        r"separate for each unrelated employer",
        r"common ownership",
        r"403\(b\)",
        r"does not reset",
    ],
    "excess-contribution-correction": [
        r"Tell the plan at once",
        r"unmatched after-tax money goes back first, with its earnings",
        r"Confirm the order with your plan",
        r"taxable in the year paid",
        r"no 10% penalty",
        r"cannot be rolled over",
        r"excess contribution",
        r"April 15",
    ],
    "income-limit": [
        r"no income limit",
        r"direct contribution to a Roth IRA",
        r"\(MAGI\)",
        r"ACP test",
        r"100% of your pay",
    ],
    "execute-steps": [
        r"two features",
        r"room",
        r"percent",
        r"automatic conversion",
        r"total limit",
        r"records",
        r"1099-R",
    ],
    "plan-booklet-spd": [
        r"summary plan description \(SPD\)",
        r"voluntary after-tax",
        r"in-plan Roth",
        r"true-up",
    ],
    "solo-401k-after-tax": [
        r"if its plan document takes after-tax money",
        r"most free plans do not",
        r"\$72,000",
        r"half of the self-employment tax",
        r"takes two after-tax dollars",
        r"Not after-tax: employer money",
        r"No ACP test while only you",
        r"1099-R",
        r"A SEP takes no after-tax",
    ],
    "sole-prop-limits": [
        r"net profit, less half of the self-employment tax, less the employer money",
        r"about 20% of profit less half",
        r"never 25% of net profit",
        r"\$72,000",
        r"less your deferral and the employer money",
        r"cuts the room twice",
    ],
    "cost-fees": [
        r"often costs nothing extra",
        r"each conversion",
        r"hundreds of dollars",
        r"1099-R",
        r"5500-EZ",
    ],
    "solo-401k-providers": [
        r"big brokers generally take no after-tax",
        r"name no provider",
        r"\(TPAs\)",
        r"fee",
    ],
    "s-corp": [
        r"only your W-2 wages",
        r"distributions, dividends and profit on a K-1 never",
        r"25% of those wages",
        r"not for after-tax money",
        r"\$72,000",
        r"does not lower your wages",
        r"through payroll",
    ],
    "spouse": [
        r"per person",
        r"only under pay of their own",
        r"real work",
        r"payroll tax",
        r"doubles nothing",
        r"no ACP test",
        r"not like an IRA",
    ],
    "business-owner-with-employees": [
        r"ACP test",
        r"often fails",
        r"Safe harbor does not solve it",
        r"top-heavy",
        r"third-party administrator",
    ],
    "403b-457-tsp": [
        r"403\(b\): possible if",
        r"church and government",
        r"no place for after-tax",
        r"takes no after-tax",
        r"combat",
    ],
    "affordability-cash-flow": [
        r"lowers your take-home pay by its full amount",
        r"no tax now",
        r"Any amount is fine",
        r"change or stop the percent whenever your plan allows",
        r"from savings, or from cash out of company shares \(RSUs\)",
        r"That is allowed",
        r"must come out of pay",
        r"cannot be more than your pay from that employer",
    ],
    "bonus-contributions": [
        r"if your plan counts it as pay and your election covers it",
        r"separate percent for bonuses",
        r"leave bonuses out",
        r"[Nn]o extra limit|gives no extra limit",
        r"\$72,000 in 2026",
        r"[Oo]nly through payroll",
        r"you cannot send it to the plan",
    ],
    "destination-roth-401k-vs-roth-ira": [
        r"tax on the conversion is the same",
        r"depends on how you want to use the money",
        r"often automatic",
        r"creditors",
        r"plan's own funds",
        r"Rule of 55",
        r"in or after the year you turn 55",
        r"contributions come out first, growth last",
        r"wider choice",
        r"No plan limits",
        r"may offer only one way",
    ],
    "early-withdrawal": [
        r"often be reached before 59½",
        r"in this order",
        r"contributions: free of tax and penalty",
        r"Converted money, oldest first",
        r"after-tax contributions is free of both",
        r"Growth comes last",
        r"only if the plan permits",
        r"contributions and growth in proportion",
        r"10% penalty",
    ],
    "legality-going-away": [
        r"allowed today",
        r"Notice 2014-54",
        r"Since 2010",
        r"Build Back Better bill would have ended it",
        r"never became law",
        r"conversions made earlier were not to be undone",
        r"Congress can change the rules",
        r"no one can say what a future law will do",
    ],
    "pace-contributions": [
        r"Divide the room you still have by the pay still to come",
        r"percentage to set",
        r"not a full year of pay",
        r"Round down to what the plan accepts",
        r"match still due, a true-up and profit sharing",
        r"\$8,400 left and \$60,000 of pay still to come is 14%",
        r"after a raise, a bonus, unpaid leave",
    ],
    "priority-order": [
        r"depends on your goals",
        r"1\. Enough in the plan to get the full match",
        r"2\. High-interest debt and an emergency fund",
        r"3\. A health savings account",
        r"4\. The full deferral, \$24,500 in 2026",
        r"5\. A Roth IRA, directly or by the regular backdoor",
        r"6\. After-tax money that is moved to Roth",
        r"7\. A taxable account",
        r"No rule sets this order",
        r"not advice",
    ],
    "pro-rata-in-plan": [
        r"contributions and their own growth in proportion",
        r"no match or pre-tax money",
        r"separate accounting",
        r"leaves your other 401\(k\) money out",
        r"\$4,500 is contribution and \$500 is growth",
        r"cannot take only the contributions and leave",
        r"growth can go to a traditional IRA and contributions to a Roth IRA",
        r"Not kept apart",
        r"[Cc]onfirm with your plan",
    ],
    "state-tax": [
        r"Most states follow the federal result",
        r"only the growth before conversion is taxed",
        r"not taxed again",
        r"New Jersey, Pennsylvania and others",
        r"already taxed \(your basis\)",
        r"check your state's guidance",
        r"do not include state tax",
    ],
    "wrong-conversion-mistake": [
        r"final and cannot be undone",
        r"Since 2018 no conversion can be reversed",
        r"inside the plan never could",
        r"pre-tax amount is income of that year",
        r"Form 8606",
        r"roll the pre-tax part of your IRAs into a 401\(k\)",
        r"convert the rest to Roth",
        r"call the plan at once",
        r"certified public accountant \(CPA\)",
    ],
}

# What would be wrong to say, as patterns that must not occur.
MUST_NOT = {
    "what-is-mega-backdoor": [r"everyone can", r"always free"],
    "mega-vs-regular-backdoor": [r"uses up the other"],
    "after-tax-vs-roth-vs-pretax": [r"(?<!not )the same as Roth", r"growth is tax-free unless"],
    "eligibility-after-tax-allowed": [r"your plan (?:allows|does not allow)"],
    "no-conversion-feature": [r"impossible", r"as good as"],
    "in-service-withdrawal": [r"must be 59"],
    "in-plan-conversion": [r"counts again", r"taxed twice"],
    "automatic-conversion": [r"[Aa]ll plans", r"on by default"],
    "acp-test": [r"safe harbor plans? (?:is|are) exempt", r"ADP"],
    "hce-definition": [r"pay in 2026 decides", r"\$150,000", r"HCEs cannot"],
    "refund-after-failed-test": [r"whole refund is taxed", r"can be put back"],
    "plan-cap-on-after-tax": [r"10% is the (?:law|legal)"],
    "limit-415c": [r"\$80,000", r"per person over all"],
    "limit-402g": [r"Roth has its own limit"],
    "max-deferral-first": [r"law requires"],
    "compensation-limits": [r"must stop"],
    "catch-up": [r"\$19,250"],
    "super-catch-up": [r"\$19,250", r"\$91,250"],
    "roth-catch-up-mandate": [r"2026 (?:Social Security|wages)", r"\$145,000"],
    "after-tax-match": [r"never matched"],
    "true-up": [r"(?<!No )law requires"],
    "front-loading": [r"[Aa]lways front", r"[Nn]ever front"],
    "spillover": [r"is Roth money"],
    "deadline-year-end": [r"until April", r"by April"],
    "tax-on-earnings": [r"whole conversion is taxed"],
    "worth-it-vs-taxable": [r"\$\d", r"always", r"\d%"],
    "pro-rata-ira": [r"make(?:s)? the (?:mega|conversion) taxable"],
    "form-1099r": [r"ignore"],
    "form-8606": [r"must be on"],
    "five-year-rule": [r"are locked", r"one clock covers"],
    "leave-job-rollover": [r"must be cashed"],
    "multiple-employers-limit": [r"resets the deferral"],
    "excess-contribution-correction": [r"leave it in"],
    "income-limit": [r"\$\d"],
    "execute-steps": [r"mail a check"],
    "solo-401k-after-tax": [r"employer money (?:can be|is) after-tax"],
    "solo-401k-providers": [r"Fidelity|Schwab|Vanguard"],
    "cost-fees": [r"always free", r"\$\d"],
    "s-corp": [r"25% of after-tax", r"distributions count"],
    "spouse": [r"joint limit", r"double (?:your|the)"],
    "business-owner-with-employees": [r"Safe harbor solves"],
    "affordability-cash-flow": [
        r"(?:cuts|lowers) your tax(?: bill)? now",
        r"you can afford",
        r"more than you earn",
    ],
    "bonus-contributions": [
        r"a bonus (?:adds|gives) (?:room|an extra)",
        r"send a check",
        r"deposit it yourself",
    ],
    "destination-roth-401k-vs-roth-ira": [r"always better", r"(?:Fidelity|Schwab|Vanguard)", r"taxed twice"],
    "early-withdrawal": [r"locked (?:till|until)", r"growth is free", r"at any age, tax-free"],
    "legality-going-away": [
        r"(?:is|was) banned",
        r"here to stay",
        r"will (?:stay|remain)",
        r"already (?:banned|illegal)",
    ],
    "pace-contributions": [r"by your (?:annual|yearly|full-year) (?:pay|salary)", r"[Rr]ound up"],
    "priority-order": [r"always", r"right order", r"must come"],
    "pro-rata-in-plan": [
        r"only (?:the )?basis can be taken",
        r"all (?:your )?pre-tax .{0,20}(?:is|are) mixed in",
    ],
    "state-tax": [r"[Aa]ll states", r"[Ee]very state follows", r"contributions? (?:is|are) taxed again"],
    "wrong-conversion-mistake": [r"[Rr]echaracteriz", r"can be reversed(?<!no conversion can be reversed)"],
}


def test_every_explainer_has_its_facts_here() -> None:
    assert set(MUST) == set(EXPLAINERS)
    assert set(MUST_NOT) <= set(MUST)


@pytest.mark.parametrize("topic", sorted(MUST))
def test_says_what_it_must(topic: str) -> None:
    text = seen(topic)
    assert [fact for fact in MUST[topic] if not re.search(fact, text)] == []


@pytest.mark.parametrize("topic", sorted(MUST_NOT))
@pytest.mark.parametrize("me", [NOBODY, SOMEBODY], ids=["nobody", "somebody"])
def test_never_says_what_is_wrong(topic: str, me: Mapping[str, object]) -> None:
    text = seen(topic, me=me)
    assert [claim for claim in MUST_NOT[topic] if re.search(claim, text)] == []


@pytest.mark.parametrize("topic", sorted(MUST))
def test_asks_are_many_and_all_different(topic: str) -> None:
    asks = EXPLAINERS[topic].front.asks
    assert len(asks) >= 25
    assert len(set(asks)) == len(asks)


@pytest.mark.parametrize("year", sorted(LAW.years))
def test_the_figures_are_those_of_the_year(year: int) -> None:
    limits = LAW[year]
    assert f"${limits.annual_additions.value:,}" in seen("limit-415c", year)
    assert f"${limits.elective_deferral.value:,}" in seen("limit-402g", year)
    assert f"${limits.annual_additions.value + limits.catch_up.value:,}" in seen("catch-up", year)
    assert f"${limits.compensation_cap.value:,}" in seen("compensation-limits", year)


def test_highly_paid_goes_by_last_years_pay_and_last_years_line() -> None:
    assert "more than $155,000 in 2024" in seen("hce-definition", 2025)
    assert "2025 pay, against $160,000, decides the next year's status" in seen("hce-definition", 2025)
    assert "the line published for 2013" in seen("hce-definition", 2014)


def test_provisions_that_came_later_are_not_told_as_law_of_earlier_years() -> None:
    assert "began in 2025, so for 2024 only the regular catch-up of $7,500" in seen("super-catch-up", 2024)
    assert "$11,250 in place of $7,500" in seen("super-catch-up", 2025)
    assert "enforced from 2026, so it does not bind catch-up made for 2025" in seen(
        "roth-catch-up-mandate", 2025
    )

    assert "60 to 63" not in seen("catch-up", 2024)
    assert "60 to 63" in seen("catch-up", 2025)
    for topic in EXPLAINERS:
        for year in LAW.years:
            text = seen(topic, year)
            if year < 2025 and topic != "super-catch-up":
                assert not re.search(r"60 to 63|[Ll]arger catch-up", text), (topic, year)
            if year < 2026 and topic != "roth-catch-up-mandate" and f"{year}" in text:
                assert not re.search(r"Roth catch-up|catch-up Roth", text), (topic, year)


AMOUNT = re.compile(r"\$\d{1,3}(?:,\d{3})*")


@pytest.mark.parametrize("topic", sorted(EXPLAINERS))
def test_in_every_year_every_figure_is_of_that_year_or_of_the_one_before(topic: str) -> None:
    for year, limits in LAW.years.items():
        known = {value.value for value in vars(limits).values() if isinstance(value, Figure)}
        extra = getattr(limits.catch_up_60_63, "value", ZERO)
        known |= {limits.annual_additions.value + more for more in (limits.catch_up.value, extra)}
        known.add(limits.annual_additions.value - limits.elective_deferral.value - 9_250)
        if year - 1 in LAW.years:
            known.add(LAW[year - 1].hce_threshold.value)
        of_the_law = set(AMOUNT.findall(seen(topic, year))) - set(AMOUNT.findall(EXPLAINERS[topic].text))
        assert of_the_law <= {f"${value:,}" for value in known}, year


def test_what_is_known_of_the_reader_is_used_and_only_then() -> None:
    personal = [topic for topic in EXPLAINERS if "For you:" in seen(topic, me=SOMEBODY)]
    assert len(personal) >= 8
    assert [topic for topic in EXPLAINERS if "For you:" in seen(topic)] == []
    assert "your answers leave $32,250" in seen("room-calculation", me=SOMEBODY)


@pytest.mark.parametrize(
    ("pay", "says"),
    [
        ("40_200", "your pay is what sets"),
        ("185_200", "neither rule"),
        ("480_200", "the counted-pay cap applies"),
    ],
)
def test_pay_is_compared_with_the_two_pay_rules(pay: str, says: str) -> None:
    [person, *_] = [me for me in readers() if str(me.get("pay", "")) == pay.replace("_", "")]
    assert says in seen("compensation-limits", me=person)
