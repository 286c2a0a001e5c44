"""What holds for all tests."""

from __future__ import annotations

from hypothesis import settings

# How long an example takes says nothing about what is tested, and the first one may read what all others need.
settings.register_profile("untimed", parent=settings.default, deadline=None)
settings.load_profile("untimed")
