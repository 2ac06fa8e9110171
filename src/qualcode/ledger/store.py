"""The ledger on disk: ``codings/<coder>/<source>.jsonl``, one file a coder and source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

import msgspec

from qualcode.errors import OperationError, Problem
from qualcode.files import append_lines, read_lines
from qualcode.ledger.events import Event, encode_event
from qualcode.ledger.ledger_lines import ledger_lock_path

STUDY_MEMO_FILE = "_study"
"""Name of the file for memos that belong to no transcript."""

_INTERNED_FIELDS = ("at", "coder", "transcript", "sha256", "code")
_INTERNED_ORIGIN_FIELDS = ("version", "entry")

_decoder = msgspec.json.Decoder(Event)


def read_ledgers(folder: Path, *, root: Path) -> tuple[list[Event], list[Problem]]:
    """Read all ledgers below a folder; a line that cannot be read is a problem, all others count."""
    events: list[Event] = []
    problems: list[Problem] = []
    known: dict[str, str] = {}
    for path in sorted(folder.rglob("*.jsonl")) if folder.is_dir() else ():
        try:
            events += _intern_values(_decoder.decode_lines(path.read_bytes()), known)
        except (msgspec.DecodeError, UnicodeDecodeError):
            found, wrong = _decode_line_by_line(path, path.relative_to(root).as_posix())
            events += found
            problems += wrong
        except OSError as error:
            raise OperationError(f"{path}: cannot be read ({error.strerror or error})") from None
    return events, problems


def _intern_values(events: Sequence[Event], known: dict[str, str]) -> Sequence[Event]:
    """Let fresh events share the words that many of them say, which halves what a large ledger takes."""
    share = msgspec.structs.force_setattr
    for event in events:
        for held, names in ((event, _INTERNED_FIELDS), (event.origin, _INTERNED_ORIGIN_FIELDS)):
            for name in names:
                said = getattr(held, name)
                same = known.setdefault(said, said)
                if same is not said:
                    share(held, name, same)
    return events


def _decode_line_by_line(path: Path, shown: str) -> tuple[list[Event], list[Problem]]:
    events: list[Event] = []
    problems: list[Problem] = []
    lines = read_lines(path)
    torn = 0 if path.read_bytes().endswith(b"\n") else len(lines)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            events.append(_decoder.decode(line))
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            problems.append(_line_problem(shown, number, line, str(error), last=number == torn))
    return events, problems


def _line_problem(path: str, number: int, line: bytes, said: str, *, last: bool) -> Problem:
    if line.startswith((b"<<<<<<<", b"|||||||", b"=======", b">>>>>>>")):
        message, hint = (
            "a merge conflict was left here",
            "delete the marker lines: all other lines count",
        )
    elif last:
        message, hint = "the last line is torn; it is not counted", "the next decision sets it aside as .torn"
    else:
        message, hint = f"this line is not an event and is not counted ({said})", "the other lines count"
    return Problem(path, number, 1, message, hint)


def append_events(folder: Path, events: Sequence[Event], *, locks: Path) -> list[Path]:
    """Append events, each to its coder's file for its transcript; return torn tails that were set aside."""
    ordered = sorted(events, key=ledger_path)
    return list(
        _append_groups(folder, ((name, list(group)) for name, group in groupby(ordered, key=ledger_path)), locks)
    )


def _append_groups(folder: Path, groups: Iterable[tuple[str, list[Event]]], locks: Path) -> Iterator[Path]:
    for name, group in groups:
        lock = ledger_lock_path(name, locks=locks)
        aside = append_lines(
            folder / name, [encode_event(event) for event in group], lock=lock, is_complete=_is_complete
        )
        if aside is not None:
            yield aside


def ledger_path(event: Event) -> str:
    """Return the file of an event, relative to the folder of all ledgers."""
    source = event.transcript.partition("#")[0]  # the rows of a table are transcripts of one source
    return f"{event.coder}/{source or STUDY_MEMO_FILE}.jsonl"


def _is_complete(line: bytes) -> bool:
    try:
        _decoder.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True
