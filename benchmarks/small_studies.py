"""Suggestions in small studies: a few transcripts finished, four half coded, compared with cues alone.

Every draw takes some transcripts of a coded study as finished and four others as half coded: their first half has its
codings, and they are not marked as finished. What `suggest` shows for all other transcripts is compared with the
codings that these have in the whole study. Environment variables: ``DRAWS``, the draws for each size (default 5), and
``ONLY``, words of the names of data sets, separated by commas.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from benchmarks import sets
from qualcode import Project
from qualcode.suggest import Suggestions
from qualcode.suggest.learning.corpus import build_corpus
from qualcode.suggest.learning.training_data import build_training_set

FINISHED = (2, 3, 5, 8)
HALF_CODED = 4
DRAWS = int(os.environ.get("DRAWS", "5"))
SOURCES = sets.REAL.parent / "study" / "sources"

Cell = tuple[str, int, str]
"""Transcript, start of the sentence, code."""


@dataclass(frozen=True)
class CodedStudy:
    """A finished study, from which small ones are drawn."""

    project: Project
    coder: str
    block: int = 1
    """Number of transcripts that make one interview in a draw: answers of a survey are short."""


@dataclass(frozen=True)
class Outcome:
    """What a list of suggestions is worth."""

    suggested: int
    precision: float
    recall: float


def shipped(folder: Path, coder: str) -> CodedStudy:
    """Copy the study that the repository is."""
    for part in ("codebooks", "transcripts", "codings"):
        shutil.copytree(part, folder / part)
    shutil.copy("qualcode.yaml", folder)
    return CodedStudy(Project(folder), coder)


def source(folder: Path, kind: str, block: int) -> CodedStudy:
    """Write the survey or the job descriptions of the shipped study's further sources as a study of their own."""
    shutil.copytree("codebooks", folder / "codebooks")
    (folder / "transcripts").mkdir()
    if kind == "survey":
        shutil.copy(SOURCES / "survey.csv", folder / "transcripts")
    else:
        shutil.copytree(SOURCES / "jobs", folder / "transcripts" / "jobs")
    table = "{kind: answers, id: id, text: [biggest_challenge, what_makes_success, advice]}"
    (folder / "qualcode.yaml").write_text(
        "language: en\ncoder: analyst-1\nlabels: {not_speakers: [Composure, Essential, Desirable, Teaching]}\n"
        + (f"tables: {{survey.csv: {table}}}\n" if kind == "survey" else ""),
        encoding="utf-8",
    )
    project = Project(folder)
    project.code_from(SOURCES / "codings" / f"analyst-1-{kind}.csv", coder="analyst-1")
    project.done(list(project.study.transcripts), coder="analyst-1")
    return CodedStudy(project, "analyst-1", block)


def other(folder: Path, write: Callable[[Path], Project], block: int) -> CodedStudy:
    """Write a data set of `sets` as a study."""
    return CodedStudy(write(folder), sets.CODER, block)


SETS: dict[str, tuple[Path, Callable[[Path], CodedStudy]]] = {
    "shipped, analyst-1": (Path("transcripts"), partial(shipped, coder="analyst-1")),
    "shipped, analyst-2": (Path("transcripts"), partial(shipped, coder="analyst-2")),
    "job descriptions": (SOURCES, partial(source, kind="jobs", block=1)),
    "survey, 10 answers a block": (SOURCES, partial(source, kind="survey", block=10)),
    "gennovate": (sets.REAL / "gennovate", partial(other, write=partial(sets.gennovate, cues=True), block=1)),
    "ohd": (sets.REAL / "ohd", partial(other, write=partial(sets.ohd, cues=True), block=1)),
    "pxtext, 30 answers a block": (
        sets.REAL / "pxtext",
        partial(other, write=partial(sets.pxtext, cues=True, limit=1_500), block=30),
    ),
}


def run() -> Iterator[str]:
    """Yield a table for each data set that is present."""
    for name, (needed, make) in SETS.items():
        if not any(word in name for word in os.environ.get("ONLY", "").split(",")):
            continue
        if not needed.is_dir():
            yield f"{name}: not found in {needed}"
            continue
        with tempfile.TemporaryDirectory() as folder:
            yield from compare_with_cues(name, make(Path(folder) / "study"))


def compare_with_cues(
    name: str, study: CodedStudy, *, finished: Sequence[int] = FINISHED, draws: int = DRAWS
) -> Iterator[str]:
    """Yield the mean precision and recall of `suggest` and of cues alone by number of finished transcripts.

    A mean difference has its standard error over the draws.
    """
    root, coder = study.project.study.root, study.coder
    truth = list_coded_cells(study.project, coder)
    events = read_events(root, coder)
    blocks = draw_blocks(study, events)
    yield f"{name}: {len(blocks)} interviews, {len(truth):,} coded sentences"
    yield "  finished  list               suggested  precision  recall  difference to cues: precision, recall"
    for size in finished:
        if size + HALF_CODED >= len(blocks):
            continue
        outcomes: dict[str, list[Outcome]] = {}
        for seed in range(draws):
            for kind, outcome in measure_draw(study, blocks, events, truth, size=size, seed=seed).items():
                outcomes.setdefault(kind, []).append(outcome)
        for kind, drawn in outcomes.items():
            yield f"  {size:8}  {format_outcomes(kind, drawn, outcomes['cues'])}"


