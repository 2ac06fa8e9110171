"""Import finished: split from listing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from qualcode.coding.decision_events import done_events
from qualcode.coding.import_tables import DONE_IMPORT_COLUMNS, ImportResult, read_import_table
from qualcode.errors import Problem, QualcodeError
from qualcode.ledger import Event
from qualcode.study.selection import find_transcript, require_coder
from qualcode.study.study import Study


def read_done_events(study: Study, path: Path, *, coder: str | None) -> tuple[list[Event], ImportResult]:
    """Read a table of finished transcripts; with any problem there are no events."""
    needed = ["transcript"] + ([] if coder or study.settings.coder else ["coder"])
    lines, said = read_import_table(path, columns=DONE_IMPORT_COLUMNS, required=needed)
    problems = [problem for problem in said if problem.level == "error"]
    if any("code" in line.cells or "quote" in line.cells for line in lines):
        problems.append(Problem(str(path), 1, 0, "this is a table of codings", "for those: qualcode code --from"))
    marked: dict[tuple[str, str, tuple[str, ...]], Event] = {}
    already = 0
    for line in lines if not problems else ():
        try:
            who = require_coder(study, line.cells.get("coder", "").strip() or coder, verb="finish")
            name = find_transcript(study, line.cells.get("transcript", "").strip()).id
            families = [part.strip() for part in line.cells.get("families", "").split(";") if part.strip()]
            found, again = done_events(study, [name], coder=who, families=families)
        except QualcodeError as error:
            problems.append(line.problem(str(error)))
        else:
            new = {(event.coder, event.transcript, event.families): event for event in found}
            already += len(again) + len(new.keys() & marked.keys())
            marked = new | marked
    events = list(marked.values()) if not problems else []
    coders = Counter(event.coder for event in events)
    notices = tuple(problem for problem in said if problem.level == "notice")
    return events, ImportResult(len(events), already, tuple(problems), notices, coders)
