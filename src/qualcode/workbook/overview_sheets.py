"""The sheets "Overview" and "Codebook", which explain what the numbers count."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openpyxl import Workbook

from qualcode.model import Code, Codebook, Example, Theme
from qualcode.workbook.count_captions import format_count
from qualcode.workbook.safe_text import CleaningCounts, TextCleaner
from qualcode.workbook.sheet_layout import CellValue, Column, SheetWriter, cell_range
from qualcode.workbook.styles import (
    BLANK,
    BOLD,
    CAPTION,
    COUNT,
    COUNT_LEFT,
    HEAD_INDENTED,
    HEAD_RIGHT,
    HEADING,
    PLAIN,
    TEXT,
    TEXT_INDENTED,
    TITLE,
    Style,
    derive_style,
    swatch,
)
from qualcode.workbook.workbook_content import WorkbookContent

_CODEBOOK = (
    Column("", 3),
    Column("Level", 8),
    Column("Id", 26),
    Column("Name", 24),
    Column("Definition", 38),
    Column("Include", 44),
    Column("Exclude", 44),
    Column("Examples", 48),
    Column("Counterexamples (with reason)", 44),
    Column("Cues", 7, COUNT, HEAD_RIGHT),
    Column("Former ids", 20, TEXT_INDENTED, HEAD_INDENTED),
)
_THEMES = (*_CODEBOOK[:5], Column("Members (the theme occurs where any member does)", 44))


def open_overview_sheet(book: Workbook, cleaner: TextCleaner) -> SheetWriter:
    """Create the first sheet; it is filled last, because it lists the changes made to texts of the other sheets."""
    return SheetWriter(book, "Overview", cleaner=cleaner, widths=[34, 96], freeze="A2")


def write_overview_sheet(sheet: SheetWriter, content: WorkbookContent, cleaner: TextCleaner) -> CleaningCounts:
    """Write title and lines, then the changes to texts of the whole workbook, and return how many there were."""
    sheet.worksheet.print_options.gridLines = False
    sheet.append([content.title], TITLE, height=24)
    sheet.append_blank()
    for label, value in content.overview:
        _write_line(sheet, label, value)
    counts = cleaner.counts
    sheet.append_blank()
    for label, value in _cleaning_lines(counts):
        _write_line(sheet, label, value)
    return counts


def _write_line(sheet: SheetWriter, label: str, value: str | int | float) -> None:
    if value == "":
        sheet.append([label] if label else [], HEADING)
    else:
        sheet.append([label, value], [TEXT, COUNT_LEFT if isinstance(value, int) else TEXT])


def _cleaning_lines(counts: CleaningCounts) -> list[tuple[str, str]]:
    formulas, long_texts = (format_count([cells], "cell") for cells in (counts.formulas, counts.truncated))
    removed = format_count([counts.control_characters], "character")
    return [
        ("Changes to texts for Excel", ""),
        ("Texts like formulas", f"{formulas} beginning with = + - or @: stored as text"),
        ("Control characters", f"{removed} that Excel cannot store: removed"),
        ("Long texts", f"{long_texts} over Excel's limit of 32,767 characters: cut and marked"),
    ]


def write_codebook_sheet(book: Workbook, content: WorkbookContent, cleaner: TextCleaner) -> None:
    """Write one row for each family and code, then one for each theme with its members."""
    widths = [column.width for column in _CODEBOOK]
    sheet = SheetWriter(book, "Codebook", cleaner=cleaner, widths=widths, freeze="E2")
    head = sheet.append_header(_CODEBOOK)
    for values, styles in _codebook_rows(content.codebook):
        sheet.append(values, styles)
    sheet.worksheet.auto_filter.ref = cell_range((head, 1), (sheet.row_count, len(_CODEBOOK)))
    sheet.worksheet.print_title_rows = "1:1"
    _write_themes(sheet, content.codebook)


def _write_themes(sheet: SheetWriter, book: Codebook) -> None:
    sheet.append_blank()
    sheet.append(["Themes"], HEADING)
    if not book.themes:
        sheet.append(["The codebook has no themes."], CAPTION)
        return
    sheet.append_header(_THEMES)
    for theme in book.themes:
        values = [None, "theme", theme.id, theme.name, theme.definition, _members(theme, book)]
        sheet.append(values, [swatch(theme.colour), PLAIN, TEXT, BOLD, TEXT, TEXT])


def _members(theme: Theme, book: Codebook) -> str:
    names = {code.id: code.name for code in book.codes}
    return "\n".join(f"{names[code]} ({code})" if names.get(code) else code for code in theme.members)


def _codebook_rows(book: Codebook) -> Iterator[tuple[list[CellValue], list[Style]]]:
    """Yield values and styles of the rows: each family, followed by its codes."""
    known = {family.id: family for family in book.families}
    for family in dict.fromkeys([*known, *(code.family for code in book.codes)]):
        colour = known[family].colour if family in known else ""
        if family in known:
            values = [None, "family", family, known[family].name, known[family].definition]
            yield [*values, *[None] * 6], [swatch(colour), PLAIN, BOLD, BOLD, TEXT, *[BLANK] * 6]
        for code in book.codes:
            if code.family == family:
                yield _code_row(code), _code_styles(code, colour)


def _code_row(code: Code) -> list[CellValue]:
    return [
        None,
        "child" if code.depth else "code",
        code.id,
        code.marked_name,
        code.definition,
        code.include,
        code.exclude,
        _format_examples(code.examples),
        _format_examples(code.counterexamples),
        len(code.cues),
        "\n".join(code.formerly),
    ]


def _code_styles(code: Code, family_colour: str) -> list[Style]:
    name = derive_style(BOLD, bold=not code.depth, indent=code.depth)
    return [swatch(code.colour or family_colour), PLAIN, TEXT, name, *[TEXT] * 5, COUNT, TEXT_INDENTED]


def _format_examples(examples: Sequence[Example]) -> str:
    return "\n".join(_format_example(example) for example in examples)


def _format_example(example: Example) -> str:
    source = f" ({example.transcript})" if example.transcript else ""
    note = f" – {example.note}" if example.note else ""
    return f"“{example.quote}”{source}{note}"
