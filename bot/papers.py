"""Makes the files of `dialogs.papers`: pages as tagged PDF (PDF/UA-1) on US Letter, the year as a spreadsheet.

Everything goes to a template as one JSON string; a template writes strings as they are and never reads one as markup.
The same paper is the same bytes: no file says when it was made.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import Any

from dialogs.papers import Letter, Paper, YearByPaycheck, YearPlan

HERE = Path(__file__).parent
TEMPLATES = HERE / "typst"
FONTS = HERE / "fonts"

PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@lru_cache(maxsize=8)
def file_of(paper: Paper) -> tuple[str, bytes, str]:
    """A paper as a file: its name, its content and its media type. May be called from any thread."""
    if isinstance(paper, YearByPaycheck):
        from bot.workbook import workbook

        return paper.file_name, workbook(paper), XLSX
    return paper.file_name, pdf(paper), PDF


def pdf(paper: Letter | YearPlan) -> bytes:
    """A page as PDF/UA-1."""
    from typst import compile

    made: bytes = compile(**_drawn(paper), format="pdf", pdf_standards=["ua-1"])
    return made


def first_page(paper: Letter | YearPlan) -> bytes:
    """The first page as a PNG, to be shown beside the file."""
    from typst import compile

    pages = compile(**_drawn(paper), format="png", ppi=100)
    return pages if isinstance(pages, bytes) else pages[0]


def _drawn(paper: Letter | YearPlan) -> dict[str, Any]:
    """What makes a page of ``paper``."""
    return {
        "input": str(TEMPLATES / f"{paper.paper}.typ"),
        "root": str(TEMPLATES),
        "font_paths": [str(FONTS)],
        "ignore_system_fonts": True,
        "sys_inputs": {"data": json.dumps(asdict(paper))},
    }
