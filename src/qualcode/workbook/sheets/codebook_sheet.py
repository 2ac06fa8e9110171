"""The sheet "Codebook"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from qualcode.model import Code, Codebook, Example, Theme
from qualcode.workbook.sheet_layout import CellValue, Column, SheetWriter, cell_range
from qualcode.workbook.sheet_tables import finish_table
from qualcode.workbook.styles import (
    BLANK,
    BOLD,
    CAPTION,
    COUNT,
    HEAD_INDENTED,
    HEAD_RIGHT,
    HEADING,
    PLAIN,
    TEXT,
    TEXT_INDENTED,
    Style,
    derive_style,
    lined,
    swatch,
)
from qualcode.workbook.workbook_content import WorkbookContent
from qualcode.workbook.workbook_draft import WorkbookDraft

_CODEBOOK = (
    Column("Colour", 8),
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


def write_codebook_sheet(draft: WorkbookDraft, content: WorkbookContent) -> None:
    """Write one row for each family and code, then one for each theme with its members."""
    sheet = draft.open_sheet("Codebook", widths=[column.width for column in _CODEBOOK], freeze="E2")
    head = sheet.append_header(_CODEBOOK)
    for values, styles in _codebook_rows(content.codebook):
        sheet.append(values, [lined(style) for style in styles])
    finish_table(sheet, "Codebook", head, labels=4)
    _write_themes(sheet, content.codebook)
    sheet.worksheet.print_area = cell_range((1, 1), (sheet.row_count, len(_CODEBOOK)))


def _write_themes(sheet: SheetWriter, book: Codebook) -> None:
    sheet.append_blank()
    sheet.append(["Themes"], HEADING)
    if not book.themes:
        sheet.append(["The codebook has no themes."], CAPTION)
        return
    sheet.append([column.title for column in _THEMES], [column.header_style for column in _THEMES])
    for theme in book.themes:
        values = [None, "theme", theme.id, theme.name, theme.definition, _members(theme, book)]
        sheet.append(values, [lined(style) for style in (swatch(theme.colour), PLAIN, TEXT, BOLD, TEXT, TEXT)])


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
