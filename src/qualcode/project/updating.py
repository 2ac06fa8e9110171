"""Codings after an edit of their transcripts: where each stands now, as move events of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby
from operator import attrgetter
from typing import Any

from qualcode.anchors import Alignment, Anchor, Found, Span, align, anchor, difference, find_again, fold, follow, seek
from qualcode.errors import listed
from qualcode.ledger import Event, State, new_event
from qualcode.ledger import fold as folded
from qualcode.model import Status, Transcript
from qualcode.project.renaming import Home, homes
from qualcode.project.study import Study

Choose = Callable[["Step"], Span | None]
"""Asks a person where a coding belongs that cannot be placed for sure; None leaves it where it is."""

_SHOWN = 3
"""Places that are listed for a coding that could stand in several."""


_TELLING = 25
"""Letters of a quote from which it is worth saying where else it stands."""
_SOUGHT = 2_000
"""Lost codings whose words are looked for in other transcripts at most."""


@dataclass(frozen=True)
class Step:
    """What became of one coding: the event with its latest place, and what is found of it now."""

    event: Event
    decided: Event
    transcript: Transcript | None
    found: Found
    why: str = ""
    """What is to be said of its transcript."""
    elsewhere: tuple[str, ...] = ()
    """Other transcripts in which the words of a coding stand that is gone."""

    @cached_property
    def placed(self) -> Anchor | None:
        """The new place with its words, if there is one."""
        if self.transcript is None or self.found.span is None:
            return None
        return anchor(self.transcript.text, *self.found.span)

    @property
    def stays(self) -> bool:
        """Whether the ledger says all this already."""
        here = self.transcript is not None and self.transcript.id == self.event.transcript
        return here and self.placed == self.event.anchor

    @cached_property
    def status(self) -> Status:
        """How the coding stands against what its coder decided."""
        if self.placed is None or self.transcript is None:
            return "orphaned"
        if fold(self.placed.quote) != fold(self.decided.quote):
            return "changed"
        same = self.placed.start == self.decided.start and self.transcript.id == self.decided.transcript
        return "anchored" if same else "moved"


@dataclass(frozen=True)
class Plan:
    """What an update would do: a step for every coding that the ledger has to be told of, and renamed transcripts."""

    steps: tuple[Step, ...]
    homes: Mapping[str, Home]
    unchanged: int
    carried: tuple[Event, ...]
    """Marks of finished transcripts, memos and rejections that go along with a renamed transcript."""
    twins: Mapping[str, tuple[str, ...]]


def plan(study: Study, *, only: Collection[str] | None = None, told: Mapping[str, str] | None = None) -> Plan:
    """Follow every coding into the texts as they are now; nothing is recorded."""
    state = folded(study.events)
    others = [*state.done_events, *state.memos, *state.reject_events]
    found = homes(study, [*state.applied, *others], told=told or {})
    wanted = [one for one in state.applied if only is None or one.transcript in only]
    steps = list(_steps(study, state, wanted, found))
    carried = [one for one in others if _moves(one, found, only)]
    left = tuple(_told(study, [step for step in steps if not step.stays]))
    return Plan(left, found, len(steps) - len(left), tuple(carried), state.twins)


def _told(study: Study, steps: Sequence[Step]) -> Iterator[Step]:
    """Say of codings that are gone in which other transcripts their words stand: a source was split, or joined."""
    sought = 0
    for step in steps:
        if step.found.how != "gone" or step.found.span or len(step.event.quote) < _TELLING or sought == _SOUGHT:
            yield step
            continue
        sought += 1
        own = step.transcript.id if step.transcript else ""
        found = (name for name, one in study.transcripts.items() if name != own and step.event.quote in one.text)
        yield replace(step, elsewhere=tuple(found))


def _moves(event: Event, found: Mapping[str, Home], only: Collection[str] | None) -> bool:
    home = found.get(event.transcript)
    return bool(home and home.transcript) and (only is None or event.transcript in only)


def _steps(study: Study, state: State, wanted: Sequence[Event], found: Mapping[str, Home]) -> Iterator[Step]:
    by_text = attrgetter("transcript", "sha256")
    for (name, sha256), group in groupby(sorted(wanted, key=by_text), key=by_text):
        home = found.get(name, Home(name))
        transcript = study.transcripts.get(home.transcript)
        alignment = None
        if transcript is not None and sha256 != transcript.sha256:
            old = study.versions.text(sha256)
            alignment = align(old, transcript.text) if old is not None else None
        for event in group:
            decided = state.decided.get(event.id, event)
            result = _found(event, decided, transcript, alignment)
            yield Step(event, decided, transcript, result, "" if home.transcript == name else home.why)


def _found(event: Event, decided: Event, transcript: Transcript | None, alignment: Alignment | None) -> Found:
    """Find a coding's words: by the old text where it is known, else by quote and context; then as first decided."""
    if transcript is None or not event.quote.strip() or event.start < 0:
        return Found("gone")
    kept, text = event.anchor, transcript.text
    if event.sha256 == transcript.sha256 and text[kept.start : kept.end] == kept.quote:
        return Found("same", (kept.start, kept.end), 1.0)
    known = alignment is not None and alignment.old.text[kept.start : kept.end] == kept.quote
    result = follow(alignment, kept) if known and alignment is not None else seek(text, kept)
    if result.how != "same" and decided.quote != event.quote:
        start, end, status = find_again(text, decided.anchor)  # an edit that was taken back
        return result if status == "orphaned" else Found("same", (start, end), 1.0)
    return result


