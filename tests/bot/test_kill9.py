"""A short version of `tests.bot.kill9`; the full one is run by hand and by `.ci/run`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.kill9 import experiment, own

pytestmark = pytest.mark.untraced


async def test_killing_the_bot_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    async with own() as messenger:
        report = await experiment(messenger, tmp_path, people=8, kills=3, seed=1)
    assert report.good, report
