"""Update of all codings after 400 edits in each of 51 transcripts of 60 kB, against comparing the texts by words."""

from __future__ import annotations

import random
import re
import tempfile
import time
from collections.abc import Iterator, Mapping
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
"""Codings of each transcript: 2,754 in all, as many as the shipped study has."""


def run() -> Iterator[str]:
    """Yield the update's cost with and without the old texts."""
    with tempfile.TemporaryDirectory() as name:
        folder = long_study(Path(name))
        old_texts = {path: path.read_text() for path in _write_transcripts(folder)}
        _write_codings(folder)
        Project(folder).codings()
        generator = random.Random(7)
        for path, text in old_texts.items():
            path.write_text(_edit(text, generator))
        base = _word_comparison_cost(old_texts)
        for label in ("old texts known", "quotes and context only"):
            began = time.process_time()
            codings = Project(folder).update()
            cost = time.process_time() - began
            counts = ", ".join(f"{count:,} {status}" for status, count in codings["status"].value_counts().items())
            yield f"update, {label}: {cost / base:.2f}x ({cost:.2f} CPU s) of comparing words alone: {counts}"
            for cached in (folder / ".qualcode" / "texts").iterdir():
                cached.unlink()


def _write_transcripts(folder: Path) -> list[Path]:
    """Write transcripts of 60 kB; no interview is repeated within one."""
    interviews = [
        "\n\n".join(f"{turn.speaker}: {transcript.text[turn.start : turn.end]}" for turn in transcript.turns)
        for transcript in Project(".").study.transcripts.values()
    ]
    paths = sorted((folder / "transcripts").glob("*.txt"))
    for number, path in enumerate(paths):
        text = "\n\n".join(interviews[number:] + interviews[:number])
        path.write_text(text[: text.rindex("\n", 0, SIZE)] + "\n")
    return paths


def _write_codings(folder: Path) -> None:
    study = Project(folder).study
    generator = random.Random(1)
    events = []
    for transcript in study.transcripts.values():
        segments = [segment for segment in segment_transcript(transcript) if segment.role == "participant"]
        fields = {"transcript": transcript.id, "sha256": transcript.sha256, "code": study.codebook.codes[0].id}
        for segment in generator.sample(segments, min(CODINGS, len(segments))):
            anchored = make_anchor(transcript.text, segment.start, segment.end)
            events.append(new_event("apply", coder="ana", anchored=anchored, **fields))
    append_events(study.codings_folder, events, locks=study.cache_folder / "locks")


def _edit(text: str, generator: random.Random) -> str:
    """Change, insert or delete 400 words."""
    words = re.split(r"(\s+)", text)
    for _ in range(EDITS):
        index = 2 * generator.randrange(len(words) // 2)
        if words[index].endswith(":"):
            continue
        kind = generator.randrange(3)
        if kind == 0:
            words[index] += "x"
        elif kind == 1:
            words[index] = "quite " + words[index]
        else:
            words[index] = ""
    return "".join(words)


def _word_comparison_cost(old_texts: Mapping[Path, str]) -> float:
    """Return the cost of comparing all texts word by word, without their codings."""
    began = time.process_time()
    for path, text in old_texts.items():
        Indel.opcodes(re.findall(r"\w+|[^\w\s]", text), re.findall(r"\w+|[^\w\s]", path.read_text()))
    return time.process_time() - began
