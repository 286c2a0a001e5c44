"""Mutation testing of the calculation core: ``python -m tests.mutation [module ...]`` (or ``make mutants``).

Each mutant is one small change of one module of ``knowledge/core``: an operator, a comparison, a number, a condition.
Cosmic Ray knows the changes. For each, a forked process imports the changed module instead of the file, runs the tests
that judge the module, and ends; nothing is written to the tree. A mutant that no test notices has survived. The
survivors that change nothing a test could see are kept with their reason in ``equivalent.toml``; ``docs/mutants.md``
lists them all. The exit status is 1 when a survivor has no reason there, or when survivors reach 5 %.

An operator is replaced by its opposite, a comparison also by its neighbour at the boundary: other replacements are
noticed by whatever notices these. Decorators are not removed.
"""

from __future__ import annotations

import ast
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import re
import signal
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import hypothesis
import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parents[2]
CORE = ROOT / "knowledge" / "core"
TESTS = ROOT / "tests" / "knowledge" / "core"
PAGE = ROOT / "docs" / "mutants.md"
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
ALLOWED = 0.05
_SWAPS = {
    *("BinaryOperator_Add_Sub", "BinaryOperator_Sub_Add", "BinaryOperator_Mul_Div", "BinaryOperator_Div_Mul"),
    *(
        "ComparisonOperator_Lt_LtE",
        "ComparisonOperator_Lt_GtE",
        "ComparisonOperator_LtE_Lt",
        "ComparisonOperator_LtE_Gt",
    ),
    *(
        "ComparisonOperator_Gt_GtE",
        "ComparisonOperator_Gt_LtE",
        "ComparisonOperator_GtE_Gt",
        "ComparisonOperator_GtE_Lt",
    ),
    *("ComparisonOperator_Eq_NotEq", "ComparisonOperator_NotEq_Eq"),
    *("ComparisonOperator_Is_IsNot", "ComparisonOperator_IsNot_Is"),
    *("ComparisonOperator_In_NotIn", "ComparisonOperator_NotIn_In"),
}
"""Of the operators by which Cosmic Ray replaces one: its opposite, and of a comparison its neighbour at the boundary."""
_LEFT_OUT = re.compile(
    rf"core/(RemoveDecorator|Replace(?!({'|'.join(_SWAPS)})$)(Binary|Comparison)Operator_\w+)"
)
_STATES_NO_RULE = re.compile(r"\s*@dataclass")
_SECONDS = 120


@dataclass(frozen=True)
class Mutant:
    """One change of ``module``: the line ``was`` becomes ``becomes``; ``source`` is the whole changed module."""

    module: str
    line: int
    was: str
    becomes: str
    source: str


def mutants(module: str) -> Iterator[Mutant]:
    """Every change of ``module`` that is made here."""
    source = (CORE / f"{module}.py").read_text("utf-8")
    lines = source.splitlines()
    for name in sorted(operator_names()):
        operator = get_operator(name)
        if _LEFT_OUT.fullmatch(name) or operator.arguments():
            continue
        places = (at for node in ast_nodes(get_ast(source)) for at in operator().mutation_positions(node))
        for occurrence, (start, end) in enumerate(places):
            if _STATES_NO_RULE.match(lines[start[0] - 1]) or lines[end[0] - 1][end[1] :].startswith(","):
                continue  # the last: the bare star in a signature
            changed = mutate_code(source, operator(), occurrence)
            after = changed.splitlines()
            at = next(
                (n for n, pair in enumerate(zip(lines, after, strict=False)) if pair[0] != pair[1]),
                start[0] - 1,
            )
            yield Mutant(module, at + 1, lines[at].strip(), after[at].strip(), changed)


# --- what a module is judged by --------------------------------------------------------------------------------------


