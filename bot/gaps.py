"""The questions that nothing answers, as the database keeps them and as the curators read them.

The table ``gaps`` has a row for each fingerprint, with no text, that counts how often it was asked, and one more for
each text that people agreed to send under it. No row says who asked.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from itertools import groupby
from pathlib import Path
from typing import TextIO

from sqlite_utils import Database

from bot.calc import write
from dialogs.gaps import Gap

NOTHING = "No question is open in {folder} (--data or MEGAROTH_DATA)."
NOT_OPENED = (
    "The database cannot be opened: {reason}. It is looked for in {folder} (--data or MEGAROTH_DATA)."
)
UNKNOWN = "No open question has the fingerprint {fingerprint}."
FORGOTTEN = "Forgotten: {fingerprint}."
_HEAD = "TIMES  LAST DAY    FINGERPRINT  WORDS, WHERE PEOPLE SENT THEM"


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """What is kept under one fingerprint: how often and when it was asked, and the ``texts`` that people sent."""

    fingerprint: str
    times: int
    first_day: str
    last_day: str
    texts: tuple[str, ...]


def create(database: Database) -> None:
    """Create the table."""
    database.table("gaps").create(
        {"fingerprint": str, "text": str, "times": int, "first_day": str, "last_day": str},
        pk=("fingerprint", "text"),
        not_null={"times", "first_day", "last_day"},
        strict=True,
    )


def note(database: Database, gap: Gap) -> None:
    """Count ``gap`` once; inside a transaction if the caller has begun one."""
    database.execute(
        "INSERT INTO gaps VALUES (:fingerprint, :text, 1, :day, :day) ON CONFLICT (fingerprint, text) DO UPDATE "
        "SET times = times + 1, first_day = min(first_day, :day), last_day = max(last_day, :day)",
        {"fingerprint": gap.fingerprint, "text": gap.text, "day": gap.day.isoformat()},
    )


def listed(database: Database) -> list[OpenQuestion]:
    """The open questions, most frequent first, then the newest; none in a database from before they were counted."""
    if not database.table("gaps").exists():
        return []
    rows = database.query("SELECT * FROM gaps ORDER BY fingerprint, times DESC, text")
    found = [_together(list(same)) for _, same in groupby(rows, lambda row: row["fingerprint"])]
    found.sort(key=lambda one: (one.times, one.last_day), reverse=True)
    return found


def _together(rows: Sequence[dict[str, str | int]]) -> OpenQuestion:
    # Whoever sends a text has asked it before, so the row without text has the count; after `forget` it may be gone.
    return OpenQuestion(
        str(rows[0]["fingerprint"]),
        max(int(row["times"]) for row in rows),
        min(str(row["first_day"]) for row in rows),
        max(str(row["last_day"]) for row in rows),
        tuple(str(row["text"]) for row in rows if row["text"]),
    )


def forget(database: Database, fingerprint: str) -> bool:
    """Remove what is kept under ``fingerprint``; False when there is nothing."""
    if not database.table("gaps").exists():
        return False
    gone = database.execute("DELETE FROM gaps WHERE fingerprint = ?", (fingerprint,)).rowcount
    return bool(gone)


def show(path: Path, out: TextIO | None, *, as_json: bool, forgotten: str | None = None) -> int:
    """Write the open questions of the database at ``path``, or remove the one ``forgotten``; the exit code.

    0 when that is done, 1 when the list could not be written, 2 when there is something to put right. Where there is no
    database none is made.
    """
    folder = path.parent
    if not path.is_file():
        return _unknown(forgotten) if forgotten else _nothing(folder, out, as_json=as_json)
    try:
        with closing(_opened(path)) as database:
            if forgotten:
                return _forget(database, forgotten, out)
            questions = listed(database)
    except (sqlite3.Error, OSError) as error:
        print(NOT_OPENED.format(reason=error, folder=folder), file=sys.stderr)
        return 2
    if not questions:
        return _nothing(folder, out, as_json=as_json)
    lines = map(_as_json, questions) if as_json else _as_text(questions)
    return _written("\n".join(lines), out)


def _opened(path: Path) -> Database:
    """The database as it is, also while the bot writes to it; never a new one."""
    database = Database(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True))
    database.execute("PRAGMA busy_timeout = 10000")
    database.execute("PRAGMA secure_delete = ON")
    return database


def _forget(database: Database, fingerprint: str, out: TextIO | None) -> int:
    if not forget(database, fingerprint):
        return _unknown(fingerprint)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return _written(FORGOTTEN.format(fingerprint=fingerprint), out)


def _unknown(fingerprint: str) -> int:
    print(UNKNOWN.format(fingerprint=fingerprint), file=sys.stderr)
    return 2


def _nothing(folder: Path, out: TextIO | None, *, as_json: bool) -> int:
    """Say that there is nothing; beside the output where that is read by a program."""
    return _written(NOTHING.format(folder=folder), sys.stderr if as_json else out)


def _written(text: str, out: TextIO | None) -> int:
    try:
        write(text, out)
    except OSError:  # whoever was reading has seen enough, or there is nothing to write to
        return 1
    return 0


def _as_json(question: OpenQuestion) -> str:
    return json.dumps(asdict(question), ensure_ascii=False)


def _as_text(questions: Sequence[OpenQuestion]) -> Iterator[str]:
    yield _HEAD
    for one in questions:
        first, *others = one.texts or ("",)
        counted = f"{one.times:>5}  {one.last_day}  {one.fingerprint}   "
        yield (counted + first).rstrip()
        yield from (" " * len(counted) + text for text in others)
