"""100,000 codings: reading the ledgers, and tables from them against reading them."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from benchmarks.suggesting import long_study
from qualcode import Project
from qualcode.anchors import make_anchor
from qualcode.ledger import append_events, fold, new_event, read_ledgers
from qualcode.segments import segment_transcript

CODINGS = 100_000


def run() -> Iterator[str]:
    """Yield reading, folding, and each table as a ratio of reading."""
    with tempfile.TemporaryDirectory() as name:
        folder = long_study(Path(name))
        _write(folder)
        Project(folder).themes()
        read_cost = _median(lambda: read_ledgers(folder / "codings", root=folder))
        events, _ = read_ledgers(folder / "codings", root=folder)
        folding = _median(lambda: fold(events))
        yield f"read {len(events):,} ledger lines: {read_cost:.2f} CPU s; fold: {folding:.2f} CPU s"
        ready = Project(folder)
        _codings(ready)
        reading = _median(lambda: _codings(ready))
        yield f"the codings with their proofs, from the files: {reading:.2f} CPU s"
        for verb in ("themes", "cooccurrence"):
            cost = _median(lambda verb=verb: (_codings(ready), getattr(ready, verb)()))  # type: ignore[misc]
            yield f"{verb}, ledgers read anew: {cost / reading:.2f}x ({cost:.2f} CPU s) of reading the ledgers"


def _codings(project: Project) -> object:
    project.study.append_events([])
    return project.study.codings


def _median(work: Callable[[], object], rounds: int = 5) -> float:
    costs = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        costs.append(time.process_time() - began)
    return median(costs)


def _write(folder: Path) -> None:
    study = Project(folder).study
    chance = random.Random(1)
    codes = [code.id for code in study.codebook.codes]
    units = [
        (transcript, segment)
        for transcript in study.transcripts.values()
        for segment in segment_transcript(transcript)
        if segment.role == "participant"
    ]
    pairs = chance.sample(range(len(units) * len(codes)), CODINGS)
    events = []
    for pair in pairs:
        transcript, segment = units[pair // len(codes)]
        anchored = make_anchor(transcript.text, segment.start, segment.end)
        fields = {"transcript": transcript.id, "sha256": transcript.sha256, "code": codes[pair % len(codes)]}
        events.append(new_event("apply", coder="analyst-1", anchored=anchored, **fields))
    append_events(folder / "codings", events, locks=folder / ".qualcode" / "locks")
