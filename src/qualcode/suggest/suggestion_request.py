"""The options of a request for suggestions, the names of the built-in makers, and the report of a cue search."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from qualcode.errors import Problem, UsageError, check_positive, format_names
from qualcode.model import Cue
from qualcode.study.selection import Names

CUE_MAKER = "cues"
"""The maker that matches the cues of the codebook."""
LEARNER = "learner"
"""The maker that is trained on a coder's decisions."""
BUILTIN_MAKERS = (CUE_MAKER, LEARNER)
"""Makers that come with qualcode; no plug-in may have one of these names."""

NOT_USABLE = "do not use"
"""The verdict on the trained model for codes of which it does not suggest well enough."""
CueUse = Literal["none", "where better", "all"]
"""Which cue suggestions stay beside those of the trained model: none, those of codes for which the model is not better
on left-out transcripts, or all."""

Order = Literal["review", "transcript", "uncertain", "novel"]
ORDERS: tuple[Order, ...] = ("review", "transcript", "uncertain", "novel")


@dataclass(frozen=True, slots=True)
class SuggestionOptions:
    """Options of a request for suggestions; `SUGGESTION_PARAMETERS` in `qualcode.project` describes them.

    Without ``min_score`` it is each code's own threshold for the trained model, no threshold for other makers. Without
    ``maker`` and ``spacy_model`` it is the trained model with cues where these do
    better, or cues alone where there is not enough coded data. Without
    ``order`` it is that of the transcripts in a study too large to be sorted, else ``review``.
    """

    code: Names | None = None
    transcripts: Names | None = None
    min_score: float | None = None
    per_sentence: int | None = None
    top: int | None = None
    unread_only: bool = False
    order: Order | None = None
    learn_from: str | None = None
    coder: str | None = None
    decided: bool = False
    maker: Names | None = None
    spacy_model: str | None = None
    announce: Callable[[str], object] | None = None
    max_score: float | None = None

    def __post_init__(self) -> None:
        for name in ("min_score", "max_score"):
            if (score := getattr(self, name)) is not None and not 0 <= score <= 1:
                raise UsageError(f"{name}: must be a number from 0 to 1, not {score}")
        if (self.min_score or 0) > (1 if self.max_score is None else self.max_score):
            raise UsageError(f"min_score {self.min_score} is above max_score {self.max_score}: nothing is between them")
        for name in ("per_sentence", "top"):
            if (value := getattr(self, name)) is not None:
                check_positive(name, value)


@dataclass
class CueSearchReport:
    """What a cue search reports when all its suggestions have been taken."""

    problems: list[Problem] = field(default_factory=list)
    """Sources that cannot be used."""
    slow_cues: list[Cue] = field(default_factory=list)
    """Cues that had to be tried in every one of many sentences."""

    def slow_cue_notes(self) -> list[str]:
        """Return a note that names the slow cues, if there are any."""
        if not self.slow_cues:
            return []
        names = format_names([f"{cue.kind} {cue.value}" for cue in self.slow_cues], limit=5)
        return [f"slow cues, tried in every sentence because they require no fixed word: {names}"]


@dataclass(frozen=True, slots=True)
class SuggestionRequest:
    """A resolved request: ids of codes and transcripts (all if none), the coder to train on, the lowest score."""

    codes: Collection[str]
    transcripts: Sequence[str]
    coder: str
    min_score: float | None = None
    cue_use: CueUse = "none"
    cue_report: CueSearchReport = field(default_factory=CueSearchReport)
    """Filled by the search for cues."""


def describe_count(count: int, makers: Iterable[str]) -> str:
    """Return the number of suggestions and their makers for a note.

    >>> describe_count(1, ["learner", "names"])
    "1 suggestion from the trained model and maker 'names'"
    """
    phrases = {LEARNER: "the trained model", CUE_MAKER: "the codebook's cues"}
    names = " and ".join(phrases.get(maker, f"maker '{maker}'") for maker in makers)
    return f"{count:,} suggestion{'' if count == 1 else 's'} from {names}"
