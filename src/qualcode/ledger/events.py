"""Events, the lines of a ledger: their fields, their JSON and their ids."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Literal

import msgspec

from qualcode.anchors import Anchor

EventKind = Literal["apply", "retract", "reject", "move", "memo", "done"]

# Crockford's alphabet in lower case, without i, l, o and u; the digits ascend in ASCII, so ids sort as their numbers.
_BASE32_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


class Origin(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The origin of a decision: the maker that suggested it, its score and reasons, and the codebook version."""

    maker: str = ""
    score: float = 0.0
    why: str = ""
    version: str = ""
    entry: str = ""
    """Hash of the code's entry in the codebook; a rejection is valid until the entry changes."""
    source: str = ""
    """File and line of a bulk import."""
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
    """Id of the event that this event retracts, moves or comments on."""
    text: str = ""
    families: tuple[str, ...] = ()
    """Families for which a coder has finished a transcript; empty for all."""
    origin: Origin = Origin()

    @property
    def anchor(self) -> Anchor:
        """The event's span with its quote and context."""
        return Anchor(self.start, self.end, self.quote, self.before, self.after)


_encoder = msgspec.json.Encoder()


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

    def next(self) -> str:
        with self._lock:
            now = time.time_ns() // 1_000_000
            self._last = max(now << 80 | secrets.randbits(79), self._last + 1)  # 79 bits: room to count up
            return "".join(_BASE32_DIGITS[self._last >> shift & 31] for shift in range(125, -1, -5))


_id_generator = _IdGenerator()


def new_event(kind: EventKind, *, coder: str, anchored: Anchor | None = None, **fields: Any) -> Event:
    """Return a new event with the current time and a sortable unique id; further fields as keywords."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    span = {}
    if anchored is not None:
        span = {name: getattr(anchored, name) for name in ("start", "end", "quote", "before", "after")}
    return Event(id=_id_generator.next(), event=kind, at=now, coder=coder, **span, **fields)
