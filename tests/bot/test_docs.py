from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import docs
from bot.schema import example_of
from bot.values import as_json_text
from dialogs.walk import Atlas
from knowledge.core.calculations import CALCULATIONS
from knowledge.library import load_calculations
from tests.dialogs.talk import WORLD

ROOM = Atlas(replace(WORLD, flows={"room": WORLD.flows["room"]}))


def test_the_pages_are_written_into_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(docs, "atlas", lambda: ROOM)
    monkeypatch.setattr(docs, "problems", lambda drawn: [])
    assert docs.main([str(tmp_path / "a" / "b")]) == 0
    pages = docs.pages(ROOM)
    assert {file.name for file in (tmp_path / "a" / "b").iterdir() if file.is_file()} == set(pages)
    for name, text in pages.items():
        assert (tmp_path / "a" / "b" / name).read_text("utf-8") == text
        assert "make docs" in text
    assert capsys.readouterr() == ("", "")


def test_what_is_wrong_is_told_and_the_pages_are_written_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(docs, "atlas", lambda: ROOM)
    monkeypatch.chdir(tmp_path)
    assert docs.main([]) == 1
    assert "plan is never asked\n" in capsys.readouterr().err
    assert (tmp_path / "docs" / "flow-map.md").read_text("utf-8") == docs.pages(ROOM)["flow-map.md"]


# --- the page of the calculations ------------------------------------------------------------------------------------

KEPT = (Path(__file__).parents[2] / "docs" / "calculations.md").read_text("utf-8")


def test_the_page_of_the_calculations_is_what_they_come_to() -> None:
    assert docs.calculations_page() == KEPT, "docs/calculations.md is out of date; `make docs` renews it"


@pytest.mark.parametrize("name", CALCULATIONS)
def test_every_calculation_has_a_section_with_its_example(name: str) -> None:
    words = load_calculations()[name]
    section = KEPT.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
    assert f"](#{name}): `megaroth calc {name}`" in KEPT
    for told in (words.title, words.about, words.shows, *words.not_modelled):
        assert told in section
    assert as_json_text(example_of(CALCULATIONS[name])) in section
    assert "\n| Result | Name in JSON | Value |\n" in section
    assert "\n| Line | Value | How | Source |\n" in section


def test_every_row_of_a_table_has_as_many_cells_as_its_head() -> None:
    for table in KEPT.split("\n\n"):
        if table.startswith("|"):
            assert len({row.count(" | ") for row in table.splitlines()}) == 1


def test_of_a_long_list_the_ends_are_shown() -> None:
    assert docs._cut(["; ".join("abcdefghi")]) == "a; b; c; … (9 in all); i"
    assert docs._cut(["; ".join("abcdefgh"), "i"]) == "a; b; c; d; e; f; g; h<br>i"
    assert docs._cut([*"abcdefghi"]) == "a<br>b<br>c<br>… (9 in all)<br>i"


def test_what_would_end_a_cell_does_not() -> None:
    assert list(docs._table(("a", "b"), [("1|2", "3")])) == [
        "| a | b |",
        "| --- | --- |",
        "| 1&#124;2 | 3 |",
        "",
    ]
