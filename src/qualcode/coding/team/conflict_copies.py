"""Conflict copies that synced folders and git leave in a study: found by what is in them, whatever their names are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from filecmp import cmp
from pathlib import Path

from qualcode.coding.team.merge_rows import MergeRow
from qualcode.coding.team.source_comparison import are_versions
from qualcode.errors import OperationError, Problem, format_count, format_names, name_for_interface, name_option
from qualcode.files import MAX_SOURCE_SIZE, hold_lock, is_within, read_bytes, write_atomically
from qualcode.ledger import (
    CONFLICT_MARKERS,
    Event,
    EventLine,
    append_ledger_lines,
    find_misplaced_ledgers,
    ledger_lock_path,
    ledger_path,
    read_event_lines,
)
from qualcode.study.study import Study

_SEPARATORS = re.compile(r"[ ._~(-]")
"""What programs put between the name of a file and what marks its copy."""
_MARKERS = re.compile(rb"^<{7} .*$(?:.|\n)*?^={7}\r?$(?:.|\n)*?^>{7} ", re.MULTILINE)
"""A conflict as git writes it into a file."""
_TEXT_SUFFIXES = frozenset({".txt", ".md", ".html", ".htm", ".vtt", ".srt", ".csv", ".tsv", ".json", ".cha", ".eaf"})


@dataclass(frozen=True)
class _LedgerCopy:
    """A file with events of other ledgers."""

    path: Path
    name: str
    """Relative to the study's root."""
    lines: Sequence[EventLine]
    """Those of events that no ledger has."""
    ledgers: Sequence[str]
    """The ledgers of all its events, relative to the study's root."""
    unread: Sequence[Problem]
    other_ids: Sequence[str]
    """Ids of events that a ledger has with another content."""

    @property
    def is_read(self) -> bool:
        """Whether its events are counted where it is."""
        return self.path.suffix == ".jsonl"


def _find_ledger_copies(study: Study) -> Iterator[_LedgerCopy]:
    paths = list(find_misplaced_ledgers(study.codings_folder))
    if not paths:
        return
    ledgers = [path for path in study.codings_folder.rglob("*.jsonl") if path not in paths]
    known = {event.id: event for event, _ in read_event_lines(ledgers, root=study.root)[0]}
    for path in paths:
        copy = _read_ledger_copy(study, path, known)
        # Another copy may have the same events, which are counted and moved once.
        known |= {event.id: event for event, _ in copy.lines}
        # A backup of a ledger is not in the way.
        if copy.is_read or copy.lines:
            yield copy


def _read_ledger_copy(study: Study, path: Path, known: dict[str, Event]) -> _LedgerCopy:
    lines, unread = read_event_lines([path], root=study.root)
    missing = {event: raw for event, raw in lines if event.id not in known}
    other_ids = sorted({event.id for event, _ in lines if known.get(event.id, event) != event})
    ledgers = sorted({f"codings/{ledger_path(event)}" for event, _ in lines})
    name = path.relative_to(study.root).as_posix()
    return _LedgerCopy(path, name, list(missing.items()), ledgers, unread, other_ids)


def _name_tidying() -> str:
    return name_for_interface("'qualcode merge --tidy --write'", "Project.tidy(write=True)")


# --- problems that a check reports --------------------------------------------------------------------------------


def check_conflict_copies(study: Study) -> Iterator[Problem]:
    """Yield conflict copies of ledgers and transcripts, and conflicts of git inside sources and the case table."""
    for copy in _find_ledger_copies(study):
        yield _ledger_copy_problem(copy)
    yield from _check_ids(study)
    yield from _check_source_copies(study)
    yield from _check_markers(study)


def _ledger_copy_problem(copy: _LedgerCopy) -> Problem:
    count = format_count(len(copy.lines), "event")
    ledgers = format_names(copy.ledgers, limit=3)
    counted = f"{count} in no other file, counted here" if copy.lines else "all of it is in the ledger"
    hint = f"{_name_tidying()} moves what is missing into the ledger" + (
        " and deletes this file" if copy.is_read else ""
    )
    if not copy.is_read:
        return Problem(copy.name, 0, 0, f"a copy of {ledgers}, which is not read: {count} of it in no ledger", hint)
    message = f"a conflict copy of {ledgers}, or a ledger in the wrong place: {counted}"
    return Problem(copy.name, 0, 0, message, hint, "notice")


def _check_ids(study: Study) -> Iterator[Problem]:
    """Yield the ids that several different lines have, as after a merge with a copy that was edited by hand."""
    chosen: dict[str, Event] = {}
    reported: set[str] = set()
    for event in study.read_recorded_events():
        other = chosen.setdefault(event.id, event)
        if other != event and event.id not in reported:
            reported.add(event.id)
            message = (
                f"two different lines have the id {event.id}: the same one of them counts in every copy of the study"
            )
            hint = "was a ledger edited by hand? delete the wrong line, in all copies"
            yield Problem(f"codings/{ledger_path(event)}", 0, 0, message, hint)


def _check_source_copies(study: Study) -> Iterator[Problem]:
    sources = study.sources_and_problems[0]
    table = study.root / study.case_table.relative_path
    for name, path in sources.items():
        original = _find_original(name, {*sources, table.stem})
        if original and original in sources and _is_same_interview(study, name, original):
            yield _source_copy_problem(study, name, sources[original], "what is said in both counts twice")
        elif original == table.stem and _first_line(path) == _first_line(table):
            yield _source_copy_problem(study, name, table, "its rows are read as interviews")


