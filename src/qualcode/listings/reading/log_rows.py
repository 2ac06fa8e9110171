"""The table of what was recorded: one row per event or action, the latest first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, get_args

from qualcode.coding.batches.batch_records import is_batch_name
from qualcode.coding.history.actions import Action, History
from qualcode.errors import UnknownNameError, UsageError, check_choice
from qualcode.ledger import Event, parse_period
from qualcode.ledger.events import EventKind
from qualcode.model import is_in_subtree
from qualcode.study.selection import Names, select_code_ids, select_transcript_ids, to_name_tuple
from qualcode.study.study import Study

LOG_COLUMNS = "id action at coder by event transcript code quote text target origin events undone".split()


@dataclass(frozen=True, slots=True)
class LogOptions:
    """What a log shows; None is all."""

    coder: Names | None = None
    code: Names | None = None
    transcripts: Names | None = None
    since: str | None = None
    until: str | None = None
    event: Names | None = None


def log_rows(study: Study, history: History, options: LogOptions, *, actions: bool) -> Iterator[dict[str, Any]]:
    """Yield one row per selected event, or per action with a selected event, the latest first.

    Raises
    ------
    UnknownNameError
        If neither the study nor its ledgers know a coder, code or transcript.
    UsageError
        If a date or a kind of event is none.
    """
    is_selected = _make_filter(study, history, options)
    if not actions:
        for event in reversed(history.events):
            if is_selected(event):
                yield _log_row(study, history, [event], undone=_retraction_id(history, event))
        return
    for action in reversed(history.actions):
        if events := [event for event in action.events if is_selected(event)]:
            yield _log_row(study, history, events, undone=_undone_by(history, action, events))


def _make_filter(study: Study, history: History, options: LogOptions) -> Callable[[Event], bool]:
    coders, kinds = to_name_tuple(options.coder), to_name_tuple(options.event)
    known = {name for event in history.events for name in (event.coder, event.origin.by) if name}
    for coder in coders:
        if coder not in known:
            raise UnknownNameError("coder", coder, known)
    for kind in kinds:
        check_choice("event", kind, get_args(EventKind))
    start = parse_period(options.since, option="since").start if options.since else ""
    end = parse_period(options.until, option="until").end if options.until else ""
    if end and start >= end:
        raise UsageError(f"since {options.since} is later than until {options.until}: nothing is between them")
    codes = select_code_ids(study.codebook, options.code)
    book, members = study.codebook_and_problems[0], study.codebook.expand_codes(codes) if codes else ()
    transcripts = _select_transcripts(study, history, options.transcripts)

    def is_selected(event: Event) -> bool:
        if (coders and event.coder not in coders and event.origin.by not in coders) or (
            kinds and event.event not in kinds
        ):
            return False
        if event.at < start or (end and event.at >= end):
            return False
        subject = history.subject(event)
        code = book.current_id(subject.code) if subject.code else ""
        is_of_code = not codes or code in members or any(is_in_subtree(code, one) for one in codes)
        return is_of_code and (transcripts is None or bool(transcripts & {event.transcript, subject.transcript}))

    return is_selected


def _select_transcripts(study: Study, history: History, given: Names | None) -> set[str] | None:
    """Return ids of transcripts, also of those whose source was removed or renamed; None for all."""
    if given is None:
        return None
    recorded = {event.transcript for event in history.events} - {""}
    selected: set[str] = set()
    for name in to_name_tuple(given):
        matches = {other for other in recorded if fnmatchcase(other, name)}
        selected |= matches or {*select_transcript_ids(study, [name])}
    return selected


def _retraction_id(history: History, event: Event) -> str:
    retraction = history.retraction(event)
    return retraction.action_id if retraction else ""


def _undone_by(history: History, action: Action, events: Sequence[Event]) -> str:
    """Return the id of the last action that took events back; empty as long as one of them is valid."""
    if history.valid_events(action):
        return ""
    return max(_retraction_id(history, event) for event in events)


def _log_row(study: Study, history: History, events: Sequence[Event], *, undone: str) -> dict[str, Any]:
    event = events[0]
    subjects = [history.subject(one) for one in events]
    book = study.codebook_and_problems[0]
    return {
        "id": event.id,
        "action": event.action_id,
        "at": event.at,
        "coder": event.coder,
        "by": _only(one.origin.by for one in events),
        "event": _join(one.event for one in events),
        "transcript": _join(one.transcript or about.transcript for one, about in zip(events, subjects, strict=True)),
        "code": _join(book.current_id(one.code) if one.code else "" for one in subjects),
        "quote": _only(one.quote or about.quote for one, about in zip(events, subjects, strict=True)),
        "text": _only(_text_of(about) for about in subjects),
        "target": _only(one.target for one in events),
        "origin": _describe_origin(events),
        "events": len(events),
        "undone": undone,
    }


def _text_of(event: Event) -> str:
    """Return a memo, the families of a finished mark, or the reason of a decision for the consensus."""
    return event.text or ", ".join(event.families) or (event.origin.why if event.origin.by else "")


def _only(values: Iterable[str]) -> str:
    """Return the value that all events have; empty if they differ, since one of several would mislead."""
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else ""


_MAX_VALUES = 3


def _join(values: Iterable[str]) -> str:
    """Return different values as "a, b, c and 3 more"."""
    distinct = list(dict.fromkeys(filter(None, values)))
    more = f" and {len(distinct) - _MAX_VALUES} more" if len(distinct) > _MAX_VALUES else ""
    return ", ".join(distinct[:_MAX_VALUES]) + more


def _describe_origin(events: Sequence[Event]) -> str:
    """Return the maker, the command, the name of a batch, or the file of an import, with the row where it is one."""
    batches = {event.origin.source for event in events if is_batch_name(event.origin.source)}
    if batches:
        return _join(sorted(batches))
    origins = [event.origin.maker or event.origin.source for event in events]
    return origins[0] if len(events) == 1 else _join(origin.rpartition(":")[0] or origin for origin in origins)
