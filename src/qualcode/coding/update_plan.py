"""Codings after an edit of their transcripts: where each stands now, as move events of the ledger."""

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
    make_anchor,
    normalise,
)
from qualcode.coding.renamed_sources import RenameMatch, find_renamed_transcripts
from qualcode.ledger import Event, LedgerState, new_event
from qualcode.model import CodingStatus, Transcript
from qualcode.study.study import Study

ChooseSpan = Callable[["CodingUpdate"], Span | None]
"""Asks a person where a coding belongs that cannot be placed for sure; None leaves it where it is."""


_MIN_QUOTE_LETTERS = 25
"""Letters of a quote from which it is worth saying where else it stands."""
_MAX_SEARCHES = 2_000
"""Lost codings whose words are looked for in other transcripts at most."""


@dataclass(frozen=True)
class CodingUpdate:
    """What became of one coding: the event with its latest place, and what is found of it now."""

    event: Event
    original: Event
    transcript: Transcript | None
    location: AnchorResult
    why: str = ""
    """What is to be said of its transcript."""
    other_transcripts: tuple[str, ...] = ()
    """Other transcripts in which the words of a coding stand that is gone."""

    @cached_property
    def new_anchor(self) -> Anchor | None:
        """The new place with its words, if there is one."""
        if self.transcript is None or self.location.span is None:
            return None
        return make_anchor(self.transcript.text, *self.location.span)

    @property
    def is_unchanged(self) -> bool:
        """Whether the ledger says all this already."""
        here = self.transcript is not None and self.transcript.id == self.event.transcript
        return here and self.new_anchor == self.event.anchor

    @cached_property
    def status(self) -> CodingStatus:
        """How the coding stands against what its coder decided."""
        if self.new_anchor is None or self.transcript is None:
            return "orphaned"
        if normalise(self.new_anchor.quote) != normalise(self.original.quote):
            return "changed"
        same = self.new_anchor.start == self.original.start and self.transcript.id == self.original.transcript
        return "anchored" if same else "moved"


@dataclass(frozen=True)
class UpdatePlan:
    """What an update would do: a step for every coding that the ledger has to be told of, and renamed transcripts."""

    updates: tuple[CodingUpdate, ...]
    rename_matches: Mapping[str, RenameMatch]
    unchanged_count: int
    dependent_events: tuple[Event, ...]
    """Marks of finished transcripts, memos and rejections that go along with a renamed transcript."""
    duplicate_ids: Mapping[str, tuple[str, ...]]


def plan_update(
    study: Study, *, transcripts: Collection[str] | None = None, renamed: Mapping[str, str] | None = None
) -> UpdatePlan:
    """Follow every coding into the texts as they are now; nothing is recorded."""
    state = study.ledger_state_with_codings
    others = [*state.done_events, *state.memo_events, *state.reject_events]
    matches = find_renamed_transcripts(study, [*state.apply_events, *others], renamed=renamed or {})
    events = [event for event in state.apply_events if transcripts is None or event.transcript in transcripts]
    updates = list(_coding_updates(study, state, events, matches))
    unchanged = [update.transcript for update in updates if update.is_unchanged and update.transcript]
    study.text_versions.save_texts({transcript.sha256: transcript for transcript in unchanged}.values())
    changed = tuple(_find_other_transcripts(study, [update for update in updates if not update.is_unchanged]))
    dependent = tuple(event for event in others if _is_of_renamed_transcript(event, matches, transcripts))
    return UpdatePlan(changed, matches, len(updates) - len(changed), dependent, state.duplicate_ids)


def _find_other_transcripts(study: Study, steps: Sequence[CodingUpdate]) -> Iterator[CodingUpdate]:
    """Say of codings that are gone in which other transcripts their words stand: a source was split, or joined."""
    sought = 0
    for step in steps:
        if (
            step.location.outcome != "gone"
            or step.location.span
            or len(step.event.quote) < _MIN_QUOTE_LETTERS
            or sought == _MAX_SEARCHES
        ):
            yield step
            continue
        sought += 1
        own = step.transcript.id if step.transcript else ""
        found = (name for name, one in study.transcripts.items() if name != own and step.event.quote in one.text)
        yield replace(step, other_transcripts=tuple(found))


