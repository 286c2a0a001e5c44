"""The figures of every year, and the loader that refuses a file which is not whole."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from importlib.resources import files

import pytest

from knowledge.core.limits import (
    Figure,
    FilingStatus,
    IncomeTax,
    Law,
    Limits,
    LimitsFileError,
    NotInForce,
    PhaseOut,
    Statute,
    UnknownYear,
    load_law,
    load_statute,
    read_limits,
    read_statute,
)

LAW = load_law()
TEXT = (files("knowledge.core") / "limits" / "2026.toml").read_text("utf-8")
STATUTE = (files("knowledge.core") / "limits" / "statute.toml").read_text("utf-8")

FIGURES = (
    "elective_deferral",
    "annual_additions",
    "catch_up",
    "catch_up_60_63",
    "compensation_cap",
    "hce_threshold",
    "key_employee_officer",
    "social_security_wage_base",
    "ira_contribution",
    "ira_catch_up",
    "roth_catch_up_wages",
)
PUBLISHED: dict[int, tuple[int | None, ...]] = {
    2014: (17_500, 52_000, 5_500, None, 260_000, 115_000, 170_000, 117_000, 5_500, 1_000, None),
    2015: (18_000, 53_000, 6_000, None, 265_000, 120_000, 170_000, 118_500, 5_500, 1_000, None),
    2016: (18_000, 53_000, 6_000, None, 265_000, 120_000, 170_000, 118_500, 5_500, 1_000, None),
    2017: (18_000, 54_000, 6_000, None, 270_000, 120_000, 175_000, 127_200, 5_500, 1_000, None),
    2018: (18_500, 55_000, 6_000, None, 275_000, 120_000, 175_000, 128_400, 5_500, 1_000, None),
    2019: (19_000, 56_000, 6_000, None, 280_000, 125_000, 180_000, 132_900, 6_000, 1_000, None),
    2020: (19_500, 57_000, 6_500, None, 285_000, 130_000, 185_000, 137_700, 6_000, 1_000, None),
    2021: (19_500, 58_000, 6_500, None, 290_000, 130_000, 185_000, 142_800, 6_000, 1_000, None),
    2022: (20_500, 61_000, 6_500, None, 305_000, 135_000, 200_000, 147_000, 6_000, 1_000, None),
    2023: (22_500, 66_000, 7_500, None, 330_000, 150_000, 215_000, 160_200, 6_500, 1_000, None),
    2024: (23_000, 69_000, 7_500, None, 345_000, 155_000, 220_000, 168_600, 7_000, 1_000, None),
    2025: (23_500, 70_000, 7_500, 11_250, 350_000, 160_000, 230_000, 176_100, 7_000, 1_000, None),
    2026: (24_500, 72_000, 8_000, 11_250, 360_000, 160_000, 235_000, 184_500, 7_500, 1_100, 150_000),
}
# Where the Roth IRA phase-outs start: single, joint. They end 15,000 and 10,000 further up (IRC 219(g), 408A(c)(3)).
PHASE_OUTS = {
    2014: (114_000, 181_000),
    2015: (116_000, 183_000),
    2016: (117_000, 184_000),
    2017: (118_000, 186_000),
    2018: (120_000, 189_000),
    2019: (122_000, 193_000),
    2020: (124_000, 196_000),
    2021: (125_000, 198_000),
    2022: (129_000, 204_000),
    2023: (138_000, 218_000),
    2024: (146_000, 230_000),
    2025: (150_000, 236_000),
    2026: (153_000, 242_000),
}
PHASE_OUT_NAMES = tuple(f"roth_ira_phase_out_{status}" for status in ("single", "joint", "separate"))
NOTICES = {
    2014: "2013-73",
    2015: "2014-70",
    2016: "2015-75",
    2017: "2016-62",
    2018: "2017-64",
    2019: "2018-83",
    2020: "2019-59",
    2021: "2020-79",
    2022: "2021-61",
    2023: "2022-55",
    2024: "2023-75",
    2025: "2024-80",
    2026: "2025-67",
}


# The income tax tables: bracket ends, standard deduction, addition for 65 or blind, ends of the 0 % and 15 % of gains.
# Single, joint, separate, head of household; a surviving spouse has the table of joint returns (IRC 1(a), 2(a), 63(c)).
TABLES: dict[int, dict[str, tuple[tuple[int, ...], int, int, tuple[int, int]]]] = {
    2024: {
        "single": ((11_600, 47_150, 100_525, 191_950, 243_725, 609_350), 14_600, 1_950, (47_025, 518_900)),
        "joint": ((23_200, 94_300, 201_050, 383_900, 487_450, 731_200), 29_200, 1_550, (94_050, 583_750)),
        "separate": ((11_600, 47_150, 100_525, 191_950, 243_725, 365_600), 14_600, 1_550, (47_025, 291_850)),
        "head_of_household": (
            (16_550, 63_100, 100_500, 191_950, 243_700, 609_350),
            21_900,
            1_950,
            (63_000, 551_350),
        ),
    },
    2025: {
        "single": ((11_925, 48_475, 103_350, 197_300, 250_525, 626_350), 15_750, 2_000, (48_350, 533_400)),
        "joint": ((23_850, 96_950, 206_700, 394_600, 501_050, 751_600), 31_500, 1_600, (96_700, 600_050)),
        "separate": ((11_925, 48_475, 103_350, 197_300, 250_525, 375_800), 15_750, 1_600, (48_350, 300_000)),
        "head_of_household": (
            (17_000, 64_850, 103_350, 197_300, 250_500, 626_350),
            23_625,
            2_000,
            (64_750, 566_700),
        ),
    },
    2026: {
        "single": ((12_400, 50_400, 105_700, 201_775, 256_225, 640_600), 16_100, 2_050, (49_450, 545_500)),
        "joint": ((24_800, 100_800, 211_400, 403_550, 512_450, 768_700), 32_200, 1_650, (98_900, 613_700)),
        "separate": ((12_400, 50_400, 105_700, 201_775, 256_225, 384_350), 16_100, 1_650, (49_450, 306_850)),
        "head_of_household": (
            (17_700, 67_450, 105_700, 201_750, 256_200, 640_600),
            24_150,
            2_050,
            (66_200, 579_600),
        ),
    },
}
PROCEDURES = {2024: "2023-34", 2025: "2024-40", 2026: "2025-32"}
# Rates and fixed amounts of the Code: value, unit, and the section that a reader can look up.
FIXED = {
    "net_earnings_factor": ("0.9235", "fraction", "1402(a)(12)"),
    "oasdi_rate": ("0.124", "fraction", "1401(a)"),
    "medicare_rate": ("0.029", "fraction", "1401(b)(1)"),
    "self_employment_deduction": ("0.5", "fraction", "164(f)(1)"),
    "self_employment_minimum": ("400", "USD", "1402(b)(2)"),
    "additional_medicare_rate": ("0.009", "fraction", "3101(b)(2)"),
    "additional_medicare_single": ("200_000", "USD", "3101(b)(2)(C)"),
    "additional_medicare_joint": ("250_000", "USD", "3101(b)(2)(A)"),
    "additional_medicare_separate": ("125_000", "USD", "3101(b)(2)(B)"),
    "employee_social_security_rate": ("0.062", "fraction", "3101(a)"),
    "employee_medicare_rate": ("0.0145", "fraction", "3101(b)(1)"),
    "additional_medicare_withheld": ("200_000", "USD", "3102(f)(1)"),
    "net_investment_income_rate": ("0.038", "fraction", "1411(a)(1)"),
    "net_investment_income_single": ("200_000", "USD", "1411(b)(3)"),
    "net_investment_income_joint": ("250_000", "USD", "1411(b)(1)"),
    "net_investment_income_separate": ("125_000", "USD", "1411(b)(2)"),
    "employer_deduction_rate": ("0.25", "fraction", "404(a)(3)(A)(i)"),
    "nondeductible_excise": ("0.10", "fraction", "4972(a)"),
    "acp_times": ("1.25", "times", "401(m)(2)(A)(i)"),
    "acp_twice": ("2", "times", "401(m)(2)(A)(ii)"),
    "acp_plus": ("0.02", "fraction", "401(m)(2)(A)(ii)"),
    "acp_first_year": ("0.03", "fraction", "401(k)(3)(E)"),
    "acp_excise": ("0.10", "fraction", "4979(a)"),
    "acp_excise_months": ("2.5", "months", "4979(f)(1)"),
    "acp_excise_months_eaca": ("6", "months", "4979(f)(1)"),
    "five_percent_owner": ("0.05", "fraction", "416(i)(1)(B)(i)"),
    "withholding": ("0.20", "fraction", "3405(c)(1)"),
    "early_distribution": ("0.10", "fraction", "72(t)(1)"),
    "ira_excess": ("0.06", "fraction", "4973(a)"),
    "roth_ira_step": ("10", "USD", "219(g)(2)(C)"),
    "roth_ira_floor": ("200", "USD", "219(g)(2)(B)"),
    "senior_deduction": ("6_000", "USD", "151(d)(5)(C)"),
    "senior_deduction_rate": ("0.06", "fraction", "151(d)(5)(C)"),
    "senior_deduction_starts": ("75_000", "USD", "151(d)(5)(C)"),
    "senior_deduction_starts_joint": ("150_000", "USD", "151(d)(5)(C)"),
}


def test_these_years_are_known_and_no_others() -> None:
    assert list(LAW.years) == list(PUBLISHED)
    assert all(limits.year == year for year, limits in LAW.years.items())


@pytest.mark.parametrize("year", PUBLISHED)
def test_each_figure_is_the_published_one(year: int) -> None:
    read = (getattr(LAW[year], figure) for figure in FIGURES)
    assert tuple(f.value if isinstance(f, Figure) else None for f in read) == PUBLISHED[year]


@pytest.mark.parametrize("year", PHASE_OUTS)
def test_each_phase_out_is_the_published_one(year: int) -> None:
    single, joint = PHASE_OUTS[year]
    limits = LAW[year]

    def ends(p: PhaseOut) -> tuple[object, object]:
        return p.starts, p.ends

    assert ends(limits.roth_ira_phase_out_single) == (single, single + 15_000)
    assert ends(limits.roth_ira_phase_out_joint) == (joint, joint + 10_000)
    assert ends(limits.roth_ira_phase_out_separate) == (0, 10_000)


@pytest.mark.parametrize("year", NOTICES)
def test_everything_names_its_field_its_unit_and_its_source(year: int) -> None:
    for name in (*FIGURES, *PHASE_OUT_NAMES):
        entry = getattr(LAW[year], name)
        assert entry.name == name
        assert "IRC" in entry.citation
        if isinstance(entry, NotInForce):
            assert "2023-62" in entry.citation or "taxable years beginning after" in entry.citation
            continue
        assert entry.unit == "USD"
        if name == "social_security_wage_base":
            assert f"for {year}" in entry.citation
        elif name != "roth_ira_phase_out_separate":
            assert f"IRS Notice {NOTICES[year]}" in entry.citation


def test_the_tables_here_leave_no_field_out() -> None:
    assert {field.name for field in fields(Limits)} == {"year", *FIGURES, *PHASE_OUT_NAMES, "income_tax"}
    assert {field.name for field in fields(Statute)} == set(FIXED)


def tables(year: int) -> IncomeTax:
    kept = LAW[year].income_tax
    assert kept is not None
    return kept


@pytest.mark.parametrize("year", TABLES)
def test_each_income_tax_table_is_the_published_one(year: int) -> None:
    kept = tables(year)
    published: dict[str, object] = {**TABLES[year], "surviving_spouse": TABLES[year]["joint"]}
    for status in FilingStatus:
        read = (
            kept.brackets[status],
            kept.standard_deduction[status],
            kept.senior_addition[status],
            kept.capital_gains[status],
        )
        assert read == published[status]


@pytest.mark.parametrize("year", TABLES)
def test_the_tax_rates_and_their_sources_are_the_published_ones(year: int) -> None:
    kept = tables(year)
    assert kept.name == "income_tax"
    assert [str(100 * rate) for rate in kept.rates] == [
        "10.00", "12.00", "22.00", "24.00", "32.00", "35.00", "37.00"
    ]  # fmt: skip
    assert [str(rate) for rate in kept.capital_gains_rates] == ["0", "0.15", "0.20"]
    assert f"Rev. Proc. {PROCEDURES[year]}" in kept.citation
    assert "IRC 1(h), (i), (j), 63(c), (f)" in kept.citation


def test_years_without_kept_tables_say_so() -> None:
    assert {year for year, limits in LAW.years.items() if limits.income_tax} == set(TABLES)


@pytest.mark.parametrize("name", FIXED)
def test_each_fixed_rate_is_that_of_the_code(name: str) -> None:
    value, unit, section = FIXED[name]
    entry = getattr(load_statute(), name)
    assert (entry.name, entry.value, entry.unit) == (name, Decimal(value), unit)
    assert entry.citation.startswith("IRC ")
    assert section in entry.citation


# --- asking for a year -----------------------------------------------------------------------------------------------


def test_an_unknown_year_is_refused_with_the_known_ones() -> None:
    law = Law({year: LAW[year] for year in (2024, 2022, 2023)})
    with pytest.raises(
        UnknownYear, match=r"^no published limits for 2025; known years: 2022, 2023, 2024$"
    ) as no:
        law[2025]
    assert (no.value.year, no.value.known, no.value.what) == (2025, (2022, 2023, 2024), "limits")


@pytest.mark.parametrize("year", [1, min(PUBLISHED) - 1, max(PUBLISHED) + 1])
def test_nothing_is_projected(year: int) -> None:
    with pytest.raises(UnknownYear):
        LAW[year]


def test_newest_for_a_year_never_looks_ahead() -> None:
    law = Law({year: LAW[year] for year in (2020, 2022)})
    newest = {year: law.newest_for(year).year for year in (2020, 2021, 2022, 2023, 2099)}
    assert newest == {2020: 2020, 2021: 2020, 2022: 2022, 2023: 2022, 2099: 2022}


def test_newest_for_a_year_before_all_is_refused() -> None:
    before = min(PUBLISHED) - 1
    with pytest.raises(UnknownYear, match=f"no published limits for {before}"):
        LAW.newest_for(before)


def test_a_year_is_added_by_its_file_alone() -> None:
    law = Law({**LAW.years, 2030: read_limits(TEXT.replace("year = 2026", "year = 2030"), 2030)})
    assert law.newest_for(2031) is law[2030]


# --- the loader ------------------------------------------------------------------------------------------------------


def test_the_text_of_a_year_is_read() -> None:
    assert read_limits(TEXT, 2026) == LAW[2026]


FIRST = '[elective_deferral]\nvalue = 24500\nunit = "USD"\n'


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        pytest.param("[catch_up]", "[catch_down]", "catch_up", id="a table misnamed"),
        pytest.param("year = 2026", "", "year", id="no year"),
        pytest.param("year = 2026", 'year = "2026"', "year", id="the year as a string"),
        pytest.param("year = 2026", "year = true", "year", id="the year as a bool"),
        pytest.param("year = 2026", "year = 2026\nmonth = 1", "month", id="an extra key"),
        pytest.param("year = 2026", "year = 2026\n[extra]\nvalue = 1", "extra", id="an extra table"),
        pytest.param("year = 2026", "year = 2025", "the file says year = 2025", id="another year"),
        pytest.param("year = 2026", "year = 2026\nyear = 2026", "overwrite", id="a key twice"),
        pytest.param("year = 2026", "year = = 2026", "Invalid", id="no TOML"),
        pytest.param(FIRST, "elective_deferral = 24500\n[other]\n", "elective_deferral", id="no table"),
        pytest.param("value = 24500\n", "", "elective_deferral.*value", id="no value"),
        pytest.param("value = 24500", "value = true", "whole dollars", id="a bool"),
        pytest.param("value = 24500", "value = 24500.0", "whole dollars", id="a float"),
        pytest.param("value = 24500", 'value = "24500"', "whole dollars", id="a string"),
        pytest.param("value = 24500", "value = -1", "whole dollars", id="below 0"),
        pytest.param("value = 24500", "value = 24500\nnote = 1", "note", id="an extra key of a figure"),
        pytest.param('24500\nunit = "USD"', "24500", "elective_deferral.*unit", id="no unit"),
        pytest.param('24500\nunit = "USD"', '24500\nunit = "EUR"', "unit", id="another currency"),
        pytest.param('citation = "IRC 402(g)(1), (4); IRS Notice 2025-67"', "", "citation", id="no source"),
        pytest.param('"IRC 402(g)(1), (4); IRS Notice 2025-67"', '"IRC"', "citation", id="half a source"),
        pytest.param("ends = 168000", "ends = 153000", "ends must be above starts", id="no range"),
        pytest.param("ends = 168000", "ends = 1", "ends must be above starts", id="a range backwards"),
        pytest.param("value = 11250", "in_force = true", "in_force", id="in force without a value"),
        pytest.param("value = 150000", "in_force = false", "unit", id="not in force, with a unit"),
        pytest.param("value = 72000", "in_force = false", "value", id="a limit that is never out of force"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_with_the_place(was: str, becomes: str, complaint: str) -> None:
    assert was in TEXT
    with pytest.raises(LimitsFileError, match=f"(?s)limits of 2026: .*{complaint}"):
        read_limits(TEXT.replace(was, becomes, 1), 2026)


BROKEN_TABLES = [
    pytest.param("single = [12400, ", "[", id="no TOML any more"),
    pytest.param("single = [12400, 50400, ", "single = [50400, ", id="a bracket too few"),
    pytest.param("single = [12400, ", "single = [1, 12400, ", id="a bracket too many"),
    pytest.param("single = [12400, 50400, ", "single = [50400, 12400, ", id="brackets not rising"),
    pytest.param("single = [12400, 50400, ", "single = [12400, 12400, ", id="a bracket twice"),
    pytest.param("single = [12400, ", "single = [0, ", id="an empty first bracket"),
    pytest.param("single = [12400, ", "single = [12400.5, ", id="half a dollar"),
    pytest.param("single = [12400, ", "single = [-12400, ", id="below 0"),
    pytest.param("joint = [24800, ", "jointly = [24800, ", id="another status"),
    pytest.param("head_of_household = 24150\n", "", id="a status without its deduction"),
    pytest.param("head_of_household = 2050\n", "", id="a status without its addition"),
    pytest.param("head_of_household = [66200, 579600]\n", "", id="a status without its gains"),
    pytest.param(
        "head_of_household = [17700, 67450, 105700, 201750, 256200, 640600]\n", "", id="no brackets"
    ),
    pytest.param("separate = [49450, 306850]", "separate = [49450]", id="an end of gains too few"),
    pytest.param("separate = [49450, 306850]", "separate = [306850, 49450]", id="gains not rising"),
    pytest.param("[0.10, 0.12, 0.22,", "[0.12, 0.10, 0.22,", id="rates not rising"),
    pytest.param("0.35, 0.37]", "0.35, 37]", id="a rate in percent"),
    pytest.param("0.35, 0.37]", "0.35, 1.01]", id="a rate just over the whole"),
    pytest.param("0.35, 0.37]", "0.35]", id="a rate too few"),
    pytest.param("rates = [0.10, 0.12, 0.22, 0.24, 0.32, 0.35, 0.37]", "rates = []", id="no rates"),
    pytest.param("[0, 0.15, 0.20]", "[0, 0.15]", id="a rate on gains too few"),
    pytest.param("[0, 0.15, 0.20]", "[0, 0.20, 0.15]", id="rates on gains not rising"),
    pytest.param("[0, 0.15, 0.20]", "[-0.1, 0.15, 0.20]", id="a rate below 0"),
    pytest.param("[0, 0.15, 0.20]", "[false, 0.15, 0.20]", id="a rate that is a bool"),
    pytest.param("capital_gains_rates = [0, 0.15, 0.20]\n", "", id="no rates on gains"),
    pytest.param('citation = "IRC 1(h), (i), (j), 63(c), (f); Rev. Proc. 2025-32"\n', "", id="no source"),
    pytest.param("[income_tax]\n", "[income_tax]\nnote = 1\n", id="an extra key"),
    pytest.param("[income_tax.brackets]\n", "[income_tax.brackets]\nnobody = [1]\n", id="an extra status"),
]


@pytest.mark.parametrize(("was", "becomes"), BROKEN_TABLES)
def test_tables_that_are_not_whole_are_refused(was: str, becomes: str) -> None:
    assert was in TEXT
    with pytest.raises(LimitsFileError, match="limits of 2026: "):
        read_limits(TEXT.replace(was, becomes, 1), 2026)


@pytest.mark.parametrize(
    ("was", "becomes", "complaint"),
    [
        pytest.param("[withholding]", "[withheld]", "withholding", id="a rate misnamed"),
        pytest.param(
            'value = 0.20\nunit = "fraction"', 'value = 20\nunit = "fraction"', "at most 1", id="percent"
        ),
        pytest.param("value = 0.20", "value = -0.20", "0 or more", id="below 0"),
        pytest.param("value = 0.20", "value = true", "0 or more", id="a bool"),
        pytest.param("value = 0.20", 'value = "0.20"', "0 or more", id="a string"),
        pytest.param('unit = "months"', 'unit = "weeks"', "months", id="another unit"),
        pytest.param('value = 10\nunit = "USD"', "value = 10", "roth_ira_step.*unit", id="no unit"),
        pytest.param(
            'value = 10\nunit = "USD"', 'value = 10.5\nunit = "USD"', "whole dollars", id="half a dollar"
        ),
        pytest.param('citation = "IRC 72(t)(1)"', "", "early_distribution.*citation", id="no source"),
        pytest.param('citation = "IRC 72(t)(1)"', 'citation = "IRC"', "citation", id="half a source"),
        pytest.param("[ira_excess]", "[extra]\nvalue = 1\n\n[ira_excess]", "extra", id="an extra table"),
        pytest.param("[ira_excess]", "[ira_excess", "Expected", id="no TOML"),
    ],
)
def test_a_statute_that_is_not_whole_is_refused_with_the_place(
    was: str, becomes: str, complaint: str
) -> None:
    assert was in STATUTE
    with pytest.raises(LimitsFileError, match=rf"(?s)statute\.toml: .*{complaint}"):
        read_statute(STATUTE.replace(was, becomes, 1))


@pytest.mark.parametrize("value", ["0", "1", "1.00"])
def test_nothing_and_all_of_it_are_fractions(value: str) -> None:
    text = STATUTE.replace("value = 0.20", f"value = {value}")
    assert read_statute(text).withholding.value == Decimal(value)


def test_a_hair_over_all_of_it_is_no_fraction() -> None:
    with pytest.raises(LimitsFileError, match="at most 1"):
        read_statute(STATUTE.replace("value = 0.20", "value = 1.01"))


def test_a_source_names_a_section_in_five_characters_or_more() -> None:
    cited = 'citation = "IRC 72(t)(1)"'
    assert read_statute(STATUTE.replace(cited, 'citation = "IRC 1"')).early_distribution.citation == "IRC 1"
    with pytest.raises(LimitsFileError, match="citation"):
        read_statute(STATUTE.replace(cited, 'citation = "IRC "'))


@pytest.mark.parametrize(
    ("was", "becomes"), [("0.35, 0.37]", "0.35, 1]"), ("single = [12400, ", "single = [1, ")]
)
def test_the_narrowest_tables_are_tables(was: str, becomes: str) -> None:
    assert was in TEXT
    assert read_limits(TEXT.replace(was, becomes, 1), 2026).income_tax


def test_a_multiple_may_be_over_1() -> None:
    assert load_statute().acp_times.value > 1


def test_a_figure_of_0_dollars_is_a_figure() -> None:
    assert read_limits(TEXT.replace("value = 1100", "value = 0"), 2026).ira_catch_up.value == 0


def test_figures_are_exact_and_cannot_be_changed() -> None:
    figure = LAW[2026].annual_additions
    assert type(figure.value) is Decimal
    with pytest.raises(AttributeError):
        figure.value = Decimal(1)  # type: ignore[misc]
