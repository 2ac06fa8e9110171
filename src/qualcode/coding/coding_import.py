"""Import of codings from a table: each row is checked against its transcript before anything is recorded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from qualcode.coding.codebook_work.repeated_decisions import read_recoding_events
from qualcode.coding.decision_events import Decision, coding_memo_event, decision_event
from qualcode.coding.import_tables import (
    CODING_IMPORT_COLUMNS,
    MAX_OFFSET_DIGITS,
    RECODING_IMPORT_COLUMNS,
    ImportResult,
    ImportRow,
    ImportTable,
    check_columns,
    read_table_rows,
)
from qualcode.coding.offset_units import OffsetCheck
from qualcode.coding.quote_location import QuoteLocation, locate_quote
from qualcode.errors import OperationError, Problem, QualcodeError
from qualcode.ledger import Event, Origin
from qualcode.study.decision_index import CodingKey, DecisionIndex
from qualcode.study.selection import find_transcript, find_usable_code_id, require_coder
from qualcode.study.study import Study

_MAX_HINTS = 100
"""Rows that are not found for which the nearest passage is looked up: a wrong table may have a hundred thousand."""
_NUMBER_COLUMNS = ("turn", "sentence", "start", "end")


def read_coding_events(
    study: Study, table: ImportTable, *, coder: str | None, skip_invalid: bool = False
) -> tuple[list[Event], ImportResult]:
    """Return the events for a table of codings, and how many rows were added, present already or invalid.

    In a table with the columns id and new_code, codings are decided again.

    If a row has a problem there are no events at all, unless ``skip_invalid``.

    Raises
    ------
    OperationError
        If the file cannot be read as a table.
    """
    rows, table_problems = read_table_rows(table)
    if rows and not table_problems and set(RECODING_IMPORT_COLUMNS) <= rows[0].cells.keys():
        return read_recoding_events(study, rows, coder=coder, skip_invalid=skip_invalid)
    required = ["transcript", "code"] + ([] if coder or study.settings.coder else ["coder"])
    if rows or not table_problems:
        table_problems += check_columns(table, rows, columns=CODING_IMPORT_COLUMNS, required=required)
    problems = [problem for problem in table_problems if problem.level == "error"]
    notices = [problem for problem in table_problems if problem.level == "notice"]
    decisions = study.read_decisions()  # once for all rows: it looks whether a ledger has changed
    line_by_key: dict[CodingKey, int] = {}
    events: list[Event] = []
    already_present, coders = 0, Counter[str]()
    readings = list(_read_rows(study, rows, coder, decisions)) if not problems else []
    problems += [reading for reading in readings if isinstance(reading, Problem)]
    for row, decision in (reading for reading in readings if not isinstance(reading, Problem)):
        key = (decision.transcript.id, *decision.span, decision.code, decision.coder)
        if key in line_by_key:
            message = f"the same coding as line {line_by_key[key]}"
            notices.append(Problem(row.path, row.number, 0, message, "", "notice"))
        # Importing a table again adds nothing, so a table that has grown can be imported as a whole.
        if key in line_by_key or decisions.coding_id(key):
            already_present += 1
            continue
        line_by_key[key] = row.number
        events += _row_events(study, decision, row.cells.get("memo", ""))
        coders[decision.coder] += 1
    if problems and not skip_invalid:
        events, coders = [], Counter()
    return events, ImportResult(coders.total(), already_present, tuple(problems), tuple(notices), coders)


def _read_rows(
    study: Study, rows: Iterable[ImportRow], coder: str | None, decisions: DecisionIndex
) -> Iterator[tuple[ImportRow, Decision] | Problem]:
    """Yield each row with its decision, or its problem."""
    offsets = OffsetCheck()
    results: list[tuple[ImportRow, Decision | str]] = []
    invalid_count = 0
    for row in rows:
        try:
            has_hint = invalid_count < _MAX_HINTS
            results.append((row, _read_decision(study, row, coder, decisions, offsets=offsets, has_hint=has_hint)))
        except QualcodeError as error:
            invalid_count += 1
            results.append((row, str(error)))
    # In which unit a table counts may show at its last row.
    for row, result in results:
        if isinstance(result, str):
            yield row.problem(result)
            continue
        has_quote = bool(row.cells.get("quote", "").strip())
        doubt = "" if has_quote else offsets.find_doubt(result.transcript, *result.span)
        yield row.problem(doubt) if doubt else (row, result)


def _read_decision(
    study: Study, row: ImportRow, coder: str | None, decisions: DecisionIndex, *, offsets: OffsetCheck, has_hint: bool
) -> Decision:
    transcript = find_transcript(study, row.cells.get("transcript", "").strip())
    code = find_usable_code_id(study.codebook, row.cells.get("code", "").strip())
    given_coder = row.cells.get("coder", "").strip() or coder
    row_coder = require_coder(study, given_coder, verb="code", decisions=decisions)
    location = QuoteLocation(row.cells.get("quote", ""), **{name: _read_number(row, name) for name in _NUMBER_COLUMNS})
    if not location.quote.strip() and location.start is not None and location.end is not None:
        offsets.check(transcript, location.start, location.end)
    span = locate_quote(transcript, location, sentence_rules=study.sentence_rules, has_hint=has_hint)
    return Decision(transcript, span, code, row_coder, Origin(source=f"{Path(row.path).name}:{row.number}"))


def _read_number(row: ImportRow, column: str) -> int | None:
    # Spreadsheets and pandas write whole numbers as 3.0 where a column also has blanks.
    text = row.cells.get(column, "").strip().removesuffix(".0")
    if not text:
        return None
    if not text.isdecimal() or len(text) > MAX_OFFSET_DIGITS:
        raise OperationError(f"{column} '{text}' is not a whole number")
    return int(text)


def _row_events(study: Study, decision: Decision, memo: str) -> Iterator[Event]:
    event = decision_event(decision, study.codebook)
    yield event
    if memo.strip():
        yield coding_memo_event(event, memo)
