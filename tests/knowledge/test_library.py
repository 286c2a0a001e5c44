"""The words of cells and calculations; those of the conversation are tested where they are shown."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from knowledge.library import (
    GROUPS,
    ContentError,
    ExplainerFront,
    _cells,
    group_key,
    load_library,
    parse,
)

LIBRARY = load_library()


def test_the_words_of_all_subjects_come_together(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[room]\nname = "Room"\nhow = "limit − additions"\n', encoding="utf-8")
    (tmp_path / "b.toml").write_text('[pace]\nname = "Pace"\n', encoding="utf-8")
    (tmp_path / "notes.md").write_text("no words of cells", encoding="utf-8")
    cells = _cells(tmp_path)
    assert {name: (cell.name, cell.how) for name, cell in cells.items()} == {
        "room": ("Room", "limit − additions"),
        "pace": ("Pace", ""),
    }


def test_a_cell_with_words_in_two_files_is_refused(tmp_path: Path) -> None:
    for subject in ("a", "b"):
        (tmp_path / f"{subject}.toml").write_text('[room]\nname = "Room"\n', encoding="utf-8")
    with pytest.raises(ContentError, match=r"^cells/b\.toml: room has words in another file too$"):
        _cells(tmp_path)


def test_a_group_is_named_by_its_words() -> None:
    assert [group_key(group) for group in ("Moving to Roth", "Tests, refunds")] == [
        "moving-to-roth",
        "tests-refunds",
    ]
    assert len({group_key(group) for group in GROUPS}) == len(GROUPS)
    assert all(len(group) <= 14 for group in GROUPS), "two of them stand in a row"


def test_an_explainer_of_no_group_is_refused() -> None:
    text = (files("knowledge") / "content" / "explainers" / "acp-test.md").read_text("utf-8")
    with pytest.raises(ContentError, match=r"(?s)^acp-test: .*group"):
        parse("acp-test", text.replace('group = "Tests, refunds"', 'group = "Testing"'), ExplainerFront)


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("pay", "Pay for a full year"),
        ("legal_room", "Room under the total limit"),
        ("2026.catch_up", "Catch-up limit from 50 2026"),
        ("acp_times", "ACP test: times the other group, first way"),
    ],
)
def test_a_fact_a_cell_and_a_figure_have_a_name(cell: str, name: str) -> None:
    assert LIBRARY.name_of(cell) == name


def test_how_a_cell_is_worked_out_is_told_where_the_name_is_not_enough() -> None:
    assert LIBRARY.how("legal_room") == "total limit − annual additions, not below 0"
    assert LIBRARY.how("pay") == LIBRARY.how("2026.catch_up") == ""
