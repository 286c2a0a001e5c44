"""Values as JSON: what was told exactly as it was told, what was worked out rounded half up.

A number that is worked out is rounded to a millionth if it is a fraction, which its name says, else to the cent. It is
written in decimal digits, without an exponent, and 0 has no sign.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from enum import Enum
from typing import Any

from dialogs.written import digits, is_fraction
from knowledge.words import CENT

_MILLIONTH = Decimal("0.000001")
_ANY_SIZE = Context(prec=100)


def plain(value: object, name: str = "", *, exact: bool = False) -> Any:
    """``value`` as JSON, its numbers as `int` or `Decimal`; rounded by its ``name`` unless it is to be ``exact``."""
    match value:
        case Decimal():
            if not exact:
                step = _MILLIONTH if is_fraction(name) else CENT
                value = value.quantize(step, ROUND_HALF_UP, _ANY_SIZE)
            return int(value) if value == value.to_integral_value() else value
        case Enum():
            return value.value
        case date():
            return value.isoformat()
        case Mapping():
            return {str(plain(key)): plain(inner, name, exact=exact) for key, inner in value.items()}
        case tuple() | list():
            return [plain(inner, name, exact=exact) for inner in value]
        case _ if is_dataclass(value):
            parts = ((field.name, getattr(value, field.name)) for field in fields(value))
            return {part: plain(inner, part, exact=exact) for part, inner in parts}
        case _:
            return value


def as_json_text(value: object, margin: str = "\n") -> str:
    """A ``value`` of `plain` as JSON for a reader; ``margin`` is what begins a line at its depth."""
    inner = f"{margin}  "
    match value:
        case Mapping() if value:
            named = (f"{_quoted(key)}: {as_json_text(one, inner)}" for key, one in value.items())
            return f"{{{inner}{f',{inner}'.join(named)}{margin}}}"
        case list() if value:
            entries = (as_json_text(one, inner) for one in value)
            return f"[{inner}{f',{inner}'.join(entries)}{margin}]"
        case Decimal():
            return digits(value)
        case _:
            return _quoted(value)


def _quoted(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
