"""How requests reach Telegram: python-telegram-bot's own interface, carried by aiohttp.

The library's default carrier costs several milliseconds of CPU a request under load; this one a tenth of it.
Requests are JSON bodies, or multipart ones where a file goes along. What goes wrong on the way becomes `telegram.error.TimedOut` or
`telegram.error.NetworkError`; what Telegram answers is left to the library to read.

Nothing here may log or quote a request or an answer: they hold the token and what people wrote.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiohttp
from telegram import InputFile
from telegram._utils.types import JSONDict, ODVInput
from telegram.error import NetworkError, TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter

# `RetryAfter.retry_after` is a timedelta in the next major version; without this the library warns each time
# that Telegram asks for patience.
os.environ["PTB_TIMEDELTA"] = "true"

_SECONDS_TO_CONNECT = 10.0
_SECONDS_TO_ANSWER = 15.0
_SECONDS_TO_UPLOAD = 60.0


class AiohttpRequest(BaseRequest):
    """Up to ``connections`` requests side by side; usable after `initialize`."""

    __slots__ = ("_connections", "_session")

    def __init__(self, connections: int = 64) -> None:
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Seconds to wait for an answer unless a call says otherwise."""
        return _SECONDS_TO_ANSWER

    async def initialize(self) -> None:
        """Open the pool of connections."""
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=self._connections, ttl_dns_cache=300),
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
            )

    async def shutdown(self) -> None:
        """Close the pool."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """One request: status and body. Raises `TimedOut` and `NetworkError`.

        aiohttp sets no limit of its own for writing, so a request with files has one as a whole; the limit for
        waiting in the pool is that of connecting.
        """
        if self._session is None:
            raise NetworkError("the request is not initialized")
        connect = _seconds(connect_timeout, _SECONDS_TO_CONNECT)
        limits = aiohttp.ClientTimeout(
            total=_SECONDS_TO_UPLOAD if request_data and request_data.contains_files else None,
            connect=connect,
            sock_read=_seconds(read_timeout, _SECONDS_TO_ANSWER),
        )
        try:
            async with self._session.request(
                method, url, data=_body(request_data), headers=_headers(request_data), timeout=limits
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except (aiohttp.ClientError, OSError) as error:
            # Its text may hold the URL, and that the token: only its type is passed on.
            raise NetworkError(type(error).__name__) from error

    @staticmethod
    def parse_json_payload(payload: bytes) -> JSONDict:
        """Read an answer. Raises `TelegramError`, quietly: the library's own version logs the whole body."""
        try:
            answer: Any = json.loads(payload)
        except ValueError as error:
            raise TelegramError("Invalid server response") from error
        if not isinstance(answer, dict) or ("result" not in answer and answer.get("ok", True)):
            raise TelegramError("Invalid server response")
        return answer


@dataclass(frozen=True, slots=True)
class File:
    """A file to upload: its ``name``, what is in it, and its ``media_type`` (``image/png``)."""

    name: str
    content: bytes = field(repr=False)
    media_type: str


@dataclass(frozen=True, slots=True)
class Api:
    """Methods of the Bot API by name, plain JSON in and out; ``base_url`` ends in the token.

    For the few methods on the hot path. The library's own methods parse every answer into objects, which
    costs more than all the rest of a send, and one malformed update would sink its whole batch.
    """

    request: AiohttpRequest
    base_url: str = field(repr=False)

    async def call(
        self, method: str, parameters: Mapping[str, object], wait: float = _SECONDS_TO_ANSWER
    ) -> object:
        """Return the ``result``, waiting for it up to ``wait`` seconds; a `File` is uploaded. Raises `TelegramError`."""
        data = RequestData(
            [_parameter(name, value) for name, value in parameters.items() if value is not None]
        )
        return await self.request.post(f"{self.base_url}/{method}", data, read_timeout=wait)


def _parameter(name: str, value: object) -> RequestParameter:
    if not isinstance(value, File):
        return RequestParameter(name, value, None)
    upload = InputFile(value.content, value.name)
    upload.mimetype = value.media_type  # the library's guess from the name depends on the machine
    return RequestParameter(name, None, [upload])


def _seconds(timeout: ODVInput[float], default: float) -> float | None:
    return timeout if isinstance(timeout, int | float) or timeout is None else default


def _body(data: RequestData | None) -> bytes | aiohttp.FormData | None:
    if data is None:
        return None
    if not data.contains_files:
        return json.dumps(data.parameters).encode()
    form = aiohttp.FormData(quote_fields=False)  # Telegram shows a file's name as it is sent
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, kind) in data.multipart_data.items():
        stream = BytesIO(content) if isinstance(content, bytes) else content  # read bit by bit
        form.add_field(name, stream, filename=filename, content_type=kind)
    return form


def _headers(data: RequestData | None) -> dict[str, str] | None:
    return None if data is None or data.contains_files else {"Content-Type": "application/json"}
