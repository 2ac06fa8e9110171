"""What is needed to decide on corrections: the study's decisions, and what earlier corrections have recorded."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property

from qualcode.anchors import Span, make_anchor
from qualcode.coding.corrections.code_labels import CodeLabels
from qualcode.coding.corrections.correction import CorrectionRow
from qualcode.coding.corrections.review_rows import EarlierDecisions, list_corrections
from qualcode.coding.decision_events import Decision, check_memo_text, decision_event
from qualcode.coding.team.adjudication import PassageFinder
from qualcode.errors import QualcodeError
from qualcode.ledger import Event, Origin, find_retractions, new_event
from qualcode.model import Coding, Transcript
from qualcode.study.coder_state import make_adjudications
from qualcode.study.decision_index import CodingKey
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.study import Study


@dataclass(frozen=True, slots=True)
class PlannedCorrection:
    """What becomes of a correction, and the events that record it."""

    row: CorrectionRow
    events: Sequence[Event] = ()
    outcomes: Mapping[CodingKey, bool] = field(default_factory=dict)
    """Which codes are to apply to which words for whom, and which not; no other row may say otherwise."""


class CorrectionConflict(QualcodeError):
    """A correction does not fit what the study has now."""


class CorrectionFieldError(QualcodeError):
    """A field of a correction is not understood."""

    def __init__(self, message: str, name: str) -> None:
        self.name = name
        super().__init__(message)


@contextmanager
def checking_field(name: str) -> Iterator[None]:
    """Let errors name the field of the correction that they are about."""
    try:
        yield
    except (CorrectionConflict, CorrectionFieldError):
        raise
    except QualcodeError as error:
        raise CorrectionFieldError(str(error), name) from None


class CorrectionContext:
    """The study as corrections by one person find it.

    Parameters
    ----------
    study
        The study.
    coder
        Who corrects.
    source
        Name of the file, which the events keep as their origin.
    """

    def __init__(self, study: Study, *, coder: str, source: str) -> None:
        self.study, self.coder, self.source = study, coder, source
        self.decisions = study.read_decisions()
        self.labels = CodeLabels(study.codebook)
        self.cleared: Mapping[tuple[str, str], Sequence[Span]] = {}
        """Segments in which a coding sheet has removed a code, by transcript and code."""
        self._state = study.ledger_state_with_codings

    @cached_property
    def earlier(self) -> EarlierDecisions:
        """What the consensus has decided."""
        # From the index of decisions, since `Study.codings` would be a second copy of all codings.
        ids = {event.transcript for event in self._state.apply_events if event.coder == CONSENSUS}
        placed = [one for name in ids for one in self.decisions.codings_in(name) if one.coder == CONSENSUS]
        return EarlierDecisions(
            make_adjudications(self.study, placed, self._state.reject_events),
            list_corrections(self.study, self._state.apply_events),
        )

    @cached_property
    def passages(self) -> PassageFinder:
        """The passages that coders have coded differently."""
        return PassageFinder(self.study)

    @cached_property
    def events_by_id(self) -> Mapping[str, Event]:
        """All events that were ever recorded."""
        return {event.id: event for event in self.study.read_events()}

    @cached_property
    def _corrections(self) -> Mapping[str, Sequence[Event]]:
        """Valid events of earlier corrections, by the id of the coding that they decide on."""
        found: dict[str, list[Event]] = defaultdict(list)
        # Equal codings are one in the state of the ledgers, but each may be of another correction.
        if any(event.target for event in (*self._state.apply_events, *self._state.reject_events)):
            events = self.study.read_events()
            retracted = find_retractions([event for event in events if event.event == "retract"])
            for event in events:
                if event.target and event.event in {"apply", "reject"} and (event.id, event.coder) not in retracted:
                    found[event.target].append(event)
        return found

    @cached_property
    def _subjects(self) -> Mapping[str, str]:
        return {event.id: subject for subject, events in self._corrections.items() for event in events}

    def subject_of(self, event_id: str) -> str:
        """Return the id of the coding or suggestion that an event decides on; empty if it is none of a correction."""
        return self._subjects.get(event_id, "")

    def retraction(self, event: Event) -> Event:
        """Return the event that takes an event back; for the consensus it says who decided."""
        by = self.coder if event.coder == CONSENSUS else ""
        return new_event(
            "retract", coder=event.coder, transcript=event.transcript, target=event.id, origin=Origin(by=by)
        )

    @cached_property
    def _memos(self) -> frozenset[tuple[str, str, str]]:
        memos = self._state.memo_events
        return frozenset((memo.coder, memo.target or _passage_key(memo), memo.text) for memo in memos)

    def corrections_of(self, subject: str, *, coder: str) -> list[Event]:
        """Return what earlier corrections of a coding or suggestion recorded for a coder, and what is still valid."""
        return [event for event in self._corrections.get(subject, ()) if event.coder == coder]

    def is_cleared(self, coding: Coding, span: Span) -> bool:
        """Return whether a coding lies in a segment, or in those in which a coding sheet has removed its code."""
        spans = sorted([span, *self.cleared.get((coding.transcript, coding.code), ())])
        at = coding.start
        for start, end in spans:
            # Only white space may be between two segments.
            if self.transcript(coding).text[at:start].strip():
                return False
            at = max(at, end)
        return at >= coding.end

    def recorder(self, owner: str) -> str:
        """Return for whom a decision on an owner's coding is recorded: for that coder only if it is the same person."""
        return owner if owner == self.coder else CONSENSUS

    def event(self, decision: Decision, *, place: str, target: str = "", applies: bool = True, note: str = "") -> Event:
        """Return the event of a decision; for the consensus it says who decided."""
        given = decision.origin
        origin = Origin(
            given.maker,
            given.score,
            given.why or ("" if applies else note),
            given.version,
            source=f"{self.source}:{place}",
            by=self.coder if decision.coder == CONSENSUS else "",
        )
        placed = replace(decision, origin=origin)
        return decision_event(placed, self.study.codebook, kind="apply" if applies else "reject", target=target)

    def memo_events(self, text: str, *, on: Coding | Event) -> list[Event]:
        """Return the event of a memo on a coding, unless the same memo is there already."""
        if not text.strip() or (self.coder, on.id, text.strip()) in self._memos:
            return []
        words = check_memo_text(text)
        return [new_event("memo", coder=self.coder, transcript=on.transcript, target=on.id, text=words)]

    def passage_memo_events(self, text: str, transcript: Transcript, span: Span) -> list[Event]:
        """Return the event of a memo on words of a transcript, unless the same memo is there already."""
        memo = new_event(
            "memo",
            coder=self.coder,
            anchored=make_anchor(transcript.text, *span),
            transcript=transcript.id,
            sha256=transcript.sha256,
            text=check_memo_text(text),
        )
        return [] if (memo.coder, _passage_key(memo), memo.text) in self._memos else [memo]

    def transcript(self, coding: Coding) -> Transcript:
        """Return the transcript of a coding that has a place."""
        return self.study.transcripts[coding.transcript]


def _passage_key(memo: Event) -> str:
    return f"{memo.transcript}:{memo.start}-{memo.end}"


def span_of(coding: Coding) -> Span:
    """Return the span of a coding."""
    return coding.start, coding.end


def list_outcomes(coding: Coding, wanted: Sequence[str], *, coder: str) -> dict[CodingKey, bool]:
    """Return which codes the words of a coding are to have for a coder, and that they are not to have its own."""
    key = (coding.transcript, coding.start, coding.end)
    return {(*key, code, coder): code in wanted for code in (coding.code, *wanted)}
