"""The figures of every year, and the loader that refuses a file which is not whole."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal
from importlib.resources import files

import pytest

from knowledge.core.limits import (
    Figure,
    Law,
    Limits,
    LimitsFileError,
    NotInForce,
    PhaseOut,
    UnknownYear,
    load_law,
    read_limits,
)

LAW = load_law()
TEXT = (files("knowledge.core") / "limits" / "2026.toml").read_text("utf-8")

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
    2019: (122_000, 193_000),
    2020: (124_000, 196_000),
    2021: (125_000, 198_000),
    2022: (129_000, 204_000),
    2023: (138_000, 218_000),
    2024: (146_000, 230_000),
    2025: (150_000, 236_000),
    2026: (153_000, 242_000),
}
NOTICES = {
    2019: "2018-83",
    2020: "2019-59",
    2021: "2020-79",
    2022: "2021-61",
    2023: "2022-55",
    2024: "2023-75",
    2025: "2024-80",
    2026: "2025-67",
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
    for field in fields(Limits)[1:]:
        entry = getattr(LAW[year], field.name)
        assert entry.name == field.name
        assert "IRC" in entry.citation
        if isinstance(entry, NotInForce):
            assert "2023-62" in entry.citation or "taxable years beginning after" in entry.citation
            continue
        assert entry.unit == "USD"
        if field.name == "social_security_wage_base":
            assert f"for {year}" in entry.citation
        elif field.name != "roth_ira_phase_out_separate":
            assert f"IRS Notice {NOTICES[year]}" in entry.citation


def test_the_tables_here_leave_no_field_out() -> None:
    phase_outs = {f"roth_ira_phase_out_{status}" for status in ("single", "joint", "separate")}
    assert {field.name for field in fields(Limits)} == {"year", *FIGURES, *phase_outs}


# --- asking for a year -----------------------------------------------------------------------------------------------


def test_an_unknown_year_is_refused_with_the_known_ones() -> None:
    law = Law({year: LAW[year] for year in (2024, 2022, 2023)})
    with pytest.raises(
        UnknownYear, match=r"^no published limits for 2025; known years: 2022, 2023, 2024$"
    ) as no:
        law[2025]
    assert (no.value.year, no.value.known) == (2025, (2022, 2023, 2024))


@pytest.mark.parametrize("year", [1, 2018, max(PUBLISHED) + 1])
def test_nothing_is_projected(year: int) -> None:
    with pytest.raises(UnknownYear):
        LAW[year]


def test_newest_for_a_year_never_looks_ahead() -> None:
    law = Law({year: LAW[year] for year in (2020, 2022)})
    newest = {year: law.newest_for(year).year for year in (2020, 2021, 2022, 2023, 2099)}
    assert newest == {2020: 2020, 2021: 2020, 2022: 2022, 2023: 2022, 2099: 2022}


def test_newest_for_a_year_before_all_is_refused() -> None:
    with pytest.raises(UnknownYear, match="no published limits for 2018"):
        LAW.newest_for(2018)


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


def test_a_figure_of_0_dollars_is_a_figure() -> None:
    assert read_limits(TEXT.replace("value = 1100", "value = 0"), 2026).ira_catch_up.value == 0


def test_figures_are_exact_and_cannot_be_changed() -> None:
    figure = LAW[2026].annual_additions
    assert type(figure.value) is Decimal
    with pytest.raises(AttributeError):
        figure.value = Decimal(1)  # type: ignore[misc]
