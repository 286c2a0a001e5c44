from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot import docs
from dialogs.walk import Atlas
from tests.dialogs.talk import WORLD

ROOM = Atlas(replace(WORLD, flows={"room": WORLD.flows["room"]}))


def test_the_pages_are_written_into_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(docs, "atlas", lambda: ROOM)
    monkeypatch.setattr(docs, "problems", lambda drawn: [])
    assert docs.main([str(tmp_path / "a" / "b")]) == 0
    pages = docs.pages(ROOM)
    assert {file.name for file in (tmp_path / "a" / "b").iterdir()} == set(pages)
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
