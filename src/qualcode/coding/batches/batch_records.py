"""Batches: decisions that are shown before they are recorded, as one action with a name."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from qualcode.coding.decided_places import DecidedPlace, place_of_event
from qualcode.coding.recorded_decisions import RecordedDecisions, record_decisions
from qualcode.errors import format_count
from qualcode.ledger import Event
from qualcode.model import family_of
from qualcode.study.study import Study

ConfirmBatch = Callable[[RecordedDecisions], bool]
"""Is asked about the decisions of a batch, which have no ids yet; they are recorded only if it returns True."""

_BATCH_NAME = re.compile(r"(accept|reject|code) --")


def name_batch(command: str, *arguments: str, **options: object) -> str:
    """Return the command line that selects a batch, by which the log names it; options that are not given are None.

    >>> name_batch("code", "work/money", regex="cash|money", transcripts=["A", "B"], case=True)
    "code --regex 'cash|money' --transcripts A --transcripts B --case work/money"
    """
    words = [command]
    for name, value in options.items():
        option = f"--{name.replace('_', '-')}"
        if value is True:
            words.append(option)
        elif value is not None and value is not False:
            for one in [value] if isinstance(value, str) or not isinstance(value, Iterable) else value:
                words += [option, shlex.quote(str(one))]
    return " ".join([*words, *map(shlex.quote, arguments)])


def is_batch_name(source: str) -> bool:
    """Return whether the source of an event is the name of a batch, not a file with a row."""
    return _BATCH_NAME.match(source) is not None


def preview_events(study: Study, events: Iterable[Event]) -> RecordedDecisions:
    """Return the codings and rejections that events would record."""
    decisions = (event for event in events if event.event in {"apply", "reject"})
    return RecordedDecisions((), (), tuple(replace(place_of_event(study, event), id="") for event in decisions))


def begun_notes(study: Study, events: Iterable[Event]) -> Iterator[str]:
    """Yield a note on each family that a batch begins in transcripts: they count as read for it then."""
    decisions = study.read_decisions()
    transcripts: dict[tuple[str, str], set[str]] = {}
    for event in events:
        if event.event == "apply" and is_batch_name(event.origin.source):
            transcripts.setdefault((event.coder, family_of(event.code)), set()).add(event.transcript)
    for (coder, family), names in transcripts.items():
        begun = [
            name
            for name in names
            if not decisions.done_events(coder, name)
            and all((one.coder, family_of(one.code)) != (coder, family) for one in decisions.codings_in(name))
        ]
        if begun:
            yield (
                f"{format_count(len(begun), 'transcript')} in which {coder} has not coded '{family}' before: all of "
                f"this family counts as looked for there from now on, so text without a code of it counts as absent"
            )


def record_batch(
    study: Study,
    events: Sequence[Event],
    places: Iterable[DecidedPlace],
    *,
    notes: Iterable[str],
    dry_run: bool,
    confirm: ConfirmBatch | None,
) -> RecordedDecisions:
    """Append the events of a batch, unless it is a dry run or ``confirm`` returns False; return its decisions."""
    places, notes = tuple(places), (*notes, *begun_notes(study, events))
    planned = RecordedDecisions((), notes, tuple(replace(place, id="") for place in places))
    if dry_run or not events:
        return planned
    if confirm is not None and not confirm(planned):
        return RecordedDecisions((), (*notes, "nothing was recorded"))
    return record_decisions(study, events, [event.id for event in events], notes=notes, places=places)
