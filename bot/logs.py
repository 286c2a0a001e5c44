"""Logs that can be shown to anybody: no token, nothing a person wrote.

Two leaks are closed at the source, where every log record is made, so that handlers of other libraries are
covered too:

* *The token.* Libraries put it in URLs (``/bot123:AA...``), in ``repr`` of their objects and in error texts.
  Anything shaped like a token is cut, wherever it stands in a word, and so is the configured one.
* *What people say.* The text of an exception often quotes the value that caused it. A logged traceback
  therefore keeps the types and the lines of code, and loses the messages. Libraries are heard from WARNING on:
  their chatter below it contains whole requests.
"""

from __future__ import annotations

import asyncio
import logging
import re
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from types import TracebackType
from typing import Any

import structlog

_TOKEN = re.compile(r"\d+(?::|%3[Aa])[A-Za-z0-9_-]{20,}")
_QUOTED = re.compile(r"\".*\"|(?<![A-Za-z])'.*'|`.*`", re.S)
_OURS = "megaroth"


def get_logger() -> structlog.stdlib.BoundLogger:
    """Get the project's own logger: ``log.info("what.happened", count=3)``."""
    logger: structlog.stdlib.BoundLogger = structlog.get_logger(_OURS)
    return logger


def configure(level: str = "INFO", token: str = "") -> None:
    """Send logs to standard error from ``level`` on, never with ``token`` or a person's words in them."""
    logging.setLogRecordFactory(_Records(token))
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)-7s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger(_OURS).setLevel(level)
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, _to_record],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    sys.excepthook = log_crash


def log_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log what ends the process (as ``sys.excepthook``): its last words pass the same filter."""
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(_OURS).critical("crashed", exc_info=(kind, error, trace))


def log_loop_trouble(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log trouble in the event loop by the error's type; asyncio's own handler quotes its text."""
    error = context.get("exception")
    logging.getLogger(_OURS).error("event_loop %s", type(error).__name__, exc_info=error)


def safe_reason(error: BaseException) -> str:
    """Give an error of Telegram's in its words, without what it quotes of the message.

    >>> safe_reason(ValueError('Unsupported start tag "185000" at byte offset 9'))
    'ValueError: Unsupported start tag … at byte offset 9'
    """
    return redact(f"{type(error).__name__}: {_QUOTED.sub('…', str(error))[:200]}")


def redact(text: str, token: str = "") -> str:
    """Give ``text`` with everything that looks like a bot token, and ``token`` itself, cut out."""
    if token:
        text = text.replace(token, "[token]")
    return _TOKEN.sub("[token]", text)


_as_text = structlog.processors.LogfmtRenderer(key_order=["event"])


def _to_record(logger: Any, name: str, event: MutableMapping[str, Any]) -> tuple[tuple[str], dict[str, Any]]:
    """Turn what structlog collected into arguments of a method of `logging.Logger`."""
    trace = event.pop("exc_info", None)
    return (_as_text(logger, name, event),), {"exc_info": trace} if trace else {}


def _types_and_places(error: BaseException) -> Iterator[str]:
    """Give a traceback without exception messages, causes first."""
    earlier = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if earlier is not None:
        yield from _types_and_places(earlier)
        yield "then\n"
    yield from traceback.format_tb(error.__traceback__)
    yield f"{type(error).__module__}.{type(error).__qualname__}\n"


class _Records:
    """A factory of log records whose text is final: formatted, cleaned, with no arguments left to leak."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = logging.LogRecord(*args, **kwargs)
        try:
            text = record.getMessage()
        except Exception:
            text = "a log message that could not be formatted"
        record.msg, record.args = redact(text, self._token), None
        if record.exc_info and record.exc_info[1] is not None:
            # Formatters show `exc_text` when it is there; without `exc_info` none can make its own.
            trace = "".join(_types_and_places(record.exc_info[1]))
            record.exc_text, record.exc_info = redact(trace.rstrip(), self._token), None
        if record.stack_info:
            record.stack_info = redact(record.stack_info, self._token)
        return record
