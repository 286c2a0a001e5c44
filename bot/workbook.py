"""The year by paycheck as a spreadsheet (XLSX) whose formulas say again what `knowledge.core.payroll` does.

Theory. One row is one paycheck, and one column is one step of `run`, in its order: deferral, match, after-tax money. A
row knows the rows above it as sums from the row "so far", so that a changed election, or a changed row, moves all that
follows. Every amount is rounded to the cent where payroll books it, and every sum once more: a spreadsheet reckons in
binary fractions, and a difference of cents would leave specks.

The value beside each formula is that of `run` and `year_end` themselves, for programs that show and do not reckon.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING

from dialogs.papers import YearByPaycheck
from knowledge.core.match import CENT, ZERO, EmployerMoney, Tier
from knowledge.core.payroll import (
    Check,
    Election,
    Elections,
    MatchBasis,
    Paycheck,
    Rules,
    SoFar,
    YearEnd,
    run,
    year_end,
)

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

COLUMNS = (
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
)
"""The columns of the rows, by the names of their labels."""
_COLUMN = {name: chr(ord("A") + at) for at, name in enumerate(COLUMNS)}
_SUMMED = ("gross", "counted", "match_counts", "deferral", "catch_up", "match", "after_tax", "other_employer")
_CAPS = ("deferral_limit", "catch_up_from", "additions_limit", "after_tax_limit", "compensation_cap")
_ELECTIONS = ("election_deferral", "election_after_tax")
_SHARES, _DOLLARS = "D", "E"
_ELECTED_FROM = 4  # the row of the first election; rows count from 1, as the formulas do
_HEAD = 7
_SO_FAR = _HEAD + 1
_NAME_WIDTH, _AMOUNT_WIDTH, _SOURCE_WIDTH = 50, 15, 85

_WRITTEN = datetime(2000, 1, 1)
"""When every file says that it was written, so that the same year is the same bytes."""
_INK, _LINE, _INPUT, _CUT = "#1A1A1A", "#B8B8B8", "#DCEBFA", "#FFD699"


def workbook(paper: YearByPaycheck) -> bytes:
    """The spreadsheet of a year: a sheet with the elections and the paychecks, and one with the limits."""
    import xlsxwriter

    paper = _in_whole_cents(paper)
    file = BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        book.set_properties({"title": paper.title, "created": _WRITTEN})
        year = book.add_worksheet(paper.labels["sheet_year"])
        limits = book.add_worksheet(paper.labels["sheet_limits"])
        formats = _Formats(book)
        at = _write_limits(limits, paper, formats)
        _Year(year, paper, formats, at).write()
    return file.getvalue()


@dataclass(frozen=True)
class _Formats:
    """How cells look. What may be changed is blue, what was cut is orange and bold: no meaning lies in a hue alone."""

    book: Workbook

    def _of(self, **more: object) -> Format:
        usual = {"font_name": "Calibri", "font_size": 11, "font_color": _INK, "valign": "vcenter"}
        return self.book.add_format(usual | more)

    @cached_property
    def title(self) -> Format:
        return self._of(bold=True, font_size=16)

    @cached_property
    def head(self) -> Format:
        return self._of(bold=True, text_wrap=True, align="center", bottom=2, bottom_color=_INK)

    @cached_property
    def side_head(self) -> Format:
        return self._of(bold=True, bottom=1, bottom_color=_INK)

    @cached_property
    def text(self) -> Format:
        return self._of()

    @cached_property
    def wrapped(self) -> Format:
        return self._of(text_wrap=True, valign="top")

    @cached_property
    def count(self) -> Format:
        return self._of(num_format="0", align="center")

    @cached_property
    def day(self) -> Format:
        return self._of(num_format="mmm d, yyyy", align="left")

    @cached_property
    def money(self) -> Format:
        return self._of(num_format=_MONEY)

    @cached_property
    def share(self) -> Format:
        return self._of(num_format=_SHARE)

    @cached_property
    def right(self) -> Format:
        return self._of(align="right")

    @cached_property
    def money_input(self) -> Format:
        return self._of(num_format=_MONEY, bg_color=_INPUT, border=1, border_color=_LINE)

    @cached_property
    def share_input(self) -> Format:
        return self._of(num_format=_SHARE, bg_color=_INPUT, border=1, border_color=_LINE)

    @cached_property
    def legend_input(self) -> Format:
        return self._of(bg_color=_INPUT, border=1, border_color=_LINE)

    @cached_property
    def cut(self) -> Format:
        """Over the format of a cell: it only names what differs."""
        return self.book.add_format({"bg_color": _CUT, "bold": True})

    @cached_property
    def legend_cut(self) -> Format:
        return self._of(bg_color=_CUT, bold=True, border=1, border_color=_LINE)

    @cached_property
    def total(self) -> Format:
        return self._of(num_format=_MONEY, bold=True, top=1, top_color=_INK)

    @cached_property
    def total_name(self) -> Format:
        return self._of(bold=True, top=1, top_color=_INK)


_MONEY = '"$"#,##0.00;-"$"#,##0.00;"–"'
_SHARE = "0.####%"


# --- the sheet with the limits ---------------------------------------------------------------------------------------


def _write_limits(sheet: Worksheet, paper: YearByPaycheck, formats: _Formats) -> Mapping[str, str]:
    """Write the limits and the employer's formula, each with its source, and the notes.

    Gives where the amount of each is, as a formula names it; that of the third part of the second tier is "end_2".
    """
    from xlsxwriter.utility import quote_sheetname

    labels, sources = paper.labels, dict(paper.sources)
    at: dict[str, str] = {}
    row = 0

    def heading(*names: str) -> None:
        nonlocal row
        for column, name in enumerate(names):
            sheet.write_string(row, column, labels[name], formats.side_head)
        row += 1

    def line(name: str, label: str, amount: Decimal | None, shape: Format) -> None:
        nonlocal row
        sheet.write_string(row, 0, label, formats.text)
        if amount is None:
            sheet.write_string(row, 1, labels["none"], formats.right)
        else:
            sheet.write_number(row, 1, float(amount), shape)
        sheet.write_string(row, 2, sources.get(name, ""), formats.wrapped)
        row += 1
        at[name] = f"{quote_sheetname(sheet.get_name())}!$B${row}"

    heading("limits", "amount", "source")
    for name in _CAPS:
        line(name, labels[name], getattr(paper, name), formats.money)
    for name in ("most_deferral_share", "most_after_tax_share", "most_together_share"):
        line(name, labels[name], getattr(paper, name), formats.share)
    row += 1
    heading("match_formula", "amount", "source")
    for number, tier in enumerate(paper.tiers, 1):
        for name in ("rate", "start", "end"):
            label = f"{number}. {labels[f'match_{name}']}"
            line(f"{name}_{number}", label, getattr(tier, name), formats.share)
    line("match_cap", labels["match_cap"], paper.match_cap, formats.money)
    line("nonelective", labels["nonelective"], paper.nonelective, formats.share)
    line("fixed_employer", labels["fixed_employer"], paper.fixed_employer, formats.money)
    others = [(name, citation) for name, citation in paper.sources if name not in at]
    texts = (*(f"{labels.get(name, name)}: {citation}" for name, citation in others), *paper.notes)
    if texts:
        row += 1
        heading("notes")
    for text in texts:
        sheet.merge_range(row, 0, row, 2, "", formats.wrapped)
        sheet.write_string(row, 0, text, formats.wrapped)
        sheet.set_row(row, 15 * ceil(len(text) / (_NAME_WIDTH + _AMOUNT_WIDTH + _SOURCE_WIDTH - 15)))
        row += 1
    sheet.set_column(0, 0, _NAME_WIDTH)
    sheet.set_column(1, 1, _AMOUNT_WIDTH)
    sheet.set_column(2, 2, _SOURCE_WIDTH)
    sheet.freeze_panes(1, 0)
    _set_page(sheet)
    return at


def _set_page(sheet: Worksheet) -> None:
    sheet.set_landscape()
    sheet.set_paper(1)  # US Letter
    sheet.set_margins(left=0.5, right=0.5, top=0.6, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&C&P / &N")
    sheet.hide_gridlines(2)


# --- the sheet with the paychecks ------------------------------------------------------------------------------------


@dataclass
class _Year:
    """The sheet of the elections and the paychecks, on which ``at`` says where each limit is."""

    sheet: Worksheet
    paper: YearByPaycheck
    formats: _Formats
    at: Mapping[str, str]
    row: int = field(default=_SO_FAR)
    """The row being written; it counts from 1."""

    def write(self) -> None:
        """Fill the sheet."""
        paychecks, end = reckoned(self.paper)
        self._write_elections()
        self._write_head()
        self._write_so_far()
        counted = min(self.paper.pay_so_far, self.paper.compensation_cap)
        for check, paycheck in zip(self.paper.checks, paychecks, strict=True):
            self.row += 1
            self._write_paycheck(
                paycheck, check.counted, min(check.counted, self.paper.compensation_cap - counted)
            )
            counted = min(self.paper.compensation_cap, counted + check.counted)
        self._mark_cuts(last=self.row)
        additions = paychecks[-1].additions_so_far if paychecks else _so_far(self.paper).additions
        if self.paper.basis is not MatchBasis.PAYCHECK:
            additions += end.true_up
            self.row += 1
            self._write_employer_row("true_up", "match", self._true_up(), end.true_up, additions)
        other = end.other_employer_money - self.paper.other_employer_so_far
        self.row += 1
        self._write_employer_row(
            "year_end_employer", "other_employer", self._other_money(), other, additions + other
        )
        self._write_total(end)
        _set_page(self.sheet)
        self.sheet.repeat_rows(_HEAD - 1)
        self.sheet.freeze_panes(_HEAD, 2)

    # --- writing a cell ---

    def _text(self, cell: str, text: str, shape: Format) -> None:
        self.sheet.write_string(cell, text, shape)

    def _amount(self, column: str, amount: Decimal) -> None:
        self.sheet.write_number(f"{_COLUMN[column]}{self.row}", float(amount), self.formats.money)

    def _formula(self, column: str, formula: str, value: Decimal, shape: Format | None = None) -> None:
        cell = f"{_COLUMN[column]}{self.row}"
        self.sheet.write_formula(cell, f"={formula}", shape or self.formats.money, float(value))

    # --- naming a cell in a formula ---

    def _here(self, column: str) -> str:
        return f"{_COLUMN[column]}{self.row}"

    def _above(self, column: str) -> str:
        return f"{_COLUMN[column]}{self.row - 1}"

    def _before(self, column: str) -> str:
        """The sum of what is above, from the row "so far" on."""
        return f"ROUND(SUM({_COLUMN[column]}${_SO_FAR}:{_COLUMN[column]}{self.row - 1}),2)"

    # --- rows ---

    def _write_elections(self) -> None:
        paper, formats = self.paper, self.formats
        self._text("A1", paper.title, formats.title)
        self.sheet.set_row(0, 26)
        self._text("A3", paper.labels["election"], formats.side_head)
        for column in "BC":
            self.sheet.write_blank(f"{column}3", None, formats.side_head)
        self._text(f"{_SHARES}3", paper.labels["share_of_pay"], formats.head)
        self._text(f"{_DOLLARS}3", paper.labels["dollars_a_check"], formats.head)
        self.sheet.set_row(2, 32)
        given = (
            (paper.deferral_share, paper.deferral_dollars),
            (paper.after_tax_share, paper.after_tax_dollars),
        )
        for row, (name, (share, dollars)) in enumerate(zip(_ELECTIONS, given, strict=True), _ELECTED_FROM):
            self._text(f"A{row}", paper.labels[name], formats.text)
            self.sheet.write_number(f"{_SHARES}{row}", float(share), formats.share_input)
            self.sheet.write_number(f"{_DOLLARS}{row}", float(dollars), formats.money_input)
        last = _ELECTED_FROM + 1
        one = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
        self.sheet.data_validation(f"{_SHARES}{_ELECTED_FROM}:{_SHARES}{last}", one)
        some = {"validate": "decimal", "criteria": ">=", "value": 0}
        self.sheet.data_validation(f"{_DOLLARS}{_ELECTED_FROM}:{_DOLLARS}{last}", some)
        for row, name, shape in (
            (_ELECTED_FROM, "legend_input", formats.legend_input),
            (last, "legend_cut", formats.legend_cut),
        ):
            self.sheet.write_blank(f"G{row}", None, shape)
            self._text(f"H{row}", paper.labels[name], formats.text)

    def _write_head(self) -> None:
        for name in COLUMNS:
            self._text(f"{_COLUMN[name]}{_HEAD}", self.paper.labels[name], self.formats.head)
        self.sheet.set_row(_HEAD - 1, 64)
        self.sheet.set_column("A:A", 10)
        self.sheet.set_column("B:B", 13)
        self.sheet.set_column("C:O", 12.5)

    def _write_so_far(self) -> None:
        paper, so_far = self.paper, _so_far(self.paper)
        self._text(f"A{self.row}", paper.labels["so_far"], self.formats.text)
        self._amount("counted", so_far.pay)
        cap = self.at["compensation_cap"]
        self._formula(
            "match_counts", f"MIN({self._here('counted')},{cap})", min(so_far.pay, paper.compensation_cap)
        )
        self._amount("deferral", so_far.deferral)
        self._amount("catch_up", so_far.catch_up)
        self._amount("match", so_far.match)
        self._amount("after_tax", so_far.after_tax)
        self._amount("other_employer", so_far.other_employer_money)
        self._write_additions(so_far.additions, so_far.additions)

    def _write_paycheck(self, paycheck: Paycheck, counted: Decimal, match_counts: Decimal) -> None:
        here, at = self._here, self.at
        self.sheet.write_number(f"A{self.row}", paycheck.number, self.formats.count)
        if paycheck.day:
            self.sheet.write_datetime(f"B{self.row}", paycheck.day, self.formats.day)
        self._amount("gross", paycheck.gross)
        self._amount("counted", counted)
        self._formula(
            "match_counts",
            f"ROUND(MIN({here('counted')},{at['compensation_cap']}-{self._before('match_counts')}),2)",
            match_counts,
        )
        wanted = f"{self._elected(_ELECTIONS[0])},{self._most('deferral')},{self._most('together')}"
        self._formula("deferral_elected", f"MIN({wanted})", paycheck.deferral + paycheck.deferral_cut)
        left = self._above("left_under_limit")
        allowed, base = self._fits("deferral_limit"), self._fits("deferral_limit", "catch_up_from")
        self._formula("deferral", f"MIN({base},{left})+{here('catch_up')}", paycheck.deferral)
        self._formula("catch_up", f"IF({base}<={left},ROUND({allowed}-{base},2),0)", paycheck.catch_up)
        self._formula("match", self._match(), paycheck.match)
        asked = f"{self._elected(_ELECTIONS[1])},{self._most('after_tax')},{self._most('together')}-{here('deferral')}"
        self._formula(
            "after_tax_elected", f"ROUND(MIN({asked}),2)", paycheck.after_tax + paycheck.after_tax_cut
        )
        under_cap = f"MAX(0,{at['after_tax_limit']}-{self._before('after_tax')})"
        under_all = f"{left}-({here('deferral')}-{here('catch_up')})-{here('match')}"
        self._formula(
            "after_tax",
            f"ROUND(MIN({here('after_tax_elected')},{under_cap},{under_all}),2)",
            paycheck.after_tax,
        )
        additions = paycheck.deferral - paycheck.catch_up + paycheck.match + paycheck.after_tax
        self._write_additions(additions, paycheck.additions_so_far)

    def _write_additions(self, additions: Decimal, so_far: Decimal) -> None:
        """The last three columns of a row: its annual additions, those of the year, what the limit leaves."""
        here = self._here
        parts = "+".join(here(name) for name in ("match", "after_tax", "other_employer"))
        self._formula("additions", f"ROUND({here('deferral')}-{here('catch_up')}+{parts},2)", additions)
        total = (
            here("additions")
            if self.row == _SO_FAR
            else f"{self._above('additions_so_far')}+{here('additions')}"
        )
        self._formula("additions_so_far", f"ROUND({total},2)", so_far)
        limit = self.paper.additions_limit
        left = f"ROUND(MAX(0,{self.at['additions_limit']}-{here('additions_so_far')}),2)"
        self._formula("left_under_limit", left, max(ZERO, limit - so_far))

    def _write_employer_row(
        self, label: str, column: str, formula: str, value: Decimal, so_far: Decimal
    ) -> None:
        """Write what the employer puts in after the last paycheck."""
        self._text(f"A{self.row}", self.paper.labels[label], self.formats.text)
        self._formula(column, formula, value)
        self._write_additions(value, so_far)

    def _write_total(self, end: YearEnd) -> None:
        paper, above = self.paper, self.row
        self.row += 1
        counted = paper.pay_so_far + sum((check.counted for check in paper.checks), ZERO)
        values = {
            "gross": sum((check.gross for check in paper.checks), ZERO),
            "counted": counted,
            "match_counts": min(counted, paper.compensation_cap),
            "deferral": end.deferral,
            "catch_up": end.catch_up,
            "match": end.match + end.true_up,
            "after_tax": end.after_tax,
            "other_employer": end.other_employer_money,
            "additions": end.additions,
        }
        left = max(ZERO, paper.additions_limit - end.additions)
        for name in COLUMNS:
            self.sheet.write_blank(self._here(name), None, self.formats.total)
        self._text(f"A{self.row}", paper.labels["total"], self.formats.total_name)
        for name, value in values.items():
            column = _COLUMN[name]
            self._formula(
                name, f"ROUND(SUM({column}${_SO_FAR}:{column}{above}),2)", value, self.formats.total
            )
        self._formula("additions_so_far", self._above("additions_so_far"), end.additions, self.formats.total)
        self._formula("left_under_limit", self._above("left_under_limit"), left, self.formats.total)

    def _mark_cuts(self, last: int) -> None:
        for column in ("deferral", "after_tax"):
            taken, elected = _COLUMN[column], _COLUMN[f"{column}_elected"]
            rule = {
                "type": "formula",
                "criteria": f"=${taken}{_SO_FAR + 1}<${elected}{_SO_FAR + 1}",
                "format": self.formats.cut,
            }
            if last > _SO_FAR:
                self.sheet.conditional_format(f"{taken}{_SO_FAR + 1}:{taken}{last}", rule)

    # --- formulas ---

    def _elected(self, election: str) -> str:
        row = _ELECTED_FROM + _ELECTIONS.index(election)
        return f"ROUND(${_SHARES}${row}*{self._here('counted')}+${_DOLLARS}${row},2)"

    def _most(self, kind: str) -> str:
        return f"ROUND({self.at[f'most_{kind}_share']}*{self._here('counted')},2)"

    def _fits(self, *limits: str) -> str:
        """The part of the elected deferral that the deferrals above leave under each of ``limits``."""
        bounds = ",".join(self.at[limit] for limit in limits)
        return (
            f"ROUND(MIN({self._here('deferral_elected')},MAX(0,MIN({bounds})-{self._before('deferral')})),2)"
        )

    def _tiers(self, deferral: str, pay: str) -> str:
        """What the tiers give, to the cent."""
        at = self.at
        parts = [
            f"{at[f'rate_{n}']}*MAX(0,MIN({deferral},{at[f'end_{n}']}*{pay})-{at[f'start_{n}']}*{pay})"
            for n in range(1, len(self.paper.tiers) + 1)
        ]
        return f"ROUND({'+'.join(parts) or '0'},2)"

    def _match(self) -> str:
        """The match of a paycheck. A cap that says "none" is text, and MIN passes over the text in a cell."""
        if self.paper.basis is MatchBasis.YEAR:
            return "0"
        here, matched = self._here, self._before("match")
        total = f"{matched}+{self._tiers(here('deferral'), here('match_counts'))}"
        earned = f"MAX(0,MIN({total},{self.at['match_cap']})-{matched})"
        room = f"{self._above('left_under_limit')}-({here('deferral')}-{here('catch_up')})"
        return f"ROUND(MIN({earned},{room}),2)"

    def _true_up(self) -> str:
        """What the whole year brings over the match of the paychecks.

        Where a paycheck's match found no room there is none for a true-up either, so it takes no part in this.
        """
        year = self._tiers(self._before("deferral"), self._before("match_counts"))
        due = f"MIN({year},{self.at['match_cap']})-{self._before('match')}"
        return f"ROUND(MAX(0,MIN({due},{self._above('left_under_limit')})),2)"

    def _other_money(self) -> str:
        share = f"{self.at['nonelective']}*{self._before('match_counts')}"
        due = f"MAX(0,ROUND({self.at['fixed_employer']}+{share},2)-{self._before('other_employer')})"
        return f"ROUND(MIN({due},{self._above('left_under_limit')}),2)"


# --- the same year in the core ---------------------------------------------------------------------------------------


def reckoned(paper: YearByPaycheck) -> tuple[tuple[Paycheck, ...], YearEnd]:
    """The paychecks of ``paper`` and its December 31, as the core works them out."""
    paper = _in_whole_cents(paper)
    checks = tuple(Check(one.number, one.day, one.gross, one.counted) for one in paper.checks)
    elections = Elections(
        Election(paper.deferral_share, paper.deferral_dollars),
        Election(paper.after_tax_share, paper.after_tax_dollars),
    )
    rules, so_far = _rules(paper), _so_far(paper)
    paychecks = run(checks, [elections] * len(checks), rules, so_far)
    return paychecks, year_end(checks, paychecks, rules, so_far)


def _in_whole_cents(paper: YearByPaycheck) -> YearByPaycheck:
    """The same year with limits that payroll can reach: a share of pay as a cap may end in a part of a cent."""
    whole = {name: getattr(paper, name).quantize(CENT, ROUND_FLOOR) for name in _CAPS}
    cap = paper.match_cap
    return replace(paper, **whole, match_cap=None if cap is None else cap.quantize(CENT, ROUND_FLOOR))


def _rules(paper: YearByPaycheck) -> Rules:
    tiers = tuple(Tier(one.rate, one.start, one.end) for one in paper.tiers)
    return Rules(
        deferral_limit=paper.deferral_limit,
        catch_up_from=paper.catch_up_from,
        additions_limit=paper.additions_limit,
        after_tax_cap=paper.after_tax_limit,
        compensation_cap=paper.compensation_cap,
        money=EmployerMoney(tiers, paper.nonelective, paper.fixed_employer, paper.match_cap),
        basis=paper.basis,
        most_deferral_share=paper.most_deferral_share,
        most_after_tax_share=paper.most_after_tax_share,
        most_together_share=paper.most_together_share,
    )


def _so_far(paper: YearByPaycheck) -> SoFar:
    return SoFar(
        pay=paper.pay_so_far,
        deferral=paper.deferral_so_far,
        catch_up=paper.catch_up_so_far,
        match=paper.match_so_far,
        other_employer_money=paper.other_employer_so_far,
        after_tax=paper.after_tax_so_far,
    )
