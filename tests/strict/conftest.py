from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.strict.actors import Bot, Person, leaks, running
from tests.strict.server import Sim, strictapi


@dataclass
class Place:
    """A strict Telegram with the bot on it; what a check has to explain goes into ``explained`` and ``logged``."""

    sim: Sim
    bot: Bot
    people: list[Person] = field(default_factory=list)
    explained: dict[str, str] = field(default_factory=dict)
    """Violations that the check causes on purpose: words of the detail, and why they are right."""
    logged: dict[str, str] = field(default_factory=dict)
    """Errors that the check makes the bot log: the event, and why."""

    async def person(self, number: int = 501, chat: int = 0) -> Person:
        if not chat:
            await self.sim.ask("user", id=number, first_name=f"P{number}")
        self.people.append(Person(self.bot, number, chat))
        return self.people[-1]

    async def fault(self, kind: str, *methods: str, times: int = 1, **how: Any) -> None:
        """Let something go wrong ``times`` times with the next calls of ``methods``."""
        await self.sim.ask("fault", kind=kind, methods=list(methods), times=times, **how)


Start = Callable[..., AbstractAsyncContextManager[Place]]


def needed() -> tuple[Path, str]:
    """Where strictapi is, and the Python that runs it; the module that calls this is skipped when nobody says."""
    folder = os.environ.get("STRICTAPI")
    if not folder:
        pytest.skip(
            "no strict stand-in for the Bot API: STRICTAPI does not name the folder of strictapi.py",
            allow_module_level=True,
        )
    return Path(folder), os.environ.get("STRICTAPI_PYTHON", sys.executable)


@pytest.fixture
def start(tmp_path: Path) -> Start:
    """Start strictapi and the bot; at the end there must be nothing that nobody has explained."""

    @asynccontextmanager
    async def starting(
        day: date | None = None, *, per_second: int = 0, module: str = "", **settings: Any
    ) -> AsyncIterator[Place]:
        async with strictapi(*needed(), **settings) as sim:
            async with running(sim, tmp_path / "data", day, per_second=per_second, module=module) as bot:
                place = Place(sim, bot)
                yield place
                await bot.idle()
            await judge(place)

    return starting


async def judge(place: Place) -> None:
    """See that Telegram had nothing to complain of, that no error is in the log, and nothing that anybody said."""
    wrong = [
        f"{one['severity']} {one['kind']}: {one['method']} {one['detail']}"
        for one in await place.sim.ask("violations")
        if one["severity"] != "info" and not any(words in one["detail"] for words in place.explained)
    ]
    assert wrong == []
    log = place.bot.log.read_text()
    errors = [line for line in log.splitlines() if " ERROR " in line or " CRITICAL " in line]
    assert [line for line in errors if not any(event in line for event in place.logged)] == []
    assert leaks(log, [text for person in place.people for text in person.said]) == []
