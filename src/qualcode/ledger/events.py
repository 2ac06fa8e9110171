"""Events, the lines of a ledger: their fields, their JSON and their ids."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import reduce
from threading import Lock
from typing import Any, Literal

import msgspec

from qualcode.anchors import Anchor

EventKind = Literal["apply", "retract", "reject", "move", "memo", "done"]
CommandName = Literal["undo", "redo", "confirm"]
"""Commands whose events have a name of their own: ``undo`` and ``redo`` retract, ``confirm`` records a place."""

# Crockford's alphabet in lower case, without i, l, o and u; the digits ascend in ASCII, so ids sort as their numbers.
_BASE32_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"
_ID_LENGTH = 26


class Origin(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The origin of a decision: the maker that suggested it, its score and reasons, and the codebook version."""

    maker: str = ""
    score: float = 0.0
    why: str = ""
    version: str = ""
    entry: str = ""
    """Hash of the code's entry in the codebook; a rejection is valid until the entry changes."""
    source: str = ""
    """File and line of a bulk import; the command line of a batch; or the command, where the kind of event does not
    tell: see `CommandName`."""
    by: str = ""
    """Who decided for a group of coders."""
    definition: str = ""
    """Hash of the code's definition, include and exclude: without cues and examples, which change no meaning."""

    def with_codebook(self, version: str, *, entry: str, definition: str) -> Origin:
        """Return the origin with the codebook's version (unless its maker set one) and hashes of the code's entry."""
        return msgspec.structs.replace(self, version=self.version or version, entry=entry, definition=definition)


# gc=False: events have no reference cycles, and the garbage collector need not visit 100,000 of them.
class Event(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A decision by a coder; the kind of event determines which fields are set."""

    id: str
    event: EventKind
    at: str
    coder: str
    transcript: str = ""
    sha256: str = ""
    """Hash of the canonical text that start and end refer to."""
    start: int = 0
    end: int = 0
    quote: str = ""
    before: str = ""
    after: str = ""
    code: str = ""
    target: str = ""
    """Id of the event that this event retracts, moves or comments on; of a correction, the coding decided on."""
    text: str = ""
    families: tuple[str, ...] = ()
    """Families for which a coder has finished a transcript; empty for all."""
    origin: Origin = Origin()
    action: str = ""
    """Id of the first event of its action, the events that one command appends; empty if it is the only one."""

    @property
    def action_id(self) -> str:
        """The id of its action, which is that of the action's first event."""
        return self.action or self.id

    @property
    def anchor(self) -> Anchor:
        """The event's span with its quote and context."""
        return Anchor(self.start, self.end, self.quote, self.before, self.after)


_encoder = msgspec.json.Encoder()


def mark_action(events: Sequence[Event]) -> Sequence[Event]:
    """Return events as those of one action, which is taken back as a whole."""
    if len(events) < 2:
        return events
    return [msgspec.structs.replace(event, action=events[0].id) for event in events]


def encode_event(event: Event) -> bytes:
    """Return an event as a line of JSON, without the line end."""
    return _encoder.encode(event)


class _IdGenerator:
    """Generates ULIDs: 48 bits of time in milliseconds and 80 bits that are random, in base 32.

    Each id is greater than the one before it, also within one millisecond and after the clock was set back.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0

    def next(self, *, after: str = "") -> str:
        """Return a new id; also greater than ``after``, which a clock that is ahead may have made elsewhere."""
        with self._lock:
            now = time.time_ns() // 1_000_000
            self._last = max(now << 80 | secrets.randbits(79), self._last + 1)  # 79 bits: room to count up
            number = self._last
        if (least := _to_number(after)) >= number:
            number = least + 1 + secrets.randbits(64)
        return "".join(_BASE32_DIGITS[number >> shift & 31] for shift in range(125, -1, -5))


def _to_number(event_id: str) -> int:
    """Return the number that an id stands for; -1 if it is not an id of this form."""
    if len(event_id) != _ID_LENGTH or not set(event_id) <= set(_BASE32_DIGITS):
        return -1
    return reduce(lambda number, digit: number << 5 | _BASE32_DIGITS.index(digit), event_id, 0)


_id_generator = _IdGenerator()


def new_event(kind: EventKind, *, coder: str, anchored: Anchor | None = None, **fields: Any) -> Event:
    """Return a new event with the current time and a sortable unique id; further fields as keywords."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    span = {}
    if anchored is not None:
        span = {name: getattr(anchored, name) for name in ("start", "end", "quote", "before", "after")}
    # A retraction counts only if it is later than what it retracts, so its id must be greater than the target's.
    event_id = _id_generator.next(after=fields.get("target", ""))
    return Event(id=event_id, event=kind, at=now, coder=coder, **span, **fields)
