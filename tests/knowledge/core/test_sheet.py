"""The sheet: what is asked, what is worked out, and the record of both."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from mypy import api

from knowledge.core.limits import Figure
from knowledge.core.sheet import (
    NOT_SURE,
    Derived,
    Fact,
    Line,
    Origin,
    Sheet,
    Supposition,
    Unanswered,
    Unsure,
    derived,
)

LIMIT = Figure("limit", Decimal(100), "USD", "Act 1")


class Shop(Sheet):
    """A till: takings, less the tax on them."""

    eggs = Fact(int)
    price = Fact(Decimal, lambda shop: ({"price": Decimal(shop.eggs)}, {"price": Decimal(0)}))
    taxed = Fact(bool)
    rate = Fact(Decimal)

    evaluations = 0

    @derived("rule of takings")
    def takings(self) -> Decimal:
        """Eggs at their price."""
        self.evaluations += 1
        return self.eggs * self.price

    @derived("rule of tax")
    def tax(self) -> Decimal:
        """Tax on takings over the limit."""
        if self.takings <= self.figure(LIMIT, 2026):
            return Decimal(0)
        return self.takings * self.rate if self.taxed else Decimal(0)

    @derived("rule of profit")
    def profit(self) -> Decimal:
        """What is left."""
        return self.takings - self.tax


SOLD = {"eggs": 50, "price": Decimal(3), "taxed": True, "rate": Decimal("0.10")}


def shop(answers: Mapping[str, object], **more: Supposition) -> Shop:
    return Shop(answers, **more)


def without(fact: str) -> dict[str, object]:
    return {name: value for name, value in SOLD.items() if name != fact}


# --- asking and working out ------------------------------------------------------------------------------------------


def test_a_fact_is_what_was_told_and_a_derived_cell_what_follows() -> None:
    case = shop(SOLD)
    assert (case.eggs, case.takings) == (50, Decimal(150))
    assert (case.tax, case.profit) == (Decimal(15), Decimal(135))


def test_on_the_class_a_cell_is_itself() -> None:
    assert isinstance(Shop.eggs, Fact)
    assert (Shop.eggs.name, Shop.eggs.kind, Shop.eggs.possible) == ("eggs", int, None)
    assert repr(Shop.eggs) == "<eggs>"
    assert isinstance(Shop.tax, Derived)
    assert (Shop.tax.name, Shop.tax.citation) == ("tax", "rule of tax")
    assert Shop.tax.__doc__ == "Tax on takings over the limit."


def test_0_and_no_are_answers() -> None:
    case = shop(SOLD | {"rate": Decimal(0), "taxed": False, "eggs": 0})
    assert (case.rate, case.taxed, case.eggs) == (Decimal(0), False, 0)


def test_a_cell_is_worked_out_once() -> None:
    case = shop(SOLD)
    assert case.profit + case.takings + case.profit == 135 + 150 + 135
    assert case.evaluations == 1
    nothing = shop(SOLD | {"eggs": 0})
    assert nothing.takings == nothing.takings == 0
    assert nothing.evaluations == 1


def test_a_misspelt_fact_fails_at_run_time() -> None:
    with pytest.raises(AttributeError):
        shop(SOLD).egs  # type: ignore[attr-defined]  # noqa: B018


def test_a_misspelt_fact_is_a_type_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(__file__).parents[3])
    code = """
from knowledge.core.employee import Employee
def f(case: Employee) -> None:
    reveal_type(case.pay)
    reveal_type(case.over_limit)
    case.pya
