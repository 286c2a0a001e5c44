"""The bot's own command line on a fixed day: ``python -m tests.on 2026-03-02 telegram`` (or ``chat ...``).

Which paychecks are left, and which year's limits count, depends on the day: a script with numbers needs one.
"""

from __future__ import annotations

import sys
from datetime import date
from functools import partial
from unittest.mock import patch

from bot import conversation
from bot.__main__ import main

if __name__ == "__main__":
    day = date.fromisoformat(sys.argv[1])
    with patch.object(
        conversation, "DialogConversation", partial(conversation.DialogConversation, lambda: day)
    ):
        sys.exit(main(sys.argv[2:]))
