"""Reading a table of 1,000,000 short answers (240 MB) and splitting it into sentences, against csv.reader alone.

And reading texts that are hard to read, against the same at a quarter of their length.
"""

from __future__ import annotations

import csv
import random
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.measuring import compare, process, python

ROWS = 1_000_000
SMALL_ROWS = 50_000

_BASE = """
import csv, sys
with open(sys.argv[1], encoding="utf-8", newline="") as stream:
    print(sum(1 for _ in csv.reader(stream)))
"""
_READ = """
import sys
from pathlib import Path
from qualcode.model import SourceRules
from qualcode.transcripts import read_source
path = Path(sys.argv[1])
print(sum(1 for _ in read_source(path, name=path.stem, display_path=path.name, rules=SourceRules())))
"""
_SHEETS = """
import csv, sys
from pathlib import Path
import openpyxl, pyarrow
from pyarrow import csv as reader, parquet
source = Path(sys.argv[1])
options = reader.ParseOptions(newlines_in_values=True)
parquet.write_table(reader.read_csv(source, parse_options=options), source.with_suffix(".parquet"))
book = openpyxl.Workbook(write_only=True)
sheet = book.create_sheet()
with source.open(encoding="utf-8", newline="") as stream:
    for row in csv.reader(stream):
        sheet.append(row)
book.save(source.with_suffix(".xlsx"))
"""
_HARD_TEXT = """
import sys
from qualcode.transcripts.readers.plain_text import read_plain
read_plain(eval(sys.argv[1], {"n": int(sys.argv[2])}))
"""
_HARD_TEXTS = {
    "blanks in a line": '"I: a #00:00:05-3#\\n" + " " * 10 * n + "x\\n"',
    "times in a line": '"I: " + "#00:00:05-3# " * n',
    "different labels": '"".join(f"S{k}: x\\n" for k in range(n))',
    "labels with remarks": '"".join(f"S{k} (laughing): x\\n" for k in range(n))',
    "blank lines and times": '"I: a\\n" + "\\n" * 10 * n + "#00:00:05-3#\\n" * n',
    "numbered lines": '"".join(f"{k} and {k}\\n" for k in range(n))',
}
"""Texts by what they have many of, as expressions of their length: reading each takes time in proportion to it."""
_HARD_LENGTH = 10_000
_SENTENCES = (
    "The waiting time was far too long, and nobody told us why.",
    "Staff were kind.",
    "I would rather have been seen at home; the bus takes an hour.",
    "It is what it is, isn't it?",
    "Dr. Smith explained everything, e.g. the side effects, and then once more.",
    "We never heard back from them after that second call in March.",
    "Nothing to add.",
)


def write_survey(path: Path, rows: int) -> Path:
    """Write a table of answers of about 240 bytes each; every fiftieth has a second line."""
    generator = random.Random(1)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["Respondent ID", "Region", "Age", "Answer"])
        for number in range(rows):
            answer = " ".join(generator.choices(_SENTENCES, k=5)) + ("\nThank you!" if number % 50 == 0 else "")
            region, age = generator.choice(["North", "South", "East"]), generator.randint(18, 90)
            writer.writerow([f"R{number:07d}", region, age, answer])
    return path


def run() -> Iterator[str]:
    """Yield reading, and reading with splitting and writing, as ratios of csv.reader; then other table formats."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "qualcode.yaml").write_text("name: survey\n", encoding="utf-8")
        table = write_survey(folder / "transcripts" / "survey.csv", ROWS)
        base = python(_BASE, str(table))
        size = f"{ROWS:,} answers, {table.stat().st_size / 1e6:.0f} MB"
        yield f"{size}, read: {compare(python(_READ, str(table)), base, rounds=3)} of csv.reader"
        segments = [sys.executable, "-m", "qualcode", "-C", name, "segments", "-o", f"{name}/segments.csv"]
        yield f"read, split into sentences and written: {compare(segments, base, rounds=3)} of csv.reader"
    with tempfile.TemporaryDirectory() as name:
        table = write_survey(Path(name) / "survey.csv", SMALL_ROWS)
        process(python(_SHEETS, str(table)))
        for suffix in (".xlsx", ".parquet"):
            comparison = compare(python(_READ, str(table.with_suffix(suffix))), python(_READ, str(table)), rounds=3)
            yield f"{SMALL_ROWS:,} answers as {suffix}: {comparison} of the same as .csv"
    for name, text in _HARD_TEXTS.items():
        long, short = (python(_HARD_TEXT, text, str(length)) for length in (_HARD_LENGTH, _HARD_LENGTH // 4))
        yield f"a text with many {name}: {compare(long, short, rounds=3)} of a quarter of it"