"""
    report, _, status = api.run(["-c", code, "--config-file=", f"--cache-dir={tmp_path}"])
    assert report.count('Revealed type is "decimal.Decimal"') == 2
    assert report.count("error:") == status == 1
    assert '"Employee" has no attribute "pya"' in report


# --- unanswered, not sure, supposed, assumed -------------------------------------------------------------------------


@pytest.mark.parametrize("nothing", [without("rate"), SOLD | {"rate": None}])
def test_a_fact_nobody_answered_says_who_wanted_it(nothing: dict[str, object]) -> None:
    with pytest.raises(Unanswered) as asked:
        shop(nothing).profit  # noqa: B018
    assert asked.value.fact is Shop.rate
    assert asked.value.because == ("profit", "tax")
    assert str(asked.value) == "rate is unanswered (wanted by tax < profit)"


def test_a_fact_read_by_the_outline_is_wanted_by_no_cell() -> None:
    with pytest.raises(Unanswered, match=r"rate is unanswered \(wanted by the outline\)") as asked:
        shop({}).rate  # noqa: B018
    assert asked.value.because == ()


def test_after_a_question_the_chain_is_forgotten_and_nothing_half_done_is_kept() -> None:
    case = shop(without("rate"))
    for cell in ("profit", "tax", "profit"):
        with pytest.raises(Unanswered) as asked:
            getattr(case, cell)
        assert asked.value.because == {"profit": ("profit", "tax"), "tax": ("tax",)}[cell]
    kept = case.worksheet(Shop.profit, Shop.tax, Shop.takings)
    assert [line.cell for line in kept] == ["eggs", "price", "takings"]


def test_what_decides_nothing_is_not_asked() -> None:
    assert shop({"eggs": 5, "price": Decimal(3)}).profit == 15
    assert shop(without("rate") | {"taxed": False}).profit == 150


def test_a_fact_that_is_not_sure_is_not_unanswered() -> None:
    with pytest.raises(Unsure, match="price is not sure") as unsure:
        shop(SOLD | {"price": NOT_SURE}).profit  # noqa: B018
    assert unsure.value.fact is Shop.price


def test_a_supposed_value_stands_for_one_that_is_not_sure_and_for_one_not_told() -> None:
    for answers in (SOLD | {"price": NOT_SURE}, without("price")):
        case = shop(answers, supposed={"price": Decimal(4)})
        assert case.takings == 200
        assert Line("price", Decimal(4), Origin.SUPPOSED) in case.facts_read()


def test_what_is_supposed_comes_before_what_was_told() -> None:
    assert shop(SOLD, supposed={"price": Decimal(4)}).takings == 200


def test_an_assumed_value_stands_only_for_one_not_told() -> None:
    usual = {"price": Decimal(4)}
    case = shop(without("price"), assumed=usual)
    assert case.takings == 200
    assert Line("price", Decimal(4), Origin.ASSUMED) in case.facts_read()
    assert shop(SOLD, assumed=usual).takings == 150
    assert shop(SOLD | {"price": None}, assumed=usual).takings == 200
    assert shop(SOLD, assumed=usual, supposed={"price": Decimal(5)}).takings == 250
    with pytest.raises(Unsure):
        shop(SOLD | {"price": NOT_SURE}, assumed=usual).takings  # noqa: B018


def test_what_a_fact_could_be_is_worked_out_from_the_case() -> None:
    assert Shop.price.possible is not None
    assert Shop.price.possible(shop(SOLD)) == ({"price": 50}, {"price": 0})


# --- told ------------------------------------------------------------------------------------------------------------


def test_told_gives_what_was_said_or_something_else_and_never_asks() -> None:
    other = Decimal(7)
    assert shop(SOLD).told(Shop.price, other) == 3
    assert shop({"price": Decimal(0)}).told(Shop.price, other) == 0
    assert shop({}).told(Shop.price, other) is other
    assert shop({"price": None}).told(Shop.price, other) is other
    assert shop({"price": NOT_SURE}).told(Shop.price, other) is other
    assert shop({}, supposed={"price": 1}, assumed={"price": 2}).told(Shop.price, other) is other


def test_told_leaves_no_trace() -> None:
    case = shop(SOLD)
    case.told(Shop.price, Decimal(7))
    assert case.facts_read() == ()


# --- the record ------------------------------------------------------------------------------------------------------


def test_the_facts_read_are_in_the_order_of_their_first_reading() -> None:
    case = shop(SOLD)
    assert case.facts_read() == ()
    case.taxed, case.profit, case.eggs  # noqa: B018
    assert case.facts_read() == (
        Line("taxed", True, Origin.TOLD),
        Line("eggs", 50, Origin.TOLD),
        Line("price", Decimal(3), Origin.TOLD),
        Line("rate", Decimal("0.10"), Origin.TOLD),
    )


def test_a_figure_of_the_law_is_recorded_with_its_year_and_its_source() -> None:
    case = shop(SOLD)
    assert case.figure(LIMIT, 2026) == 100
    assert case.tax == 15
    assert Line("2026.limit", Decimal(100), Origin.LAW, "Act 1") in case.worksheet(Shop.tax)
    assert "2026.limit" not in [line.cell for line in case.facts_read()]


def test_a_worksheet_has_each_line_once_and_after_what_it_is_made_from() -> None:
    case = shop(SOLD)
    case.profit  # noqa: B018
    lines = case.worksheet(Shop.profit)
    assert " ".join(line.cell for line in lines) == "eggs price takings 2026.limit taxed rate tax profit"
    assert lines[-1] == Line("profit", Decimal(135), Origin.WORKED_OUT, "rule of profit")


def test_a_worksheet_of_several_cells_repeats_nothing() -> None:
    case = shop(SOLD)
    case.tax, case.profit  # noqa: B018
    assert case.worksheet(Shop.tax, Shop.profit, Shop.tax) == case.worksheet(Shop.profit)


def test_a_worksheet_has_only_what_its_cells_rest_on() -> None:
    case = shop(SOLD)
    case.rate, case.profit  # noqa: B018
    assert [line.cell for line in case.worksheet(Shop.takings)] == ["eggs", "price", "takings"]


def test_a_cell_that_was_worked_out_for_another_is_still_explained_in_full() -> None:
    case = shop(SOLD)
    case.takings, case.profit  # noqa: B018
    assert {"eggs", "price", "takings"} < {line.cell for line in case.worksheet(Shop.profit)}


def test_a_cell_that_was_never_worked_out_has_no_worksheet() -> None:
    assert shop(SOLD).worksheet(Shop.profit) == ()
