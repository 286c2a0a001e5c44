from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from io import BytesIO
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.workbook import COLUMNS, reckoned, workbook
from dialogs.papers import YEAR_LABELS, CheckRow, MatchTier, YearByPaycheck
from knowledge.core.payroll import MatchBasis, Paycheck, YearEnd

NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
LABELS = {name: name.replace("_", " ") for name in YEAR_LABELS} | {
    "sheet_year": "Year by paycheck",
    "sheet_limits": "Limits and plan",
}
SHARES, DOLLARS = ("D4", "D5"), ("E4", "E5")
FIRST = 9
"""The row of the first paycheck; "so far" is above it."""
COLUMN = dict(zip(COLUMNS, "ABCDEFGHIJKLMNO", strict=True))


def paper(count: int = 26, gross: str = "9230.77", **more: object) -> YearByPaycheck:
    rows = tuple(
        CheckRow(n, date(2026, 1, 9) + timedelta(days=14 * (n - 1)), Decimal(gross), Decimal(gross))
        for n in range(1, count + 1)
    )
    usual = YearByPaycheck(
        file_name="year-by-paycheck.xlsx",
        title="The year by paycheck",
        checks=rows,
        deferral_share=Decimal("0.15"),
        deferral_dollars=Decimal(0),
        after_tax_share=Decimal("0.10"),
        after_tax_dollars=Decimal(0),
        deferral_limit=Decimal(24500),
        catch_up_from=Decimal(24500),
        additions_limit=Decimal(72000),
        after_tax_limit=Decimal(30000),
        compensation_cap=Decimal(360000),
        tiers=(
            MatchTier(Decimal(1), Decimal(0), Decimal("0.03")),
            MatchTier(Decimal("0.5"), Decimal("0.03"), Decimal("0.05")),
        ),
        nonelective=Decimal("0.02"),
        fixed_employer=Decimal(500),
        match_cap=None,
        pay_so_far=Decimal(0),
        deferral_so_far=Decimal(0),
        match_so_far=Decimal(0),
        after_tax_so_far=Decimal(0),
        labels=LABELS,
        sources=(("deferral_limit", "IRC 402(g)(1)"), ("additions_limit", "IRC 415(c)(1)(A)")),
        notes=("A note.",),
    )
    return replace(usual, **more)  # type: ignore[arg-type]


# --- a small spreadsheet program -------------------------------------------------------------------------------------

Value = float | str | bool | None
_TOKEN = re.compile(
    r"(?P<text>'[^']+'!|[A-Za-z]+!)?(?P<first>\$?[A-Z]\$?\d+)(?P<last>:\$?[A-Z]\$?\d+)?|(?P<rest>.)",
    re.DOTALL,
)


def _rounded(number: float, digits: float) -> float:
    """As spreadsheets do: half away from zero, of the 15 digits that they show."""
    return float(Decimal(f"{number:.15g}").quantize(Decimal(1).scaleb(-int(digits)), ROUND_HALF_UP))


def _numbers(arguments: Iterable[object]) -> Iterable[float]:
    for one in arguments:
        if isinstance(one, list):
            yield from (inner for inner in one if isinstance(inner, float))
        else:
            assert isinstance(one, float | int)
            yield float(one)


_FUNCTIONS: Mapping[str, Callable[..., object]] = {
    "MIN": lambda *some: min(_numbers(some)),
    "MAX": lambda *some: max(_numbers(some)),
    "SUM": lambda *some: sum(_numbers(some)),
    "ROUND": _rounded,
    "IF": lambda condition, then, otherwise: then if condition else otherwise,
}


