"""Import of finished transcripts from a table."""

from __future__ import annotations

from collections import Counter

from qualcode.coding.decision_events import done_events
from qualcode.coding.import_tables import DONE_IMPORT_COLUMNS, ImportResult, ImportTable, name_table, read_import_table
from qualcode.errors import Problem, QualcodeError, name_for_interface
from qualcode.ledger import Event
from qualcode.study.selection import find_transcript, require_coder
from qualcode.study.study import Study


def read_done_events(study: Study, table: ImportTable, *, coder: str | None) -> tuple[list[Event], ImportResult]:
    """Return the events for a table of finished transcripts; with any problem there are none.

    Raises
    ------
    OperationError
        If the file cannot be read as a table.
    """
    required = ["transcript"] + ([] if coder or study.settings.coder else ["coder"])
    rows, table_problems = read_import_table(table, columns=DONE_IMPORT_COLUMNS, required=required)
    problems = [problem for problem in table_problems if problem.level == "error"]
    # Both tables have transcripts and coders: the wrong one would be accepted otherwise, and its other columns ignored.
    if any("code" in row.cells or "quote" in row.cells for row in rows):
        command = name_for_interface("qualcode code --from", "Project.code_from()")
        problems.append(Problem(name_table(table), 1, 0, "this is a table of codings", f"import it with: {command}"))
    decisions = study.read_decisions()  # once for all rows: it looks whether a ledger has changed
    event_by_mark: dict[tuple[str, str, tuple[str, ...]], Event] = {}
    already_present = 0
    for row in rows if not problems else ():
        try:
            given_coder = row.cells.get("coder", "").strip() or coder
            row_coder = require_coder(study, given_coder, verb="finish", decisions=decisions)
            name = find_transcript(study, row.cells.get("transcript", "").strip()).id
            families = [part.strip() for part in row.cells.get("families", "").split(";") if part.strip()]
            events, finished_already = done_events(
                study, [name], coder=row_coder, families=families, decisions=decisions
            )
        except QualcodeError as error:
            problems.append(row.problem(str(error)))
        else:
            new = {(event.coder, event.transcript, event.families): event for event in events}
            already_present += len(finished_already) + len(new.keys() & event_by_mark.keys())
            # Rows that repeat a mark are recorded once; the first event stays.
            event_by_mark = new | event_by_mark
    events = list(event_by_mark.values()) if not problems else []
    coders = Counter(event.coder for event in events)
    notices = tuple(problem for problem in table_problems if problem.level == "notice")
    return events, ImportResult(len(events), already_present, tuple(problems), notices, coders)
