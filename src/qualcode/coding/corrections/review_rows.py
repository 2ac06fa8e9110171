"""What a review shows of each coding beside its words: what was decided on it before, and a check of what is shown."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from operator import attrgetter

from qualcode.anchors import Span
from qualcode.ledger import Event
from qualcode.study.coder_state import list_adjudications
from qualcode.study.readings.passages import CONSENSUS, Adjudication
from qualcode.study.study import Study

_CHECK_LENGTH = 12


@dataclass(frozen=True, slots=True)
class DecidedState:
    """What the consensus has decided on a code that a coding or suggestion has."""

    decision: Adjudication | None = None
    new_codes: tuple[Adjudication, ...] = ()
    """The decisions for other codes in its place."""

    @property
    def is_decided(self) -> bool:
        """Whether anything was decided."""
        return self.decision is not None

    @property
    def codes(self) -> frozenset[str]:
        """The codes that the words are to have."""
        own = {self.decision.code} if self.decision and self.decision.applies else set()
        return frozenset(own | {one.code for one in self.new_codes})

    @property
    def by(self) -> frozenset[str]:
        """Who has decided."""
        decisions = (*([self.decision] if self.decision else []), *self.new_codes)
        return frozenset(one.by or "somebody" for one in decisions)

    @property
    def at(self) -> str:
        """When it was decided."""
        return self.decision.at if self.decision else ""

    @property
    def text(self) -> str:
        """The state as `review_check` takes it."""
        outcome = "" if self.decision is None else "applies" if self.decision.applies else "absent"
        return ";".join([outcome, *sorted(one.code for one in self.new_codes)]).rstrip(";")

    def describe(self) -> str:
        """Return what was decided as a review shows it: "kept by lea", "recoded by lea: work/fear"; else nothing."""
        if self.decision is None:
            return ""
        by = " and ".join(sorted(self.by))
        if self.decision.applies:
            return f"kept by {by}"
        if self.new_codes:
            return f"recoded by {by}: {', '.join(one.code for one in self.new_codes)}"
        return f"rejected by {by}"


def review_check(code: str, quote: str, decided: str) -> str:
    """Return a short hash of what a review shows of a coding, which tells whether the coding has changed since.

    It begins with a letter, since a spreadsheet would read some hashes as numbers.
    """
    text = "\0".join([code, quote, decided])
    return "c" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:_CHECK_LENGTH]


class EarlierDecisions:
    """The decisions of the consensus, by the passage and code that they are on.

    Parameters
    ----------
    adjudications
        Decisions at their places in the present texts.
    corrections
        Events by which codings and suggestions were decided on, whose codes are present ids.
    """

    def __init__(self, adjudications: Iterable[Adjudication], corrections: Iterable[tuple[str, str]] = ()) -> None:
        self._by_code: dict[tuple[str, str], list[Adjudication]] = defaultdict(list)
        for one in sorted(adjudications, key=attrgetter("id")):
            self._by_code[one.transcript, one.code].append(one)
        self._new_codes: dict[str, dict[str, None]] = defaultdict(dict)
        for subject, code in corrections:
            self._new_codes[subject][code] = None

    @classmethod
    def of(cls, study: Study) -> EarlierDecisions:
        """Return those of a study."""
        if CONSENSUS not in study.coders:
            return cls([])
        return cls(list_adjudications(study), list_corrections(study, study.ledger_state_with_codings.apply_events))

    def __bool__(self) -> bool:
        return bool(self._by_code)

    def find(self, transcript: str, start: int, end: int, code: str) -> Adjudication | None:
        """Return the latest decision on a code that covers a span, if there is one."""
        decided = self._by_code.get((transcript, code), ())
        return next((one for one in reversed(decided) if one.start <= start and end <= one.end), None)

    def state(self, subject: str, transcript: str, span: Span, code: str) -> DecidedState:
        """Return what was decided on a coding or suggestion with this id, and on its words."""
        new = (self.find(transcript, *span, other) for other in self._new_codes.get(subject, ()) if other != code)
        return DecidedState(
            self.find(transcript, *span, code), tuple(one for one in new if one is not None and one.applies)
        )


def list_corrections(study: Study, events: Iterable[Event]) -> list[tuple[str, str]]:
    """Return the codes that corrections gave to codings and suggestions for the consensus, with the ids of these."""
    current = study.codebook.current_id
    return [(event.target, current(event.code)) for event in events if event.coder == CONSENSUS and event.target]
