"""One question in, one answer out; and many as lines of JSON."""

from __future__ import annotations

import io
import json
from datetime import date

import pytest

from bot.__main__ import main
from bot.ask import ANSWERED, BAD_INPUT, NO_ANSWER, answered, ask, ask_lines
from dialogs.world import world_on

DAY = date(2026, 7, 1)
WORLD = world_on(DAY)


def said(question: str) -> tuple[int, str]:
    out = io.StringIO()
    return ask(question, DAY, out), out.getvalue()


def lines(*given: str | bytes) -> tuple[int, list[dict[str, object]], str]:
    raw = [one if isinstance(one, bytes) else one.encode() for one in given]
    out, complain = io.StringIO(), io.StringIO()
    status = ask_lines(raw, DAY, out, complain)
    return status, [json.loads(line) for line in out.getvalue().splitlines()], complain.getvalue()


def test_a_question_is_answered_as_text() -> None:
    status, text = said("what is acp?")
    assert status == ANSWERED
    assert text.startswith("ACP test\n")
    assert "1.25 times" in text
    assert "<b>" not in text


def test_the_figures_are_those_of_the_year_that_is_named() -> None:
    assert "$24,500" in said("what is the 402g limit")[1]
    assert "$23,000" in said("what was the 402g limit in 2024")[1]


def test_what_has_no_answer_is_said() -> None:
    status, text = said("who will win the world cup")
    assert status == NO_ANSWER
    assert text.startswith("I do not have an answer to that.")


def test_what_is_worked_out_is_named() -> None:
    status, text = said("work out my room for me")
    assert (status, "/room" in text) == (ANSWERED, True)


def test_nobody_may_be_listening() -> None:
    assert ask("what is acp?", DAY, None) == ANSWERED


def test_each_line_is_answered_by_a_line() -> None:
    status, out, complaints = lines(
        '{"id": "a", "question": "what is acp?"}', "", '{"id": 7, "question": "tell me a story"}'
    )
    assert (status, complaints) == (ANSWERED, "")
    first, second = out
    assert first["id"] == "a"
    assert first["topic"] == "acp-test"
    assert first["candidates"] == [{"topic": "acp-test", "confidence": 1.0}]
    assert str(first["answer"]).startswith("ACP test")
    assert "unsure" not in first
    assert second == {
        "id": 7,
        "topic": None,
        "candidates": [],
        "answer": WORLD.library.say("no_answer"),
    }


def test_an_unsure_one_names_its_first_candidate_and_says_so() -> None:
    unsure = [
        line
        for text in (
            "match and limit and refund and conversion and spouse",
            "withdraw roll convert match what",
            "limit test fee form",
        )
        if (line := answered("x", text, WORLD)).get("unsure")
    ]
    assert unsure
    for line in unsure:
        candidates = line["candidates"]
        assert isinstance(candidates, list)
        assert line["topic"] == candidates[0]["topic"]
        assert "Did you mean" in str(line["answer"])
        assert WORLD.library.explainers[str(line["topic"])].front.title in str(line["answer"])


def test_one_that_begins_a_flow_names_it_beside_its_explainer() -> None:
    line = answered("x", "work out my room for me", WORLD)
    assert (line["flow"], line["topic"]) == ("room", "room-calculation")


def test_what_was_read_before_counts() -> None:
    _, [line], _ = lines('{"id": 1, "question": "how much?", "near": ["catch-up"]}')
    assert line["topic"] == "catch-up"


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        ("no json", "line 1: Invalid JSON"),
        ('{"id": 1}', "line 1: question: Field required"),
        ('{"question": "x"}', "line 1: id: Field required"),
        ('{"id": 1, "question": 5}', "line 1: question: "),
        (b'{"id": 1, "question": "\xff"}', "line 1: "),
        ("[]", "line 1: "),
    ],
)
def test_a_line_that_cannot_be_used_is_named_and_the_others_are_answered(
    bad: str | bytes, named: str
) -> None:
    status, out, complaints = lines(bad, '{"id": 2, "question": "what is acp?"}')
    assert status == BAD_INPUT
    assert complaints.startswith(named)
    assert [line["id"] for line in out] == [2]


class Full(io.StringIO):
    def write(self, _: str) -> int:
        raise OSError(28, "No space left on device")


def test_a_full_disk_shows_no_traceback() -> None:
    assert ask_lines([b'{"id": 1, "question": "x"}'], DAY, Full(), io.StringIO()) == NO_ANSWER
    assert ask("what is acp", DAY, Full()) == NO_ANSWER


def test_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "what", "is", "acp"]) == ANSWERED
    assert capsys.readouterr().out.startswith("ACP test\n")
    assert main(["ask"]) == 2
    assert main(["ask", "what", "--jsonl"]) == 2
    assert "Give a question" in capsys.readouterr().err


def test_the_command_reads_lines(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    given = io.TextIOWrapper(io.BytesIO(b'{"id": 1, "question": "hce?"}\n'))
    monkeypatch.setattr("sys.stdin", given)
    assert main(["ask", "--jsonl"]) == ANSWERED
    assert json.loads(capsys.readouterr().out)["topic"] == "hce-definition"
    monkeypatch.setattr("sys.stdin", None)
    assert main(["ask", "--jsonl"]) == ANSWERED