def _source_copy_problem(study: Study, name: str, original: Path, consequence: str) -> Problem:
    path, other = (each.relative_to(study.root).as_posix() for each in (study.sources_and_problems[0][name], original))
    message = f"seems to be a copy of {other}, as synced folders leave them: {consequence}"
    remove = name_for_interface(f"'qualcode transcripts remove \"{name}\"'", f"Project.remove({name!r})")
    hint = f"compare the two files, keep one, and move the other out of the study with {remove}"
    return Problem(path, 0, 0, message, hint)


def _first_line(path: Path) -> bytes:
    return read_bytes(path).partition(b"\n")[0].strip() if path.is_file() else b""


def _find_original(name: str, names: Iterable[str]) -> str:
    """Return the name that another one is made of, as "S07" in "S07 (1)" or "Copy of S07"; empty if there is none."""
    starts = (name[: match.start()].removeprefix("Copy of ").rstrip() for match in _SEPARATORS.finditer(f"{name} "))
    return next((start for start in starts if start in names and start != name), "")


def _is_same_interview(study: Study, name: str, original: str) -> bool:
    paths = study.sources_and_problems[0]
    if cmp(paths[name], paths[original], shallow=False):
        return True
    text, other = study.transcripts.get(name), study.transcripts.get(original)
    return text is not None and other is not None and are_versions(text, other)


def _check_markers(study: Study) -> Iterator[Problem]:
    paths = [path for path in study.sources_and_problems[0].values() if path.suffix.lower() in _TEXT_SUFFIXES]
    for path in [*paths, study.root / study.case_table.relative_path]:
        if not path.is_file() or path.stat().st_size > MAX_SOURCE_SIZE:
            continue
        content = read_bytes(path)
        # The search of a pattern takes longer than that of a few bytes.
        if b"<<<<<<< " in content and (found := _MARKERS.search(content.replace(b"\r\n", b"\n"))):
            line = content.replace(b"\r\n", b"\n").count(b"\n", 0, found.start()) + 1
            message = "an unresolved merge conflict of git: the lines of both sides and the markers are read as text"
            hint = "keep the lines of one side, and delete the others with the markers <<<<<<<, ======= and >>>>>>>"
            yield Problem(path.relative_to(study.root).as_posix(), line, 1, message, hint)


# --- tidying ------------------------------------------------------------------------------------------------------


def tidy_ledgers(study: Study, *, write: bool) -> tuple[list[MergeRow], list[str]]:
    """Move the events of conflict copies into their ledgers, and delete these copies and the markers of git.

    A copy is deleted only after its events are on disk in their ledgers; one with lines that cannot be read is kept.

    Raises
    ------
    OperationError
        If a file cannot be written.
    """
    rows = list(_remove_markers(study, write=write))
    rows += [_tidy_copy(study, copy, write=write) for copy in _find_ledger_copies(study)]
    if not rows:
        return [], ["there are no conflict copies of ledgers, and no markers of git in them"]
    return rows, [] if write else [f"nothing is written yet: add {name_option('write', True)} to do it"]


def _remove_markers(study: Study, *, write: bool) -> Iterator[MergeRow]:
    paths = study.codings_folder.rglob("*.jsonl") if study.codings_folder.is_dir() else ()
    for path in sorted(paths):
        name = path.relative_to(study.codings_folder).as_posix()
        if not any(line.startswith(CONFLICT_MARKERS) for line in read_bytes(path).split(b"\n")):
            continue
        _check_is_within(study, path)
        with hold_lock(ledger_lock_path(name, locks=study.cache_folder / "locks"), path=path):
            lines = read_bytes(path).split(b"\n")
            kept = [line for line in lines if not line.startswith(CONFLICT_MARKERS)]
            if write:
                write_atomically(path, b"\n".join(kept))
        count = format_count(len(lines) - len(kept), "marker line")
        message = f"{count} of git {'' if write else 'would be '}deleted; the events of both sides are kept"
        yield MergeRow("conflict copy", f"codings/{name}", message, "", "notice")


def _tidy_copy(study: Study, copy: _LedgerCopy, *, write: bool) -> MergeRow:
    _check_is_within(study, copy.path)
    content = read_bytes(copy.path)
    lines: dict[str, list[bytes]] = {}
    for event, raw in sorted(copy.lines, key=lambda line: (line[0].id, line[1])):
        lines.setdefault(ledger_path(event), []).append(raw)
    if write:
        append_ledger_lines(study.codings_folder, lines, locks=study.cache_folder / "locks")
    would_be = "" if write else "would be "
    moved = f"{format_count(len(copy.lines), 'event')} {would_be}moved into {format_names(copy.ledgers, limit=3)}"
    if copy.unread or copy.other_ids:
        why = (
            f"line {copy.unread[0].line} is not an event" if copy.unread else f"event {copy.other_ids[0]} differs there"
        )
        hint = "look at both files, and delete the wrong line or this file"
        return MergeRow("conflict copy", copy.name, f"{moved}; this file is kept, since its {why}", hint)
    if not copy.is_read:
        return MergeRow("conflict copy", copy.name, f"{moved}; this file is kept, and not read", "", "notice")
    if write:
        _delete(copy.path, content)
    return MergeRow("conflict copy", copy.name, f"{moved}; this file {would_be or 'is '}deleted", "", "notice")


def _check_is_within(study: Study, path: Path) -> None:
    if path.is_symlink() or not is_within(path, study.codings_folder):
        raise OperationError(f"{path}: a link, through which nothing is changed: replace it by a file or folder")


def _delete(path: Path, content: bytes) -> None:
    """Delete a file whose events are in their ledgers, unless it has changed since it was read."""
    if read_bytes(path) != content:
        raise OperationError(f"{path}: changed while it was read, and kept: run this again")
    try:
        path.unlink()
    except OSError as error:
        raise OperationError(f"{path}: cannot be deleted ({error.strerror}); its events are in the ledger") from None
    with suppress(OSError):
        path.parent.rmdir()  # a folder that was a copy as a whole and is empty now
