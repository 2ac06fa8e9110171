"""The events that a copy brings into a study, as rows: what is new, what cannot be stored, and what contradicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from qualcode.coding.team.merge_rows import MergeRow
from qualcode.errors import ProblemLevel, QualcodeError, did_you_mean, format_count, format_names
from qualcode.ledger import Event, EventKind, EventLine, ledger_path
from qualcode.settings import validate_coder
from qualcode.study.readings.passages import CONSENSUS
from qualcode.study.study import Study

_KINDS: dict[EventKind, str] = {
    "apply": "coding",
    "retract": "retraction",
    "reject": "rejection",
    "move": "new place",
    "memo": "memo",
    "done": "finished mark",
}


def has_valid_place(event: Event) -> bool:
    """Return whether the ledger of an event is a file in the folder of its coder."""
    try:
        is_coder = event.coder == CONSENSUS or validate_coder(event.coder) == event.coder
    except QualcodeError:
        return False
    parts = PurePosixPath(event.transcript).parts
    name = event.transcript
    is_path = not name.startswith("/") and not {"..", "."} & set(name.split("/")) and "" not in name.split("/")[:-1]
    return is_coder and (
        not name or (is_path and name.isprintable() and all(len(part.encode()) < 240 for part in parts))
    )


def refuse_line(event: Event) -> MergeRow:
    """Return the row of an event that has no valid place."""
    message = (
        f"event {event.id} of '{event.coder}' on '{event.transcript}' is not brought in: no ledger can have this name"
    )
    return MergeRow("damaged", "codings", message, "was the copy edited by hand?")


def conflicting_rows(new: Iterable[EventLine], known: Iterable[Event]) -> Iterator[MergeRow]:
    """Yield a row for each id that has different events in both copies."""
    by_id = {event.id: event for event in known}
    for event, _ in new:
        other = by_id.setdefault(event.id, event)
        if other is not event:
            names = [name for name in event.__struct_fields__ if getattr(event, name) != getattr(other, name)]
            message = f"event {event.id} is not the same in both copies ({format_names(names)}): both lines are kept"
            hint = (
                "one of them counts, the same in every copy: was a ledger edited? delete the wrong line in all copies"
            )
            yield MergeRow("damaged", f"codings/{ledger_path(event)}", message, hint)


def event_rows(new: Iterable[EventLine], study: Study) -> Iterator[MergeRow]:
    """Yield a row for each coder with the new events of that coder."""
    by_coder: dict[str, list[Event]] = {}
    for event, _ in new:
        by_coder.setdefault(event.coder, []).append(event)
    coders = study.coders
    for coder, events in sorted(by_coder.items()):
        counts = Counter(event.event for event in events)
        parts = format_names([format_count(counts[kind], noun) for kind, noun in _KINDS.items() if counts[kind]])
        names = sorted({event.transcript for event in events} - {""})
        where = f" on {format_names(names, limit=4)}" if names else ""
        message = f"{format_count(len(events), 'new event')}: {parts}{where}"
        yield MergeRow("events", f"codings/{coder}", message, *_describe_new_coder(coder, coders))


def _describe_new_coder(coder: str, coders: Sequence[str]) -> tuple[str, ProblemLevel]:
    """Return the hint on a coder who has not decided anything here before, and whether a person must look at it."""
    if not coders or coder in coders or coder == CONSENSUS:
        return "", "notice"
    if same := next((other for other in coders if other.casefold() == coder.casefold()), ""):
        return f"'{same}' is here: names may not differ in capitals only, or they are counted apart", "error"
    similar = did_you_mean(coder, coders)
    return f"a new coder here ({similar})" if similar else "a new coder here", "notice"


def unknown_code_rows(study: Study, new: Iterable[EventLine]) -> Iterator[MergeRow]:
    """Yield a row for each code of new codings that the codebook does not have."""
    book, problems = study.codebook_and_problems
    if problems:
        return
    events = [event for event, _ in new if event.event == "apply" and book.current_id(event.code) not in book.by_id]
    for code, count in sorted(Counter(event.code for event in events).items()):
        coders = format_names(sorted({event.coder for event in events if event.code == code}))
        hint = "add the code here, or list it under 'formerly' of the code that took its place"
        message = f"'{code}' is not in this codebook: {format_count(count, 'coding')} by {coders} would not be counted"
        yield MergeRow("code", "codebooks", message, did_you_mean(code, book.by_id) or hint)