def asked(made: Plan, choose: Choose) -> Plan:
    """Let a person place what could not be placed for sure."""
    return replace(made, steps=tuple(_asked(step, choose) for step in made.steps))


def _asked(step: Step, choose: Choose) -> Step:
    if step.found.span is not None or step.transcript is None:
        return step
    span = choose(step)
    return step if span is None else replace(step, found=Found("changed", span, 1.0))


def move_events(study: Study, made: Plan, *, coder: str) -> list[Event]:
    """Return the events that record a plan: one for each coding with a new place, and for what goes along."""
    events = [event for step in made.steps for event in _step_events(step, made.twins, coder)]
    for event in made.carried:
        transcript = study.transcripts[made.homes[event.transcript].transcript]
        kept = event.anchor if event.quote else None
        events.append(_move(transcript, coder, event.id, anchored=kept))
    return events


def _step_events(step: Step, twins: Mapping[str, Sequence[str]], coder: str) -> list[Event]:
    """Return the moves of a coding, and of all events that say the same: left behind, they would be codings again."""
    if step.transcript is None or step.placed is None:
        return []
    targets = (step.event.id, *twins.get(step.event.id, ()))
    return [_move(step.transcript, coder, one, anchored=step.placed, code=step.event.code) for one in targets]


def _move(transcript: Transcript, coder: str, target: str, **fields: Any) -> Event:
    return new_event("move", coder=coder, transcript=transcript.id, sha256=transcript.sha256, target=target, **fields)


def rows(made: Plan) -> Iterator[dict[str, Any]]:
    """Yield a line a coding that the ledger has to be told of, or that is lost; what a person should look at first."""
    for step in sorted(made.steps, key=_urgency):
        event, placed = step.event, step.placed
        yield {
            "id": event.id,
            "transcript": step.transcript.id if step.transcript else event.transcript,
            "code": event.code,
            "coder": event.coder,
            "status": step.status,
            "why": _why(step),
            "score": round(step.found.score, 3) if placed else None,
            "start": placed.start if placed else event.start,
            "end": placed.end if placed else event.end,
            "quote": placed.quote if placed else event.quote,
            "was": event.quote if placed and placed.quote != event.quote else "",
            "difference": difference(step.decided.quote, placed.quote) if placed and step.status == "changed" else "",
            "candidates": len(step.found.candidates),
        }


def _urgency(step: Step) -> tuple[int, str, int, str]:
    order = {"orphaned": 0, "changed": 1}
    return order.get(step.status, 2), step.event.transcript, step.event.start, step.event.code


def _why(step: Step) -> str:
    elsewhere = f"its words stand in {listed(step.elsewhere)}" if step.elsewhere else ""
    return "; ".join(filter(None, (step.why, _whereabouts(step), elsewhere)))


def _whereabouts(step: Step) -> str:
    event, placed, found = step.event, step.placed, step.found
    if step.transcript is None:
        return "" if step.why else "its transcript is missing"
    if placed is not None:
        shift = placed.start - event.start
        where = f"{abs(shift):,} characters {'later' if shift > 0 else 'earlier'}" if shift else "where it was"
        return f"words changed, {where}" if found.how == "changed" else f"same words, {where}"
    if found.how == "ambiguous":
        return f"could be in {len(found.candidates)} places ({_places(step)})"
    return f"gone; something alike at {_places(step)}" if found.candidates else "gone"


def _places(step: Step) -> str:
    spans = [f"{start}-{end}" for (start, end), _ in step.found.candidates[:_SHOWN]]
    return ", ".join(spans) + (" ..." if len(step.found.candidates) > _SHOWN else "")


def said(made: Plan, *, written: int | None) -> list[str]:
    """Say in sentences what an update found and did."""
    many = {status: sum(step.status == status for step in made.steps) for status in ("anchored", "moved", "changed")}
    placed = sum(many.values())
    lost = len(made.steps) - placed
    lines = [
        f"{home.transcript} was {old} ({home.why.partition(': ')[2] or home.why})"
        if home.transcript
        else f"'{old}' is missing: {home.why}" + (f" ({listed(home.candidates)})" if home.candidates else "")
        for old, home in made.homes.items()
    ]
    kept = many["moved"] + many["anchored"]
    lines.append(
        f"{made.unchanged:,} codings stand as they were; {kept:,} keep their words, in a new place or beside new ones; "
        f"{many['changed']:,} have changed words; {lost:,} cannot be placed"
    )
    if written is not None:
        lines.append(f"{written:,} moves recorded")
    elif placed or made.carried:
        lines.append("nothing is recorded yet: add --write, or --interactive to be asked")
    return lines