@dataclass
class Sheets:
    """The cells of a workbook as a program reads them; ``changed`` are cells of the first sheet with other values."""

    content: bytes
    changed: Mapping[str, float]

    def __post_init__(self) -> None:
        self.formulas: dict[tuple[str, str], str] = {}
        self.kept: dict[tuple[str, str], Value] = {}
        self.worked_out: dict[tuple[str, str], Value] = {}
        with zipfile.ZipFile(BytesIO(self.content)) as book:
            strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            texts = ["".join(one.itertext()) for one in strings.findall("m:si", NS)]
            names = [
                one.attrib["name"]
                for one in ElementTree.fromstring(book.read("xl/workbook.xml")).iterfind(
                    "m:sheets/m:sheet", NS
                )
            ]
            for at, name in enumerate(names, 1):
                tree = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{at}.xml"))
                for cell in tree.iterfind(".//m:c", NS):
                    self._read(name, cell, texts)
        self.year, self.limits = names
        for place, typed in self.changed.items():
            assert (self.year, place) not in self.formulas
            self.kept[self.year, place] = typed

    def _read(self, sheet: str, cell: ElementTree.Element, texts: list[str]) -> None:
        at, value = (sheet, cell.attrib["r"]), cell.findtext("m:v", namespaces=NS)
        formula = cell.findtext("m:f", namespaces=NS)
        if formula is not None:
            self.formulas[at] = formula
        if value is not None:
            self.kept[at] = texts[int(value)] if cell.get("t") == "s" else float(value)

    def value(self, sheet: str, cell: str) -> Value:
        at = (sheet, cell)
        if at not in self.formulas:
            return self.kept.get(at)
        if at not in self.worked_out:
            self.worked_out[at] = self._work_out(sheet, self.formulas[at])
        return self.worked_out[at]

    def _work_out(self, sheet: str, formula: str) -> float:
        names: dict[str, object] = dict(_FUNCTIONS)

        def named(found: re.Match[str]) -> str:
            if found["rest"]:
                return found["rest"]
            of = (found["text"] or sheet).rstrip("!").strip("'")
            first = found["first"].replace("$", "")
            name = f"x{len(names)}"
            if found["last"]:
                last = found["last"].replace("$", "")[1:]
                rows = range(int(first[1:]), int(last[1:]) + 1)
                names[name] = [self.value(of, f"{first[0]}{row}") for row in rows]
            else:
                value = self.value(of, first)
                names[name] = [value] if isinstance(value, str) else value or 0.0
            return name

        worked_out = eval(_TOKEN.sub(named, formula), {"__builtins__": {}}, names)
        assert isinstance(worked_out, float | int)
        return float(worked_out)

    @cached_property
    def by_label(self) -> dict[str, int]:
        return {
            str(value): int(cell[1:])
            for (sheet, cell), value in self.kept.items()
            if sheet == self.year and cell[0] == "A" and isinstance(value, str)
        }

    def dollars(self, column: str, row: int) -> Decimal:
        value = self.value(self.year, f"{COLUMN[column]}{row}") or 0.0
        assert isinstance(value, float)
        assert value == 0 or f"{value:.15g}" == f"{round(value, 2):.15g}"
        return Decimal(f"{value:.2f}")


def opened(year: YearByPaycheck, changed: Mapping[str, float] | None = None) -> Sheets:
    return Sheets(workbook(year), changed or {})


def told_by_core(paychecks: tuple[Paycheck, ...], limit: Decimal) -> list[dict[str, Decimal]]:
    return [
        {
            "gross": one.gross,
            "deferral_elected": one.deferral + one.deferral_cut,
            "deferral": one.deferral,
            "catch_up": one.catch_up,
            "match": one.match,
            "after_tax_elected": one.after_tax + one.after_tax_cut,
            "after_tax": one.after_tax,
            "additions": one.deferral - one.catch_up + one.match + one.after_tax,
            "additions_so_far": one.additions_so_far,
            "left_under_limit": max(Decimal(0), limit - one.additions_so_far),
        }
        for one in paychecks
    ]


def total_of_core(end: YearEnd, limit: Decimal) -> dict[str, Decimal]:
    return {
        "deferral": end.deferral,
        "catch_up": end.catch_up,
        "match": end.match + end.true_up,
        "after_tax": end.after_tax,
        "other_employer": end.other_employer_money,
        "additions": end.additions,
        "additions_so_far": end.additions,
        "left_under_limit": max(Decimal(0), limit - end.additions),
    }


def same_as_core(sheets: Sheets, year: YearByPaycheck) -> None:
    paychecks, end = reckoned(year)
    for row, told in enumerate(told_by_core(paychecks, year.additions_limit), FIRST):
        assert {name: sheets.dollars(name, row) for name in told} == told
    told = total_of_core(end, year.additions_limit)
    total = sheets.by_label[LABELS["total"]]
    assert {name: sheets.dollars(name, total) for name in told} == told


# --- years -----------------------------------------------------------------------------------------------------------


def cents(most: int) -> st.SearchStrategy[Decimal]:
    return st.integers(0, most * 100).map(lambda number: Decimal(number) / 100)


def shares(most: int = 1) -> st.SearchStrategy[Decimal]:
    return st.integers(0, most * 1000).map(lambda number: Decimal(number) / 1000)


@st.composite
def tiers(draw: st.DrawFn) -> tuple[MatchTier, ...]:
    edges = sorted(draw(st.lists(shares(), max_size=4, unique=True)))
    pairs = zip(edges[::2], edges[1::2], strict=False)
    return tuple(MatchTier(draw(shares(2)), start, end) for start, end in pairs)


