"""Codings and finished transcripts from a spreadsheet: every row is proved by its quote, or none is taken."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qualcode.coding.decision_events import Decision, coding_memo_event, decision_event, index_coding_ids
from qualcode.coding.import_tables import (
    CODING_IMPORT_COLUMNS,
    MAX_OFFSET_DIGITS,
    ImportResult,
    ImportRow,
    read_import_table,
)
from qualcode.coding.quote_location import QuoteLocation, locate_quote
from qualcode.errors import OperationError, Problem, QualcodeError
from qualcode.ledger import Event, Origin
from qualcode.study.selection import find_code_id, find_transcript, require_coder
from qualcode.study.study import Study

_NUMBER_COLUMNS = ("turn", "sentence", "start", "end")


def read_coding_events(
    study: Study, path: Path, *, coder: str | None, skip_invalid: bool = False
) -> tuple[list[Event], ImportResult]:
    """Anchor every row of a table of codings; with any problem there are no events, unless ``skip``."""
    needed = ["transcript", "code"] + ([] if coder or study.settings.coder else ["coder"])
    lines, said = read_import_table(path, columns=CODING_IMPORT_COLUMNS, required=needed)
    problems = [problem for problem in said if problem.level == "error"]
    notices = [problem for problem in said if problem.level == "notice"]
    known = dict(index_coding_ids(study.codings))
    events: list[Event] = []
    already, coders = 0, dict[str, int]()
    for line in lines if not problems else ():
        try:
            decision = _decision_from_row(study, line, coder)
        except QualcodeError as error:
            problems.append(line.problem(str(error)))
            continue
        key = (decision.transcript.id, *decision.span, decision.code, decision.coder)
        if key in known:
            already += 1
            if known[key].startswith("line "):
                notices.append(Problem(str(path), line.number, 0, f"the same coding as {known[key]}", "", "notice"))
            continue
        known[key] = f"line {line.number}"
        events += _events(study, decision, line.cells.get("memo", ""))
        coders[decision.coder] = coders.get(decision.coder, 0) + 1
    if problems and not skip_invalid:
        events, coders = [], {}
    return events, ImportResult(sum(coders.values()), already, tuple(problems), tuple(notices), coders)


def _decision_from_row(study: Study, line: ImportRow, coder: str | None) -> Decision:
    transcript = find_transcript(study, line.cells.get("transcript", "").strip())
    code = find_code_id(study.codebook, line.cells.get("code", "").strip())
    who = require_coder(study, line.cells.get("coder", "").strip() or coder, verb="code")
    wanted = QuoteLocation(line.cells.get("quote", ""), **{key: _parse_number(line, key) for key in _NUMBER_COLUMNS})
    span = locate_quote(transcript, wanted, abbreviations=study.abbreviations)
    return Decision(transcript, span, code, who, Origin(source=f"{Path(line.path).name}:{line.number}"))


def _parse_number(line: ImportRow, key: str) -> int | None:
    text = line.cells.get(key, "").strip().removesuffix(".0")
    if not text:
        return None
    if not text.isdecimal() or len(text) > MAX_OFFSET_DIGITS:
        raise OperationError(f"{key} '{text}' is not a whole number")
    return int(text)


def _events(study: Study, decision: Decision, memo: str) -> Iterator[Event]:
    event = decision_event(decision, study.codebook)
    yield event
    if memo.strip():
        yield coding_memo_event(event, memo)
