"""Quotes with their citations by code, to paste into a paper: in Markdown or Word."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from qualcode.errors import UsageError, format_count
from qualcode.export.codebook.word_document import Paragraph, Run, WordDocument
from qualcode.export.markdown_text import enclose_quote, escape_markdown, quotation_lines
from qualcode.files import write_atomically
from qualcode.listings.quotes.quote_rows import SEPARATOR, Quotes
from qualcode.study.study import Study

_Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Group:
    """Quotes with the same code, or of passages with the same codes."""

    codes: tuple[str, ...]
    name: str
    rows: Sequence[_Row]


@dataclass(frozen=True)
class _Document:
    title: str
    language: str
    groups: Sequence[_Group]
    notes: Sequence[str]
    has_coders: bool
    """Whether citations name the coder, since there are several."""

    @property
    def summary(self) -> str:
        """How many quotes it has."""
        return format_count(sum(len(group.rows) for group in self.groups), "quote")

    def cite(self, row: _Row) -> str:
        """Return the line below a quote."""
        coder = f"; coder {row['coder']}" if self.has_coders else ""
        changed = "; text changed since it was coded" if "changed" in row["status"].split(SEPARATOR) else ""
        return f"— {row['citation']}{coder}{changed}"


def write_quote_document(study: Study, quotes: Quotes, path: Path) -> None:
    """Write quotes as a document, whose suffix is .md or .docx.

    Raises
    ------
    UsageError
        If it has another suffix.
    """
    suffix = path.suffix.lower()
    if suffix not in {".md", ".docx"}:
        raise UsageError(f"{path}: end the name in .md (Markdown) or .docx (Word)")
    document = _make_document(study, quotes)
    content = _make_word(document) if suffix == ".docx" else _make_markdown(document).encode()
    write_atomically(path, content)


def _make_document(study: Study, quotes: Quotes) -> _Document:
    book = study.codebook
    position = {code: number for number, code in enumerate(book.by_id)}
    by_codes: dict[tuple[str, ...], list[_Row]] = {}
    for row in quotes.rows:
        codes = sorted(row["code"].split(SEPARATOR), key=lambda code: position.get(code, len(position)))
        by_codes.setdefault(tuple(codes), []).append(row)
    groups = [
        _Group(codes, " + ".join(book.by_id[code].name for code in codes), by_codes[codes])
        for codes in sorted(by_codes, key=lambda codes: [position[code] for code in codes])
    ]
    coders = {row["coder"] for row in quotes.rows}
    title = f"Quotes: {study.settings.name}" if study.settings.name else "Quotes"
    return _Document(title, study.settings.language, groups, quotes.notes, len(coders) > 1)


def _make_markdown(document: _Document) -> str:
    return "\n".join(_list_lines(document)) + "\n"


def _list_lines(document: _Document) -> Iterator[str]:
    yield from (f"# {escape_markdown(document.title)}", "", f"{document.summary}.", "")
    yield from (f"- {escape_markdown(note)}" for note in document.notes)
    for group in document.groups:
        codes = ", ".join(f"`{code}`" for code in group.codes)
        yield from ("", f"## {escape_markdown(group.name)} ({codes})")
        for row in group.rows:
            paragraphs = [escape_markdown(text) for text in enclose_quote(row["quote"])]
            memo = [f"Memo: {row['memo']}"] if row["memo"] else []
            yield ""
            yield from quotation_lines([*paragraphs, escape_markdown(document.cite(row)), *memo])


def _make_word(document: _Document) -> bytes:
    word = WordDocument(document.title, document.language, is_portrait=True)
    word.parts.append(Paragraph([Run(document.title)], "Title"))
    word.parts += [Paragraph([Run(text, grey=True)], "Lead") for text in (f"{document.summary}.", *document.notes)]
    for group in document.groups:
        heading = [Run(f"{group.name} "), Run(", ".join(group.codes), grey=True)]
        word.parts.append(Paragraph(heading, "Heading1"))
        for row in group.rows:
            word.parts += [Paragraph([Run(text)], "Quote") for text in enclose_quote(row["quote"])]
            word.parts.append(Paragraph([Run(document.cite(row), grey=True)], "Citation"))
            # Word shows the text of a memo, not its Markdown.
            memo = f"Memo: {row['memo']}".splitlines() if row["memo"] else []
            word.parts += [Paragraph([Run(line, italic=True)], "Citation") for line in memo]
    return word.to_bytes()
