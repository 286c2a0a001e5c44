"""strictapi as a process of its own, and its control calls over HTTP."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import aiohttp

TOKEN = "123456789:TEST-strictapi-TOKEN-abcdefghijklmno"
PATIENCE = 60.0  # seconds; whoever waits longer waits in vain

Json: TypeAlias = dict[str, Any]


@dataclass(frozen=True)
class Sim:
    """A running strictapi at ``url``."""

    url: str
    session: aiohttp.ClientSession

    async def ask(self, call: str, **parameters: Any) -> Any:
        """Make one control call. Raises ValueError when it is refused."""
        async with self.session.post(f"{self.url}/sim/{call}", json=parameters) as answer:
            if answer.status != 200:
                raise ValueError(f"{call}: {await answer.text()}")
            return await answer.json(content_type=None)

    async def polls(self) -> int:
        """How often the bot has asked for updates."""
        count: int = (await self.ask("stats")).get("call:getupdates", 0)
        return count


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def strictapi(folder: Path, python: str, **settings: Any) -> AsyncIterator[Sim]:
    """Run strictapi with ``settings`` of its own; it listens when this gives it."""
    port = free_port()
    wishes = [word for name, value in settings.items() for word in ("--set", f"{name}={json.dumps(value)}")]
    process = await asyncio.create_subprocess_exec(
        *(python, str(folder / "strictapi.py"), "--port", str(port), *wishes),
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            sim = Sim(f"http://127.0.0.1:{port}", session)
            await listening(sim, process)
            yield sim
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


async def listening(sim: Sim, process: asyncio.subprocess.Process) -> None:
    """Wait until strictapi answers. Raises RuntimeError when it ends instead."""
    while process.returncode is None:
        try:
            await sim.ask("health")
        except aiohttp.ClientError:
            await asyncio.sleep(0.02)
        else:
            return
    raise RuntimeError(f"strictapi ended with {process.returncode}")
