"""Codings followed through an edit of their transcripts: their new places, and the events that record them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any

from qualcode.anchors import (
    Alignment,
    Anchor,
    AnchorResult,
    Span,
    align,
    find_anchor_by_alignment,
    find_anchor_exact,
    find_anchor_fuzzy,
    is_codable,
    make_anchor,
    normalise,
)
from qualcode.coding.renamed_sources import RenameMatch, find_renamed_transcripts
from qualcode.errors import UsageError
from qualcode.ledger import Event, LedgerState, new_event
from qualcode.model import CodingStatus, Transcript
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.study import Study

ChooseSpan = Callable[["CodingUpdate"], Span | None]
"""Asks a person for the span of a coding without a certain place; None leaves it where it is."""

_MIN_QUOTE_LETTERS = 25
"""Length from which a lost quote is searched for in other transcripts: shorter ones occur everywhere."""
_MAX_SEARCHES = 2_000
"""Most lost quotes that are searched for in other transcripts."""


@dataclass(frozen=True)
class CodingUpdate:
    """One coding after an edit: its latest event, the event as first decided, and its place in the current text."""

    event: Event
    original: Event
    transcript: Transcript | None
    location: AnchorResult
    why: str = ""
    """What happened to its transcript."""
    other_transcripts: tuple[str, ...] = ()
    """Other transcripts that hold the quote of a coding that is gone."""

    @cached_property
    def new_anchor(self) -> Anchor | None:
        """The new place with its quote, if there is one."""
        if self.transcript is None or self.location.span is None:
            return None
        return make_anchor(self.transcript.text, *self.location.span)

    @property
    def is_unchanged(self) -> bool:
        """Whether the ledger already has this place."""
        here = self.transcript is not None and self.transcript.id == self.event.transcript
        return here and self.new_anchor == self.event.anchor

    @cached_property
    def status(self) -> CodingStatus:
        """Its status relative to what its coder decided."""
        if self.new_anchor is None or self.transcript is None:
            return "orphaned"
        if normalise(self.new_anchor.quote) != normalise(self.original.quote):
            return "changed"
        same = self.new_anchor.start == self.original.start and self.transcript.id == self.original.transcript
        return "anchored" if same else "moved"


@dataclass(frozen=True)
class UpdatePlan:
    """What an update would record: each coding with a new or no place, and renamed transcripts."""

    updates: tuple[CodingUpdate, ...]
    rename_matches: Mapping[str, RenameMatch]
    unchanged_count: int
    dependent_events: tuple[Event, ...]
    """Finished marks, memos and rejections that move with a renamed transcript."""
    duplicate_ids: Mapping[str, tuple[str, ...]]
    memo_updates: tuple[CodingUpdate, ...] = ()
    """Memos and adjudications on passages with a new or no place."""


def plan_update(
    study: Study, *, transcripts: Collection[str] | None = None, renamed: Mapping[str, str] | None = None
) -> UpdatePlan:
    """Return the places of all codings in the current texts; nothing is recorded.

    ``renamed`` gives new ids of transcripts by old ones.

    Raises
    ------
    UnknownNameError
        If a renamed transcript is not missing, or its new id does not exist.
    """
    state = study.ledger_state_with_codings
    others = [*state.done_events, *state.memo_events, *state.reject_events]
    matches = find_renamed_transcripts(study, [*state.apply_events, *others], renamed=renamed or {})
    events = [event for event in state.apply_events if transcripts is None or event.transcript in transcripts]
    updates = list(_coding_updates(study, state, events, matches))
    unchanged = [update.transcript for update in updates if update.is_unchanged and update.transcript]
    # The cache may have been deleted; without these texts the next update could only search for quotes.
    study.text_versions.save_texts({transcript.sha256: transcript for transcript in unchanged}.values())
    changed = tuple(_find_other_transcripts(study, [update for update in updates if not update.is_unchanged]))
    passages = [event for event in state.memo_events if event.quote]
    # That a code does not apply to a passage is decided for all coders; other rejections are of suggestions.
    passages += [event for event in state.reject_events if event.coder == CONSENSUS]
    memos = [event for event in passages if transcripts is None or event.transcript in transcripts]
    memo_updates = tuple(update for update in _coding_updates(study, state, memos, matches) if not update.is_unchanged)
    dependent = tuple(
        event for event in others if event not in passages and _is_of_renamed_transcript(event, matches, transcripts)
    )
    return UpdatePlan(changed, matches, len(updates) - len(changed), dependent, state.duplicate_ids, memo_updates)


def _find_other_transcripts(study: Study, updates: Sequence[CodingUpdate]) -> Iterator[CodingUpdate]:
    """Search the quotes of lost codings in other transcripts: a source may have been split, or joined with another."""
    searches = 0
    for update in updates:
        if (
            update.location.outcome != "gone"
            or update.location.span
            or len(update.event.quote) < _MIN_QUOTE_LETTERS
            or searches == _MAX_SEARCHES
        ):
            yield update
            continue
        searches += 1
        own_id = update.transcript.id if update.transcript else ""
        quote = update.event.quote
        others = (name for name, text in study.transcripts.items() if name != own_id and quote in text.text)
        yield replace(update, other_transcripts=tuple(others))


def _is_of_renamed_transcript(
    event: Event, matches: Mapping[str, RenameMatch], transcripts: Collection[str] | None
) -> bool:
    match = matches.get(event.transcript)
    return bool(match and match.transcript) and (transcripts is None or event.transcript in transcripts)


def _coding_updates(
    study: Study, state: LedgerState, events: Sequence[Event], matches: Mapping[str, RenameMatch]
) -> Iterator[CodingUpdate]:
    by_text = attrgetter("transcript", "sha256")
    # Grouped by old text, so that it is aligned once: that takes longer than following its codings.
    texts = [(key, list(group)) for key, group in groupby(sorted(events, key=by_text), key=by_text)]
    for number, ((name, sha256), group) in enumerate(texts, 1):
        match = matches.get(name, RenameMatch(name))
        transcript = study.transcripts.get(match.transcript)
        alignment = None
        if transcript is not None and sha256 != transcript.sha256:
            old_text = study.text_versions.load_text(sha256)
            alignment = align(old_text, transcript.text) if old_text is not None else None
        for event in group:
            original = state.original_events.get(event.id, event)
            location = _locate_coding(event, original, transcript, alignment)
            yield CodingUpdate(event, original, transcript, location, "" if match.transcript == name else match.why)
        study.report_progress("following codings", number, len(texts))


def _locate_coding(
    event: Event, original: Event, transcript: Transcript | None, alignment: Alignment | None
) -> AnchorResult:
    """Find a coding by aligning the old text, if it is saved, or else by quote and context; then as first decided."""
    if transcript is None or not event.quote.strip() or event.start < 0:
        return AnchorResult("gone")
    anchor, text = event.anchor, transcript.text
    if event.sha256 == transcript.sha256 and text[anchor.start : anchor.end] == anchor.quote:
        return AnchorResult("same", (anchor.start, anchor.end), 1.0)
    # If a ledger was edited by hand, its offsets may not match the saved text.
    is_aligned = alignment is not None and alignment.old.text[anchor.start : anchor.end] == anchor.quote
    result = (
        find_anchor_by_alignment(alignment, anchor)
        if is_aligned and alignment is not None
        else find_anchor_fuzzy(text, anchor)
    )
    if result.span and not is_codable(transcript, *result.span):
        # The same words, said by the interviewer: a person must decide.
        result = AnchorResult("interviewer")
    if result.candidates:
        places = ((_trim_to_participants(transcript, span), score) for span, score in result.candidates)
        result = replace(result, candidates=tuple((span, score) for span, score in places if span))
    if result.outcome != "same" and original.quote != event.quote:
        # The edit may have been undone since it was recorded: then the words of the first decision are there again.
        start, end, status = find_anchor_exact(text, original.anchor)
        is_found = status != "orphaned" and is_codable(transcript, start, end)
        return AnchorResult("same", (start, end), 1.0) if is_found else result
    return result


def _trim_to_participants(transcript: Transcript, span: Span) -> Span | None:
    """Return a span without an interviewer's words at its ends; None if a participant says nothing in it."""
    turns = [turn for turn in transcript.participant_turns if turn.end > span[0] and turn.start < span[1]]
    return (max(span[0], turns[0].start), min(span[1], turns[-1].end)) if turns else None


