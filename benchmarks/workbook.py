"""A workbook with 100,000 quotes against openpyxl in write-only mode with the same cells."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measuring import compare, python

QUOTES = 100_000

_ROWS = f"""
import sys, random
def quotes():
    generator = random.Random(3)
    words = "the brand would not let us say a thing before legal had read it twice and by then nobody cared".split()
    for number in range({QUOTES}):
        yield {{"case": f"S{{number % 51:02}}", "transcript": f"S{{number % 51:02}}", "turn": number % 40,
               "speaker": "Participant", "time": None,
               "quote": " ".join(generator.choices(words, k=generator.randint(5, 40))),
               "code": "challenges/culture", "name": "Resistance from internal culture", "coder": "analyst-1",
               "memo": "", "status": "anchored", "start": number, "end": number + 80, "id": f"01m{{number:023}}"}}
"""
_OURS = (
    _ROWS
    + f"""
import pandas as pd
from pathlib import Path
from tempfile import TemporaryDirectory
from qualcode.model import Code, Codebook, Family
from qualcode.tables import THEME_COLUMNS
from qualcode.workbook import WorkbookContent, write_workbook
book = Codebook((Family("challenges", "Challenges"),), (Code("challenges/culture", "Resistance"),), (), "v")
empty = pd.DataFrame(columns=list(THEME_COLUMNS))
with TemporaryDirectory() as folder:
    content = WorkbookContent("Benchmark", book, empty, {{}}, pd.DataFrame(), "sentence", quotes(), {QUOTES})
    write_workbook(content, Path(folder) / "x.xlsx")
"""
)
_BARE = (
    _ROWS
    + """
import pandas as pd
import qualcode.workbook
from tempfile import TemporaryDirectory
from openpyxl import Workbook
book = Workbook(write_only=True)
sheet = book.create_sheet("Quotes")
for row in quotes():
    family, code = row["code"].split("/")
    cells = {**row, "code": family, "leaf": code}
    sheet.append(list(cells.values()))
with TemporaryDirectory() as folder:
    book.save(folder + "/x.xlsx")
"""
)


def run() -> Iterator[str]:
    """Yield the ratio and the peak memory."""
    comparison = compare(python(_OURS), python(_BARE), rounds=3)
    base = max(run.peak_mb for run in comparison.base)
    yield f"workbook with {QUOTES:,} quotes: {comparison} of openpyxl write-only (peak {base:.0f} MB)"
