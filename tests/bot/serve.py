"""The real runtime with the counting conversation, as a process: ``python -m tests.bot.serve``."""

from __future__ import annotations

import asyncio
import sys

from bot.settings import Settings
from bot.telegram import run
from tests.bot.fakes import Counting

if __name__ == "__main__":
    sys.exit(asyncio.run(run(Settings(), Counting())))
