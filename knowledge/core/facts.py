"""The kinds of answers that facts take. Values are stored, so a name here is never changed, only added to."""

from __future__ import annotations

from enum import StrEnum, auto


class PlanKind(StrEnum):
    """What retirement plan the employer offers."""

    K401 = auto()
    B403 = auto()
    OTHER = auto()
    """457(b), TSP, SIMPLE or another kind that takes no voluntary after-tax contributions."""
    NONE = auto()


class WayToRoth(StrEnum):
    """How after-tax money can reach Roth while the person still works there."""

    INSIDE = auto()
    """In-plan Roth rollover, IRC 402A(c)(4)."""
    WITHDRAW = auto()
    """In-service distribution of the after-tax source, rolled over to a Roth IRA."""
    BOTH = auto()
    NEITHER = auto()


class CapKind(StrEnum):
    """Whether the plan itself caps after-tax contributions, below what the law allows."""

    NONE = auto()
    PERCENT = auto()
    DOLLARS = auto()


class AgeBand(StrEnum):
    """Age reached by December 31 of the year, as far as the law tells ages apart (IRC 414(v)(5)(A), (2)(E))."""

    UNDER_50 = auto()
    FROM_50 = auto()
    FROM_60 = auto()
    FROM_64 = auto()

    @classmethod
    def of(cls, age: int) -> AgeBand:
        """The band of an ``age`` in whole years reached by December 31."""
        if age < 50:
            return cls.UNDER_50
        if age < 60:
            return cls.FROM_50
        return cls.FROM_60 if age < 64 else cls.FROM_64


class HighlyPaid(StrEnum):
    """The two roads to being a highly compensated employee, IRC 414(q)(1)."""

    PAID_OVER = auto()
    """Paid over last year's threshold by this employer last year."""
    OWNER = auto()
    """Owned more than 5 % of the business this year or last, family attribution included."""
    NEITHER = auto()
    NOT_SURE = auto()
    """A full answer of its own: it changes the warnings, never the room."""


class OverWages(StrEnum):
    """Whether last year's FICA wages from this employer were over the Roth catch-up threshold."""

    YES = auto()
    NO = auto()
    NOT_SURE = auto()
    """A full answer of its own: it changes the warnings, never the room."""


class PaySchedule(StrEnum):
    """How often pay comes."""

    WEEKLY = auto()
    BIWEEKLY = auto()
    SEMIMONTHLY = auto()
    MONTHLY = auto()

    @property
    def checks(self) -> int:
        """Paychecks in a year."""
        return {"weekly": 52, "biweekly": 26, "semimonthly": 24, "monthly": 12}[self]
