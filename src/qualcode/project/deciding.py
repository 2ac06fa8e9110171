"""Decisions of a coder as events: apply, accept, reject, retract, done, memo."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from qualcode.anchors import anchor, codable, occurrences, turn_at
from qualcode.errors import Refused, UnknownName, UnknownSuggestion, listed, shortened
from qualcode.ledger import Event, Origin, new_event
from qualcode.model import Codebook, Coding, Transcript
from qualcode.project.study import Study
from qualcode.segments import segments

if TYPE_CHECKING:
    from qualcode.suggest import Suggestions

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Where a quote is said to stand; what is None is not said. Turns and sentences count from 0."""

    quote: str = ""
    turn: int | None = None
    sentence: int | None = None
    start: int | None = None
    end: int | None = None


def place(transcript: Transcript, wanted: Wanted, *, short: frozenset[str]) -> Span:
    """Return the one span that a quote stands on, or refuse with where it stands instead."""
    if wanted.start is not None or wanted.end is not None:
        return _given(transcript, wanted)
    if not wanted.quote.strip():
        raise Refused("neither a quote nor start and end are given")
    spans = _whole_words(transcript.text, occurrences(transcript.text, wanted.quote))
    said = [span for span in spans if codable(transcript, *span)]
    if not said:
        raise Refused(_nowhere(transcript, spans, wanted.quote))
    if wanted.turn is not None:
        said = _in_turn(transcript, said, wanted.turn)
    if len(said) > 1 and wanted.turn is not None and wanted.sentence is not None:
        said = _in_sentence(transcript, said, wanted, short) or said
    if len(said) > 1:
        turns = listed([str(turn.index) for span in said if (turn := turn_at(transcript, span[0]))])
        found = f"{shown(wanted.quote)} stands in {len(said)} places of {transcript.id} (turns {turns})"
        raise Refused(f"{found}: say which {'turn' if wanted.turn is None else 'sentence'}, or start and end")
    return said[0]


def shown(quote: str, *, most: int = 60) -> str:
    """Return a quote in quotation marks, cut short for a sentence."""
    return f"\u201c{shortened(quote, most=most)}\u201d"


def _given(transcript: Transcript, wanted: Wanted) -> Span:
    start, end = wanted.start, wanted.end
    if start is None or end is None:
        raise Refused("start and end belong together: one of them is missing")
    if not 0 <= start < end <= len(transcript.text):
        raise Refused(f"{start}-{end} is no span of {transcript.id}, which has {len(transcript.text):,} characters")
    if wanted.quote.strip() and (start, end) not in occurrences(transcript.text, wanted.quote):
        here = shown(transcript.text[start:end])
        raise Refused(f"{start}-{end} of {transcript.id} reads {here}, not {shown(wanted.quote)}")
    if not codable(transcript, start, end):
        said = f"{start}-{end} of {transcript.id} does not begin and end in a participant's words"
        raise Refused(f"{said}: interviewers are never coded")
    return start, end


def _whole_words(text: str, spans: Sequence[Span]) -> list[Span]:
    """Keep the spans that do not begin or end inside a word, unless none of them does."""
    whole = [
        (start, end)
        for start, end in spans
        if not (text[start - 1 : start].isalnum() and text[start].isalnum())
        and not (text[end : end + 1].isalnum() and text[end - 1].isalnum())
    ]
    return whole or list(spans)


def _nowhere(transcript: Transcript, spans: Sequence[Span], quote: str) -> str:
    if spans:
        return (
            f"{shown(quote)} is not said by a participant of {transcript.id}: interviewers and headers are never coded"
        )
    return f"{shown(quote)} is nowhere in {transcript.id}"


def _in_turn(transcript: Transcript, spans: Sequence[Span], number: int) -> list[Span]:
    if not 0 <= number < len(transcript.turns):
        raise Refused(f"{transcript.id} has {len(transcript.turns)} turns, counted from 0: there is no turn {number}")
    turn = transcript.turns[number]
    found = [span for span in spans if turn.start <= span[0] and span[1] <= turn.end]
    if not found:
        others = ", ".join(str(other.index) for span in spans if (other := turn_at(transcript, span[0])))
        raise Refused(f"the quote is not in turn {number} of {transcript.id} but in turn {others} (turns count from 0)")
    return found


def _in_sentence(transcript: Transcript, spans: Sequence[Span], wanted: Wanted, short: frozenset[str]) -> list[Span]:
    sentences = [one for one in segments(transcript, short=short) if one.turn == wanted.turn]
    if wanted.sentence is None or not 0 <= wanted.sentence < len(sentences):
        return []
    sentence = sentences[wanted.sentence]
    return [span for span in spans if span[0] < sentence.end and sentence.start < span[1]]


@dataclass(frozen=True, slots=True)
class Decision:
    """One coding to be: where, which code, by whom, on what grounds."""

    transcript: Transcript
    span: Span
    code: str
    coder: str
    origin: Origin = Origin()


