"""A workbook with 100,000 codings to decide on against openpyxl in write-only mode with the same cells."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measuring import compare, python

ROWS = 100_000

_ROWS = f"""
import random
from qualcode.listings.review.review_sheet_rows import REVIEW_TITLES
empty = dict.fromkeys(REVIEW_TITLES, "")
def codings():
    generator = random.Random(3)
    words = "the brand would not let us say a thing before legal had read it twice and by then nobody cared".split()
    for number in range({ROWS}):
        yield empty | {{"Case": f"S{{number % 51:02}}", "Transcript": f"S{{number % 51:02}}", "Turn": number % 40,
               "Speaker": "Participant", "Time": number % 3600, "Score": None,
               "Quote": " ".join(generator.choices(words, k=generator.randint(5, 40))),
               "Code": "challenges/culture", "Code name": "Resistance from internal culture", "Coder": "analyst-1",
               "Kind": "coding", "Status": "anchored", "Id": f"01m{{number:023}}", "Check": f"c{{number:012x}}"}}
"""
_OURS = (
    _ROWS
    + """
from pathlib import Path
from tempfile import TemporaryDirectory
from qualcode.coding.corrections.correction import DECISIONS
from qualcode.workbook.review import CodeChoice, ReviewContent, write_review_workbook
choices = [CodeChoice("Resistance (challenges/culture)", "Resistance", "", "", "", "#0072B2")]
content = ReviewContent(title="Benchmark", instructions=[], choices=choices, titles=REVIEW_TITLES, rows=codings(),
                        hidden=(), changed=None, colours={"challenges/culture": "#0072B2"}, decisions=DECISIONS)
with TemporaryDirectory() as folder:
    write_review_workbook(content, Path(folder) / "x.xlsx")
"""
)
_BARE = (
    _ROWS
    + """
import qualcode.workbook
from tempfile import TemporaryDirectory
from openpyxl import Workbook
book = Workbook(write_only=True)
sheet = book.create_sheet("Review")
for row in codings():
    sheet.append([None if value == "" else value for value in row.values()])
with TemporaryDirectory() as folder:
    book.save(folder + "/x.xlsx")
"""
)


def run() -> Iterator[str]:
    """Yield the ratio and the peak memory."""
    comparison = compare(python(_OURS), python(_BARE), rounds=3)
    base = max(run.peak_mb for run in comparison.base)
    yield f"review of {ROWS:,} codings: {comparison} of openpyxl write-only (peak {base:.0f} MB)"
