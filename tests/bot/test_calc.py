"""The front door as a command, and what every calculation behind it has to have."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.__main__ import main
from bot.calc import BAD_INPUT, DONE, NOT_WRITTEN, Shown, as_json, calc, reckon, work_out
from bot.given import BadFacts
from bot.schema import example_of, schema_of
from bot.settings import Settings
from bot.values import as_json_text
from bot.worksheet import as_text
from dialogs.flows import FLOWS
from knowledge.core.calculation import Calculation
from knowledge.core.calculations import CALCULATIONS
from knowledge.core.employee import Employee
from knowledge.core.limits import Limits, Statute, load_law
from knowledge.core.sheet import Origin, derived
from knowledge.library import load_calculations, load_library

ROOM = CALCULATIONS["room"]
EXAMPLE = example_of(ROOM)
README = Path(__file__).parents[2] / "README.md"
EVERY = pytest.mark.parametrize("calculation", CALCULATIONS.values(), ids=CALCULATIONS)


class Keyboard(io.BytesIO):
    """A terminal that somebody types into."""

    def isatty(self) -> bool:
        return True


class Broken(io.BytesIO):
    """What cannot be read."""

    def read(self, size: int | None = -1) -> bytes:
        raise OSError(5, "Input/output error")


class Called:
    """One call of the command: what it wrote and how it ended."""

    def __init__(self, what: str | None, shown: Shown | None = None, given: object = b"") -> None:
        out, complaint = io.StringIO(), io.StringIO()
        source = io.BytesIO(given) if isinstance(given, bytes) else given
        self.status = calc(what, shown, source, out, complaint)  # type: ignore[arg-type]
        self.out, self.complaint = out.getvalue(), complaint.getvalue()


def called(facts: Mapping[str, Any], shown: Shown | None = None) -> Called:
    return Called("room", shown, as_json_text(facts).encode())


# --- the command -----------------------------------------------------------------------------------------------------


def test_facts_in_results_out() -> None:
    done = called(EXAMPLE)
    assert (done.status, done.complaint) == (DONE, "")
    assert done.out == as_json_text(work_out(ROOM, EXAMPLE)) + "\n"
    assert json.loads(done.out, parse_float=Decimal) == work_out(ROOM, EXAMPLE)


def test_the_same_as_text() -> None:
    done = called(EXAMPLE, "text")
    assert (done.status, done.complaint) == (DONE, "")
    assert done.out == as_text(ROOM, reckon(ROOM, EXAMPLE)) + "\n"


@pytest.mark.parametrize("shown", [None, "text"])
def test_facts_that_cannot_be_used_are_told_and_nothing_is_written(shown: Shown | None) -> None:
    done = called({**EXAMPLE, "pay": -1, "deferral": "a"}, shown)
    assert (done.status, done.out) == (BAD_INPUT, "")
    assert done.complaint == (
        "pay: -1 is not possible; US dollars, from 0 to 1,000,000,000\n"
        'deferral: "a" is not a number; US dollars, from 0 to 1,000,000,000\n'
    )


def test_the_schema_and_the_example_need_no_facts() -> None:
    for shown, value in (("schema", schema_of(ROOM)), ("example", example_of(ROOM))):
        done = Called("room", shown, Broken())  # type: ignore[arg-type]
        assert (done.status, done.out, done.complaint) == (DONE, as_json_text(value) + "\n", "")


def test_without_a_name_the_calculations_are_listed() -> None:
    done = Called(None, None, Broken())
    assert (done.status, done.complaint) == (DONE, "")
    lines = [re.split(" {2,}", line) for line in done.out.splitlines()]
    assert lines == [[name, load_calculations()[name].title] for name in CALCULATIONS]


@pytest.mark.parametrize("shown", ["schema", "example", "text"])
def test_what_is_shown_of_a_calculation_needs_its_name(shown: Shown) -> None:
    done = Called(None, shown)
    assert (done.status, done.out) == (BAD_INPUT, "")
    assert done.complaint == f"Name a calculation. There are: {', '.join(CALCULATIONS)}.\n"


@pytest.mark.parametrize("shown", [None, "schema", "example", "text"])
def test_a_name_that_is_none_is_told_with_what_may_be_meant(shown: Shown | None) -> None:
    known = f"There are: {', '.join(CALCULATIONS)}."
    for name, told in (
        ("rooom", '"rooom"; did you mean room?'),
        ("\x1b[2J" + "zq" * 50, '"\\u001b[2J' + "zq" * 9 + 'z…".'),
    ):
        done = Called(name, shown)
        assert (done.status, done.out) == (BAD_INPUT, "")
        assert done.complaint == f"There is no calculation {told} {known}\n"


def test_somebody_who_is_to_type_is_told_so() -> None:
    done = Called("room", None, Keyboard(as_json_text(EXAMPLE).encode()))
    assert done.status == DONE
    assert done.complaint.count("\n") == 1
    assert done.complaint.startswith("Type the facts as one JSON object, then Ctrl-")


def test_input_that_cannot_be_read_is_told() -> None:
    assert Called("room", None, Broken()).complaint == "the input cannot be read: Input/output error\n"
    assert Called("room", None, None).complaint.startswith("the input is empty; ")


class Full(io.StringIO):
    """A disk without room."""

    def write(self, text: str) -> int:
        raise OSError(28, "No space left on device")


class Left(io.StringIO):
    """A reader who went away."""

    def write(self, text: str) -> int:
        raise BrokenPipeError(32, "Broken pipe")


@pytest.mark.parametrize(
    ("out", "told"),
    [
        (Full(), "the answer could not be written: No space left on device\n"),
        (Left(), ""),
        (None, "the answer could not be written: there is no standard output\n"),
    ],
)
def test_an_answer_that_cannot_be_written_is_no_success(out: io.StringIO | None, told: str) -> None:
    complaint = io.StringIO()
    assert calc(None, None, None, out, complaint) == NOT_WRITTEN
    assert complaint.getvalue() == told


# --- as a program ----------------------------------------------------------------------------------------------------


def program(
    *arguments: str, given: bytes = b"", cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bot", "calc", *arguments],
        input=given,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **environment},
        check=False,
    )


def test_the_command_line_leads_here(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(as_json_text(EXAMPLE).encode())))
        return main(["calc", *arguments]), capsys.readouterr().out

    assert run("room") == (0, as_json_text(work_out(ROOM, EXAMPLE)) + "\n")
    assert run("room", "--text")[1].startswith("After-tax room of an employee, 2026\n")
    assert run("room", "--schema") == (0, as_json_text(schema_of(ROOM)) + "\n")
    assert run("room", "--example") == (0, as_json_text(example_of(ROOM)) + "\n")
    assert run()[1].startswith("room ")
    assert run("nothing") == (2, "")


@pytest.mark.parametrize("arguments", [["room", "--text", "--schema"], ["room", "other"], ["--nothing"]])
def test_a_command_line_that_makes_no_sense_is_refused(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["calc", *arguments])
    assert "usage: megaroth" in capsys.readouterr().err


def test_help_tells_the_options_and_the_exit_statuses(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["calc", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    for words in (
        "--text",
        "--schema",
        "--example",
        "Exit status: 0",
        "2 if the facts cannot be used",
        "No settings",
    ):
        assert words in text


def test_without_standard_streams_there_is_a_message_and_no_more(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert main(["calc", "room"]) == 2
    assert capsys.readouterr().err.startswith("the input is empty; ")


def test_ctrl_c_is_no_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Interrupted(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise KeyboardInterrupt

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Interrupted()))
    assert main(["calc", "room"]) == 130
    assert capsys.readouterr() == ("", "")


def test_no_settings_and_no_folder_are_needed(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"\xff\xfe")
    nonsense = {f"MEGAROTH_{name.upper()}": "nonsense" for name in Settings.model_fields}
    done = program("room", given=as_json_text(EXAMPLE).encode(), cwd=tmp_path, HOME="/nowhere", **nonsense)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["results"]["room"] == {"stop": "dollar_limit", "amount": 19900}
    assert [path.name for path in tmp_path.iterdir()] == [".env"]


def test_the_answer_is_utf_8_whatever_the_terminal_is() -> None:
    given = as_json_text(EXAMPLE).encode()
    plain = program("room", "--text", given=given)
    odd = program("room", "--text", given=given, PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")
    assert (odd.returncode, odd.stderr, odd.stdout) == (0, b"", plain.stdout)
    assert "total limit − annual additions" in plain.stdout.decode("utf-8")
    wrong = program(
        "room", given='{"year": 2026, "é": 1}'.encode(), PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C"
    )
    assert (wrong.returncode, wrong.stderr) == (2, b"\\xe9: there is no such fact here\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only where there is a device that is always full")
def test_a_full_disk_and_a_reader_who_leaves_show_no_traceback() -> None:
    command = f"'{sys.executable}' -m bot calc room --schema"
    full = subprocess.run(f"{command} > /dev/full", shell=True, capture_output=True, check=False)
    assert (full.returncode, full.stderr) == (
        1,
        b"the answer could not be written: No space left on device\n",
    )
    reading, writing = os.pipe()
    os.close(reading)
    left = subprocess.run(command, shell=True, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (left.returncode, left.stderr) == (1, b"")


def test_the_conversation_waits_for_no_calculation(tmp_path: Path) -> None:
    run = "import sys; from bot.__main__ import main; main(['chat', '--data', sys.argv[1]]); print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", run, str(tmp_path)], input=b"/room\n", capture_output=True, check=True
    )
    loaded = set(done.stdout.decode().splitlines()[-1].split())
    assert "knowledge.core.employee" in loaded
    behind = {f"bot.{name}" for name in ("calc", "given", "schema", "values", "worksheet", "docs", "gallery")}
    heavy = {"typst", "xlsxwriter", "telegram", "aiohttp", "httpx", "sqlite_utils", "structlog"}
    assert loaded & {*behind, *heavy, "knowledge.core.calculations"} == set()
    read = {base.__module__ for flow in FLOWS.values() for base in flow.sheet.__mro__}
    others = {one.sheet.__module__ for one in CALCULATIONS.values()} - read
    assert loaded & others == {"knowledge.core.matching", "knowledge.core.rollover_split"}


def test_the_example_of_the_readme_is_what_happens(tmp_path: Path) -> None:
    part = README.read_text("utf-8").partition("\n## Without the conversation\n")[2].partition("\n## ")[0]
    block = part.partition("```console\n")[2].partition("```")[0]
    shown = re.split(r"^\$ ", block, flags=re.M)[1:]
    assert len(shown) == 7
    for one in shown:
        command, _, output = one.partition("\n")
        run = command.replace("megaroth", f"'{sys.executable}' -m bot")
        done = subprocess.run(
            run, shell=True, cwd=tmp_path, capture_output=True, encoding="utf-8", check=False
        )
        assert done.stdout + done.stderr == output
    for option in ("--text", "--example", "--schema"):
        assert f"| `{option}` |" in part


# --- the result ------------------------------------------------------------------------------------------------------


def test_a_result_has_all_its_parts() -> None:
    facts = {name: value for name, value in EXAMPLE.items() if name not in ("pay_schedule", "checks_left")}
    result = work_out(ROOM, facts)
    assert list(result) == [
        *("calculation", "year", "results", "worksheet", "assumed", "confirm_with_your_plan", "needs", "not_modelled"),
    ]  # fmt: skip
    assert (result["calculation"], result["year"]) == ("room", 2026)
    assert result["results"]["year_room"] == {"stop": "dollar_limit", "amount": 19900}
    assert result["assumed"] == {"whole_year": True, "other_plan": False, "cap_kind": "none"}
    by_check = ("per_check", "most_per_check", "most_per_check_share")
    assert result["needs"] == {
        **dict.fromkeys(("room", "all_in"), "pay_schedule"),
        **dict.fromkeys(by_check, "checks_left"),
    }
    assert result["not_modelled"] == [*load_calculations()["room"].not_modelled]


def test_a_line_of_the_worksheet_says_what_there_is_to_say() -> None:
    lines = {line["cell"]: line for line in work_out(ROOM, example_of(ROOM))["worksheet"]}
    assert lines["pay"] == {"cell": "pay", "name": "Pay for a full year", "value": 400000, "from": "told"}
    assert lines["other_plan"]["from"] == "assumed"
    assert lines["2026.annual_additions"] == {
        "cell": "2026.annual_additions",
        "name": "Dollar limit on annual additions 2026",
        "value": 72000,
        "from": "law",
        "citation": "IRC 415(c)(1)(A), (d); IRS Notice 2025-67",
    }
    assert lines["legal_room"] == {
        "cell": "legal_room",
        "name": "Room under the total limit",
        "value": 19900,
        "from": "worked_out",
        "how": "total limit − annual additions, not below 0",
        "citation": "IRC 415(c)(1)-(2); Reg. 1.415(c)-1",
    }


def test_what_was_told_is_shown_as_it_was_told() -> None:
    money = {"tiers": [{"rate": 1, "start": 0, "end": Decimal("0.055")}]}
    lines = work_out(ROOM, {**EXAMPLE, "pay": "310000.5055", "employer_money": money})["worksheet"]
    values = {line["cell"]: line["value"] for line in lines}
    assert values["pay"] == Decimal("310000.5055")
    assert values["employer_money"]["tiers"] == money["tiers"]
    assert values["employer_total"] == Decimal("17050.03")


@EVERY
def test_what_is_to_be_confirmed_is_marked(calculation: Calculation) -> None:
    result = work_out(calculation, example_of(calculation))
    marked = [line["cell"] for line in result["worksheet"] if line.get("confirm") is True]
    rules = calculation.sheet.cells()
    assert marked == result["confirm_with_your_plan"]
    assert marked == [
        line["cell"] for line in result["worksheet"] if line["cell"] in rules and rules[line["cell"]].confirm
    ]


def test_a_year_before_the_first_is_told() -> None:
    class Compared(Employee):
        """With a rule that looks back."""

        @derived("IRC 415(c)")
        def grown(self) -> Decimal:
            """What the limit grew by."""
            return self.limits.annual_additions.value - self.last_year.annual_additions.value

    first = min(load_law().years)
    with pytest.raises(BadFacts) as bad:
        reckon(Calculation("room", Compared, (Compared.grown,)), {"year": first})
    assert bad.value.problems == (
        f"year: no published limits for {first - 1}, which {first} needs here; there are: {first}",
    )


# --- every calculation -----------------------------------------------------------------------------------------------


def test_every_calculation_has_its_words_and_no_words_are_left_over() -> None:
    assert set(load_calculations()) == set(CALCULATIONS)
    figures = {field.name for law in (Limits, Statute) for field in fields(law)}
    sheets = [one.sheet for one in CALCULATIONS.values()]
    sheets += [flow.sheet for flow in FLOWS.values()]
    known = {name for sheet in sheets for name in (*sheet.facts(), *sheet.cells())}
    assert set(load_library().cells) - known - figures == set()


@EVERY
def test_every_fact_and_cell_has_a_name_in_words(calculation: Calculation) -> None:
    library = load_library()
    facts, cells = calculation.sheet.facts(), calculation.sheet.cells()
    assert {name for name in facts if name not in library.questions and name not in library.cells} == set()
    assert {name for name in cells if name not in library.cells} == set()
    assert set(facts) & set(cells) == set()


@EVERY
def test_the_words_of_a_calculation_are_whole(calculation: Calculation) -> None:
    words = load_calculations()[calculation.name]
    assert all((words.title, words.about, words.shows, words.not_modelled))
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", calculation.name)


@EVERY
def test_the_example_is_worked_out_and_every_result_is_told(calculation: Calculation) -> None:
    worked = reckon(calculation, example_of(calculation))
    results = {cell.name for cell in (*calculation.results, *calculation.extras)}
    assert set(worked.results) | set(worked.open) == results
    assert {cell.name for cell in calculation.results} <= set(worked.results)
    told = as_json(calculation, worked)
    assert set(told["results"]) <= {line["cell"] for line in told["worksheet"]}
    given = {line.cell for line in worked.lines if line.origin is Origin.TOLD}
    assert given <= set(example_of(calculation))


@EVERY
def test_every_citation_is_one_or_is_arithmetic(calculation: Calculation) -> None:
    for line in reckon(calculation, example_of(calculation)).lines:
        assert bool(line.citation) == (line.origin in (Origin.LAW, Origin.WORKED_OUT))
