"""Suggestions that are learnt: on the shipped study after an edit, and over 1,000,000 answers as a stream."""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.answers import study as answers
from benchmarks.measuring import Run, process, python
from qualcode import Project

ROWS = int(os.environ.get("ROWS", "1000000"))
TAUGHT = 1_500

_IMPORTS = "import click, numpy, scipy.sparse, scipy.linalg, sklearn.linear_model, simplemma, pyarrow.parquet"


def run() -> Iterator[str]:
    """Yield the cost of whole processes beside that of importing their libraries."""
    with tempfile.TemporaryDirectory() as name:
        yield from _shipped(Path(name) / "study")
    with tempfile.TemporaryDirectory() as name:
        yield from _large(Path(name))


def _shipped(root: Path) -> Iterator[str]:
    for part in ("codebooks", "transcripts", "codings"):
        shutil.copytree(part, root / part)
    shutil.copy("qualcode.yaml", root)
    suggest = [sys.executable, "-m", "qualcode", "-C", str(root), "suggest", "-o", str(root / "out.csv")]
    base = process(python(_IMPORTS))
    yield _line("shipped study, first run ever", process(suggest), base)
    Project(root).retract(Project(root).study.codings[0].id, coder=Project(root).study.codings[0].coder)
    yield _line("after a decision", process(suggest), base)
    yield _line("nothing changed", process(suggest), base)
    book = root / "codebooks" / "challenges.yaml"
    book.write_text(book.read_text(encoding="utf-8").replace("- phrase: resist", "- phrase: refuse"), encoding="utf-8")
    yield _line("after an edit of one cue", process(suggest), base)


def _large(root: Path) -> Iterator[str]:
    process(python("import sys; from benchmarks.learning import made; made(sys.argv[1])", str(root)))
    suggest = [sys.executable, "-m", "qualcode", "-C", str(root), "suggest", "--order", "transcript"]
    base = process(python(_IMPORTS))
    found = process([*suggest, "-o", str(root / "out.parquet")])
    yield _line(f"{ROWS:,} answers with the learner ({found.output.split()[1]} suggestions)", found, base)


def made(root: str) -> None:
    """Write the study of answers, taught; in a process of its own, or its memory would count for its siblings."""
    answers(Path(root), ROWS)
    _taught(Path(root))


def _taught(root: Path) -> None:
    """Code 1,500 answers, by words of theirs, with five codes, and finish them."""
    project, chance = Project(root), random.Random(2)
    some = [one for _, one in zip(range(TAUGHT), project.study.stream_transcripts(problems=[]), strict=False)]
    codes = [code.id for code in project.codebook.codes][:5]
    rows = ["transcript,code,coder,start,end"]
    for one in some:
        turn = one.participant_turns[0]
        said = set(one.text.casefold().split())
        for word, code in zip(("there", "about", "people", "because", "really"), codes, strict=True):
            if word in said and chance.random() < 0.9:
                rows.append(f"{one.id},{code},ana,{turn.start},{turn.end}")
    table = root / "codings.csv"
    table.write_text("\n".join(rows) + "\n", encoding="utf-8")
    project.code_from(table)
    done = root / "done.csv"
    done.write_text("transcript,coder\n" + "".join(f"{one.id},ana\n" for one in some), encoding="utf-8")
    Project(root).done_from(done)
    settings = root / "qualcode.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "coder: ana\n", encoding="utf-8")


def _line(what: str, found: Run, base: Run) -> str:
    return (
        f"{what}: {found.cpu:.1f} CPU s, peak {found.peak_mb:.0f} MB;"
        f" {found.cpu / base.cpu:.1f}x of importing the libraries ({base.cpu:.1f} CPU s)"
    )
