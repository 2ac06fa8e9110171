"""The codebook as the appendix of a paper: a table for each family, in Word or Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qualcode.export.codebook.codebook_rows import Counts, format_example
from qualcode.export.codebook.word_document import Cell, Paragraph, Run, Table, WordDocument
from qualcode.model import Code, Codebook, Theme

_TEXT, _NUMBER = "TableText", "TableNumber"
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|#])")


@dataclass(frozen=True)
class Appendix:
    """What the appendix shows: the codebook, sentences above it, counts if there are any, and how many examples."""

    title: str
    book: Codebook
    lead: Sequence[str] = ()
    counts: Counts | None = None
    max_examples: int | None = None
    language: str = "en"

    def examples_of(self, code: Code) -> list[str]:
        """Return the examples to show, with their transcripts."""
        return [format_example(example) for example in code.examples[: self.max_examples]]

    def count(self, name: str, column: str) -> str:
        """Return a number of a code or theme, or a dash where it was not counted."""
        numbers = (self.counts or {}).get(name)
        return f"{numbers[column]:,}" if numbers else "–"


def write_word(appendix: Appendix) -> bytes:
    """Return the appendix as the bytes of a .docx file."""
    document = WordDocument(appendix.title, appendix.language)
    document.parts.append(Paragraph([Run(appendix.title)], "Title"))
    document.parts += [Paragraph([Run(text, grey=True)], "Lead") for text in appendix.lead]
    book = appendix.book
    for family in book.families:
        codes = [code for code in book.codes if code.family == family.id]
        document.parts.append(Paragraph([Run(f"{family.name} "), Run(family.id, grey=True)], "Heading1"))
        if family.definition:
            document.parts.append(Paragraph([Run(family.definition)], "Lead"))
        if codes:
            document.parts.append(_code_table(appendix, codes, colour=family.colour))
    if book.themes:
        document.parts.append(Paragraph([Run("Themes")], "Heading1"))
        document.parts.append(_theme_table(appendix))
    return document.to_bytes()


def _code_table(appendix: Appendix, codes: Sequence[Code], *, colour: str) -> Table:
    has_examples = appendix.max_examples != 0 and any(code.examples for code in codes)
    headings, widths = ["Code", "Definition"], [17, 50]
    if has_examples:
        headings, widths = [*headings, "Examples"], [*widths, 33]
    rows: list[list[Cell]] = []
    for code in codes:
        row: list[Cell] = [_name_cell(code), _definition_cell(code)]
        row += [[Paragraph([Run(text)], _TEXT) for text in appendix.examples_of(code)]] if has_examples else []
        rows.append(row)
    return _add_counts(appendix, Table(headings, widths, rows, colour=colour), [code.id for code in codes])


def _theme_table(appendix: Appendix) -> Table:
    themes = appendix.book.themes
    rows: list[list[Cell]] = [
        [
            [Paragraph([Run(theme.name, bold=True)], _TEXT), Paragraph([Run(theme.id, grey=True)], _TEXT)],
            [Paragraph([Run(theme.definition)], _TEXT)] if theme.definition else [],
            [Paragraph([Run(_member_names(appendix.book, theme))], _TEXT)],
        ]
        for theme in themes
    ]
    table = Table(["Theme", "Definition", "Codes"], [17, 40, 43], rows)
    return _add_counts(appendix, table, [theme.id for theme in themes])


def _add_counts(appendix: Appendix, table: Table, ids: Sequence[str]) -> Table:
    """Return a table with the columns of counts, if there are any."""
    if appendix.counts is None:
        return table
    rows = [
        [*row, *([Paragraph([Run(appendix.count(name, column))], _NUMBER)] for column in ("codings", "transcripts"))]
        for name, row in zip(ids, table.rows, strict=True)
    ]
    at = len(table.headings)
    headings = [*table.headings, "Codings", "Transcripts"]
    return Table(headings, [*table.widths, 9, 11], rows, (at, at + 1), table.colour)


def _name_cell(code: Code) -> Cell:
    name = [Run(code.name, bold=True)] + ([Run(f" (retired {code.retired})", italic=True)] if code.retired else [])
    return [Paragraph(name, _TEXT, code.depth), Paragraph([Run(code.id, grey=True)], _TEXT, code.depth)]


def _definition_cell(code: Code) -> Cell:
    parts = [("", code.definition), ("Include: ", code.include), ("Exclude: ", code.exclude)]
    return [Paragraph([*([Run(label, bold=True)] if label else []), Run(text)], _TEXT) for label, text in parts if text]


def _member_names(book: Codebook, theme: Theme) -> str:
    return "; ".join(book.by_id[member].name if member in book.by_id else member for member in theme.members)


def write_markdown(appendix: Appendix) -> str:
    """Return the appendix as Markdown: a heading for each family and code."""
    return "\n".join(_list_lines(appendix)) + "\n"


def _list_lines(appendix: Appendix) -> Iterator[str]:
    yield f"# {_escape(appendix.title)}"
    for text in appendix.lead:
        yield from ("", _escape(text))
    for family in appendix.book.families:
        yield from ("", f"## {_escape(family.name)} ({_quote_id(family.id)})")
        yield from (("", _escape(family.definition)) if family.definition else ())
        for code in appendix.book.codes:
            if code.family == family.id:
                yield from _code_lines(appendix, code)
    if appendix.book.themes:
        yield from ("", "## Themes")
    for theme in appendix.book.themes:
        yield from ("", f"### {_escape(theme.name)} ({_quote_id(theme.id)})", "")
        yield from ((_escape(theme.definition), "") if theme.definition else ())
        yield f"Codes: {_escape(_member_names(appendix.book, theme))}"
        yield from _count_lines(appendix, theme.id)


def _code_lines(appendix: Appendix, code: Code) -> Iterator[str]:
    level = "#" * min(6, 3 + code.depth)
    yield from ("", f"{level} {_escape(code.marked_name)} ({_quote_id(code.id)})")
    yield from (("", _escape(code.definition)) if code.definition else ())
    for label, text in (("Include", code.include), ("Exclude", code.exclude)):
        yield from (("", f"**{label}:** {_escape(text)}") if text else ())
    examples = appendix.examples_of(code)
    yield from ([""] if examples else [])
    yield from (f"- {_escape(text)}" for text in examples)
    yield from _count_lines(appendix, code.id)


def _count_lines(appendix: Appendix, name: str) -> Iterator[str]:
    if appendix.counts is not None:
        numbers = f"{appendix.count(name, 'codings')} codings in {appendix.count(name, 'transcripts')} transcripts"
        yield from ("", f"*{numbers}*")


def _escape(text: str) -> str:
    """Return a text that Markdown shows as it is."""
    return _MARKDOWN.sub(r"\\\1", text)


def _quote_id(name: str) -> str:
    return f"`{name}`"
