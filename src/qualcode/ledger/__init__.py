"""The ledger: every decision an appended line, the present state a fold over the set of lines."""

from qualcode.ledger.events import Event, Origin, encode, new_event
from qualcode.ledger.folding import Done, Rejection, State, fold
from qualcode.ledger.rewriting import all_locked, decoded, encoded
from qualcode.ledger.store import append, read

__all__ = [
    "Done",
    "Event",
    "Origin",
    "Rejection",
    "State",
    "all_locked",
    "append",
    "decoded",
    "encode",
    "encoded",
    "fold",
    "new_event",
    "read",
]
