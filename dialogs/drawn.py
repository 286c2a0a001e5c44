"""A result as a picture and as papers: the same figures as the card, put where a front end can draw them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

from dialogs.flows import Access, Verdict
from dialogs.flows.acp import ACP
from dialogs.flows.own import OWN
from dialogs.flows.repair import REPAIR
from dialogs.moment import Moment, known
from dialogs.papers import (
    YEAR_LABELS,
    CheckRow,
    Letter,
    LetterQuestion,
    MatchTier,
    WorksheetLine,
    YearByPaycheck,
    YearPlan,
)
from dialogs.pictures import Band, Bars, Column, Columns, Kind, Line, Part, Picture, StackedBar
from knowledge.core.match import ZERO
from knowledge.core.paychecks import Paychecks
from knowledge.core.payroll import Paycheck, YearEnd
from knowledge.core.worth import Worth
from knowledge.markup import visible
from knowledge.words import day, dollars

Say = Callable[..., str]


def picture(moment: Moment) -> Picture | None:
    """The picture of the result; None where the flow has none or there is nothing to draw."""
    if not moment.complete or moment.survey.best.verdict.access is Access.NOT:
        return None
    draw = _PICTURES.get(moment.session.flow)
    return None if draw is None else draw(moment, moment.survey.best.case)


def _foot(moment: Moment) -> str:
    return _plain(moment, "picture_foot", year=moment.world.year)


def _plain(moment: Moment, phrase: str, **values: object) -> str:
    """A phrase as plain text: no markup, no escapes."""
    return visible(moment.world.library.say(phrase, **values))


def _room_bar(moment: Moment, case: Any) -> StackedBar:
    """What fills the total limit, and what is left of it."""
    survey = moment.survey
    room = ZERO if case.over_limit else min(survey.high, case.legal_room)
    amounts = (
        (Kind.DEFERRAL, case.counted_deferral),
        (Kind.EMPLOYER, case.employer_total),
        (Kind.ELSEWHERE, case.related_additions),
        (Kind.AFTER_TAX, case.after_tax_so_far),
        (Kind.ROOM, room),
        (Kind.UNREACHED, case.legal_room - room),
    )
    parts = tuple(Part(_plain(moment, f"part_{kind}"), amount, kind) for kind, amount in amounts if amount)
    if case.over_limit:
        parts = _with_the_last_over(parts, case.over_limit, _plain(moment, "part_over"))
    title = "picture_over" if case.over_limit else "picture_room" if survey.certain else "picture_up_to"
    return StackedBar(
        title=_plain(moment, title, year=moment.world.year, room=room, over=case.over_limit),
        limit_label=_plain(moment, "limit_label"),
        limit=case.annual_limit,
        parts=parts,
        foot=_foot(moment),
    )


def _with_the_last_over(parts: Sequence[Part], over: Decimal, label: str) -> tuple[Part, ...]:
    """``parts`` with what is over the limit cut off from the top of them."""
    left, kept = over, []
    for part in reversed(parts):
        cut = min(left, part.amount)
        left -= cut
        if part.amount > cut:
            kept.append(replace(part, amount=part.amount - cut))
    return (*reversed(kept), Part(label, over, Kind.OVER))


def _year_columns(moment: Moment, case: Any) -> Columns | None:
    """The year by paycheck as it goes now where that is known, else at the even pace; year-end money in the last one."""
    if not has_year(moment):
        return None
    as_now = case.election_is_told
    paychecks: tuple[Paycheck, ...] = case.current_paychecks if as_now else case.even_paychecks
    year: YearEnd = case.current_year if as_now else case.even_year
    kinds = (Kind.DEFERRAL, Kind.EMPLOYER, Kind.AFTER_TAX)
    before = case.in_so_far.other_employer_money
    columns = tuple(
        Column(
            label=f"{one.day:%b} {one.day.day}" if one.day else str(one.number),
            parts=(
                one.deferral_so_far,
                year.employer_money if one is paychecks[-1] else one.match_so_far + before,
                one.after_tax_so_far,
            ),
            lost=lost,
        )
        for one, lost in zip(paychecks, _lost(paychecks, year.match_lost), strict=True)
    )
    return Columns(
        title=_plain(moment, "picture_year_now" if as_now else "picture_year_even", year=moment.world.year),
        limit_label=_plain(moment, "limit_label"),
        limit=case.additions_limit_here,
        series=tuple((_plain(moment, f"part_{kind}"), kind) for kind in kinds),
        columns=columns,
        lost_label=_plain(moment, "part_lost") if any(column.lost for column in columns) else "",
        foot=_foot(moment),
    )


def _lost(paychecks: Sequence[Paycheck], left: Decimal) -> Sequence[Decimal]:
    """The match that each paycheck loses: of what it misses as much as the year loses, ``left``, the last ones first.

    What rounding each check to the cent leaves over is lost with the last one.
    """
    lost = []
    for one in reversed(paychecks):
        lost.append(min(left, one.match_missed))
        left -= lost[-1]
    lost[:1] = [last + left for last in lost[:1]]
    return lost[::-1]


def _growth_band(moment: Moment, case: Worth) -> Band:
    """What each road would leave by year: Roth between the low and the high return, the others at the middle one."""
    ends = [_at(moment, rate) for rate in (case.low_return, case.high_return)]
    lines = [
        Line(_plain(moment, "line_roth"), _whole(case.roth_by_year)),
        Line(_plain(moment, "line_taxable"), _whole(case.taxable_by_year)),
        Line(_plain(moment, "line_waiting"), _whole(case.waiting_by_year)),
    ]
    return Band(
        title=_plain(moment, "picture_worth"),
        band_label=_plain(moment, "band_label", low=case.low_return, high=case.high_return),
        low=_whole(ends[0].roth_by_year),
        high=_whole(ends[1].roth_by_year),
        lines=tuple(lines),
        years_label=_plain(moment, "years_label"),
        foot=_foot(moment),
    )


def _whole(amounts: Sequence[Decimal]) -> tuple[Decimal, ...]:
    """In whole dollars: what may be in years is not known to the cent."""
    return tuple(amount.quantize(Decimal(1), ROUND_HALF_UP) for amount in amounts)


def _at(moment: Moment, rate: Decimal) -> Any:
    """The same years at another middle return."""
    returns = {"low_return": rate, "middle_return": rate, "high_return": rate}
    return moment.if_so(returns).survey.best.case


def _tax_bars(moment: Moment, case: Any) -> Bars | None:
    """The tax on a year's growth by how often one converts."""
    if moment.survey.verdict is Verdict.NO_WAY_TO_CONVERT:
        return None
    rows = [(f"frequency_{row.frequency}", row.tax) for row in case.year_by_frequency]
    return Bars(
        title=_plain(moment, "picture_conversion"),
        bars=tuple((_plain(moment, label), tax) for label, tax in rows),
        foot=_foot(moment),
    )


