"""Decisions: one as a command on the shipped study, and 2,500 in an open project after 100,000 earlier events."""

from __future__ import annotations

import itertools
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measuring import process
from qualcode import Project, QuoteLocation
from qualcode.anchors import make_anchor
from qualcode.ledger import append_events, new_event
from qualcode.model import Segment, Transcript
from qualcode.segments import segment_transcript
from qualcode.study.study import Study

ROOT = Path(__file__).resolve().parents[1]
EARLIER_EVENTS = 100_000
DECISIONS = 2_000
ROUNDS = 5
CODE = "challenges/roi"


def run() -> Iterator[str]:
    """Yield the cost of accepting and coding as commands, and of decisions in an open project."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for part in ("qualcode.yaml", "codebooks", "transcripts", "codings"):
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / part)
        yield from _commands(folder)
        yield from _commands_after_many_events(folder)
        yield from _open_project(folder)


def _commands(folder: Path) -> Iterator[str]:
    """Yield CPU seconds of ``accept`` and ``code`` as commands, against importing the program."""
    qualcode = [sys.executable, "-m", "qualcode", "-C", str(folder)]
    output = process([*qualcode, "suggest", "--all", "--per-sentence", "1", "--format", "json"]).output
    rows = json.loads(output[: output.index("\n]") + 2])  # notes on stderr follow
    ids = iter(row["id"] for row in rows)
    quotes = ((row["transcript"], row["quote"]) for row in rows)
    base = median(process([sys.executable, "-c", "import qualcode.project"]).cpu for _ in range(ROUNDS))
    process([*qualcode, "accept", next(ids), "--coder", "eva"])
    accept = median(process([*qualcode, "accept", next(ids), "--coder", "eva"]).cpu for _ in range(ROUNDS))
    code = []
    for _ in range(ROUNDS):
        transcript, quote = next(quotes)
        code.append(process([*qualcode, "code", transcript, rows[0]["code"], "--coder", "fred", "--", quote]).cpu)
    yield f"accept as a command: {accept / base:.2f}x ({accept:.3f} CPU s) of importing the program"
    yield f"code as a command: {median(code) / base:.2f}x ({median(code):.3f} CPU s) of importing the program"


def _commands_after_many_events(folder: Path) -> Iterator[str]:
    """Yield seconds of ``code`` as a command after 1,000 and after 100,000 events, in turns."""
    roots = {count: folder / f"after-{count}" for count in (1_000, EARLIER_EVENTS)}
    for count, root in roots.items():
        root.mkdir()
        for part in ("qualcode.yaml", "codebooks", "transcripts"):
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copy)(source, root / part)
        append_earlier_events(Project(root).study, count)
    transcript = next(iter(Project(root).study.transcripts.values()))
    sentences = [segment for segment in segment_transcript(transcript) if segment.role == "participant"]
    costs: dict[int, list[tuple[float, float]]] = {count: [] for count in roots}
    for segment, (count, root) in itertools.product(sentences[: 2 * ROUNDS], roots.items()):
        # Without its last character, so that it is not coded yet.
        span = ["--start", str(segment.start), "--end", str(segment.end - 1), "--coder", "ana"]
        began = time.perf_counter()
        cpu = process([sys.executable, "-m", "qualcode", "-C", str(root), "code", transcript.id, CODE, *span]).cpu
        costs[count].append((time.perf_counter() - began, cpu))
    (few_wall, few_cpu), (wall, cpu) = (
        (median(wall), median(cpu)) for wall, cpu in (zip(*c, strict=True) for c in costs.values())
    )
    yield (
        f"code as a command after {EARLIER_EVENTS:,} events: {wall:.2f} s and {cpu:.2f} CPU s, "
        f"{wall / few_wall:.2f}x and {cpu / few_cpu:.2f}x of the command after 1,000"
    )


def append_earlier_events(study: Study, count: int) -> None:
    """Append codings of sentences by three coders."""
    sentences = participants_sentences(study)
    codes = [code.id for code in study.codebook.codes]
    product = itertools.product(sentences, codes, ("ana", "ben", "cal"))
    events = []
    for (transcript, segment), code, coder in itertools.islice(product, count):
        anchor = make_anchor(transcript.text, segment.start, segment.end)
        fields = {"transcript": transcript.id, "sha256": transcript.sha256, "code": code}
        events.append(new_event("apply", coder=coder, anchored=anchor, **fields))
    append_events(study.codings_folder, events, locks=study.cache_folder / "locks")


def participants_sentences(study: Study) -> list[tuple[Transcript, Segment]]:
    """Return all sentences of participants with their transcripts."""
    return [
        (transcript, segment)
        for transcript in study.transcripts.values()
        for segment in segment_transcript(transcript)
        if segment.role == "participant"
    ]


def _open_project(folder: Path) -> Iterator[str]:
    """Yield milliseconds of a decision in an open project, against reading all ledgers once."""
    study = Project(folder).study
    sentences, codes = participants_sentences(study), [code.id for code in study.codebook.codes]
    append_earlier_events(study, EARLIER_EVENTS)
    project = Project(folder)
    began = time.process_time()
    _ = project.study.coders
    base = time.process_time() - began
    places = itertools.cycle(sentences)
    began, cpu, recorded = time.perf_counter(), time.process_time(), 0
    for number in range(DECISIONS):
        transcript, segment = next(places)
        where = QuoteLocation(start=segment.start, end=segment.end)
        coding = project.code(transcript.id, codes[number // len(sentences) % len(codes)], where, coder="dora")
        recorded += 1
        if number % 4 == 0:
            recorded += project.retract(coding.id, coder="dora").count
    cpu, wall = time.process_time() - cpu, time.perf_counter() - began
    yield (
        f"{recorded:,} decisions in an open project after {EARLIER_EVENTS:,} events: {1000 * cpu / recorded:.2f} ms "
        f"of CPU and {1000 * wall / recorded:.2f} ms each, {cpu / base:.2f}x of reading the ledgers ({base:.2f} CPU s)"
    )
