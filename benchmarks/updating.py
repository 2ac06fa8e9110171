"""51 transcripts of 60 kB with 400 edits each: following all codings, against comparing the texts word by word."""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from rapidfuzz.distance import Indel

from benchmarks.suggesting import long_study
from qualcode import Project
from qualcode.anchors import make_anchor
from qualcode.ledger import append_events, new_event
from qualcode.segments import segment_transcript

EDITS = 400
SIZE = 60_000
CODINGS = 54
"""A transcript: 2,754 in all, as many as the shipped study has."""


def run() -> Iterator[str]:
    """Yield the update's cost with and without the old texts."""
    with tempfile.TemporaryDirectory() as name:
        folder = long_study(Path(name))
        old = {path: path.read_text() for path in _cut(folder)}
        _code(folder)
        Project(folder).codings()
        chance = random.Random(7)
        for path, text in old.items():
            path.write_text(_edited(text, chance))
        base = _words(list(old.items()))
        for what in ("old texts known", "quotes and context only"):
            began = time.process_time()
            found = Project(folder).update()
            cost = time.process_time() - began
            counts = ", ".join(f"{many:,} {status}" for status, many in found["status"].value_counts().items())
            yield f"update, {what}: {cost / base:.2f}x ({cost:.2f} CPU s) of comparing words alone: {counts}"
            for kept in (folder / ".qualcode" / "texts").iterdir():
                kept.unlink()


def _cut(folder: Path) -> list[Path]:
    """Make every transcript 60 kB long, of interviews that are not repeated in it."""
    shipped = Project(".").study.transcripts.values()
    said = ["\n\n".join(f"{turn.speaker}: {one.text[turn.start : turn.end]}" for turn in one.turns) for one in shipped]
    found = sorted((folder / "transcripts").glob("*.txt"))
    for number, path in enumerate(found):
        text = "\n\n".join(said[number:] + said[:number])
        path.write_text(text[: text.rindex("\n", 0, SIZE)] + "\n")
    return found


def _code(folder: Path) -> None:
    study = Project(folder).study
    chance = random.Random(1)
    events = []
    for transcript in study.transcripts.values():
        said = [one for one in segment_transcript(transcript) if one.role == "participant"]
        about = {"transcript": transcript.id, "sha256": transcript.sha256, "code": study.codebook.codes[0].id}
        spans = [(one.start, one.end) for one in chance.sample(said, min(CODINGS, len(said)))]
        events += [
            new_event("apply", coder="ana", anchored=make_anchor(transcript.text, *span), **about) for span in spans
        ]
    append_events(study.codings_folder, events, locks=study.cache_folder / "locks")


def _edited(text: str, chance: random.Random) -> str:
    """Change, insert or delete 400 words."""
    words = re.split(r"(\s+)", text)
    for _ in range(EDITS):
        place = 2 * chance.randrange(len(words) // 2)
        if words[place].endswith(":"):
            continue
        kind = chance.randrange(3)
        if kind == 0:
            words[place] += "x"
        elif kind == 1:
            words[place] = "quite " + words[place]
        else:
            words[place] = ""
    return "".join(words)


def _words(old: list[tuple[Path, str]]) -> float:
    """Return what comparing all texts word by word costs, with nothing followed."""
    began = time.process_time()
    for path, text in old:
        Indel.opcodes(re.findall(r"\w+|[^\w\s]", text), re.findall(r"\w+|[^\w\s]", path.read_text()))
    return time.process_time() - began
