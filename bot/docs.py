"""Writes what is drawn from the running flows: ``python -m bot.docs`` (or ``make docs``) renews ``docs/``."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from dialogs.walk import Atlas, atlas, fact_check, flow_map, problems


def pages(drawn: Atlas) -> dict[str, str]:
    """The generated pages by file name."""
    return {"flow-map.md": flow_map(drawn), "fact-check.md": fact_check(drawn)}


def main(arguments: Sequence[str]) -> int:
    """Write the pages into the folder that ``arguments`` names, ``docs`` without one; 1 if something is wrong in them."""
    folder = Path(arguments[0] if arguments else "docs")
    folder.mkdir(parents=True, exist_ok=True)
    drawn = atlas()
    for name, text in pages(drawn).items():
        (folder / name).write_text(text, encoding="utf-8")
    wrong = problems(drawn)
    for line in wrong:
        print(line, file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
