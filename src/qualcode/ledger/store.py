"""Ledger files: ``codings/<coder>/<source>.jsonl``, one for each coder and source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec

from qualcode.errors import OperationError, Problem, name_command, name_for_interface
from qualcode.files import FileSignature, append_lines, folder_signature, is_within, read_bytes, read_lines
from qualcode.ledger.events import Event, encode_event
from qualcode.ledger.ledger_lines import ledger_lock_path

CONFLICT_MARKERS = (b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>")
"""Beginnings of the lines that git writes into a file with a conflict."""
STUDY_MEMO_FILE = "_study"
"""File name for memos that belong to no transcript."""

# Fields whose values many events share; ids and quotes differ from event to event.
_INTERNED_FIELDS = ("at", "coder", "transcript", "sha256", "code", "action")
_INTERNED_ORIGIN_FIELDS = ("version", "entry", "definition")

_decoder = msgspec.json.Decoder(Event)


def read_ledgers(folder: Path, *, root: Path) -> tuple[list[Event], list[Problem]]:
    """Return the events of all ledgers in a folder, and a problem for each line that is not an event.

    Raises
    ------
    OperationError
        If a ledger cannot be read.
    """
    events: list[Event] = []
    problems: list[Problem] = []
    interned: dict[str, str] = {}
    for path in sorted(folder.rglob("*.jsonl")) if folder.is_dir() else ():
        try:
            # A whole file at once is fast; line by line is needed only to find the damaged lines.
            events += _intern_values(_decoder.decode_lines(read_bytes(path)), interned)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pairs, line_problems = _decode_line_by_line(path, path.relative_to(root).as_posix())
            events += [event for event, _ in pairs]
            problems += line_problems
    return events, problems


EventLine = tuple[Event, bytes]
"""An event with its line, which may have keys that this version does not know."""


def read_event_lines(paths: Iterable[Path], *, root: Path) -> tuple[list[EventLine], list[Problem]]:
    """Return the events of ledgers, each with its line, and a problem for each line that is not an event.

    Raises
    ------
    OperationError
        If a ledger cannot be read.
    """
    pairs: list[EventLine] = []
    problems: list[Problem] = []
    interned: dict[str, str] = {}
    for path in sorted(paths):
        found, line_problems = _decode_line_by_line(path, path.relative_to(root).as_posix())
        _intern_values([event for event, _ in found], interned)
        pairs += found
        problems += line_problems
    return pairs, problems


def ledger_signature(folder: Path) -> dict[str, FileSignature]:
    """Return the signature of each ledger below a folder."""
    return folder_signature(folder, suffix=".jsonl")


def _intern_values(events: Sequence[Event], interned: dict[str, str]) -> Sequence[Event]:
    """Make freshly decoded events share equal strings, which halves the memory that a large ledger needs."""
    set_field = msgspec.structs.force_setattr
    for event in events:
        for struct, names in ((event, _INTERNED_FIELDS), (event.origin, _INTERNED_ORIGIN_FIELDS)):
            for name in names:
                value = getattr(struct, name)
                shared = interned.setdefault(value, value)
                if shared is not value:
                    set_field(struct, name, shared)
    return events


def _decode_line_by_line(path: Path, name: str) -> tuple[list[EventLine], list[Problem]]:
    pairs: list[EventLine] = []
    problems: list[Problem] = []
    lines = read_lines(path)
    # A last line without line end may have been cut off while it was written.
    torn_number = 0 if read_bytes(path).endswith(b"\n") else len(lines)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            pairs.append((_decoder.decode(line), line.strip()))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            reason = "nested too deep" if isinstance(error, RecursionError) else str(error)
            problems.append(Problem(name, number, 1, *_line_message(line, reason, is_torn=number == torn_number)))
    return pairs, problems


def _line_message(line: bytes, error: str, *, is_torn: bool) -> tuple[str, str]:
    """Return the message and the hint for a line that is not an event."""
    # Git writes these around the lines of both sides. The state depends on the set of events, so both sides are valid.
    if line.startswith(CONFLICT_MARKERS):
        tidy = name_for_interface("'qualcode merge --tidy --write'", "Project.tidy(write=True)")
        return "marker of an unresolved merge conflict", f"{tidy} deletes the marker lines; all other lines are counted"
    if is_torn:
        return "the last line is incomplete and is not counted", "the next decision moves it to a .torn file"
    return f"this line is not an event and is not counted ({error})", "all other lines are counted"


def append_events(folder: Path, events: Sequence[Event], *, locks: Path) -> list[Path]:
    """Append events, each to its coder's ledger for its source; return the files that incomplete lines were moved to.

    Raises
    ------
    OperationError
        If a ledger cannot be written, or another process has its lock for too long.
    """
    lines: dict[str, list[bytes]] = {}
    for event in events:
        lines.setdefault(ledger_path(event), []).append(encode_event(event))
    return append_ledger_lines(folder, lines, locks=locks)


def append_ledger_lines(folder: Path, lines: Mapping[str, Sequence[bytes]], *, locks: Path) -> list[Path]:
    """Append lines to ledgers, by their paths in the folder; return the files that incomplete lines were moved to.

    Raises
    ------
    OperationError
        If a ledger cannot be written, or another process has its lock for too long.
    """
    torn_paths: list[Path | None] = []
    recorded = 0
    # One write per file.
    for name, group in sorted(lines.items()):
        if not is_within(folder / name, folder):
            raise OperationError(
                f"{folder / name}: leads out of the folder of ledgers, so nothing is written to it: "
                "replace the link by a file or folder"
            )
        lock = ledger_lock_path(name, locks=locks)
        try:
            torn_paths.append(append_lines(folder / name, group, lock=lock, is_complete=_is_complete))
        except OperationError as error:
            if recorded:
                raise OperationError(
                    f"{error}; {_describe_recorded(recorded, sum(map(len, lines.values())))}"
                ) from None
            raise
        recorded += len(group)
    return [path for path in torn_paths if path is not None]


def _describe_recorded(recorded: int, count: int) -> str:
    """Return what was recorded of an action before it failed; a ledger is written as a whole or not at all."""
    again = f"then run it again, or take it back with {name_command('undo')}"
    return f"{recorded:,} of {count:,} events are in other ledgers already: remove the cause, {again}"


def ledger_path(event: Event) -> str:
    """Return the file of an event, relative to the folder of all ledgers."""
    return ledger_name(event.coder, event.transcript)


def ledger_name(coder: str, transcript: str) -> str:
    """Return the file of a coder's events on a transcript, relative to the folder of all ledgers."""
    source = transcript.partition("#")[0]  # the rows of a table are transcripts of one source
    return f"{coder}/{source or STUDY_MEMO_FILE}.jsonl"


def _is_complete(line: bytes) -> bool:
    try:
        _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True
