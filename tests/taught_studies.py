"""A study of nine interviews that a learner can be trained on, in which coding errors can be placed."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from qualcode.project import Project
from studies import write

NAMES = tuple("ABCDEFGHI")
MONEY, FEAR, NONE = "work/money", "work/fear", ""
WORDS: Mapping[str, tuple[str, ...]] = {
    MONEY: ("the budget is {} gone", "we have {} no money", "it costs {} too much", "nobody pays {} for it"),
    FEAR: ("they are {} afraid", "I worry {} a lot", "it frightens {} people", "fear is {} everywhere"),
    NONE: ("lunch was {} fine", "we met {} on Monday", "the office is {} blue", "she came {} by train"),
}
FILLERS = ("really", "now", "again", "here", "still", "indeed")
BOOK = """\
family: work
name: Work
codes:
  - {id: money, name: Money, cues: [budget]}
  - {id: fear, name: Fear}
"""


@dataclass(frozen=True)
class Said:
    """A sentence and the code that it should have."""

    transcript: str
    turn: int
    sentence: int
    text: str
    code: str


@dataclass
class Taught:
    """A study on disk, with its sentences."""

    root: Path
    said: list[Said] = field(default_factory=list)

    def of(self, code: str, transcript: str) -> list[Said]:
        """Return the sentences of a transcript that should have a code."""
        return [sentence for sentence in self.said if (sentence.code, sentence.transcript) == (code, transcript)]


def spoken(name: str, draw: random.Random) -> Iterator[Said]:
    """Draw twelve sentences in four answers; half of them have a code."""
    kinds = [MONEY] * 3 + [FEAR] * 3 + [NONE] * 6
    draw.shuffle(kinds)
    for number, kind in enumerate(kinds):
        words = draw.choice(WORDS[kind]).format(draw.choice(FILLERS))
        yield Said(name, 2 * (number // 3) + 1, number % 3, f"{words[0].upper()}{words[1:]} {number}.", kind)


def taught_study(root: Path, *, cases: str = "", book: str = BOOK) -> Taught:
    """Write the study; nothing is coded yet."""
    write(root, "qualcode.yaml", "name: Taught\nlanguage: en\nroles:\n  interviewer: [I]\ncoder: ana\n")
    write(root, "codebooks/work.yaml", book)
    if cases:
        write(root, "transcripts/cases.csv", cases)
    study, draw = Taught(root), random.Random(1)
    for name in NAMES:
        sentences = list(spoken(name, draw))
        answers = (" ".join(said.text for said in sentences[at : at + 3]) for at in range(0, len(sentences), 3))
        write(root, f"transcripts/{name}.txt", "\n\n".join(f"I: And then?\n\nP: {answer}" for answer in answers))
        study.said += sentences
    return study


def coded(
    study: Taught, *, coder: str = "ana", instead: Mapping[Said, str] | None = None, done: str = "".join(NAMES)
) -> Project:
    """Code the sentences of the transcripts in ``done`` with their codes or those in ``instead``; finish these."""
    codes = {said: (instead or {}).get(said, said.code) for said in study.said if said.transcript in done}
    rows = [
        f'{said.transcript},{said.turn},{said.sentence},"{said.text}",{code}' for said, code in codes.items() if code
    ]
    table = write(study.root, f"{coder}.csv", "\n".join(["transcript,turn,sentence,quote,code", *rows]) + "\n")
    project = Project(study.root)
    assert project.code_from(table, coder=coder).problems == ()
    project.done(list(done), coder=coder)
    return project
