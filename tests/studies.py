"""A study of four short transcripts, one a format, whose numbers can be counted by hand; and a way to run commands."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
import pytest

from qualcode.cli import run
from qualcode.coding.quote_location import QuoteLocation
from qualcode.project import Project

SETTINGS = """\
name: Small
language: en
roles:
  interviewer: [I]
unit: sentence
"""

WORK = """\
family: work
name: Work
codes:
  - id: money
    name: Money
    definition: What it costs and earns.
    examples:
      - quote: The budget is gone.
        transcript: A
    cues: [budget]
    codes:
      - id: roi
        name: Return
        cues:
          - regex: '\\bearns?\\b'
            weight: 0.8
  - id: fear
    name: Fear
    cues: [fear]
"""

SKILLS = """\
family: skills
name: Skills
codes:
  - id: patience
    name: Patience
    cues:
      - wait
      - unless: week
themes:
  - id: strain
    name: Strain
    members: [work/fear, skills/patience]
"""

CASES = """\
case,group,size
A,x,10
B,x,
C,y,5
D,y,20
"""

A = """\
I: What is hard?

P: Nobody can tell me what it earns. The budget is gone.

I: And the others?

P: They fear it. They fear it.
"""
"""17 participants' words in 4 sentences; turns 1 and 3 are a participant's."""

B = """\
**I:** What is hard?

**Bea:** Legal says no. I wait a week.

**I:** Why?

**Bea:** It’s “fine” — I wait.
"""
"""11 participants' words in 3 sentences."""

C = """\
WEBVTT

00:00:01.000 --> 00:00:02.000
<v I>What is hard?</v>

00:00:02.000 --> 00:00:04.000
<v Cy>The budget is gone.</v>

00:00:04.000 --> 00:00:05.000
<v I>Anything else?</v>

00:00:05.000 --> 00:00:06.000
<v Cy>Legal says no.</v>
"""
"""7 participants' words in 2 sentences."""

D = ("I: What is hard?", "Dee: I wait. I wait.", "I: Why?", "Dee: Nobody listens.")
"""6 participants' words in 3 sentences."""

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def docx(*paragraphs: str) -> bytes:
    """Return a Word file with these paragraphs."""
    body = "".join(f'<w:p><w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>' for text in paragraphs)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(
            "word/document.xml", f'<w:document xmlns:w="{_W}"><w:body>{body}<w:sectPr/></w:body></w:document>'
        )
    return stream.getvalue()


def write(root: Path, name: str, content: str | bytes) -> Path:
    """Write one file of a study; text as UTF-8, line ends as given."""
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def small_study(root: Path, *, coder: str = "") -> Path:
    """Write the small study into a folder, with nothing coded yet."""
    write(root, "qualcode.yaml", SETTINGS + (f"coder: {coder}\n" if coder else ""))
    write(root, "codebooks/work.yaml", WORK)
    write(root, "codebooks/skills.yaml", SKILLS)
    write(root, "transcripts/cases.csv", CASES)
    write(root, "transcripts/A.txt", A)
    write(root, "transcripts/B.md", B)
    write(root, "transcripts/C.vtt", C)
    write(root, "transcripts/D.docx", docx(*D))
    return root


ANA = (
    ("A", "work/money/roi", QuoteLocation("Nobody can tell me what it earns.")),
    ("A", "work/money", QuoteLocation("The budget is gone.")),
    ("A", "work/fear", QuoteLocation("They fear it.", turn=3, sentence=1)),
    ("B", "skills/patience", QuoteLocation("I wait a week.")),
    ("C", "work/money", QuoteLocation("The budget is gone.")),
)
"""What ana codes; she finishes A, B and C. Ben codes the budget in A and finishes A for the family of work only."""


def coded_study(root: Path, *, coder: str = "", ben: bool = True) -> Path:
    """Write the small study as ana, and if wanted ben, have coded it."""
    project = Project(small_study(root, coder=coder))
    for transcript, code, wanted in ANA:
        project.code(transcript, code, wanted, coder="ana")
    project.done(["A", "B", "C"], coder="ana")
    if ben:
        project.code("A", "work/money", "The budget is gone.", coder="ben")
        project.done("A", coder="ben", families=["work"])
    return root


def ledgers(root: Path) -> dict[str, bytes]:
    """Return the bytes of every file of the ledger."""
    folder = root / "codings"
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@dataclass(frozen=True)
class Result:
    """What a command left: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> list[dict[str, Any]]:
        """The result as the rows it promises."""
        found = json.loads(self.out)
        assert isinstance(found, list)
        return found

    @property
    def csv(self) -> list[dict[str, str]]:
        """The result as rows of text."""
        return list(csv.DictReader(io.StringIO(self.out)))


class Shell:
    """Runs commands in this process on one study."""

    def __init__(self, root: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.root = root
        self._capsys = capsys

    def __call__(self, *words: str | Path) -> Result:
        """Run ``qualcode -C ROOT WORDS...``."""
        return self.bare("-C", self.root, *words)

    def bare(self, *words: str | Path) -> Result:
        """Run ``qualcode WORDS...``, whatever the folder."""
        self._capsys.readouterr()
        code = run([str(word) for word in words])
        captured = self._capsys.readouterr()
        return Result(code, captured.out, captured.err)


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a frame's rows."""
    return [{str(name): value for name, value in one.items()} for one in frame.to_dict("records")]


def column(rows: Iterable[dict[str, Any]], name: str) -> list[Any]:
    """Return one column of rows."""
    return [row[name] for row in rows]


def row(rows: Sequence[dict[str, Any]], **wanted: Any) -> dict[str, Any]:
    """Return the one row with these values."""
    (found,) = [one for one in rows if all(one[name] == value for name, value in wanted.items())]
    return found
