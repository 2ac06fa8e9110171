"""One line of the ledger."""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime
from threading import Lock
from typing import Any, Literal

import msgspec

from qualcode.anchors import Anchor

EventKind = Literal["apply", "retract", "reject", "move", "memo", "done"]

_DIGITS = "0123456789abcdefghjkmnpqrstvwxyz"


class Origin(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """Where a decision came from: which maker proposed it, how strongly, why, under which codebook."""

    maker: str = ""
    score: float = 0.0
    why: str = ""
    version: str = ""
    entry: str = ""
    """Hash of the code's entry in the codebook: a rejection holds until the entry changes."""
    source: str = ""
    """File and line of a bulk import."""

    def with_codebook(self, version: str, entry: str) -> Origin:
        """Return the same origin with the codebook's version (unless its maker gave one) and the code's entry."""
        return msgspec.structs.replace(self, version=self.version or version, entry=entry)


class Event(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """A decision by a coder; which fields are filled depends on the kind of event."""

    id: str
    event: EventKind
    at: str
    coder: str
    transcript: str = ""
    sha256: str = ""
    """Of the canonical text in which start and end count."""
    start: int = 0
    end: int = 0
    quote: str = ""
    before: str = ""
    after: str = ""
    code: str = ""
    target: str = ""
    """Id of the event that this one retracts, moves or comments on."""
    text: str = ""
    families: tuple[str, ...] = ()
    """Families a coder has finished a transcript for; none means all."""
    origin: Origin = Origin()

    @property
    def anchor(self) -> Anchor:
        """The span with its quote and context."""
        return Anchor(self.start, self.end, self.quote, self.before, self.after)


_encoder = msgspec.json.Encoder()


def encode_event(event: Event) -> bytes:
    """Return the line of an event, without its line end."""
    return _encoder.encode(event)


class _IdGenerator:
    """Gives ids that sort by time, and within one millisecond by order."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = 0

    def next(self) -> str:
        with self._lock:
            fresh = (time.time_ns() // 1_000_000) << 80 | secrets.randbits(79)
            self._last = max(fresh, self._last + 1)
            return _base32(self._last)


def _base32(number: int) -> str:
    digits = []
    for _ in range(26):
        number, digit = divmod(number, 32)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))


_id_generator = _IdGenerator()


def new_event(kind: EventKind, *, coder: str, anchored: Anchor | None = None, **fields: Any) -> Event:
    """Return a new event of now, with a sortable unique id."""
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    span = {}
    if anchored is not None:
        span = {name: getattr(anchored, name) for name in ("start", "end", "quote", "before", "after")}
    return Event(id=_id_generator.next(), event=kind, at=now, coder=coder, **span, **fields)