def decision_event(decision: Decision, book: Codebook, *, kind: Literal["apply", "reject"] = "apply") -> Event:
    """Return the event that applies a code to a span, or rejects that it is suggested there."""
    transcript = decision.transcript
    return new_event(
        kind,
        coder=decision.coder,
        anchored=anchor(transcript.text, *decision.span),
        transcript=transcript.id,
        sha256=transcript.sha256,
        code=decision.code,
        origin=decision.origin.read_under(book.version, book.by_id[decision.code].entry),
    )


def memo_event(coding: Event, text: str) -> Event:
    """Return the memo on a coding."""
    return new_event("memo", coder=coding.coder, transcript=coding.transcript, target=coding.id, text=memo_text(text))


def memo_text(text: str) -> str:
    """Return the words of a memo; refuse one without words, and bytes that are no text."""
    if not text.strip():
        raise Refused("a memo needs words")
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Refused("this memo is not valid text: type it again, or save its file as UTF-8")
    return text.strip()


def standing(codings: Iterable[Coding]) -> dict[tuple[str, int, int, str, str], str]:
    """Return the ids of codings by transcript, span, code and coder: what need not be applied again."""
    return {
        (one.transcript, one.start, one.end, one.code, one.coder): one.id for one in codings if one.status != "orphaned"
    }


def suggestion_events(
    study: Study, suggestions: Suggestions, ids: Sequence[str], *, coder: str, verb: str
) -> tuple[list[Event], list[str]]:
    """Return the events that accept or reject suggestions by id, and the ids that are coded already."""
    row_of = {name: row for row, name in enumerate(suggestions.id)}
    known = standing(study.codings)
    events, again = [], []
    for wanted in dict.fromkeys(ids):
        if wanted not in row_of:
            raise UnknownSuggestion(wanted)
        (held,) = suggestions.take([row_of[wanted]]).rows()
        origin = Origin(held["maker"], held["score"], held["why"], held["version"])
        decision = Decision(
            study.transcripts[held["transcript"]], (held["start"], held["end"]), held["code"], coder, origin
        )
        if (held["transcript"], held["start"], held["end"], held["code"], coder) in known:
            again.append(wanted)
        else:
            events.append(decision_event(decision, study.book, kind="apply" if verb == "accept" else "reject"))
    return events, again


def retract_events(study: Study, ids: Sequence[str], *, coder: str) -> list[Event]:
    """Return the events that take back codings of one's own, each with those that say the same."""
    by_id: Mapping[str, Coding] = {coding.id: coding for coding in study.codings}
    events = []
    for wanted in dict.fromkeys(ids):
        coding = by_id.get(_full_id(wanted, by_id))
        if coding is None:
            raise UnknownName("coding", wanted, by_id)
        if coding.coder != coder:
            raise Refused(f"coding {wanted} is {coding.coder}'s: only {coding.coder} can take it back (--coder)")
        events += [
            new_event("retract", coder=coder, transcript=coding.transcript, target=target)
            for target in (coding.id, *study.state.twins.get(coding.id, ()))
        ]
    return events


def _full_id(wanted: str, known: Iterable[str]) -> str:
    """Open a shortened id: its last characters, where only one id ends so."""
    if len(wanted) < 6:
        return wanted
    found = [name for name in known if name.endswith(wanted)]
    return found[0] if len(found) == 1 else wanted


def done_events(
    study: Study, transcripts: Sequence[str], *, coder: str, families: Sequence[str] = ()
) -> tuple[list[Event], list[str]]:
    """Return the events that mark transcripts as finished, and those that were so already."""
    known = [family.id for family in study.book.families]
    for family in families:
        if family not in known:
            raise UnknownName("family", family, known)
    already: dict[str, list[frozenset[str]]] = {}
    for entry in study.state.done:
        if entry.coder == coder:
            already.setdefault(entry.transcript, []).append(entry.families)
    events, again = [], []
    for name in transcripts:
        before = already.get(name, [])
        if not all(before) or (families and frozenset().union(*before) >= set(families)):
            again.append(name)
            continue
        sha256 = study.transcripts[name].sha256
        events.append(new_event("done", coder=coder, transcript=name, sha256=sha256, families=tuple(sorted(families))))
    return events, again


def undone_events(study: Study, transcripts: Sequence[str], *, coder: str) -> list[Event]:
    """Return the events that take back that transcripts are finished."""
    found = [event for event in study.state.done_events if event.coder == coder and event.transcript in transcripts]
    missing = [name for name in transcripts if name not in {event.transcript for event in found}]
    if missing:
        raise Refused(f"{coder} has not marked {', '.join(missing)} as done")
    return [new_event("retract", coder=coder, transcript=event.transcript, target=event.id) for event in found]
