"""The bot as a process against `strictapi.py`, a strict stand-in for the Bot API that is no part of the project.

    python -m tests.strict FOLDER [--python PYTHON]

FOLDER holds strictapi.py; PYTHON is one that has what it needs (`.ci/strictapi.txt`). pytest runs the same checks when
the environment names the two (STRICTAPI and STRICTAPI_PYTHON), and otherwise skips them and says so.
"""
