from __future__ import annotations

import asyncio
import io
import logging
import sys
from collections.abc import Iterator

import pytest
from telegram import Bot

from bot import logs

CANARY = "987654321:AAcanaryCANARYcanary_CANARY-canaryCANAR"
AMOUNT = "$185,000"
ODD = "custom-secret-of-a-local-server"


@pytest.fixture
def output(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.configure("DEBUG", ODD)
    yield written
    assert CANARY not in written.getvalue()
    assert "185,000" not in written.getvalue()
    assert "185000" not in written.getvalue()
    assert ODD not in written.getvalue()


def test_a_log_line_names_what_happened(output: io.StringIO) -> None:
    logs.get_logger().info("send.again", chat=501, failures=2)
    assert "INFO    megaroth event=send.again chat=501 failures=2" in output.getvalue()


@pytest.mark.parametrize(
    "text",
    [
        CANARY,
        f"POST https://api.telegram.org/bot{CANARY}/sendMessage",
        f"/bot{CANARY.replace(':', '%3A')}/getMe",
        f"token='{CANARY}'",
        f"x{ODD}y",
    ],
)
def test_no_form_of_the_token_is_written(output: io.StringIO, text: str) -> None:
    logs.get_logger().warning("event", url=text)
    logging.getLogger("somebody.else").warning("calling %s", text)
    logging.getLogger("somebody.else").warning("calling %(url)s", {"url": text})
    assert output.getvalue().count("[token]") == 3
    assert CANARY.partition(":")[2] not in output.getvalue()


def test_the_token_in_a_repr_is_cut(output: io.StringIO) -> None:
    logging.getLogger("x").error("bot is %r", Bot(CANARY))
    assert "Bot[token=[token]]" in output.getvalue()


def test_handlers_of_others_are_covered(output: io.StringIO) -> None:
    theirs = io.StringIO()
    handler = logging.StreamHandler(theirs)
    other = logging.getLogger("other.library")
    other.addHandler(handler)
    try:
        raise ValueError(f"no route to /bot{CANARY}/getMe for {AMOUNT}")
    except ValueError:
        other.exception("failed with %s", CANARY, stack_info=True)
    other.removeHandler(handler)
    assert "[token]" in theirs.getvalue()
    assert CANARY not in theirs.getvalue()
    assert "185,000" not in theirs.getvalue()
    assert "builtins.ValueError" in theirs.getvalue()


def test_a_traceback_keeps_types_and_places_and_loses_words(output: io.StringIO) -> None:
    amount = f"{AMOUNT} a year"
    try:
        try:
            int(amount)
        except ValueError as error:
            raise KeyError(amount) from error
    except KeyError as error:
        logs.get_logger().error("turn.broken", code="K7F2", exc_info=error)
    assert "code=K7F2" in output.getvalue()
    assert "builtins.ValueError\nthen\n" in output.getvalue()
    assert output.getvalue().rstrip().endswith("builtins.KeyError")
    assert "test_logs.py" in output.getvalue()


def test_a_cause_that_was_hidden_stays_hidden(output: io.StringIO) -> None:
    try:
        try:
            int("x")
        except ValueError:
            raise KeyError("y") from None
    except KeyError:
        logs.get_logger().error("event", exc_info=True)
    assert "ValueError" not in output.getvalue()


def test_libraries_whisper_and_are_not_heard(output: io.StringIO) -> None:
    logging.getLogger("telegram.Bot").debug("sendMessage with $185,000")
    logging.getLogger("httpx").info("185000")
    assert output.getvalue() == ""


def test_the_level_is_the_operators(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    logs.configure("ERROR")
    logs.get_logger().warning("quiet")
    logs.get_logger().error("loud")
    assert "quiet" not in written.getvalue()
    assert "loud" in written.getvalue()


def test_a_message_that_cannot_be_formatted_is_no_leak(output: io.StringIO) -> None:
    logging.getLogger("x").error("%d dollars", "185000")
    assert "could not be formatted" in output.getvalue()


def test_a_crash_passes_the_same_filter(output: io.StringIO) -> None:
    error = RuntimeError(f"{CANARY} and $185,000")
    sys.excepthook(RuntimeError, error, None)
    assert "CRITICAL megaroth crashed" in output.getvalue()
    before = output.getvalue()
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert output.getvalue() == before


async def test_trouble_in_the_loop_is_named_by_type(output: io.StringIO) -> None:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(logs.log_loop_trouble)
    loop.call_exception_handler({"message": "x", "exception": ValueError("185000")})
    loop.call_exception_handler({"message": "only a message with 185000"})
    assert "event_loop ValueError" in output.getvalue()
    assert "event_loop NoneType" in output.getvalue()


def test_a_reason_of_telegrams_quotes_nothing() -> None:
    error = ValueError('Can\'t parse entities: unsupported start tag "185,000" at byte offset 9')
    assert "185,000" not in logs.safe_reason(error)
    assert "Can't parse entities: unsupported start tag … at byte offset 9" in logs.safe_reason(error)
    assert logs.safe_reason(ValueError(CANARY)) == "ValueError: [token]"
