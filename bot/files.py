"""Pictures and papers as files, made beside the event loop and remembered for as long as that saves work.

Making a file takes long enough for other people to notice, so it runs in a thread of its own, one file at a time. Who
has waited too long does without; should the thread ever hang, all do, and nothing else stops. A file is kept until it
has been uploaded: from then on Telegram's own id of it stands for the same content.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from bot.cards import digest
from bot.papers import file_of
from bot.pictures import png
from bot.request import File
from dialogs.papers import Paper
from dialogs.pictures import Picture

_SECONDS = 5.0
_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Files:
    """What ``draw`` and ``write`` make, waited for up to ``seconds``; the newest files or ids are remembered."""

    draw: Callable[[Picture], bytes] = png
    write: Callable[[Paper], tuple[str, bytes, str]] = file_of
    seconds: float = _SECONDS
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "files"))
    _known: dict[bytes, File | str] = field(default_factory=dict)

    async def get(self, content: Picture | Paper) -> File | str:
        """Give ``content`` as a file, or Telegram's id of it. Raises what making it raises, and `TimeoutError`."""
        key = digest(content)
        if key not in self._known:
            made = asyncio.get_running_loop().run_in_executor(self._thread, self._make, content)
            self._remember(key, await asyncio.wait_for(made, self.seconds))
        return self._known[key]

    def uploaded(self, content: Picture | Paper, file_id: str) -> None:
        """Let Telegram's ``file_id`` stand for ``content`` from now on."""
        self._remember(digest(content), file_id)

    def forget(self, content: Picture | Paper) -> None:
        """Make ``content`` anew the next time."""
        self._known.pop(digest(content), None)

    def _make(self, content: Picture | Paper) -> File:
        if isinstance(content, Picture):
            return File("picture.png", self.draw(content), "image/png")
        return File(*self.write(content))

    def _remember(self, key: bytes, what: File | str) -> None:
        self._known.pop(key, None)
        self._known[key] = what
        if len(self._known) > _REMEMBERED:
            del self._known[next(iter(self._known))]
