"""The ledger: decisions as events in append-only files, and the state that follows from a set of events."""

from qualcode.ledger.event_times import find_invalid_times
from qualcode.ledger.events import CommandName, Event, EventKind, Origin, encode_event, mark_action, new_event
from qualcode.ledger.ledger_lines import decode_line, encode_line, ledger_lock_path, lock_ledgers
from qualcode.ledger.misplaced_ledgers import find_misplaced_ledgers
from qualcode.ledger.state import FinishedTranscript, LedgerState, Rejection, find_retractions, fold, unique_events
from qualcode.ledger.store import (
    CONFLICT_MARKERS,
    EventLine,
    append_events,
    append_ledger_lines,
    ledger_path,
    ledger_signature,
    read_event_lines,
    read_ledgers,
)
from qualcode.ledger.time_periods import Period, is_date, parse_period, select_events_until

__all__ = [
    "CONFLICT_MARKERS",
    "CommandName",
    "Event",
    "EventKind",
    "EventLine",
    "FinishedTranscript",
    "LedgerState",
    "Origin",
    "Period",
    "Rejection",
    "append_events",
    "append_ledger_lines",
    "decode_line",
    "encode_event",
    "encode_line",
    "find_invalid_times",
    "find_misplaced_ledgers",
    "find_retractions",
    "fold",
    "is_date",
    "ledger_lock_path",
    "ledger_path",
    "ledger_signature",
    "lock_ledgers",
    "mark_action",
    "new_event",
    "parse_period",
    "read_event_lines",
    "read_ledgers",
    "select_events_until",
    "unique_events",
]
