"""Request: split from choice."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypedDict

from qualcode.errors import Problem, format_names
from qualcode.model import Cue
from qualcode.study.selection import Names

Order = Literal["review", "transcript", "uncertain", "novel"]


ORDERS: tuple[Order, ...] = ("review", "transcript", "uncertain", "novel")


class SuggestionOptions(TypedDict, total=False):
    """Which suggestions: of these codes, in these transcripts, from a score on; ``decided`` ones too if asked for.

    Where no score is given, the learner's are shown from each code's own threshold on, those of other makers all.
    ``top`` keeps the best of each segment, ``unread_only`` those in transcripts that the coder has not finished;
    ``order`` is one of `qualcode.project.picking.ORDERS`. ``maker`` and ``spacy_model`` name who makes them (the
    learner if neither does, or cues where there is too little to learn from); ``learn_from`` names another coder whose
    decisions are learnt from; ``announce`` is told, before a maker gets any text, what leaves this machine.
    """

    code: Names
    transcripts: Names
    min_score: float | None
    top: int
    unread_only: bool
    order: Order
    learn_from: str | None
    coder: str | None
    decided: bool
    maker: Names
    spacy_model: str
    announce: Callable[[str], object]


LEARNER = "learner"


BUILTIN_MAKERS = ("cues", LEARNER)
"""Makers of qualcode's own, which can be named beside others."""


@dataclass
class CueSearchReport:
    """What is to be said when all suggestions have been taken."""

    problems: list[Problem] = field(default_factory=list)
    """Sources that cannot be used."""
    slow_cues: list[Cue] = field(default_factory=list)
    """Cues that were tried in every sentence of many, which took long."""

    def slow_cue_notes(self) -> list[str]:
        """Say which cues took long."""
        if not self.slow_cues:
            return []
        named = format_names([f"{cue.kind} {cue.value}" for cue in self.slow_cues], limit=5)
        return [f"tried in every sentence, which is slow, since no word has to be there: {named}"]


@dataclass(frozen=True, slots=True)
class SuggestionRequest:
    """Which suggestions are asked for: of these codes, in these transcripts (all if none), from a score on."""

    codes: Collection[str]
    transcripts: Sequence[str]
    coder: str
    min_score: float | None = None
    cue_report: CueSearchReport = field(default_factory=CueSearchReport)
    """What is to be said of the search for cues, when it is done."""