def ask_for_spans(plan: UpdatePlan, choose: ChooseSpan) -> UpdatePlan:
    """Return a plan in which a person has placed codings without a certain place."""
    return replace(plan, updates=tuple(_ask_for_span(update, choose) for update in plan.updates))


def _ask_for_span(update: CodingUpdate, choose: ChooseSpan) -> CodingUpdate:
    if update.location.span is not None or update.transcript is None:
        return update
    span = choose(update)
    if span is None:
        return update
    _check_chosen_span(update.transcript, span)
    # A person has decided, so the score is 1.
    return replace(update, location=AnchorResult("changed", (span[0], span[1]), 1.0))


def _check_chosen_span(transcript: Transcript, span: Any) -> None:
    """Check that a span is two offsets in participants' turns, as every coding's; callers may return anything."""
    is_pair = isinstance(span, tuple) and len(span) == 2 and all(isinstance(offset, int) for offset in span)
    if not is_pair:
        raise UsageError(f"choose returned {span!r}: return (start, end), offsets in the transcript's text, or None")
    start, end = span
    if not (0 <= start < end <= len(transcript.text) and is_codable(transcript, start, end)):
        message = f"choose returned {start}-{end}, which is not in participants' turns of {transcript.id}"
        raise UsageError(f"{message}: return the offsets of participants' words")


def move_events(study: Study, plan: UpdatePlan, *, coder: str) -> list[Event]:
    """Return the events that record a plan: one for each coding with a new place, and for each dependent event."""
    updates = (*plan.updates, *plan.memo_updates)
    events = [event for update in updates for event in _coding_move_events(update, plan.duplicate_ids, coder)]
    for event in plan.dependent_events:
        transcript = study.transcripts[plan.rename_matches[event.transcript].transcript]
        # Finished marks and memos on a transcript have no span.
        anchor = event.anchor if event.quote else None
        events.append(_new_move_event(transcript, coder, event.id, anchored=anchor))
    return events


def _coding_move_events(update: CodingUpdate, duplicate_ids: Mapping[str, Sequence[str]], coder: str) -> list[Event]:
    """Return the moves of a coding and of its duplicates: left behind, they would become codings again."""
    if update.transcript is None or update.new_anchor is None:
        return []
    targets = (update.event.id, *duplicate_ids.get(update.event.id, ()))
    return [
        _new_move_event(update.transcript, coder, target, anchored=update.new_anchor, code=update.event.code)
        for target in targets
    ]


def _new_move_event(transcript: Transcript, coder: str, target: str, **fields: Any) -> Event:
    return new_event("move", coder=coder, transcript=transcript.id, sha256=transcript.sha256, target=target, **fields)
