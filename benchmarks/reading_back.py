"""A review of 100,000 codings, written, decided on by pandas, and read back; against what openpyxl alone takes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.counting import write_codings
from benchmarks.measuring import process, python
from benchmarks.suggesting import long_study

_EXPORT = "import sys; from qualcode import Project; Project(sys.argv[1]).export_review(sys.argv[2], coder='analyst-1')"
_APPLY = """
import sys
from qualcode import Project
table = Project(sys.argv[1]).apply(sys.argv[2], coder=sys.argv[3], write=len(sys.argv) > 4)
print(dict(table["status"].value_counts()))
"""
_BARE = """
import sys
from openpyxl import load_workbook
for sheet in load_workbook(sys.argv[1], read_only=True):
    sheet.reset_dimensions()
    for row in sheet.iter_rows(values_only=True):
        pass
"""


def run() -> Iterator[str]:
    """Yield cost and memory of writing, of reading with few and with all rows decided, and of openpyxl."""
    with tempfile.TemporaryDirectory() as name:
        folder = long_study(Path(name))
        write_codings(folder)
        path = Path(name) / "review.xlsx"
        process(python(_EXPORT, str(folder), str(path)))  # fills the caches
        cost = process(python(_EXPORT, str(folder), str(path)))
        yield f"export of 100,000 codings for review: {cost.cpu:.1f} CPU s, peak {cost.peak_mb:.0f} MB"
        bare = process(python(_BARE, str(path)))
        yield f"openpyxl reads all cells of it: {bare.cpu:.1f} CPU s, peak {bare.peak_mb:.0f} MB"
        for share, label in ((0.005, "500 rows"), (1.0, "all rows")):
            decided = Path(name) / "decided.xlsx"
            process(python(_DECIDE, str(path), str(decided), str(share)))
            for coder in ("lea", "analyst-1"):
                cost = process(python(_APPLY, str(folder), str(decided), coder))
                ratio = f"{cost.cpu / bare.cpu:.1f}x of openpyxl"
                yield (
                    f"{label} decided, read back by {coder}: {cost.cpu:.1f} CPU s ({ratio}), "
                    f"peak {cost.peak_mb:.0f} MB, {cost.output.strip()}"
                )


_DECIDE = """
import random, sys
import pandas as pd
book = pd.read_excel(sys.argv[1], sheet_name="Review", header=None, dtype=object)
head = next(row for row in range(60) if "Decision" in set(book.iloc[row]))
table = book.iloc[head + 1 :].copy()
table.columns = list(book.iloc[head])
generator, share = random.Random(1), float(sys.argv[3])
table["Decision"] = [generator.choice(["keep", "reject"]) if generator.random() < share else None for _ in table.index]
table.to_excel(sys.argv[2], index=False)
"""
