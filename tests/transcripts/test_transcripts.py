from __future__ import annotations

import pytest

from tests.transcripts import FOLDER, transcripts

LONGEST = 160
NOW = transcripts()


def test_each_script_has_a_transcript_and_each_transcript_a_script() -> None:
    assert {file.name for file in FOLDER.glob("*.txt")} == set(NOW), "run: make transcripts"


@pytest.mark.parametrize("name", NOW)
def test_a_transcript_shows_what_a_person_sees_now(name: str) -> None:
    written = (FOLDER / name).read_text("utf-8") if (FOLDER / name).exists() else ""
    assert written == NOW[name], "the words or numbers have changed; run: make transcripts"


@pytest.mark.parametrize("name", NOW)
def test_a_transcript_is_short_enough_to_be_read(name: str) -> None:
    assert len(NOW[name].splitlines()) <= LONGEST