_PICTURES: Mapping[str, Callable[[Moment, Any], Picture | None]] = {
    "check": _room_bar,
    "room": _room_bar,
    "paychecks": _year_columns,
    "worth": _growth_band,
    "convert": _tax_bars,
}


def caption(drawn: Picture) -> tuple[str, ...]:
    """Every figure of a picture in words: what it shows can be read without it."""
    return tuple(_caption(drawn))


def _caption(drawn: Picture) -> Iterator[str]:
    match drawn:
        case StackedBar():
            yield f"{drawn.limit_label}: {dollars(drawn.limit)}"
            yield from (f"{part.label}: {dollars(part.amount)}" for part in drawn.parts)
        case Columns():
            last = drawn.columns[-1]
            yield f"{drawn.limit_label}: {dollars(drawn.limit)}"
            named = zip(drawn.series, last.parts, strict=True)
            yield from (f"{label}: {dollars(amount)}" for (label, _), amount in named)
            if drawn.lost_label:
                yield f"{drawn.lost_label}: {dollars(sum((column.lost for column in drawn.columns), ZERO))}"
        case Band():
            yield f"{drawn.band_label}: {dollars(drawn.low[-1])} – {dollars(drawn.high[-1])}"
            yield from (f"{line.label}: {dollars(line.values[-1])}" for line in drawn.lines)
        case Bars():  # pragma: no branch
            yield from (f"{label}: {dollars(amount)}" for label, amount in drawn.bars)


