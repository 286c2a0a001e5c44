"""What holds for all tests."""

from __future__ import annotations

import os

# Before NumPy is there: tests run side by side, and threads of several processes would only wait for each other.
os.environ["OPENBLAS_NUM_THREADS"] = "1"

from hypothesis import settings

# How long an example takes says nothing about what is tested, and the first one may read what all others need.
settings.register_profile("untimed", parent=settings.default, deadline=None)
settings.load_profile("untimed")
