"""Tables from 100,000 codings against reading their ledgers."""

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
    """Yield the costs of reading and folding, and each table as a ratio of reading."""
    with tempfile.TemporaryDirectory() as name:
        folder = long_study(Path(name))
        write_codings(folder)
        Project(folder).themes()
        read_cost = _median_cost(lambda: read_ledgers(folder / "codings", root=folder))
        events, _ = read_ledgers(folder / "codings", root=folder)
        fold_cost = _median_cost(lambda: fold(events))
        yield f"read {len(events):,} ledger lines: {read_cost:.2f} CPU s; fold: {fold_cost:.2f} CPU s"
        project = Project(folder)
        _reload_codings(project)
        base = _median_cost(lambda: _reload_codings(project))
        yield f"codings verified against their quotes, from the files: {base:.2f} CPU s"
        for verb in ("themes", "cooccurrence"):
            cost = _median_cost(lambda verb=verb: (_reload_codings(project), getattr(project, verb)()))  # type: ignore[misc]
            yield f"{verb}, ledgers read again: {cost / base:.2f}x ({cost:.2f} CPU s) of reading the ledgers"


def _reload_codings(project: Project) -> object:
    project.study.append_events([])  # drops the cached ledger state
    return project.study.codings


def _median_cost(work: Callable[[], object], rounds: int = 5) -> float:
    costs = []
    for _ in range(rounds):
        began = time.process_time()
        work()
        costs.append(time.process_time() - began)
    return median(costs)


def write_codings(folder: Path) -> None:
    """Write 100,000 codings by one coder into a study."""
    study = Project(folder).study
    generator = random.Random(1)
    codes = [code.id for code in study.codebook.codes]
    units = [
        (transcript, segment)
        for transcript in study.transcripts.values()
        for segment in segment_transcript(transcript)
        if segment.role == "participant"
    ]
    pairs = generator.sample(range(len(units) * len(codes)), CODINGS)
    events = []
    for pair in pairs:
        transcript, segment = units[pair // len(codes)]
        anchored = make_anchor(transcript.text, segment.start, segment.end)
        fields = {"transcript": transcript.id, "sha256": transcript.sha256, "code": codes[pair % len(codes)]}
        events.append(new_event("apply", coder="analyst-1", anchored=anchored, **fields))
    append_events(folder / "codings", events, locks=folder / ".qualcode" / "locks")
