"""The flows, by name: what a person can go through."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dialogs.flows.acp import ACP
from dialogs.flows.convert import CONVERT
from dialogs.flows.couple import COUPLE
from dialogs.flows.employee import CHECK, ROOM
from dialogs.flows.flow import Access, Flow, Verdict
from dialogs.flows.forms import FORMS
from dialogs.flows.own import OWN
from dialogs.flows.paychecks import PAYCHECKS
from dialogs.flows.repair import REPAIR
from dialogs.flows.worth import WORTH
from knowledge.core.sheet import Fact

__all__ = ["FACTS", "FLOWS", "Access", "Flow", "Verdict"]

FLOWS: Mapping[str, Flow] = {
    flow.name: flow for flow in (CHECK, ROOM, PAYCHECKS, OWN, COUPLE, ACP, CONVERT, REPAIR, FORMS, WORTH)
}

FACTS: Mapping[str, Fact[Any]] = {
    name: fact for flow in reversed([*FLOWS.values()]) for name, fact in flow.sheet.facts().items()
}
"""Every fact by its name, as the first flow that has it declares it."""