# --- papers ---------------------------------------------------------------------------------------------------------


def _paper_foot(moment: Moment) -> str:
    world = moment.world
    return _plain(moment, "paper_foot", year=world.year, version=world.version)


def _letter_about(moment: Moment) -> str:
    """The flow that has a letter of its own; empty where the letter is about the plan of a job."""
    flow = moment.session.flow
    on_it = moment.complete and not moment.session.idle
    return flow if on_it and flow in (ACP.name, OWN.name, REPAIR.name) else ""


def letter_words(moment: Moment, name: str) -> str:
    """A text of the letter; a flow that has a letter of its own can have words of its own."""
    own = f"letter_{name}_{_letter_about(moment)}"
    return _plain(moment, own if own in moment.world.library.phrases else f"letter_{name}")


def letter_questions(moment: Moment) -> tuple[str, ...]:
    """The questions of a letter that is not about the plan of a job; none for one that is."""
    about = _letter_about(moment)
    if not about:
        return ()
    case = moment.survey.best.case
    year = known(lambda: case.year) or moment.world.year
    if about == ACP.name:
        asked = known(lambda: case.acp_questions) or ()
        return tuple(_plain(moment, f"acp_ask_{question}", year=year) for question in asked)
    what = case.trouble if about == REPAIR.name else about
    return tuple(_plain(moment, f"letter_questions_{what}", year=year).split("\n"))


def letter(
    moment: Moment, questions: tuple[LetterQuestion, ...], numbers: Sequence[tuple[str, str]]
) -> Letter:
    """The questions of the letter as a page, with the person's ``numbers`` if there are any."""
    words = partial(letter_words, moment)
    return Letter(
        file_name="after-tax-401k-questions.pdf",
        title=words("title"),
        to=words("to"),
        aim=words("aim"),
        questions=questions,
        open_label=words("open_label"),
        look_for_label=words("look_for_label"),
        answer_label=words("answer_label"),
        name_label=words("name_label"),
        numbers_title=words("numbers_title"),
        numbers=tuple((name, visible(value)) for name, value in numbers),
        foot=_paper_foot(moment),
    )


def year_plan(
    moment: Moment, result: str, assumed: Sequence[str], worksheet: tuple[WorksheetLine, ...]
) -> YearPlan:
    """The words of the ``result`` (HTML) and its steps, the dates, what is ``assumed`` and the worksheet as a page."""
    headline, *lines = [line for line in visible(result).split("\n") if line.strip()]
    steps = [line for line in lines if _is_step(line)]
    summary = [line for line in lines if not _is_step(line) and not line.endswith("Next")]
    return YearPlan(
        file_name=f"my-plan-{moment.world.year}.pdf",
        title=_plain(moment, f"plan_title_{moment.session.flow}", year=moment.world.year),
        headline=headline,
        summary=tuple(summary),
        steps_title=_plain(moment, "plan_steps"),
        steps=tuple(step.split(". ", 1)[1] for step in steps),
        dates_title=_plain(moment, "plan_dates"),
        dates=tuple(dates(moment)),
        assumed_title=_plain(moment, "plan_assumed"),
        assumed=tuple(map(visible, assumed)),
        worksheet_title=_plain(moment, "plan_worksheet"),
        worksheet=worksheet,
        foot=_paper_foot(moment),
    )


def _is_step(line: str) -> bool:
    number, dot, _ = line.partition(". ")
    return bool(dot) and number.isdigit()


def dates(moment: Moment) -> Iterator[tuple[str, str]]:
    """The days that matter for the result, in their order."""
    year = moment.world.year
    found: dict[date, str] = {}
    for when, phrase in _DATES.get(moment.session.flow, _EMPLOYEE_DATES):
        found[date(year + (when[0] < 12), *when)] = phrase
    for when_known, phrase in _known_dates(moment.survey.best.case):
        found[when_known] = phrase
    yield from ((day(when), _plain(moment, phrase)) for when, phrase in sorted(found.items()))


