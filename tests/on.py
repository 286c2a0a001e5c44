"""The bot's own command line on a fixed day: ``python -m tests.on 2026-03-02 telegram`` (or ``chat ...``).

Which paychecks are left, and which year's limits count, depends on the day: a script with numbers needs one.
The terminal shows no bars of pictures here, so that it can be compared with other front ends.
"""

from __future__ import annotations

import sys
from datetime import date
from functools import partial
from unittest.mock import patch

from bot import conversation, terminal
from bot.__main__ import main
from tests.seen import NO_BARS

if __name__ == "__main__":
    day = date.fromisoformat(sys.argv[1])
    on_that_day = partial(conversation.DialogConversation, lambda: day)
    with (
        patch.object(conversation, "DialogConversation", on_that_day),
        patch.object(terminal, "Makers", lambda: NO_BARS),
    ):
        sys.exit(main(sys.argv[2:]))
