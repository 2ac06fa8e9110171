"""Cases and their attributes, read from the table of cases and joined with those in sources."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from unicodedata import normalize

from qualcode.errors import Problem, did_you_mean
from qualcode.files import CsvTable, open_binary, open_table_stream, read_csv, read_text
from qualcode.model import Case

_COLUMNS = ("case", "transcripts", "speakers")


def read_cases(path: Path, *, display_path: str) -> tuple[list[Case], list[Problem]]:
    """Return the cases of a table and its problems: one row for each case, one column for each attribute.

    The column ``case`` has the ids. The optional columns ``transcripts`` and ``speakers`` list ids or labels separated
    by ``;``. Without transcripts a case has the one of its own name; speakers are those of a transcript who are this
    case, if it has several.

    Raises
    ------
    OperationError
        If the file cannot be read.
    """
    if path.suffix.lower() == ".csv":
        table = read_csv(read_text(path).text, display_path=display_path, known_columns=_COLUMNS)
    else:
        table = _read_sheet(path, display_path)
    if "case" not in table.columns:
        # Without any column there is a problem already; the missing column would be a second message on one fault.
        is_unreadable = table.problems and not table.columns
        return [], [*([] if is_unreadable else [_missing_case_column(table.columns, display_path)]), *table.problems]
    cases: dict[str, Case] = {}
    problems = list(table.problems)
    for line, cells in table.rows:
        case = _case(cells)
        if not case.id:
            problems.append(Problem(display_path, line, 1, "the case has no name"))
        elif case.id in cases:
            problems.append(Problem(display_path, line, 1, f"case '{case.id}' is given twice"))
        else:
            cases[case.id] = case
    return list(cases.values()), sorted(problems)


def _read_sheet(path: Path, display_path: str) -> CsvTable:
    """Return a workbook or Parquet file as a CSV table; columns without a name are left out."""
    with open_binary(path) as stream:
        sheet = open_table_stream(stream, display_path=display_path)
        names = [name.lower() if name.lower() in _COLUMNS else name for name in sheet.columns]
        named = [position for position in range(len(names)) if position not in sheet.unnamed_positions]
        rows = [(line, {names[position]: cells[position] for position in named}) for line, cells in sheet.rows()]
    notices = [Problem(display_path, 0, 0, notice, "", "notice") for notice in sheet.notices]
    return CsvTable(tuple(names[position] for position in named), tuple(rows), tuple(notices))


def _missing_case_column(columns: Sequence[str], path: str) -> Problem:
    if not columns:
        return Problem(path, 1, 1, "the file is empty", "its first line names the columns: case, ...")
    hint = did_you_mean("case", columns) or f"found: {', '.join(columns)}"
    return Problem(path, 1, 1, "there is no column 'case'", hint)


def _case(cells: Mapping[str, str]) -> Case:
    """Return the case of a row; its id may be empty."""
    values = {column: cell.strip() for column, cell in cells.items()}
    name = values.pop("case")
    ids = _split_list(values.pop("transcripts", "")) or (normalize("NFC", name),)
    speakers = _split_list(values.pop("speakers", ""))
    return Case(name, values, ids, speakers)


def _split_list(cell: str) -> tuple[str, ...]:
    """Return the names in a cell, in Unicode form NFC as ids of transcripts are."""
    return tuple(dict.fromkeys(normalize("NFC", name) for name in re.split(r"\s*[;|]\s*", cell) if name))


def join_cases(
    listed: Sequence[Case], brought: Iterable[tuple[Case, str]], *, table_path: str, transcript_ids: Collection[str]
) -> tuple[list[Case], list[Problem]]:
    """Return the cases of the table of cases joined with those of sources (each with its path), and notices.

    A case that is in the table gets the other's attributes and transcripts; if both have a value, that of the table is
    used, with a notice. A case whose transcript the table gives to another case is merged into that one. A case that
    lists no transcripts keeps the one of its own name if it is among ``transcript_ids``.
    """
    cases = {case.id: case for case in listed}
    listed_ids = frozenset(cases)
    owners = {name: case.id for case in listed for name in case.transcripts}
    problems: list[Problem] = []
    for case, path in brought:
        owner = next((owners[name] for name in case.transcripts if name in owners), case.id)
        known = cases.get(owner)
        if known is None:
            cases[owner] = case
        else:
            problems += _conflicts(known, case, table_path if owner in listed_ids else path, path)
            cases[owner] = _merge_case(known, case, transcript_ids)
    return list(cases.values()), problems


def _merge_case(case: Case, other: Case, transcript_ids: Collection[str]) -> Case:
    # Blank cells of the first case do not replace values of the other.
    values = {name: value for name, value in case.attributes.items() if value}
    # A transcript of its own name may only be the default, so it is kept only if it exists.
    has_own_name = case.transcripts == (normalize("NFC", case.id),)
    known = () if has_own_name and case.transcripts[0] not in transcript_ids else case.transcripts
    names = dict.fromkeys((*known, *other.transcripts))
    return replace(case, attributes={**case.attributes, **other.attributes, **values}, transcripts=tuple(names))


def _conflicts(case: Case, other: Case, path: str, other_path: str) -> Iterable[Problem]:
    """Yield a notice on each attribute for which two sources of one case have different values."""
    for name, value in other.attributes.items():
        first = case.attributes.get(name, "")
        if value and first and first != value:
            message = f"case '{case.id}': '{name}' is '{first}' here and '{value}' in {other_path}"
            yield Problem(path, 0, 0, message, "the first value is used", "notice")
