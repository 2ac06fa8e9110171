"""Codings and finished transcripts from a spreadsheet: every row is proved by its quote, or none is taken."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from qualcode.errors import Problem, QualcodeError, Refused, did_you_mean
from qualcode.files import open_binary, open_sheet, read_csv, read_text
from qualcode.ledger import Event, Origin
from qualcode.project.choice import chosen_code, chosen_transcript, deciding_coder
from qualcode.project.deciding import Decision, Wanted, decision_event, memo_event, place, standing
from qualcode.project.study import Study

CODING_COLUMNS = ("transcript", "quote", "code", "coder", "turn", "sentence", "start", "end", "memo")
DONE_COLUMNS = ("transcript", "coder", "families")
_SHEETS = frozenset({".xls", ".xlsm", ".ods", ".numbers"})
_NUMBERS = ("turn", "sentence", "start", "end")
_DIGITS = 12
"""More digits than any place in a text has."""


@dataclass(frozen=True)
class Placed:
    """What became of a table of codings."""

    added: int
    already: int
    problems: tuple[Problem, ...] = ()
    notices: tuple[Problem, ...] = ()
    coders: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table of the user's, with its line."""

    path: str
    number: int
    cells: Mapping[str, str]

    def problem(self, message: str, hint: str = "") -> Problem:
        """Return a problem at this line."""
        return Problem(self.path, self.number, 0, message, hint)


def read_rows(path: Path, *, columns: Sequence[str], needed: Sequence[str]) -> tuple[list[Line], list[Problem]]:
    """Read a CSV, Excel, Parquet or JSON-lines table; unknown columns are told, missing ones refused."""
    suffix = path.suffix.lower()
    if suffix in _SHEETS:
        raise Refused(f"{path}: this kind of workbook is not read: save it as .xlsx, or the sheet as CSV (UTF-8)")
    if suffix in {".xlsx", ".parquet"}:
        lines, problems = _sheet_lines(path)
    elif suffix in {".jsonl", ".ndjson", ".json"}:
        lines, problems = _json_lines(path, read_text(path).text)
    else:
        lines, problems = _csv_lines(path, read_text(path).text)
    present = {name for line in lines for name in line.cells}
    missing = [name for name in needed if lines and name not in present]
    if missing:
        hint = next(filter(None, (did_you_mean(name, present - set(columns)) for name in missing)), "")
        problems.append(Problem(str(path), 1, 0, f"there is no column {', '.join(map(repr, missing))}", hint))
    unknown = sorted(present - set(columns))
    if unknown:
        said = f"columns not used: {', '.join(unknown)}"
        problems.append(Problem(str(path), 1, 0, said, f"known are {', '.join(columns)}", "notice"))
    if not lines and not problems:
        problems.append(Problem(str(path), 1, 0, "the table has no rows"))
    return lines, problems


def _csv_lines(path: Path, text: str) -> tuple[list[Line], list[Problem]]:
    table = read_csv(text, shown=str(path), known={*CODING_COLUMNS, *DONE_COLUMNS})
    return [Line(str(path), line, cells) for line, cells in table.rows], list(table.problems)


def _sheet_lines(path: Path) -> tuple[list[Line], list[Problem]]:
    known = {*CODING_COLUMNS, *DONE_COLUMNS}
    with open_binary(path) as stream:
        sheet = open_sheet(stream, shown=str(path))
        columns = [name.lower() if name.lower() in known else name for name in sheet.columns]
        lines = [Line(str(path), line, _filled(columns, cells, sheet.unnamed)) for line, cells in sheet.rows()]
    return lines, [Problem(str(path), 0, 0, said, "", "notice") for said in sheet.notices]


def _filled(columns: Sequence[str], cells: Sequence[str], unnamed: Collection[int]) -> dict[str, str]:
    """Return the cells of a row by column, blank ones of columns without a name left out."""
    rows = enumerate(zip(columns, cells, strict=True))
    return {name: cell for position, (name, cell) in rows if cell or position not in unnamed}


def _json_lines(path: Path, text: str) -> tuple[list[Line], list[Problem]]:
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, raw in enumerate(text.split("\n"), 1):
        if not raw.strip():
            continue
        try:
            cells = json.loads(raw)
            json.dumps(cells, ensure_ascii=False).encode()  # half a surrogate pair is JSON, but no text
        except (ValueError, RecursionError) as error:
            problems.append(
                Problem(str(path), number, 0, f"not JSON: {getattr(error, 'msg', error)}", "one object a line")
            )
            continue
        if not isinstance(cells, dict):
            problems.append(Problem(str(path), number, 0, "not a JSON object", "one object a line"))
            continue
        lines.append(Line(str(path), number, {key.strip().lower(): _cell(value) for key, value in cells.items()}))
    return lines, problems


def _cell(value: Any) -> str:
    return "" if value is None else ";".join(map(str, value)) if isinstance(value, list) else str(value)


def place_rows(study: Study, path: Path, *, coder: str | None, skip: bool = False) -> tuple[list[Event], Placed]:
    """Anchor every row of a table of codings; with any problem there are no events, unless ``skip``."""
    needed = ["transcript", "code"] + ([] if coder or study.settings.coder else ["coder"])
    lines, said = read_rows(path, columns=CODING_COLUMNS, needed=needed)
    problems = [problem for problem in said if problem.level == "error"]
    notices = [problem for problem in said if problem.level == "notice"]
    known = dict(standing(study.codings))
    events: list[Event] = []
    already, coders = 0, dict[str, int]()
    for line in lines if not problems else ():
        try:
            decision = _decision(study, line, coder)
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
    if problems and not skip:
        events, coders = [], {}
    return events, Placed(sum(coders.values()), already, tuple(problems), tuple(notices), coders)


def _decision(study: Study, line: Line, coder: str | None) -> Decision:
    transcript = chosen_transcript(study, line.cells.get("transcript", "").strip())
    code = chosen_code(study.book, line.cells.get("code", "").strip())
    who = deciding_coder(study, line.cells.get("coder", "").strip() or coder, verb="code")
    wanted = Wanted(line.cells.get("quote", ""), **{key: _number(line, key) for key in _NUMBERS})
    span = place(transcript, wanted, short=study.short)
    return Decision(transcript, span, code, who, Origin(source=f"{Path(line.path).name}:{line.number}"))


def _number(line: Line, key: str) -> int | None:
    text = line.cells.get(key, "").strip().removesuffix(".0")
    if not text:
        return None
    if not text.isdecimal() or len(text) > _DIGITS:
        raise Refused(f"{key} '{text}' is not a whole number")
    return int(text)


def _events(study: Study, decision: Decision, memo: str) -> Iterator[Event]:
    event = decision_event(decision, study.book)
    yield event
    if memo.strip():
        yield memo_event(event, memo)
