"""Every calculation by its name. Imported only by what calculates on demand; the conversation reads its sheet."""

from __future__ import annotations

from collections.abc import Mapping

from knowledge.core import employee
from knowledge.core.calculation import Calculation

CALCULATIONS: Mapping[str, Calculation] = {
    calculation.name: calculation for subject in (employee,) for calculation in subject.CALCULATIONS
}
"""What can be worked out, in the order in which it is usually told."""