@st.composite
def years(draw: st.DrawFn) -> YearByPaycheck:
    most = draw(st.sampled_from([500, 9000, 40000]))
    gross = draw(st.lists(cents(most), max_size=12))
    counted = [min(pay, draw(st.one_of(st.just(pay), cents(most)))) for pay in gross]
    deferral_so_far = draw(cents(20000))
    return paper(
        checks=tuple(CheckRow(n, None, *pays) for n, pays in enumerate(zip(gross, counted, strict=True), 1)),
        deferral_share=draw(shares()),
        deferral_dollars=draw(st.one_of(st.just(Decimal(0)), cents(3000))),
        after_tax_share=draw(shares()),
        after_tax_dollars=draw(st.one_of(st.just(Decimal(0)), cents(3000))),
        deferral_limit=draw(st.one_of(st.just(Decimal(24500)), cents(40000))),
        catch_up_from=draw(st.one_of(st.just(Decimal(24500)), cents(40000))),
        additions_limit=draw(st.one_of(st.just(Decimal(72000)), cents(90000))),
        after_tax_limit=draw(st.one_of(st.just(Decimal(72000)), cents(60000))),
        compensation_cap=draw(st.one_of(st.just(Decimal(360000)), cents(90000))),
        tiers=draw(tiers()),
        nonelective=draw(shares()) / 4,
        fixed_employer=draw(cents(5000)),
        match_cap=draw(st.one_of(st.none(), cents(9000))),
        pay_so_far=draw(cents(200000)),
        deferral_so_far=deferral_so_far,
        catch_up_so_far=draw(st.sampled_from([Decimal(0), deferral_so_far])),
        match_so_far=draw(cents(9000)),
        other_employer_so_far=draw(cents(3000)),
        after_tax_so_far=draw(cents(20000)),
        basis=draw(st.sampled_from(MatchBasis)),
        most_deferral_share=draw(st.one_of(st.just(Decimal(1)), shares())),
        most_after_tax_share=draw(st.one_of(st.just(Decimal(1)), shares())),
        most_together_share=draw(st.one_of(st.just(Decimal(1)), shares())),
    )


@settings(max_examples=60, deadline=None)
@given(years())
def test_the_formulas_come_to_what_the_core_works_out_to_the_cent(year: YearByPaycheck) -> None:
    same_as_core(opened(year), year)


@settings(max_examples=25, deadline=None)
@given(years())
def test_what_is_written_beside_each_formula_is_what_it_comes_to(year: YearByPaycheck) -> None:
    sheets = opened(year)
    for sheet, cell in sheets.formulas:
        kept, worked_out = sheets.kept[sheet, cell], sheets.value(sheet, cell)
        assert isinstance(kept, float)
        assert isinstance(worked_out, float)
        assert f"{kept:.2f}" == f"{worked_out:.2f}", cell


@settings(max_examples=25, deadline=None)
@given(years(), shares(), cents(2000), shares(), cents(2000))
def test_another_election_typed_into_the_sheet_gives_the_year_of_that_election(
    year: YearByPaycheck, deferral: Decimal, dollars: Decimal, after_tax: Decimal, after_tax_dollars: Decimal
) -> None:
    typed = dict(
        zip((*SHARES, *DOLLARS), map(float, (deferral, after_tax, dollars, after_tax_dollars)), strict=True)
    )
    other = replace(
        year,
        deferral_share=deferral,
        deferral_dollars=dollars,
        after_tax_share=after_tax,
        after_tax_dollars=after_tax_dollars,
    )
    same_as_core(opened(year, typed), other)


@pytest.mark.parametrize("basis", MatchBasis)
@pytest.mark.parametrize("share", ["0.05", "0.15", "0.5"])
def test_a_year_at_a_high_salary_agrees_with_the_core_on_every_basis_of_the_match(
    basis: MatchBasis, share: str
) -> None:
    year = paper(
        gross="19230.77",
        basis=basis,
        deferral_share=Decimal(share),
        deferral_limit=Decimal(32500),
        after_tax_limit=Decimal(72000),
    )
    same_as_core(opened(year), year)


def test_half_a_cent_goes_up_as_payroll_books_it() -> None:
    year = paper(count=1, gross="100.10", deferral_share=Decimal("0.05"))
    assert opened(year).dollars("deferral", FIRST) == Decimal("5.01")


