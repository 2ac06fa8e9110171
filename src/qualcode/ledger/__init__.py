"""The ledger: decisions as events in append-only files, and the state that follows from a set of events."""

from qualcode.ledger.events import CommandName, Event, Origin, encode_event, mark_action, new_event
from qualcode.ledger.ledger_lines import decode_line, encode_line, lock_ledgers
from qualcode.ledger.state import FinishedTranscript, LedgerState, Rejection, find_retractions, fold, unique_events
from qualcode.ledger.store import append_events, ledger_path, ledger_signature, read_ledgers
from qualcode.ledger.time_periods import Period, is_date, parse_period, select_events_until

__all__ = [
    "CommandName",
    "Event",
    "FinishedTranscript",
    "LedgerState",
    "Origin",
    "Period",
    "Rejection",
    "append_events",
    "decode_line",
    "encode_event",
    "encode_line",
    "find_retractions",
    "fold",
    "is_date",
    "ledger_path",
    "ledger_signature",
    "lock_ledgers",
    "mark_action",
    "new_event",
    "parse_period",
    "read_ledgers",
    "select_events_until",
    "unique_events",
]
