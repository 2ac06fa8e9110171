"""Passages that are coded together with one code, where a search or another program has found something."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from qualcode.anchors import Span, is_codable, turn_at
from qualcode.coding.decided_places import DecidedPlace, place_of_event
from qualcode.coding.decision_events import Decision, decision_event
from qualcode.errors import FileProblemsError, Problem, format_count, name_option
from qualcode.ledger import Event, Origin
from qualcode.model import Segment, Transcript, Unit
from qualcode.segments import segment_transcript
from qualcode.study.selection import Names, select_code_ids
from qualcode.study.study import Study
from qualcode.suggest.suggestion_filters import make_undecided_filter
from qualcode.suggest.suggestion_table import Suggestions

CodedSpan = Literal["sentence", "match", "paragraph", "turn"]
"""What is coded where something is found: the match alone, or all of its sentence, paragraph or turn."""


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """Where something was found: offsets in the text of a transcript, and the words found between those around."""

    transcript: str
    start: int
    end: int
    in_context: tuple[str, str, str] | None = None


@dataclass(slots=True)
class CodingBatch:
    """The events that code what was found, their places, and how many of what was found they leave out, by reason."""

    events: list[Event] = field(default_factory=list)
    places: list[DecidedPlace] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    problems: list[Problem] = field(default_factory=list)
    """Lines of a list that cannot be placed."""

    def notes(self) -> list[str]:
        """Return a note for each reason to leave something out."""
        return [f"{format_count(count, 'place')} left out: {reason}" for reason, count in self.left_out.items()]

    def check_problems(self, *, is_allowed: bool) -> None:
        """Raise a `FileProblemsError` if there are problems that are not allowed."""
        if self.problems and not is_allowed:
            lines = format_count(len(self.problems), "line")
            remedy = f"{name_option('skip', True)} leaves {'it' if len(self.problems) == 1 else 'them'} out"
            raise FileProblemsError(self.problems, summary=f"Nothing was coded: {lines} cannot be placed; {remedy}.")


def code_found_places(
    study: Study, found: Iterable[FoundPlace], code: str, *, span: CodedSpan, coder: str, source: str
) -> CodingBatch:
    """Return the events by which a coder codes what was found; ``source`` is the name of the batch.

    Left out are words of interviewers, what the coder has coded or rejected already as suggestions are, and what lies
    in a passage that is coded for another match.
    """
    batch = CodingBatch()
    by_transcript: dict[str, list[FoundPlace]] = {}
    for place in found:
        by_transcript.setdefault(place.transcript, []).append(place)
    passages = [
        passage
        for name, places in by_transcript.items()
        for passage in _find_passages(study, study.transcripts[name], places, span, batch.left_out)
    ]
    for passage in _drop_decided(study, passages, code, coder=coder, left_out=batch.left_out):
        transcript, words = study.transcripts[passage.transcript], (passage.start, passage.end)
        event = decision_event(Decision(transcript, words, code, coder, Origin(source=source)), study.codebook)
        batch.events.append(event)
        batch.places.append(replace(place_of_event(study, event), in_context=passage.in_context))
    return batch


def select_within(study: Study, found: Iterable[FoundPlace], within: Names, *, coder: str) -> list[FoundPlace]:
    """Return the places that lie in a coding of these codes (with the codes below them) by a coder.

    Raises
    ------
    UnknownNameError
        If the codebook has no such code, family or theme.
    """
    codes = study.codebook.expand_codes(select_code_ids(study.codebook, within))
    decisions = study.read_decisions()

    def is_within(place: FoundPlace) -> bool:
        return any(
            coding.coder == coder and coding.code in codes and coding.start <= place.start and place.end <= coding.end
            for coding in decisions.codings_at(place.transcript, place.start, place.end)
        )

    return [place for place in found if is_within(place)]


def _find_passages(
    study: Study, transcript: Transcript, found: Sequence[FoundPlace], span: CodedSpan, left_out: Counter[str]
) -> list[FoundPlace]:
    """Return the passages to code, in the order of the text; those that overlap are one."""
    units = [] if span == "match" else _participant_units(study, transcript, span)
    passages: list[FoundPlace] = []
    for place in sorted(found, key=lambda one: (one.start, one.end)):
        start, end = _trim(transcript, place)
        if not is_codable(transcript, start, end):
            left_out["words of interviewers are never coded"] += 1
            continue
        start, end = _widen((start, end), units)
        if passages and start < passages[-1].end:
            left_out[f"in the {span} of another one" if span != "match" else "overlaps another one"] += 1
            passages[-1] = replace(passages[-1], end=max(end, passages[-1].end))
        else:
            passages.append(replace(place, start=start, end=end))
    return passages


def _participant_units(
    study: Study, transcript: Transcript, span: Literal["sentence", "paragraph", "turn"]
) -> list[Segment]:
    segments = segment_transcript(transcript, unit=Unit(span), sentence_rules=study.sentence_rules)
    return [segment for segment in segments if segment.role == "participant"]


def _trim(transcript: Transcript, place: FoundPlace) -> Span:
    """Return the span of a place without white space at its ends."""
    words = transcript.text[place.start : place.end]
    return place.start + len(words) - len(words.lstrip()), place.end - len(words) + len(words.rstrip())


def _widen(span: Span, units: Iterable[Segment]) -> Span:
    """Return the span of all units that a span overlaps; itself if there are none."""
    touched = [unit for unit in units if unit.start < span[1] and span[0] < unit.end]
    return (min(span[0], touched[0].start), max(span[1], touched[-1].end)) if touched else span


def _drop_decided(
    study: Study, passages: Sequence[FoundPlace], code: str, *, coder: str, left_out: Counter[str]
) -> Iterator[FoundPlace]:
    """Yield the passages on which a coder has not decided yet, by the same rule as for suggestions."""
    decisions = study.read_decisions()
    undecided = make_undecided_filter(study, coder=coder)(_as_suggestions(study, passages, code))
    remaining = {int(number) for number in undecided.id}
    for number, passage in enumerate(passages):
        if number in remaining:
            yield passage
            continue
        key = (passage.transcript, passage.start, passage.end, code, coder)
        is_coded = decisions.coding_id(key) or decisions.overlapping_codings(key)
        left_out[f"{coder} has {'coded' if is_coded else 'rejected'} {code} there already"] += 1


def _as_suggestions(study: Study, passages: Sequence[FoundPlace], code: str) -> Suggestions:
    """Return passages as the table that filters of suggestions take; ids are their numbers."""

    def row(number: int, passage: FoundPlace) -> tuple[object, ...]:
        transcript = study.transcripts[passage.transcript]
        turn = turn_at(transcript, passage.start)
        quote = transcript.text[passage.start : passage.end]
        where = (passage.transcript, turn.index if turn else 0, passage.start, passage.end)
        return (str(number), *where, turn.speaker if turn else "", None, quote, code, 0.0, "", "", "")

    return Suggestions.from_rows(row(number, passage) for number, passage in enumerate(passages))
