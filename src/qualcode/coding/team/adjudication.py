"""Decisions on passages that coders have coded differently, recorded for the coder `CONSENSUS`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from qualcode.coding.decision_events import Decision, coding_memo_event, decision_event
from qualcode.coding.import_tables import ImportResult, ImportRow, ImportTable, read_import_table
from qualcode.errors import (
    OperationError,
    Problem,
    QualcodeError,
    UnknownNameError,
    UsageError,
    name_command,
    name_option,
)
from qualcode.ledger import Event, Origin, new_event
from qualcode.study.coder_state import check_coders, list_study_passages
from qualcode.study.readings.passages import CONSENSUS, Cell, Passage
from qualcode.study.selection import (
    Names,
    find_code_id,
    find_transcript,
    find_usable_code_id,
    list_coders_who_coded,
    to_name_tuple,
)
from qualcode.study.study import Study

ALL_CODES, NO_CODE = "all", "none"
"""The decisions that all disputed codes apply, and that none does."""
_SYNONYMS = {"both": ALL_CODES, "neither": NO_CODE}
_TABLE_COLUMNS = ("id", "text", "decision", "note")


def find_passage(study: Study, name: str, *, among: Names | None = None) -> Passage:
    """Return the passage with an id such as ``S01:1234``: its transcript, and the offset of a character in it.

    It has the codes of all coders, or of those ``among`` whom it is disputed.

    Raises
    ------
    UnknownNameError
        If there is no such transcript or coder.
    UsageError
        If fewer than two coders are named.
    OperationError
        If no coder has used a code at that place.
    """
    if among is None:
        return PassageFinder(study).find(name)
    coders = to_name_tuple(among)
    check_coders(study, coders)
    if len(set(coders) - {CONSENSUS}) < 2:
        raise UsageError(f"{name_option('among')}: name two coders or more, whose readings are compared")
    return PassageFinder(study, coders).find(name)


class PassageFinder:
    """Finds passages by their ids; compares the readings of a transcript once."""

    def __init__(self, study: Study, coders: Sequence[str] | None = None) -> None:
        self._study = study
        self._coders = list_coders_who_coded(study) if coders is None else coders
        self._passages: dict[str, list[Passage]] = {}

    def find(self, name: str) -> Passage:
        """Return the passage with an id, as `find_passage`."""
        transcript_id, _, offset = name.strip().rpartition(":")
        see = name_command("disagreements")
        if not offset.isdecimal():
            raise OperationError(f"no passage '{name}': its id is a transcript and an offset, as S01:1234 (see {see})")
        transcript_id = find_transcript(self._study, transcript_id).id
        if transcript_id not in self._passages:
            self._passages[transcript_id] = list(list_study_passages(self._study, [transcript_id], self._coders))
        for passage in self._passages[transcript_id]:
            if passage.segment.start <= int(offset) < passage.segment.end:
                return passage
        raise OperationError(f"no passage '{name}': no coder has used a code there (see {see})")


@dataclass(frozen=True, slots=True)
class Choice:
    """A decision on a passage."""

    codes: frozenset[str]
    """The codes that apply; the other disputed ones do not."""
    undecided: frozenset[str] = frozenset()
    """Codes that stay as they are, such as those for which the accepted coder has not read the passage."""


def choose_codes(study: Study, passage: Passage, decision: str, *, only_disputed: bool = False) -> Choice:
    """Return what a decision means: a reader's name, ``all``, ``none``, or ids of codes.

    Ids are separated by semicolons or commas. A reader's name stands for that reader's codes. With ``only_disputed``,
    codes that the readers do not dispute stay as they are, unless their ids are given.

    Raises
    ------
    UnknownNameError
        If it is none of these.
    OperationError
        If it is empty, or a code is retired that no reader has used here.
    """
    considered = passage.disputed if only_disputed else passage.cells
    kept = frozenset(cell.code for cell in passage.cells) - {cell.code for cell in considered}
    text = decision.strip()
    word = _SYNONYMS.get(text.casefold(), text.casefold())
    if word in {ALL_CODES, NO_CODE}:
        return Choice(frozenset(cell.code for cell in considered if cell.codings and word == ALL_CODES), kept)
    if text in {reader for cell in passage.cells for reader in cell.readers}:
        chosen = (cell.code for cell in considered if text in cell.coders)
        unread = (cell.code for cell in passage.cells if text not in cell.readers)
        return Choice(frozenset(chosen), kept.union(unread))
    names = [name for name in map(str.strip, re.split(r"[;,]", text)) if name]
    if not names:
        raise OperationError("the decision is empty: give a coder, all, none, or ids of codes")
    used = {cell.code for cell in passage.cells}
    current = study.codebook.current_id
    readers = sorted({reader for cell in passage.cells for reader in cell.readers})
    if unknown := [name for name in names if current(name) not in {*study.codebook.by_id, *used}]:
        raise UnknownNameError("coder or code", unknown[0], [*readers, ALL_CODES, NO_CODE, *study.codebook.by_id])
    find = (find_code_id(study.codebook, name) for name in names if current(name) in used)
    find_new = (find_usable_code_id(study.codebook, name) for name in names if current(name) not in used)
    codes = frozenset([*find, *find_new])
    return Choice(codes, kept - codes)


def adjudication_events(study: Study, passage: Passage, choice: Choice, *, by: str, note: str) -> list[Event]:
    """Return the events that decide a passage.

    Codes that all readers have used stay as they are. What was decided so before is not recorded again; another
    decision takes the place of an earlier one.
    """
    cells = {cell.code: cell for cell in passage.cells}
    codes = {cell.code for cell in passage.cells if cell.is_disputed or cell.decision} | choice.codes
    events: list[Event] = []
    # What applies comes last: if two codes are merged later, of the decisions on one code the last one counts.
    for code in sorted(codes - choice.undecided, key=lambda code: (code in choice.codes, code)):
        cell = cells.get(code, Cell(code, (), ()))
        applies = code in choice.codes
        if cell.decision is None and not cell.is_disputed and cell.applies == applies:
            continue
        if cell.decision and (cell.decision.applies, cell.decision.note) == (applies, note or cell.decision.note):
            continue
        events += _cell_events(study, passage, cell, applies=applies, by=by, note=note)
    return events


def _cell_events(study: Study, passage: Passage, cell: Cell, *, applies: bool, by: str, note: str) -> Iterator[Event]:
    """Yield the events that decide one code in a passage."""
    transcript = study.transcripts[passage.segment.transcript]
    before = cell.decision
    segment = passage.segment
    if before and segment.start <= before.start and before.end <= segment.end:
        yield new_event("retract", coder=CONSENSUS, transcript=transcript.id, target=before.id)
    marked = cell.codings or [coding for each in passage.disputed for coding in each.codings]
    span = passage.clip(marked if applies else ())
    # The note of a code that applies is a memo on its coding, as any coding may have.
    origin = Origin(by=by, why="" if applies else note)
    decision = Decision(transcript, span, cell.code, CONSENSUS, origin)
    event = decision_event(decision, study.codebook, kind="apply" if applies else "reject")
    yield event
    if applies and note:
        yield coding_memo_event(event, note)


def read_adjudications(study: Study, table: ImportTable, *, by: str) -> tuple[list[Event], ImportResult]:
    """Return the events for a table of disagreements with a column ``decision`` that somebody has filled in.

    Rows without a decision are left out. If a row has a problem there are no events at all.

    Raises
    ------
    OperationError
        If the file cannot be read as a table.
    """
    rows, found = read_import_table(table, columns=_TABLE_COLUMNS, required=["id", "decision"])
    problems = [problem for problem in found if problem.level == "error"]
    finder, events, added, already_present = PassageFinder(study), list[Event](), 0, 0
    line_of: dict[str, int] = {}
    for row in [] if problems else rows:
        if row.cells.get("decision", "").strip():
            try:
                passage = finder.find(row.cells.get("id", ""))
                new = row_events(study, passage, row.cells, by=by)
            except QualcodeError as error:
                problems.append(row.problem(str(error)))
                continue
            if passage.id in line_of:
                problems.append(row.problem(f"passage {passage.id} is decided in line {line_of[passage.id]} already"))
            line_of[passage.id] = row.number
            already_present += not new
            added += bool(new)
            events += new
    if not problems and not events and not already_present:
        problems.append(_no_decision(rows))
    events = [] if problems else events
    counts = {CONSENSUS: added} if added and events else {}
    return events, ImportResult(counts.get(CONSENSUS, 0), already_present, tuple(problems), counts_by_coder=counts)


def _no_decision(rows: list[ImportRow]) -> Problem:
    path = rows[0].path if rows else ""
    return Problem(path, 1, 0, "no row has a decision", "fill in the column 'decision': a coder, all, none, or codes")


def row_events(study: Study, passage: Passage, cells: Mapping[str, str], *, by: str) -> list[Event]:
    """Return the events of a row of a table of disagreements, whose text must be that of the passage."""
    segment = passage.segment
    text = study.transcripts[segment.transcript].text[segment.start : segment.end]
    given = cells.get("text", "")
    if given.strip() and given.split() != text.split():
        raise OperationError(f"passage '{passage.id}' has another text now: list the disagreements again")
    choice = choose_codes(study, passage, cells["decision"])
    return adjudication_events(study, passage, choice, by=by, note=cells.get("note", "").strip())
