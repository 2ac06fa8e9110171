"""The ledger: decisions as events in append-only files, and the state that follows from a set of events."""

from qualcode.ledger.events import Event, Origin, encode_event, new_event
from qualcode.ledger.ledger_lines import decode_line, encode_line, lock_ledgers
from qualcode.ledger.state import FinishedTranscript, LedgerState, Rejection, fold
from qualcode.ledger.store import append_events, ledger_path, ledger_signature, read_ledgers

__all__ = [
    "Event",
    "FinishedTranscript",
    "LedgerState",
    "Origin",
    "Rejection",
    "append_events",
    "decode_line",
    "encode_event",
    "encode_line",
    "fold",
    "ledger_path",
    "ledger_signature",
    "lock_ledgers",
    "new_event",
    "read_ledgers",
]
