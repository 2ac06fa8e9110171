"""The sheets that say what the numbers are about: Overview and Codebook."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from openpyxl import Workbook

from qualcode.model import Code, Codebook, Example, Theme
from qualcode.workbook.cleaning import Cleaned, Cleaner
from qualcode.workbook.content import Content
from qualcode.workbook.sheet import Column, Sheet, Value, area
from qualcode.workbook.styles import (
    ANSWER,
    BESIDE,
    BLANK,
    BOLD,
    CAPTION,
    COUNT,
    HEAD_BESIDE,
    HEAD_RIGHT,
    HEADING,
    PLAIN,
    TEXT,
    TITLE,
    Style,
    on,
    swatch,
)

_CODEBOOK = (
    Column("", 3),
    Column("Level", 8),
    Column("Id", 26),
    Column("Name", 24),
    Column("Definition", 38),
    Column("Include", 44),
    Column("Exclude", 44),
    Column("Examples", 48),
    Column("Counterexamples, and why not", 44),
    Column("Cues", 7, COUNT, HEAD_RIGHT),
    Column("Former ids", 20, BESIDE, HEAD_BESIDE),
)
_THEMES = (*_CODEBOOK[:5], Column("Members: a theme occurs where any of them does", 44))


def open_overview(book: Workbook, cleaner: Cleaner) -> Sheet:
    """Make the first sheet; it is filled last, since it says what had to be made safe in the others."""
    return Sheet(book, "Overview", cleaner=cleaner, widths=[34, 96], freeze="A2")


def write_overview(sheet: Sheet, content: Content, cleaner: Cleaner) -> Cleaned:
    """Write title and lines, then what was made safe in the whole workbook."""
    sheet.inner.print_options.gridLines = False
    sheet.append([content.title], TITLE, height=24)
    sheet.blank()
    for label, value in content.overview:
        _line(sheet, label, value)
    counts = cleaner.counts
    sheet.blank()
    for label, value in _made_safe(counts):
        _line(sheet, label, value)
    return counts


def _line(sheet: Sheet, label: str, value: str | int | float) -> None:
    if value == "":
        sheet.append([label] if label else [], HEADING)
    else:
        sheet.append([label, value], [TEXT, ANSWER if isinstance(value, int) else TEXT])


def _made_safe(counts: Cleaned) -> list[tuple[str, str | int]]:
    return [
        ("Made safe for Excel", ""),
        (
            "Texts like formulas",
            f"{_many(counts.formulas, 'cell begins', 'cells begin')} with = + - or @: kept as text",
        ),
        (
            "Control characters",
            f"{_many(counts.control_characters, 'character', 'characters')} removed that Excel cannot hold",
        ),
        ("Texts cut", f"{_many(counts.cut, 'cell', 'cells')} held more than 32,767 characters: marked where they end"),
    ]


def _many(number: int, one: str, more: str) -> str:
    return f"{number:,} {one if number == 1 else more}"


def write_codebook(book: Workbook, content: Content, cleaner: Cleaner) -> None:
    """Write a row a family and code, then a row a theme with its members."""
    widths = [column.width for column in _CODEBOOK]
    sheet = Sheet(book, "Codebook", cleaner=cleaner, widths=widths, freeze="E2")
    head = sheet.head(_CODEBOOK)
    for values, styles in _codebook_rows(content.codebook):
        sheet.append(values, styles)
    sheet.inner.auto_filter.ref = area((head, 1), (sheet.rows, len(_CODEBOOK)))
    sheet.inner.print_title_rows = "1:1"
    _write_themes(sheet, content.codebook)


def _write_themes(sheet: Sheet, book: Codebook) -> None:
    sheet.blank()
    sheet.append(["Themes"], HEADING)
    if not book.themes:
        sheet.append(["The codebook has no themes."], CAPTION)
        return
    sheet.head(_THEMES)
    for theme in book.themes:
        values = [None, "theme", theme.id, theme.name, theme.definition, _members(theme, book)]
        sheet.append(values, [swatch(theme.colour), PLAIN, TEXT, BOLD, TEXT, TEXT])


def _members(theme: Theme, book: Codebook) -> str:
    names = (book.by_id[one].name if one in book.by_id else "" for one in theme.members)
    return "\n".join(f"{name} ({one})" if name else one for one, name in zip(theme.members, names, strict=True))


def _codebook_rows(book: Codebook) -> Iterator[tuple[list[Value], list[Style]]]:
    """Yield families with their codes below them."""
    known = {family.id: family for family in book.families}
    for family in dict.fromkeys([*known, *(code.family for code in book.codes)]):
        colour = known[family].colour if family in known else ""
        if family in known:
            values = [None, "family", family, known[family].name, known[family].definition]
            yield [*values, *[None] * 6], [swatch(colour), PLAIN, BOLD, BOLD, TEXT, *[BLANK] * 6]
        for code in book.codes:
            if code.family == family:
                yield _code_row(code), _code_styles(code, colour)


def _code_row(code: Code) -> list[Value]:
    return [
        None,
        "child" if code.depth else "code",
        code.id,
        code.name,
        code.definition,
        code.include,
        code.exclude,
        _quoted(code.examples),
        _quoted(code.counterexamples),
        len(code.cues),
        "\n".join(code.formerly),
    ]


def _code_styles(code: Code, family_colour: str) -> list[Style]:
    name = on(BOLD, bold=not code.depth, indent=code.depth)
    return [swatch(code.colour or family_colour), PLAIN, TEXT, name, *[TEXT] * 5, COUNT, BESIDE]


def _quoted(examples: Sequence[Example]) -> str:
    return "\n".join(_example(example) for example in examples)


def _example(example: Example) -> str:
    source = f" ({example.transcript})" if example.transcript else ""
    note = f" – {example.note}" if example.note else ""
    return f"“{example.quote}”{source}{note}"
