"""``python -m tests.strict FOLDER``: run the checks, or say why they cannot run."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from pathlib import Path

import pytest


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m tests.strict", description="Check the bot against a strict Bot API."
    )
    parser.add_argument("folder", type=Path, help="where strictapi.py is")
    parser.add_argument("--python", default=sys.executable, help="the Python that can run it")
    wishes, more = parser.parse_known_args()
    server = wishes.folder.resolve() / "strictapi.py"
    if not server.is_file():
        parser.error(f"there is no strictapi.py in {wishes.folder}")
    if subprocess.run([wishes.python, str(server), "--help"], capture_output=True).returncode:
        parser.error(f"{wishes.python} cannot run strictapi.py: install .ci/strictapi.txt there")
    os.environ["STRICTAPI"], os.environ["STRICTAPI_PYTHON"] = str(server.parent), wishes.python
    # Most of the time of a check is waiting for something to time out.
    return pytest.main([str(Path(__file__).parent), "--numprocesses", "4", *more])


if __name__ == "__main__":
    sys.exit(main())
