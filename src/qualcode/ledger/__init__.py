"""The ledger: every decision an appended line, the present state a fold over the set of lines."""

from qualcode.ledger.events import Event, Origin, encode, new_event
from qualcode.ledger.folding import Done, Rejection, State, fold
from qualcode.ledger.store import append, read

__all__ = [
    "Done",
    "Event",
    "Origin",
    "Rejection",
    "State",
    "append",
    "encode",
    "fold",
    "new_event",
    "read",
]