def measure_draw(
    study: CodedStudy,
    blocks: Sequence[Sequence[str]],
    events: Sequence[dict[str, object]],
    truth: set[Cell],
    *,
    size: int,
    seed: int,
) -> dict[str, Outcome]:
    """Return the outcomes of one draw: cues, the default list, as many of it as there are cues, the model alone."""
    order = [blocks[index] for index in np.random.default_rng(seed).permutation(len(blocks))]
    finished = [name for block in order[:size] for name in block]
    untouched = [name for block in order[size + HALF_CODED :] for name in block]
    half = [halve(study.project, block) for block in order[size : size + HALF_CODED]]
    write_events(
        study.project.study.root, study.coder, [*select_finished(events, finished), *select_half(events, half)]
    )
    project = Project(study.project.study.root)
    wanted = {cell for cell in truth if cell[0] in set(untouched)}

    def suggest(*makers: str) -> list[Cell]:
        return list_cells(project.suggestions(transcripts=untouched, coder=study.coder, maker=makers or None))

    cues, default = suggest("cues"), suggest()
    lists = {"cues": cues, "suggest": default, "suggest, as many": default[: len(cues)]}
    lists["model alone"] = suggest("learner")
    return {kind: measure_list(cells, wanted) for kind, cells in lists.items()}


def measure_list(cells: Sequence[Cell], truth: set[Cell]) -> Outcome:
    """Return the precision and recall of suggestions.

    >>> measure_list([("A", 0, "f/a"), ("A", 9, "f/a")], {("A", 0, "f/a"), ("A", 0, "f/b"), ("B", 0, "f/a")})
    Outcome(suggested=2, precision=0.5, recall=0.3333333333333333)
    """
    right = len(truth & set(cells))
    return Outcome(len(cells), right / len(cells) if cells else 0.0, right / len(truth) if truth else 0.0)


def list_cells(suggestions: Suggestions) -> list[Cell]:
    """Return the cells of suggestions in their order."""
    return list(zip(suggestions.transcript, suggestions.start, suggestions.code, strict=True))


def list_coded_cells(project: Project, coder: str) -> set[Cell]:
    """Return every sentence with every code that a coder has given it."""
    study = project.study
    data = build_training_set(
        study, coder=coder, score_cues=lambda corpus: np.zeros((len(corpus), len(study.codebook.codes)))
    ).labelled_corpus
    codes = [code.id for code in data.book.codes]
    return {
        (data.corpus.transcripts[data.corpus.transcript[unit]], int(data.corpus.start[unit]), codes[code])
        for unit, code in np.argwhere(data.labels.truth).tolist()
    }


def read_events(root: Path, coder: str) -> list[dict[str, object]]:
    """Return the events of a coder's ledger."""
    files = sorted((root / "codings" / coder).rglob("*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def write_events(root: Path, coder: str, events: Sequence[dict[str, object]]) -> None:
    """Replace the ledger by some events."""
    shutil.rmtree(root / "codings")
    file = root / "codings" / coder / "draw.jsonl"
    file.parent.mkdir(parents=True)
    file.write_text("".join(f"{json.dumps(event, ensure_ascii=False)}\n" for event in events), encoding="utf-8")


def draw_blocks(study: CodedStudy, events: Sequence[dict[str, object]]) -> list[tuple[str, ...]]:
    """Return the finished transcripts in blocks, always in the same random order."""
    done = {event["transcript"] for event in events if event["event"] == "done"}
    names = [name for name in study.project.study.transcripts if name in done]
    shuffled = [names[index] for index in np.random.default_rng(0).permutation(len(names))]
    return [tuple(shuffled[first : first + study.block]) for first in range(0, len(shuffled), study.block)]


def halve(project: Project, block: Sequence[str]) -> dict[str, int]:
    """Return for each transcript in the first half of a block's sentences the offset at which this half ends."""
    corpus = build_corpus(
        [project.study.transcripts[name] for name in block], sentence_rules=project.study.sentence_rules
    )
    first_half = range(len(corpus) // 2)
    return {corpus.transcripts[corpus.transcript[unit]]: int(corpus.end[unit]) for unit in first_half}


def select_finished(events: Sequence[dict[str, object]], names: Sequence[str]) -> Iterator[dict[str, object]]:
    """Yield all events of some transcripts."""
    return (event for event in events if event.get("transcript") in set(names))


def select_half(events: Sequence[dict[str, object]], halves: Sequence[dict[str, int]]) -> Iterator[dict[str, object]]:
    """Yield the codings in the first halves."""
    ends = {name: end for half in halves for name, end in half.items()}
    for event in events:
        if event["event"] == "apply" and int(str(event["end"])) <= ends.get(str(event["transcript"]), 0):
            yield event


def format_outcomes(kind: str, outcomes: Sequence[Outcome], cues: Sequence[Outcome]) -> str:
    """Return the means of a kind of list over draws, with the mean differences to cues and their standard errors."""
    suggested = np.mean([outcome.suggested for outcome in outcomes])
    values = {name: np.array([getattr(outcome, name) for outcome in outcomes]) for name in ("precision", "recall")}
    line = f"{kind:17}  {suggested:9.0f}  {values['precision'].mean():9.3f}  {values['recall'].mean():6.3f}"
    if kind == "cues":
        return line
    differences = []
    for name, ours in values.items():
        difference = ours - np.array([getattr(outcome, name) for outcome in cues])
        error = difference.std(ddof=1) / np.sqrt(len(difference)) if len(difference) > 1 else 0.0
        worse = " WORSE" if difference.mean() < -2 * error and difference.mean() < -0.005 else ""
        differences.append(f"{difference.mean():+.3f} (SE {error:.3f}){worse}")
    return f"{line}  {', '.join(differences)}"
