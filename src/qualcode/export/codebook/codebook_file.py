"""The codebook of a study written as .docx, .csv or .md, with counts of a coder's codings if asked."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualcode.errors import UsageError, format_count
from qualcode.export.codebook.codebook_document import Appendix, write_markdown, write_word
from qualcode.export.codebook.codebook_rows import CODEBOOK_EXPORT_COLUMNS, COUNT_COLUMNS, codebook_rows
from qualcode.files import guard_cell, remove_forbidden_characters, write_atomically
from qualcode.listings.counted_incidences import build_incidence_set, scope_notes
from qualcode.study.selection import AnalysisOptions
from qualcode.study.study import Study

SUFFIXES = (".docx", ".csv", ".md")


@dataclass(frozen=True)
class CodebookExport:
    """How a codebook is written."""

    has_counts: bool = False
    coder: str | None = None
    max_examples: int | None = None
    csv_safe: bool = False


def write_codebook(study: Study, path: Path, export: CodebookExport) -> list[str]:
    """Write the codebook into a file in the format of its suffix, and return notes.

    Raises
    ------
    UsageError
        If the suffix is not that of a format.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(f"{path}: the file name of a codebook must end in .docx, .md or .csv")
    book = study.codebook
    counts, notes = _count_codings(study, export.coder) if export.has_counts or export.coder else (None, [])
    if suffix == ".csv":
        rows = list(codebook_rows(book, counts))
        columns = [*CODEBOOK_EXPORT_COLUMNS, *(COUNT_COLUMNS if counts is not None else ())]
        write_atomically(path, _format_csv(rows, columns, is_safe=export.csv_safe))
        return [f"{path}: {format_count(len(rows), 'row')}", *notes]
    lead = [_describe_codebook(study), *(f"Counts: {note}." for note in notes)]
    title = f"Codebook: {study.name}"
    appendix = Appendix(title, book, lead, counts, export.max_examples, study.settings.language)
    removed = _count_forbidden(codebook_rows(book), title)
    write_atomically(path, write_word(appendix) if suffix == ".docx" else write_markdown(appendix))
    left_out = f"left out {format_count(removed, 'control character')}, which such files cannot hold"
    return [
        f"{path}: {format_count(len(book.codes), 'code')}",
        *notes,
        *([left_out] if removed and suffix == ".docx" else []),
    ]


def _describe_codebook(study: Study) -> str:
    book = study.codebook
    families = "1 family" if len(book.families) == 1 else f"{len(book.families)} families"
    return f"{format_count(len(book.codes), 'code')} in {families}; version {book.version} of the codebook."


def _count_codings(study: Study, coder: str | None) -> tuple[Mapping[str, Mapping[str, Any]], list[str]]:
    """Return codings and transcripts of each code, family and theme, and notes on what was counted."""
    from qualcode.tables import list_records, theme_table

    counted = build_incidence_set(study, AnalysisOptions(coder=coder))
    table = theme_table(counted.incidences, counted.code_sets, counted.group_masks, counted.group_attributes)
    counts = {row["code"]: {name: row[name] for name in COUNT_COLUMNS} for row in list_records(table)}
    return counts, scope_notes(counted)


def _format_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], *, is_safe: bool) -> str:
    stream = io.StringIO()
    # In quotation marks, a semicolon does not end a cell where spreadsheets separate cells by semicolons.
    writer = csv.writer(stream, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC if is_safe else csv.QUOTE_MINIMAL)
    writer.writerow(columns)
    for row in rows:
        cells = [row[name] for name in columns]
        writer.writerow([guard_cell(cell) if is_safe and isinstance(cell, str) else cell for cell in cells])
    return stream.getvalue()


def _count_forbidden(rows: Any, title: str) -> int:
    texts = [title, *(str(value) for row in rows for value in row.values())]
    return sum(remove_forbidden_characters(text)[1] for text in texts)
