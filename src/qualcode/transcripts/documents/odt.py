"""OpenDocument texts: paragraphs, lists and tables in order, with tracked insertions and without deletions.

Notes, comments, text boxes, page headers and footers, and hidden text are asides. Picture descriptions and the
templates of indexes are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from qualcode.errors import OperationError
from qualcode.transcripts.documents.document_parts import (
    READING,
    DocumentPart,
    DocumentRow,
    Styles,
    TextRun,
    TextStyle,
    build_aside,
    build_paragraph,
    build_row,
    build_run,
    flatten_parts,
    format_aside,
    resolve_style,
)
from qualcode.transcripts.documents.turns_from_paragraphs import build_draft_from_parts
from qualcode.transcripts.documents.zip_xml import ArchiveFormat, parse_xml, unpack_members
from qualcode.transcripts.draft import Draft, ReadOptions, limit_lines

_FORMAT = ArchiveFormat("OpenDocument text", "LibreOffice", ".odt")
_MEMBERS = re.compile(r"content\.xml|styles\.xml|META-INF/manifest\.xml")
_NAMESPACES = "urn:oasis:names:tc:opendocument:xmlns:"
_FO = f"{{{_NAMESPACES}xsl-fo-compatible:1.0}}"
_STYLE = f"{{{_NAMESPACES}style:1.0}}"
_TEXT = f"{{{_NAMESPACES}text:1.0}}"
# "tracked-changes" has the deleted words; inserted ones are in the text.
_DROPPED = frozenset(
    "tracked-changes title desc script forms sequence-decls variable-decls user-field-decls dde-connection-decls "
    "table-of-content-source illustration-index-source table-index-source object-index-source user-index-source "
    "alphabetical-index-source bibliography-source note-citation event-listeners glue-point".split()
)
_HEADERS_AND_FOOTERS = {"header": "page header", "footer": "page foot"}
_BOXES = frozenset({"frame", "custom-shape", "g", "rect", "ellipse", "line", "connector", "caption"})
_HIDDEN = frozenset({"hidden-text", "hidden-paragraph"})
_SPACES = re.compile(r"[ \t\r\n]+")
_MAX_SPACES = 1000
"""Limit of the spaces that one element represents, since it can name any number."""


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of an OpenDocument text.

    Raises
    ------
    OperationError
        The file is damaged, protected, too large, or not an OpenDocument text.
    """
    members = unpack_members(content, path=options.path, file_format=_FORMAT, pattern=_MEMBERS)
    # OpenDocument encrypts the content of members, which only the manifest shows.
    if b"encryption-data" in members.pop("META-INF/manifest.xml", b""):
        raise OperationError(
            f"{options.path}: protected with a password: open it with its password and save it without one"
        )
    roots = {name: parse_xml(raw, path=options.path, name=name, file_format=_FORMAT) for name, raw in members.items()}
    body = roots["content.xml"].find("{*}body/{*}text") if "content.xml" in roots else None
    if body is None:
        raise OperationError(
            f"{options.path}: damaged, or not an OpenDocument text (no document body): save it again as .odt"
        )
    reader = _OdtReader({key: style for root in roots.values() for key, style in _styles(root)})
    return build_draft_from_parts(
        limit_lines(reader.parts(body), options.path),
        options=options,
        headers_and_footers=_headers_and_footers(roots, reader),
    )


def _styles(root: Any) -> Iterator[tuple[str, tuple[TextStyle, str]]]:
    for style in root.iter(f"{_STYLE}style"):
        properties = style.find(f"{_STYLE}text-properties")
        own = TextStyle() if properties is None else TextStyle(_is_bold(properties), _is_hidden(properties))
        parent = style.get(f"{_STYLE}parent-style-name", "")
        family = style.get(f"{_STYLE}family", "")
        yield _key(family, style.get(f"{_STYLE}name", "")), (own, _key(family, parent) if parent else "")


def _key(family: str, name: str) -> str:
    """Return the key of a style: paragraphs and spans may have styles of the same name."""
    return f"{family} {name}"


def _is_bold(properties: Any) -> bool | None:
    weight = properties.get(f"{_FO}font-weight")
    return None if weight is None else weight == "bold" or (weight.isdecimal() and int(weight[:4]) >= 600)


def _is_hidden(properties: Any) -> bool | None:
    display = properties.get(f"{_TEXT}display")
    return None if display is None else display == "none"