_EMPLOYEE_DATES = (
    ((12, 31), "date_last_paycheck"),
    ((1, 31), "date_1099r"),
    ((3, 15), "date_refunds"),
    ((4, 15), "date_excess_deferral"),
)
"""Month and day of the tax year or of the one after it, and what it is the day of."""
_DATES: Mapping[str, Sequence[tuple[tuple[int, int], str]]] = {
    "own": (),
    "couple": (),
    "worth": (),
    "convert": (((12, 31), "date_last_paycheck"), ((1, 31), "date_1099r")),
    "repair": (),
    "forms": (((1, 31), "date_1099r"),),
}
_OWN_DATES = (
    ("deferral_election_by", "date_own_election"),
    ("retroactive_deferral_by", "date_own_retroactive"),
    ("after_tax_by", "date_own_after_tax"),
    ("employer_money_by", "date_own_employer"),
    ("employer_money_by_extended", "date_own_employer_extended"),
)


def _known_dates(case: Any) -> Iterator[tuple[date, str]]:
    """The days that the case itself works out, as far as its answers tell."""
    for cell, phrase in _OWN_DATES:
        when: date | None = known(partial(getattr, case, cell, None))
        if when is not None:
            yield when, phrase


def has_year(moment: Moment) -> bool:
    """Whether there is a year by paycheck to put into a spreadsheet."""
    return moment.complete and moment.survey.best.verdict is Verdict.EVEN_PACE


def year_by_paycheck(moment: Moment) -> YearByPaycheck:
    """The year of the result as a spreadsheet; only where `has_year`."""
    case: Paychecks = moment.survey.best.case
    rules, so_far, elections = case.payroll_rules, case.in_so_far, case.even_elections
    if case.election_is_told:
        elections = case.told_elections
    cells, known_limits = Paychecks.cells(), moment.world.limits
    sources = {label: cells[cell].citation for label, cell in _SOURCED.items()}
    sources["compensation_cap"] = known_limits.compensation_cap.citation
    return YearByPaycheck(
        file_name=f"my-paychecks-{moment.world.year}.xlsx",
        title=_plain(moment, "sheet_title", year=moment.world.year),
        checks=tuple(
            CheckRow(check.number, check.day, check.gross, check.plan_pay) for check in case.checks_to_come
        ),
        deferral_share=elections.deferral.pay_share,
        deferral_dollars=elections.deferral.dollars,
        after_tax_share=elections.after_tax.pay_share,
        after_tax_dollars=elections.after_tax.dollars,
        deferral_limit=rules.deferral_limit,
        catch_up_from=rules.catch_up_from,
        additions_limit=rules.additions_limit,
        after_tax_limit=rules.after_tax_cap,
        compensation_cap=rules.compensation_cap,
        tiers=tuple(MatchTier(tier.rate, tier.start, tier.end) for tier in rules.money.tiers),
        nonelective=rules.money.nonelective,
        fixed_employer=rules.money.fixed,
        match_cap=rules.money.match_cap,
        pay_so_far=so_far.pay,
        deferral_so_far=so_far.deferral,
        match_so_far=so_far.match,
        after_tax_so_far=so_far.after_tax,
        catch_up_so_far=so_far.catch_up,
        other_employer_so_far=so_far.other_employer_money,
        basis=rules.basis,
        most_deferral_share=rules.most_deferral_share,
        most_after_tax_share=rules.most_after_tax_share,
        most_together_share=rules.most_together_share,
        labels={name: _plain(moment, f"sheet_{name.replace('sheet_', 'tab_')}") for name in YEAR_LABELS},
        sources=tuple(sources.items()),
        notes=(_plain(moment, "sheet_note"), _paper_foot(moment)),
    )


_SOURCED = {
    "deferral_limit": "deferrals_stop_at",
    "catch_up_from": "deferrals_stop_at",
    "additions_limit": "additions_limit_here",
    "after_tax_limit": "after_tax_limit_here",
    "true_up": "true_up_after_early_deferral",
}
"""The cells whose citation stands beside a limit of the spreadsheet."""