def imports() -> dict[str, set[str]]:
    """The modules of the project by name, each with those that it imports."""
    files = [file for top in ("knowledge", "dialogs", "bot", "tests") for file in (ROOT / top).rglob("*.py")]
    names = {".".join(file.relative_to(ROOT).with_suffix("").parts): file for file in files}
    found: dict[str, set[str]] = {}
    for name, file in names.items():
        nodes = list(ast.walk(ast.parse(file.read_text("utf-8"))))
        modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom) and node.module}
        members = {
            f"{node.module}.{alias.name}"
            for node in nodes
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        found[name] = (modules | members) & names.keys()
    return found


def resting_on(module: str) -> set[str]:
    """The names of ``module`` and of every module that imports it, directly or not."""
    graph, found = imports(), {f"knowledge.core.{module}"}
    while more := {name for name, needs in graph.items() if needs & found} - found:
        found |= more
    return found


def judges(module: str) -> list[Path]:
    """The test files that judge ``module``: the cases, its own, then all that import it."""
    named = re.compile(rf"knowledge\.core\.{module}\b")
    own = [file for file in TESTS.glob("test_*.py") if named.search(file.read_text("utf-8"))]
    own.sort(key=lambda file: (not file.stem.startswith(f"test_{module}"), file.stem))
    return list(dict.fromkeys((TESTS / "test_cases.py", *own)))


class _OwnCases:
    """Leaves of the worked cases only those of calculations that rest on the changed module."""

    def __init__(self, affected: set[str]) -> None:
        self.affected = affected

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        from knowledge.core.calculations import CALCULATIONS

        def judged(item: pytest.Item) -> bool:
            if item.path.name != "test_cases.py":
                return True
            called = getattr(item, "callspec", None)
            if called is None:
                return True
            calculation = CALCULATIONS.get(called.params["calculation"])
            return calculation is not None and calculation.sheet.__module__ in self.affected

        items[:] = [item for item in items if judged(item)]


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds one module of the core with another source than its file has."""

    def __init__(self, module: str, source: str) -> None:
        self.name = f"knowledge.core.{module}"
        self.source = source

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self.name:
            return None
        return importlib.util.spec_from_file_location(
            fullname, CORE / f"{self.name.rpartition('.')[2]}.py", loader=self
        )

    def exec_module(self, module: ModuleType) -> None:
        exec(compile(self.source, str(module.__file__), "exec"), module.__dict__)


def preload(module: str) -> set[str]:
    """Import all that the judges of ``module`` need and does not rest on it; gives what rests on it."""
    affected = resting_on(module)
    for file in judges(module):
        importlib.import_module(f"tests.knowledge.core.{file.stem}")
    for name in affected & sys.modules.keys():
        package, _, member = name.rpartition(".")
        del sys.modules[name]
        delattr(sys.modules[package], member)  # else `from package import member` would find the old one
    return affected


def begin(module: str, source: str, affected: set[str]) -> int:
    """Start a process that runs the judges of ``module`` with ``source`` in its place; its process id."""
    process = os.fork()
    if process:
        return process
    signal.setitimer(signal.ITIMER_PROF, _SECONDS)  # of processor time, so that a busy machine kills nobody
    quiet = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(quiet, stream)
    sys.meta_path.insert(0, _Changed(module, source))
    options = ["-x", "-q", "--tb=no", "-p", "no:cacheprovider", "-p", "no:warnings", "--rootdir", str(ROOT)]
    os._exit(pytest.main([*options, *map(str, judges(module))], plugins=[_OwnCases(affected)]))


def survivors(found: Sequence[Mutant], affected: set[str]) -> list[Mutant]:
    """The mutants that no test notices."""
    running: dict[int, Mutant] = {}
    alive: list[Mutant] = []
    waiting = list(reversed(found))
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            mutant = waiting.pop()
            running[begin(mutant.module, mutant.source, affected)] = mutant
        process, status = os.wait()
        if status == 0:
            alive.append(running[process])
        del running[process]
    return sorted(alive, key=lambda mutant: mutant.line)


def passes(module: str, affected: set[str]) -> bool:
    """Whether the judges of ``module`` pass as it is."""
    process = begin(module, (CORE / f"{module}.py").read_text("utf-8"), affected)
    return os.waitpid(process, 0)[1] == 0


def reasons() -> dict[tuple[str, str, str], str]:
    """Why each known survivor changes nothing, by module, line and changed line."""
    entries = tomllib.loads(EQUIVALENT.read_text("utf-8"))["mutant"]
    return {(entry["module"], entry["was"], entry["becomes"]): entry["why"] for entry in entries}


def main(modules: Sequence[str]) -> int:
    """Try ``modules``, all of the core without any; see the module's text for the exit status."""
    found_is_enough = (hypothesis.Phase.explicit, hypothesis.Phase.generate)  # nobody reads a smaller example
    hypothesis.settings.register_profile("mutants", database=None, derandomize=True, phases=found_is_enough)
    hypothesis.settings.load_profile("mutants")
    known = reasons()
    rows: list[tuple[str, int, list[Mutant]]] = []
    for module in modules or sorted(file.stem for file in CORE.glob("*.py") if file.stem != "__init__"):
        begun = time.monotonic()
        found = list(mutants(module))
        if not found:
            continue
        affected = preload(module)
        if not passes(module, affected):
            print(f"{module}: its tests fail as it is", file=sys.stderr)
            return 1
        alive = survivors(found, affected)
        rows.append((module, len(found), alive))
        print(
            f"{module}: {len(found)} mutants, {len(alive)} survived, {time.monotonic() - begun:.0f} s",
            flush=True,
        )
        for mutant in alive:
            if (mutant.module, mutant.was, mutant.becomes) not in known:
                print(f"  {module}.py:{mutant.line}: {mutant.was}  ->  {mutant.becomes}", flush=True)
    if not modules:
        PAGE.write_text(page(rows, known), encoding="utf-8")
    every = [mutant for _, _, alive in rows for mutant in alive]
    unexplained = [m for m in every if (m.module, m.was, m.becomes) not in known]
    return int(bool(unexplained) or len(every) >= ALLOWED * sum(count for _, count, _ in rows))


def page(rows: Sequence[tuple[str, int, list[Mutant]]], known: dict[tuple[str, str, str], str]) -> str:
    """The page that lists what was tried and what survived."""
    total, alive = sum(count for _, count, _ in rows), sum(len(alive) for _, _, alive in rows)
    lines = [
        "# Mutants of the calculation core",
        "",
        "Drawn by `make mutants`: small changes of the core, one at a time, each held against the tests of its module.",
        f"{total:,} mutants, {alive} survived ({alive / max(total, 1):.1%}).",
        "",
        "| module | mutants | survived |",
        "|---|---:|---:|",
        *(f"| `{module}` | {count} | {len(left)} |" for module, count, left in rows),
        "",
        "## The survivors, and why each changes nothing that matters",
    ]
    for module, _, left in rows:
        if left:
            lines += ["", f"### `{module}`", ""]
        for mutant in left:
            why = known.get((mutant.module, mutant.was, mutant.becomes), "**no reason yet**")
            lines += [f"- `{mutant.was}` → `{mutant.becomes}`: {why}"]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
