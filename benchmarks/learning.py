"""Suggestions from the trained learner: on the shipped study after an edit, and over 1,000,000 answers."""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from benchmarks.answers import write_study
from benchmarks.measuring import Run, process, python
from qualcode import Project

ROWS = int(os.environ.get("ROWS", "1000000"))
CODED_ANSWERS = 1_500

_IMPORTS = "import click, numpy, scipy.sparse, scipy.linalg, sklearn.linear_model, simplemma, pyarrow.parquet"


def run() -> Iterator[str]:
    """Yield the cost of whole processes as ratios of importing their libraries."""
    with tempfile.TemporaryDirectory() as name:
        yield from _shipped_study(Path(name) / "study")
    with tempfile.TemporaryDirectory() as name:
        yield from _large_study(Path(name))


def _shipped_study(root: Path) -> Iterator[str]:
    for part in ("codebooks", "transcripts", "codings"):
        shutil.copytree(part, root / part)
    shutil.copy("qualcode.yaml", root)
    suggest = [sys.executable, "-m", "qualcode", "-C", str(root), "suggest", "-o", str(root / "out.csv")]
    base = process(python(_IMPORTS))
    yield _format_line("shipped study, first run ever", process(suggest), base)
    Project(root).retract(Project(root).study.codings[0].id, coder=Project(root).study.codings[0].coder)
    yield _format_line("after a decision", process(suggest), base)
    yield _format_line("nothing changed", process(suggest), base)
    book = root / "codebooks" / "challenges.yaml"
    book.write_text(book.read_text(encoding="utf-8").replace("- phrase: resist", "- phrase: refuse"), encoding="utf-8")
    yield _format_line("after an edit of one cue", process(suggest), base)


def _large_study(root: Path) -> Iterator[str]:
    process(
        python(
            "import sys; from benchmarks.learning import write_coded_study; write_coded_study(sys.argv[1])", str(root)
        )
    )
    suggest = [sys.executable, "-m", "qualcode", "-C", str(root), "suggest", "--order", "transcript"]
    base = process(python(_IMPORTS))
    cost = process([*suggest, "-o", str(root / "out.parquet")])
    yield _format_line(f"{ROWS:,} answers with the learner ({cost.output.split()[1]} suggestions)", cost, base)


def write_coded_study(root: str) -> None:
    """Write the study of answers with codings; in a process of its own, so that its memory is not counted."""
    write_study(Path(root), ROWS)
    _code_answers(Path(root))


def _code_answers(root: Path) -> None:
    """Code 1,500 answers with five codes, by words that they contain, and mark them as finished."""
    project, generator = Project(root), random.Random(2)
    answers = list(islice(project.study.stream_transcripts(problems=[]), CODED_ANSWERS))
    codes = [code.id for code in project.codebook.codes][:5]
    rows = ["transcript,code,coder,start,end"]
    for answer in answers:
        turn = answer.participant_turns[0]
        words = set(answer.text.casefold().split())
        for word, code in zip(("there", "about", "people", "because", "really"), codes, strict=True):
            if word in words and generator.random() < 0.9:
                rows.append(f"{answer.id},{code},ana,{turn.start},{turn.end}")
    table = root / "codings.csv"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    project.code_from(table)
    done = root / "done.csv"
    done.write_text("transcript,coder\n" + "".join(f"{answer.id},ana\n" for answer in answers), encoding="utf-8")
    Project(root).done_from(done)
    settings = root / "qualcode.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "coder: ana\n", encoding="utf-8")


def _format_line(label: str, cost: Run, base: Run) -> str:
    return (
        f"{label}: {cost.cpu:.1f} CPU s, peak {cost.peak_mb:.0f} MB;"
        f" {cost.cpu / base.cpu:.1f}x of importing the libraries ({base.cpu:.1f} CPU s)"
    )
