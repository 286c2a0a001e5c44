from __future__ import annotations

import io
import json
import sqlite3
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.gaps import FORGOTTEN, NOTHING, UNKNOWN, OpenQuestion, create, forget, listed, note, show
from bot.sqlite_store import DATABASE, connect, migrations
from dialogs.gaps import Gap

MAY, JUNE, JULY = date(2026, 5, 30), date(2026, 6, 30), date(2026, 7, 1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / DATABASE


@pytest.fixture
def database(path: Path) -> Iterator[Database]:
    opened = connect(path)
    yield opened
    opened.close()


def noted(database: Database, *gaps: Gap) -> list[OpenQuestion]:
    for gap in gaps:
        note(database, gap)
    return listed(database)


def shown(path: Path, *, as_json: bool = False, forgotten: str | None = None) -> tuple[int, str]:
    out = io.StringIO()
    return show(path, out, as_json=as_json, forgotten=forgotten), out.getvalue()


def test_a_question_is_counted_and_its_texts_are_under_it(database: Database) -> None:
    assert noted(
        database,
        Gap("aa", JUNE),
        Gap("aa", JULY),
        Gap("aa", JULY, "what is a banana?"),
        Gap("aa", MAY),
        Gap("aa", JUNE, "a banana, what is it"),
        Gap("aa", JUNE, "a banana, what is it"),
        Gap("bb", JUNE),
    ) == [
        OpenQuestion("aa", 3, "2026-05-30", "2026-07-01", ("a banana, what is it", "what is a banana?")),
        OpenQuestion("bb", 1, "2026-06-30", "2026-06-30", ()),
    ]


def test_the_most_frequent_is_first_and_then_the_newest(database: Database) -> None:
    found = noted(
        database, Gap("aa", JULY), Gap("bb", JUNE), Gap("bb", JUNE), Gap("cc", JUNE), Gap("dd", JULY)
    )
    assert [one.fingerprint for one in found] in (["bb", "aa", "dd", "cc"], ["bb", "dd", "aa", "cc"])


def test_days_need_not_come_in_order(database: Database) -> None:
    (found,) = noted(database, Gap("aa", JUNE), Gap("aa", JULY), Gap("aa", MAY), Gap("aa", JUNE))
    assert (found.first_day, found.last_day) == ("2026-05-30", "2026-07-01")


def test_there_is_one_row_for_a_fingerprint_and_a_text(database: Database) -> None:
    noted(database, *[Gap("aa", JUNE)] * 5, *[Gap("aa", JUNE, "x")] * 3)
    assert database.table("gaps").count == 2
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO gaps VALUES ('aa', 'x', 1, '', '')")


def test_what_was_asked_again_after_it_was_forgotten_counts_anew(database: Database) -> None:
    noted(database, Gap("aa", JUNE), Gap("aa", JUNE, "x"), Gap("bb", JUNE))
    assert forget(database, "aa")
    assert not forget(database, "aa")
    assert [one.fingerprint for one in listed(database)] == ["bb"]
    assert noted(database, Gap("aa", JULY, "x"))[0] == OpenQuestion(
        "aa", 1, "2026-07-01", "2026-07-01", ("x",)
    )


def test_noting_is_part_of_the_transaction_of_the_caller(database: Database) -> None:
    database.execute("BEGIN IMMEDIATE")
    note(database, Gap("aa", JUNE))
    database.rollback()
    assert listed(database) == []


def test_the_list_as_text(path: Path, database: Database) -> None:
    noted(
        database,
        *[Gap("1a2b3c4d5e", JULY)] * 12,
        Gap("1a2b3c4d5e", JULY, "one"),
        Gap("1a2b3c4d5e", JULY, "two"),
    )
    noted(database, Gap("0123456789", JUNE))
    assert shown(path) == (
        0,
        "TIMES  LAST DAY    FINGERPRINT  WORDS, WHERE PEOPLE SENT THEM\n"
        "   12  2026-07-01  1a2b3c4d5e   one\n"
        "                                two\n"
        "    1  2026-06-30  0123456789\n",
    )


def test_the_list_as_json_lines(path: Path, database: Database) -> None:
    noted(database, Gap("aa", JULY), Gap("aa", JULY, 'é "1"'), Gap("bb", JUNE))
    code, text = shown(path, as_json=True)
    assert code == 0
    assert "é" in text
    assert [json.loads(line) for line in text.splitlines()] == [
        {
            "fingerprint": "aa",
            "times": 1,
            "first_day": "2026-07-01",
            "last_day": "2026-07-01",
            "texts": ['é "1"'],
        },
        {"fingerprint": "bb", "times": 1, "first_day": "2026-06-30", "last_day": "2026-06-30", "texts": []},
    ]


def test_where_there_is_no_database_none_is_made(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    nothing = NOTHING.format(folder=path.parent) + "\n"
    assert shown(path) == (0, nothing)
    assert shown(path, as_json=True) == (0, "")
    assert capsys.readouterr().err == nothing
    assert shown(path, forgotten="aa") == (2, "")
    assert capsys.readouterr().err == UNKNOWN.format(fingerprint="aa") + "\n"
    assert not path.parent.exists()


def test_a_database_that_holds_none_has_nothing_to_show(path: Path, database: Database) -> None:
    assert shown(path) == (0, NOTHING.format(folder=path.parent) + "\n")


def test_a_database_from_before_is_read_as_it_is(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.parent.mkdir()
    old = Database(path)
    migrations.apply(old, stop_before="unanswered_questions")
    assert shown(path) == (0, NOTHING.format(folder=path.parent) + "\n")
    assert shown(path, forgotten="aa") == (2, "")
    assert capsys.readouterr().err == UNKNOWN.format(fingerprint="aa") + "\n"
    assert not old.table("gaps").exists()
    old.close()
    renewed = connect(path)
    assert noted(renewed, Gap("aa", JUNE)) != []
    renewed.close()


def test_what_is_no_database_is_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.parent.mkdir()
    path.write_bytes(b"not a database, at all" * 100)
    for forgotten in (None, "aa"):
        assert shown(path, forgotten=forgotten) == (2, "")
        error = capsys.readouterr().err
        assert error.startswith("The database cannot be opened: ")
        assert str(path.parent) in error


def test_a_folder_with_odd_letters_in_its_name(tmp_path: Path) -> None:
    path = tmp_path / "a?b#c %41 é" / DATABASE
    with connect(path) as database:
        note(database, Gap("aa", JUNE))
    assert shown(path)[1].count("aa") == 1
    assert [entry.name for entry in tmp_path.iterdir()] == [path.parent.name]


def test_it_reads_and_forgets_while_the_bot_writes(path: Path, database: Database) -> None:
    noted(database, Gap("aa", JUNE), Gap("aa", JUNE, "CANARY"))
    database.execute("BEGIN IMMEDIATE")
    note(database, Gap("bb", JUNE))
    assert [one["fingerprint"] for one in map(json.loads, shown(path, as_json=True)[1].splitlines())] == [
        "aa"
    ]
    forgetting = threading.Thread(target=lambda: shown(path, forgotten="aa"))
    forgetting.start()
    forgetting.join(0.2)
    assert forgetting.is_alive()  # it waits for its turn
    database.commit()
    forgetting.join(9)
    assert [one.fingerprint for one in listed(database)] == ["bb"]


def test_forgotten_means_gone_from_the_disk(path: Path, database: Database) -> None:
    noted(database, Gap("aa", JUNE), Gap("aa", JUNE, "CANARY"))
    assert shown(path, forgotten="aa") == (0, FORGOTTEN.format(fingerprint="aa") + "\n")
    assert all(b"CANARY" not in file.read_bytes() for file in path.parent.iterdir())


def test_a_list_can_be_read_without_the_right_to_write(path: Path) -> None:
    with connect(path) as database:
        note(database, Gap("aa", JUNE))
        path.chmod(0o400)
        assert "aa" in shown(path)[1]


def test_the_table_is_strict() -> None:
    database = Database(memory=True)
    create(database)
    assert database.table("gaps").strict
    assert database.table("gaps").pks == ["fingerprint", "text"]
    database.close()