def test_a_limit_with_a_part_of_a_cent_is_not_passed() -> None:
    part_of_a_cent = Decimal("12345.678")
    year = paper(
        after_tax_limit=part_of_a_cent, additions_limit=Decimal("30000.999"), deferral_limit=part_of_a_cent
    )
    sheets = opened(year)
    total = sheets.by_label[LABELS["total"]]
    assert sheets.dollars("deferral", total) == sheets.dollars("after_tax", total) == Decimal("12345.67")
    assert sheets.dollars("additions", total) == Decimal("30000.99")


# --- the file --------------------------------------------------------------------------------------------------------


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(BytesIO(content)) as book:
        return book.read(name).decode()


def test_the_same_year_is_the_same_bytes() -> None:
    assert workbook(paper()) == workbook(paper())


def test_a_text_that_looks_like_a_formula_or_an_address_stays_text() -> None:
    tricky = ("=1+1", "{=SUM(A1)}", "https://example.com", "@x", "+1", "<a>&", "12")
    year = paper(
        count=1,
        title=tricky[0],
        notes=tricky,
        labels=LABELS | dict.fromkeys(YEAR_LABELS[2:], "=HYPERLINK(1)"),
        sources=(("additions_limit", "=cmd|x"), ("=other", "=2+2")),
    )
    content = workbook(year)
    sheets = Sheets(content, {})
    texts = {value for value in sheets.kept.values() if isinstance(value, str)}
    assert {*tricky, "=HYPERLINK(1)", "=cmd|x", "=other: =2+2"} <= texts
    assert set(sheets.formulas) == set(Sheets(workbook(paper(count=1)), {}).formulas)
    with zipfile.ZipFile(BytesIO(content)) as book:
        names = book.namelist()
    assert not [name for name in names if "vba" in name.lower() or "external" in name.lower()]
    assert not [name for name in names if name.startswith("xl/worksheets/_rels")]


def test_a_citation_stands_in_the_row_of_its_limit_and_nothing_is_left_out() -> None:
    year = paper(
        sources=(("additions_limit", "IRC 415(c)"), ("elsewhere", "IRC 1")), notes=("First.", "Second.")
    )
    sheets = opened(year)
    row = next(cell[1:] for (sheet, cell), v in sheets.kept.items() if v == LABELS["additions_limit"])
    assert sheets.kept[sheets.limits, f"C{row}"] == "IRC 415(c)"
    assert sheets.kept[sheets.limits, f"B{row}"] == 72000
    assert {"elsewhere: IRC 1", "First.", "Second."} <= set(sheets.kept.values())


def test_no_heading_stands_over_no_notes() -> None:
    assert LABELS["notes"] not in opened(paper(notes=(), sources=())).kept.values()


def test_a_cut_election_is_marked_by_a_rule_that_follows_the_sheet() -> None:
    sheet = ElementTree.fromstring(part(workbook(paper()), "xl/worksheets/sheet1.xml"))
    rules = {
        one.attrib["sqref"]: one.findtext("m:cfRule/m:formula", namespaces=NS)
        for one in sheet.iterfind("m:conditionalFormatting", NS)
    }
    assert rules == {"G9:G34": "$G9<$F9", "K9:K34": "$K9<$J9"}


def test_a_printed_sheet_is_one_page_wide_on_letter_paper_with_its_head_on_every_page() -> None:
    content = workbook(paper())
    for name in ("sheet1", "sheet2"):
        sheet = ElementTree.fromstring(part(content, f"xl/worksheets/{name}.xml"))
        setup = sheet.find("m:pageSetup", NS)
        assert setup is not None
        assert (setup.get("orientation"), setup.get("fitToHeight"), setup.get("paperSize")) == (
            "landscape",
            "0",
            "1",
        )
    assert "$7:$7" in part(content, "xl/workbook.xml")


def test_the_elections_of_a_year_stand_in_its_input_cells() -> None:
    year = paper(
        deferral_share=Decimal("0.1"),
        deferral_dollars=Decimal(5),
        after_tax_share=Decimal("0.2"),
        after_tax_dollars=Decimal(7),
    )
    kept = opened(year).kept
    assert [kept["Year by paycheck", cell] for cell in (*SHARES, *DOLLARS)] == [0.1, 0.2, 5, 7]


def test_a_year_with_no_paycheck_to_come_still_shows_what_is_in() -> None:
    year = paper(
        count=0, deferral_so_far=Decimal("1000.50"), fixed_employer=Decimal(0), nonelective=Decimal(0)
    )
    sheets = opened(year)
    same_as_core(sheets, year)
    assert sheets.dollars("additions", sheets.by_label[LABELS["total"]]) == Decimal("1000.50")