def _is_of_renamed_transcript(event: Event, found: Mapping[str, RenameMatch], only: Collection[str] | None) -> bool:
    home = found.get(event.transcript)
    return bool(home and home.transcript) and (only is None or event.transcript in only)


def _coding_updates(
    study: Study, state: LedgerState, wanted: Sequence[Event], found: Mapping[str, RenameMatch]
) -> Iterator[CodingUpdate]:
    by_text = attrgetter("transcript", "sha256")
    for (name, sha256), group in groupby(sorted(wanted, key=by_text), key=by_text):
        home = found.get(name, RenameMatch(name))
        transcript = study.transcripts.get(home.transcript)
        alignment = None
        if transcript is not None and sha256 != transcript.sha256:
            old = study.text_versions.load_text(sha256)
            alignment = align(old, transcript.text) if old is not None else None
        for event in group:
            decided = state.original_events.get(event.id, event)
            result = _locate_coding(event, decided, transcript, alignment)
            yield CodingUpdate(event, decided, transcript, result, "" if home.transcript == name else home.why)


def _locate_coding(
    event: Event, decided: Event, transcript: Transcript | None, alignment: Alignment | None
) -> AnchorResult:
    """Find a coding's words: by the old text where it is known, else by quote and context; then as first decided."""
    if transcript is None or not event.quote.strip() or event.start < 0:
        return AnchorResult("gone")
    kept, text = event.anchor, transcript.text
    if event.sha256 == transcript.sha256 and text[kept.start : kept.end] == kept.quote:
        return AnchorResult("same", (kept.start, kept.end), 1.0)
    known = alignment is not None and alignment.old.text[kept.start : kept.end] == kept.quote
    result = (
        find_anchor_by_alignment(alignment, kept) if known and alignment is not None else find_anchor_fuzzy(text, kept)
    )
    if result.outcome != "same" and decided.quote != event.quote:
        start, end, status = find_anchor_exact(text, decided.anchor)  # an edit that was taken back
        return result if status == "orphaned" else AnchorResult("same", (start, end), 1.0)
    return result


def ask_for_spans(made: UpdatePlan, choose: ChooseSpan) -> UpdatePlan:
    """Let a person place what could not be placed for sure."""
    return replace(made, updates=tuple(_ask_for_span(step, choose) for step in made.updates))


def _ask_for_span(step: CodingUpdate, choose: ChooseSpan) -> CodingUpdate:
    if step.location.span is not None or step.transcript is None:
        return step
    span = choose(step)
    return step if span is None else replace(step, location=AnchorResult("changed", span, 1.0))


def move_events(study: Study, made: UpdatePlan, *, coder: str) -> list[Event]:
    """Return the events that record a plan: one for each coding with a new place, and for what goes along."""
    events = [event for step in made.updates for event in _coding_move_events(step, made.duplicate_ids, coder)]
    for event in made.dependent_events:
        transcript = study.transcripts[made.rename_matches[event.transcript].transcript]
        kept = event.anchor if event.quote else None
        events.append(_new_move_event(transcript, coder, event.id, anchored=kept))
    return events


def _coding_move_events(step: CodingUpdate, twins: Mapping[str, Sequence[str]], coder: str) -> list[Event]:
    """Return the moves of a coding, and of all events that say the same: left behind, they would be codings again."""
    if step.transcript is None or step.new_anchor is None:
        return []
    targets = (step.event.id, *twins.get(step.event.id, ()))
    return [
        _new_move_event(step.transcript, coder, one, anchored=step.new_anchor, code=step.event.code) for one in targets
    ]


def _new_move_event(transcript: Transcript, coder: str, target: str, **fields: Any) -> Event:
    return new_event("move", coder=coder, transcript=transcript.id, sha256=transcript.sha256, target=target, **fields)
