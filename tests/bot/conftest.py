from __future__ import annotations

import logging
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog
from telegram import Bot

from bot.request import AiohttpRequest, Api
from bot.sqlite_store import SqliteStore
from bot.updates import Me
from tests.bot.fakes import Clock
from tests.bot.standin import BOT, TOKEN, StandIn

ME = Me(BOT["id"], BOT["username"])  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def logging_as_before() -> Iterator[None]:
    """Give logging back, which the bot takes over when it starts."""
    root, factory, hook = logging.getLogger(), logging.getLogRecordFactory(), sys.excepthook
    level, handlers = root.level, root.handlers[:]
    yield
    logging.setLogRecordFactory(factory)
    root.setLevel(level)
    root.handlers[:] = handlers
    sys.excepthook = hook
    structlog.reset_defaults()


@pytest.fixture
async def telegram() -> AsyncIterator[StandIn]:
    async with StandIn() as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def store(tmp_path: Path, clock: Clock) -> AsyncIterator[SqliteStore]:
    opened = await SqliteStore.open(tmp_path / "bot.sqlite3", clock)
    yield opened
    await opened.close()


@pytest.fixture
async def bot(telegram: StandIn) -> AsyncIterator[Bot]:
    made = Bot(
        TOKEN,
        base_url=f"{telegram.url}/bot",
        request=AiohttpRequest(),
        get_updates_request=AiohttpRequest(connections=1),
    )
    async with made:
        yield made


@pytest.fixture
async def api(telegram: StandIn) -> AsyncIterator[Api]:
    request = AiohttpRequest()
    await request.initialize()
    yield Api(request, f"{telegram.url}/bot{TOKEN}")
    await request.shutdown()