def _headers_and_footers(roots: Mapping[str, Any], reader: _OdtReader) -> list[str]:
    """Return the words of page headers and footers, which are in the styles; there may be several of each."""
    masters = roots["styles.xml"].iter(f"{_STYLE}master-page") if "styles.xml" in roots else ()
    return [
        format_aside(_HEADERS_AND_FOOTERS[kind], text)
        for master in masters
        for edge in master.iterchildren("*")
        # header-left, footer-first: the first six letters are the kind.
        if (kind := _name(edge)[:6]) in _HEADERS_AND_FOOTERS and (text := flatten_parts(reader.parts(edge)))
    ]


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


class _OdtReader:
    """Reads elements, with the styles of the document and a count of its tables."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self._tables = count(1)

    def parts(self, body: Any) -> Iterator[DocumentPart]:
        """Yield paragraphs and table rows in order, also those inside other elements."""
        for element in body.iterchildren("*"):
            name = _name(element)
            if name in {"p", "h"}:
                yield build_paragraph(
                    self._paragraph_runs(element, self._element_style(element, "paragraph", TextStyle()))
                )
            elif name == "table":
                yield from self._rows(element)
            elif name in _BOXES:  # anchored to the page, not to a paragraph
                yield build_paragraph([build_aside("text box", self.parts(element))])
            elif name == "annotation":
                yield build_paragraph([self._comment(element)])
            elif name not in _DROPPED:
                yield from self.parts(element)

    def _rows(self, table: Any) -> Iterator[DocumentRow]:
        number = next(self._tables)
        for row in table.iter(f"{{{_NAMESPACES}table:1.0}}table-row"):
            # `iter` also finds rows of tables inside cells, which are text of their cell.
            if next(row.iterancestors(table.tag)) is table:
                # Cells covered by a merged one are kept, so that columns stay aligned.
                cells = row.iterchildren("{*}table-cell", "{*}covered-table-cell")
                yield build_row((list(self.parts(cell)) for cell in cells), number)

    def _element_style(self, element: Any, family: str, parent: TextStyle) -> TextStyle:
        return resolve_style(_key(family, element.get(f"{_TEXT}style-name", "")), self.styles).with_defaults(parent)

    def _paragraph_runs(self, element: Any, style: TextStyle) -> Iterator[TextRun]:
        """Yield the runs of a paragraph without the spaces at its beginning, which are not part of it."""
        has_begun = False
        for run in self._runs(element, style):
            yield run if has_begun or run.aside else replace(run, text=run.text.lstrip(" "))
            has_begun = has_begun or (not run.aside and run.text.strip(" ") != "")

    def _runs(self, element: Any, style: TextStyle) -> Iterator[TextRun]:
        yield _text(element.text, style)
        for child in element.iterchildren("*"):
            yield from self._child_runs(child, style)
            yield _text(child.tail, style)

    def _child_runs(self, child: Any, style: TextStyle) -> Iterator[TextRun]:
        name = _name(child)
        if name in {"s", "tab", "line-break"}:
            yield build_run(_white_space(child, name), style)
        elif name == "span":
            yield from self._runs(child, self._element_style(child, "text", style))
        elif name == "note":
            kind = "endnote" if child.get(f"{_TEXT}note-class") == "endnote" else "footnote"
            yield build_aside(kind, self.parts(child))
        elif name == "annotation":
            yield self._comment(child)
        elif name in _HIDDEN:
            yield from self._runs(child, TextStyle(hidden=True).with_defaults(style))
            # Hidden text has its words in an attribute.
            yield build_run(child.get(f"{_TEXT}string-value", ""), TextStyle(hidden=True))
        elif name == "ruby-text":
            yield build_aside(READING, [build_paragraph(self._runs(child, style))])
        elif name in _BOXES:
            yield build_aside("text box", self.parts(child))
        elif name not in _DROPPED:
            yield from self._runs(child, style)

    def _comment(self, annotation: Any) -> TextRun:
        """Return the words of a comment; its author and date are in elements that are not read."""
        return build_aside("comment", self.parts(annotation))


def _text(text: str | None, style: TextStyle) -> TextRun:
    return build_run(_SPACES.sub(" ", text or ""), style)


def _white_space(element: Any, name: str) -> str:
    if name != "s":
        return "\t" if name == "tab" else "\n"
    count_text = element.get(f"{_TEXT}c", "1")
    return " " * (min(int(count_text[:9]), _MAX_SPACES) if count_text.isdecimal() else 1)
