"""The options of a request for suggestions, the names of the built-in makers, and the report of a cue search."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypedDict

from qualcode.errors import Problem, format_names
from qualcode.model import Cue
from qualcode.study.selection import Names

CUE_MAKER = "cues"
"""The maker that matches the cues of the codebook."""
LEARNER = "learner"
"""The maker that is trained on a coder's decisions."""
BUILTIN_MAKERS = (CUE_MAKER, LEARNER)
"""Makers that come with qualcode; no plug-in may have one of these names."""

Order = Literal["review", "transcript", "uncertain", "novel"]
ORDERS: tuple[Order, ...] = ("review", "transcript", "uncertain", "novel")


class SuggestionOptions(TypedDict, total=False):
    """Options of a request for suggestions.

    ``code`` and ``transcripts`` select, ``min_score`` is the lowest score (without it: each code's own threshold for
    the trained model, no threshold for other makers), ``top`` the number of suggestions for each segment.
    ``unread_only`` leaves out transcripts that the coder has finished; ``decided`` includes what ``coder`` has decided.
    ``order`` is one of `ORDERS`. ``maker`` and ``spacy_model`` name the makers; without them, it is the trained model,
    or cues where there is not enough coded data. ``learn_from`` names another coder to train on. ``announce`` is called
    with a sentence on what leaves this machine, before a maker gets any text.
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
