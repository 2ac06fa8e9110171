"""The cases of a study and their attributes, from ``cases.csv`` or another table of that name."""

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
    """Read cases: a column ``case``, one column an attribute, and if wanted ``transcripts`` and ``speakers``.

    Both list ids or labels with ``;`` between. Without transcripts a case has the one of its own name; speakers say
    who of a transcript is this case, where it has several. Of CSV, comma, semicolon and tab are understood.
    """
    csv = path.suffix.lower() == ".csv"
    table = (
        read_csv(read_text(path).text, display_path=display_path, known_columns=_COLUMNS)
        if csv
        else _sheet(path, display_path)
    )
    if "case" not in table.columns:
        broken = table.problems and not table.columns
        return [], [*([] if broken else [_missing_case_column(table.columns, display_path)]), *table.problems]
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


def _sheet(path: Path, shown: str) -> CsvTable:
    """Return the rows of a workbook or Parquet file as those of a CSV table; what has no column's name is left out."""
    with open_binary(path) as stream:
        sheet = open_table_stream(stream, display_path=shown)
        names = [name.lower() if name.lower() in _COLUMNS else name for name in sheet.columns]
        named = [position for position in range(len(names)) if position not in sheet.unnamed_positions]
        rows = [(line, {names[position]: cells[position] for position in named}) for line, cells in sheet.rows()]
    notices = [Problem(shown, 0, 0, notice, "", "notice") for notice in sheet.notices]
    return CsvTable(tuple(names[position] for position in named), tuple(rows), tuple(notices))


def _missing_case_column(columns: Sequence[str], shown: str) -> Problem:
    if not columns:
        return Problem(shown, 1, 1, "the file is empty", "its first line names the columns: case, ...")
    hint = did_you_mean("case", columns) or f"found: {', '.join(columns)}"
    return Problem(shown, 1, 1, "there is no column 'case'", hint)


def _case(cells: Mapping[str, str]) -> Case:
    """Return the case of a row; its name may be missing."""
    values = {column: cell.strip() for column, cell in cells.items()}
    name = values.pop("case")
    ids = _split_list(values.pop("transcripts", "")) or (normalize("NFC", name),)
    speakers = _split_list(values.pop("speakers", ""))
    return Case(name, values, ids, speakers)


def _split_list(cell: str) -> tuple[str, ...]:
    """Return the names in a cell, composed as ids of transcripts are."""
    return tuple(dict.fromkeys(normalize("NFC", one) for one in re.split(r"\s*[;|]\s*", cell) if one))


def join_cases(
    listed: Sequence[Case], brought: Iterable[tuple[Case, str]], *, table_path: str, transcript_ids: Collection[str]
) -> tuple[list[Case], list[Problem]]:
    """Join the cases that sources bring (each with the source's path) with those of the table of cases.

    A case that the table has gets the other's attributes and transcripts; where both say something, the table counts,
    with a notice. A row whose transcript the table gives to another case brings none. A case that lists no transcripts
    keeps the one of its own name where that is ``there``.
    """
    cases = {case.id: case for case in listed}
    told = frozenset(cases)
    given = {name: case.id for case in listed for name in case.transcripts}
    problems: list[Problem] = []
    for case, path in brought:
        owner = next((given[name] for name in case.transcripts if name in given), case.id)
        held = cases.get(owner)
        if held is None:
            cases[owner] = case
        else:
            problems += _conflicts(held, case, table_path if owner in told else path, path)
            cases[owner] = _merge_case(held, case, transcript_ids)
    return list(cases.values()), problems


def _merge_case(held: Case, other: Case, there: Collection[str]) -> Case:
    said = {name: value for name, value in held.attributes.items() if value}
    by_name = held.transcripts == (normalize("NFC", held.id),)
    known = () if by_name and held.transcripts[0] not in there else held.transcripts
    names = dict.fromkeys((*known, *other.transcripts))
    return replace(held, attributes={**held.attributes, **other.attributes, **said}, transcripts=tuple(names))


def _conflicts(held: Case, other: Case, shown: str, path: str) -> Iterable[Problem]:
    for name, value in other.attributes.items():
        before = held.attributes.get(name, "")
        if value and before and before != value:
            said = f"case '{held.id}': '{name}' is '{before}' here and '{value}' in {path}"
            yield Problem(shown, 0, 0, said, "the first counts", "notice")
