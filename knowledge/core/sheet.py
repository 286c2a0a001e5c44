"""The sheet: a person's case as cells that are asked and cells that are derived.

Theory. An *asked* cell (`Fact`) holds what the person said. A *derived* cell (`derived`) is an ordinary method
that reads other cells. Reading a fact that nobody has answered raises `Unanswered`; reading one that was answered
"not sure" raises `Unsure`, unless the sheet supposes a value for it. So the caller never says which facts matter:
Python's own laziness does, and the chain of cells being worked out at that moment is the reason for asking.

Every read is recorded with its value and where it came from. From that one recording come the worksheet ("how did
you get this"), the path of questions, and the reason of each.

A sheet is made for one evaluation and thrown away; it is cheap.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum, StrEnum, auto
from typing import Any, Final, Generic, TypeVar, overload

from knowledge.core.limits import Figure

T = TypeVar("T")
S = TypeVar("S", bound="Sheet")


class NotSure(Enum):
    """The answer "not sure" where it is a valid one."""

    NOT_SURE = "not sure"


NOT_SURE: Final = NotSure.NOT_SURE


class Origin(StrEnum):
    """Where the value of a cell came from."""

    TOLD = auto()
    """The person said so."""
    SUPPOSED = auto()
    """One of the values that an unsure fact could take."""
    ASSUMED = auto()
    """The outline takes it so unless told otherwise, and says so."""
    LAW = auto()
    """A published figure."""
    WORKED_OUT = auto()
    """A derived cell."""


class Unanswered(LookupError):
    """A fact is needed that nobody has answered; ``because`` is the chain of cells that wanted it, outermost first."""

    def __init__(self, fact: Fact[Any], because: tuple[str, ...]) -> None:
        super().__init__(
            f"{fact.name} is unanswered (wanted by {' < '.join(reversed(because)) or 'the outline'})"
        )
        self.fact = fact
        self.because = because


class Unsure(LookupError):
    """A fact is needed that was answered "not sure", and the sheet supposes no value for it."""

    def __init__(self, fact: Fact[Any]) -> None:
        super().__init__(f"{fact.name} is not sure")
        self.fact = fact


class Inconsistent(ValueError):
    """Facts that contradict each other: ``facts`` names them, the message says what about them cannot be."""

    def __init__(self, message: str, *facts: str) -> None:
        super().__init__(message)
        self.facts = facts


Supposition = Mapping[str, object]
"""Values by the names of the facts that take them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a worksheet: a cell, its value, where it came from and the citation of its rule or figure."""

    cell: str
    value: object
    origin: Origin
    citation: str = ""
    confirm: bool = False
    """Whether the rule is one to confirm with the plan."""


class Fact(Generic[T]):
    """An asked cell of type ``kind``, declared in the body of a `Sheet`.

    ``possible`` gives, from the rest of the case, what an unsure fact could be: suppositions whose results span
    every result. A fact without it cannot be answered "not sure". It may itself raise `Unanswered` or `Unsure` for
    a fact that has to be settled first. ``default`` is assumed where nobody answered, or where the answer is "not sure"
    and nothing else is possible; it is listed as assumed.
    ``measure`` is the annotated type that says in which unit and range the fact is given from outside (see
    `knowledge.core.measures`); without it, that of its kind.
    """

    def __init__(
        self,
        kind: type[T],
        possible: Callable[[Any], Sequence[Supposition]] | None = None,
        *,
        default: T | None = None,
        measure: object = None,
    ) -> None:
        self.kind = kind
        self.possible = possible
        self.default = default
        self.measure = measure
        self.name = ""

    def __set_name__(self, owner: type[Sheet], name: str) -> None:
        self.name = name

    @property
    def may_be_unsure(self) -> bool:
        """Whether "not sure" is an answer to it."""
        return self.possible is not None or self.default is not None

    def __repr__(self) -> str:
        return f"<{self.name}>"

    @overload
    def __get__(self, sheet: None, owner: type[Sheet]) -> Fact[T]: ...
    @overload
    def __get__(self, sheet: Sheet, owner: type[Sheet]) -> T: ...
    def __get__(self, sheet: Sheet | None, owner: type[Sheet]) -> Fact[T] | T:
        """The fact itself on the class; its value on a sheet. Raises `Unanswered` or `Unsure`."""
        if sheet is None:
            return self
        value: T = sheet._ask(self)
        return value


class Derived(Generic[S, T]):
    """A cell worked out from others by ``rule``, which its ``citation`` backs. Made by `derived`."""

    def __init__(self, rule: Callable[[S], T], citation: str, confirm: bool) -> None:
        self.rule = rule
        self.citation = citation
        self.confirm = confirm
        self.name = rule.__name__
        self.__doc__ = rule.__doc__

    @overload
    def __get__(self, sheet: None, owner: type[S]) -> Derived[S, T]: ...
    @overload
    def __get__(self, sheet: S, owner: type[S]) -> T: ...
    def __get__(self, sheet: S | None, owner: type[S]) -> Derived[S, T] | T:
        """The cell itself on the class; its value, worked out at most once, on a sheet."""
        if sheet is None:
            return self
        value: T = sheet._derive(self)
        return value


ARITHMETIC: Final = "arithmetic"
"""The citation of a cell that states no rule of law: sums, shares and the smallest of several amounts."""


def derived(citation: str, *, confirm: bool = False) -> Callable[[Callable[[S], T]], Derived[S, T]]:
    """Make a method a derived cell; ``citation`` names the clause that it states, or is `ARITHMETIC`.

    ``confirm`` marks a rule whose text was not read again or that has two readings: whoever shows the cell says
    "confirm with your plan".
    """
    return lambda rule: Derived(rule, citation, confirm)


class Sheet:
    """One evaluation of a case.

    ``answers`` is what the person said, by fact name; a value or `NOT_SURE`. ``supposed`` comes before it: supposing
    a kind of cap supposes its amount, whatever amount was once told. ``assumed`` stands in for unanswered facts.
    Defaults do too, except those of the facts in ``asking``.
    """

    def __init__(
        self,
        answers: Mapping[str, object],
        *,
        supposed: Supposition | None = None,
        assumed: Supposition | None = None,
        asking: Collection[str] = (),
    ) -> None:
        self._answers = answers
        self._supposed = supposed or {}
        self._assumed = assumed or {}
        self._asking = asking
        self._stack: list[str] = []
        self._worked_out: dict[str, object] = {}
        self._lines: dict[str, Line] = {}
        self._reads: dict[str, dict[str, None]] = {}

    @classmethod
    def facts(cls) -> dict[str, Fact[Any]]:
        """The asked cells by name, those of base classes first."""
        return {name: cell for name, cell in cls._members() if isinstance(cell, Fact)}

    @classmethod
    def cells(cls) -> dict[str, Derived[Any, Any]]:
        """The derived cells by name, those of base classes first."""
        return {name: cell for name, cell in cls._members() if isinstance(cell, Derived)}

    @classmethod
    def _members(cls) -> Iterable[tuple[str, object]]:
        return (member for base in reversed(cls.__mro__) for member in vars(base).items())

    def _note(self, cell: str) -> None:
        self._reads.setdefault(self._stack[-1] if self._stack else "", {})[cell] = None

    def _ask(self, fact: Fact[Any]) -> Any:
        self._note(fact.name)
        origin, value = self._found(fact)
        if fact.name not in self._lines:
            self._lines[fact.name] = Line(fact.name, value, origin)
        return value

    def _found(self, fact: Fact[Any]) -> tuple[Origin, Any]:
        """Where the value of ``fact`` comes from, and the value."""
        name = fact.name
        if name in self._supposed:
            return Origin.SUPPOSED, self._supposed[name]
        value = self._answers.get(name)
        if value is NOT_SURE:
            if fact.possible is None and fact.default is not None:
                return Origin.ASSUMED, fact.default
            raise Unsure(fact)
        if value is not None:
            return Origin.TOLD, value
        if name in self._assumed:
            return Origin.ASSUMED, self._assumed[name]
        if fact.default is not None and name not in self._asking:
            return Origin.ASSUMED, fact.default
        raise Unanswered(fact, tuple(self._stack))

    def _derive(self, cell: Derived[Any, Any]) -> Any:
        name = cell.name
        self._note(name)
        if name in self._worked_out:
            return self._worked_out[name]
        self._stack.append(name)
        try:
            value = cell.rule(self)
        finally:
            self._stack.pop()
        self._worked_out[name] = value
        self._lines[name] = Line(name, value, Origin.WORKED_OUT, cell.citation, cell.confirm)
        return value

    def is_told(self, fact: Fact[Any]) -> bool:
        """Whether the person gave a value for ``fact``; neither asks nor records."""
        # nothing is read that is not there: a reading may be an asking
        return fact.name in self._answers and isinstance(self._answers[fact.name], fact.kind)

    def is_unsure(self, fact: Fact[Any]) -> bool:
        """Whether the person said that they do not know ``fact``; neither asks nor records."""
        return fact.name in self._answers and self._answers[fact.name] is NOT_SURE

    def told(self, fact: Fact[T], otherwise: T) -> T:
        """The value of ``fact`` if the person gave one, else ``otherwise``; neither asks nor records."""
        if not self.is_told(fact):
            return otherwise
        value: Any = self._answers[fact.name]
        told: T = value
        return told

    def figure(self, figure: Figure, year: int) -> Decimal:
        """The value of a published ``figure`` of ``year``, recorded with its citation."""
        cell = f"{year}.{figure.name}"
        self._record(cell, Line(cell, figure.value, Origin.LAW, figure.citation))
        return figure.value

    def _record(self, cell: str, line: Line) -> None:
        self._note(cell)
        self._lines[cell] = line

    def facts_read(self) -> tuple[Line, ...]:
        """The facts that were read and had a value, in the order of their first reading."""
        return tuple(
            line for line in self._lines.values() if line.origin not in (Origin.LAW, Origin.WORKED_OUT)
        )

    def worksheet(self, *cells: Derived[Any, Any]) -> tuple[Line, ...]:
        """How ``cells`` were got: every line that they rest on, each once, each after what it is made from."""
        lines: dict[str, Line] = {}

        def visit(names: Iterable[str]) -> None:
            for name in names:
                if name not in lines and name in self._lines:
                    visit(self._reads.get(name, ()))
                    lines[name] = self._lines[name]

        visit(cell.name for cell in cells)
        return tuple(lines.values())
