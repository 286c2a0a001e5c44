"""``python -m tests.transcripts``: write every transcript again, and remove those that have no script any more."""

from __future__ import annotations

from tests.transcripts import FOLDER, transcripts

if __name__ == "__main__":
    written = transcripts()
    for old in FOLDER.glob("*.txt"):
        if old.name not in written:
            old.unlink()
    for name, text in written.items():
        (FOLDER / name).write_text(text, "utf-8")
