"""OpenDocument texts: paragraphs, lists and tables in their order, tracked insertions kept, deletions dropped.

Notes, comments, text boxes, page headers and feet, and hidden text are reported beside the turns. Descriptions of
pictures, and the templates that indexes are made from, are no words of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import count
from typing import Any

from qualcode.errors import Refused
from qualcode.transcripts.archives import Shape, parsed, unpacked
from qualcode.transcripts.draft import Draft, Told
from qualcode.transcripts.paragraphs import draft_of
from qualcode.transcripts.parts import (
    Look,
    Part,
    Piece,
    Row,
    Styles,
    beside,
    look_of,
    named,
    paragraph,
    piece,
    row,
    words_of,
)

_SHAPE = Shape("OpenDocument text", "LibreOffice", ".odt")
_WANTED = re.compile(r"content\.xml|styles\.xml|META-INF/manifest\.xml")
_NAMESPACES = "urn:oasis:names:tc:opendocument:xmlns:"
_FO = f"{{{_NAMESPACES}xsl-fo-compatible:1.0}}"
_STYLE = f"{{{_NAMESPACES}style:1.0}}"
_TEXT = f"{{{_NAMESPACES}text:1.0}}"
_DROPPED = frozenset(
    "tracked-changes title desc script forms sequence-decls variable-decls user-field-decls dde-connection-decls "
    "table-of-content-source illustration-index-source table-index-source object-index-source user-index-source "
    "alphabetical-index-source bibliography-source note-citation event-listeners glue-point".split()
)
_EDGES = {"header": "page header", "footer": "page foot"}
_BOXES = frozenset({"frame", "custom-shape", "g", "rect", "ellipse", "line", "connector", "caption"})
_HIDDEN = frozenset({"hidden-text", "hidden-paragraph"})
_SPACES = re.compile(r"[ \t\r\n]+")
_MOST_SPACES = 1000
"""Spaces that one element may stand for; it can name any number."""


def read(content: bytes, told: Told) -> Draft:
    """Read an OpenDocument text; a table with columns for speaker and text is a transcript, else labels are found."""
    members = unpacked(content, path=told.shown, shape=_SHAPE, wanted=_WANTED)
    if b"encryption-data" in members.pop("META-INF/manifest.xml", b""):
        raise Refused(f"{told.shown}: protected with a password: open it with its password and save it without one")
    roots = {name: parsed(raw, path=told.shown, name=name, shape=_SHAPE) for name, raw in members.items()}
    body = roots["content.xml"].find("{*}body/{*}text") if "content.xml" in roots else None
    if body is None:
        raise Refused(f"{told.shown}: damaged, or not an OpenDocument text (it has no text): save it again as .odt")
    walk = _Walk({key: style for root in roots.values() for key, style in _styles(root)})
    return draft_of(list(walk.parts(body)), told=told, edges=_edges(roots, walk))


def _styles(root: Any) -> Iterator[tuple[str, tuple[Look, str]]]:
    for style in root.iter(f"{_STYLE}style"):
        properties = style.find(f"{_STYLE}text-properties")
        look = Look() if properties is None else Look(_bold(properties), _hidden(properties))
        parent = style.get(f"{_STYLE}parent-style-name", "")
        family = style.get(f"{_STYLE}family", "")
        yield _key(family, style.get(f"{_STYLE}name", "")), (look, _key(family, parent) if parent else "")


def _key(family: str, name: str) -> str:
    """Return what tells styles apart: paragraphs and spans may have styles of the same name."""
    return f"{family} {name}"


def _bold(properties: Any) -> bool | None:
    weight = properties.get(f"{_FO}font-weight")
    return None if weight is None else weight == "bold" or (weight.isdecimal() and int(weight[:4]) >= 600)


def _hidden(properties: Any) -> bool | None:
    display = properties.get(f"{_TEXT}display")
    return None if display is None else display == "none"


def _edges(roots: Mapping[str, Any], walk: _Walk) -> list[str]:
    """Return the words of page headers and feet, which stand among the styles; there may be several of each."""
    masters = roots["styles.xml"].iter(f"{_STYLE}master-page") if "styles.xml" in roots else ()
    return [
        named(_EDGES[kind], text)
        for master in masters
        for edge in master.iterchildren("*")
        if (kind := _name(edge)[:6]) in _EDGES and (text := words_of(walk.parts(edge)))
    ]


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


class _Walk:
    """A walk over elements with what it has to know: the source's styles, and how many tables it has met."""

    def __init__(self, styles: Styles) -> None:
        self.styles = styles
        self._tables = count(1)

    def parts(self, body: Any) -> Iterator[Part]:
        """Yield paragraphs and table rows, in order, whatever they are wrapped in."""
        for element in body.iterchildren("*"):
            name = _name(element)
            if name in {"p", "h"}:
                yield paragraph(self._led(element, self._look(element, "paragraph", Look())))
            elif name == "table":
                yield from self._rows(element)
            elif name in _BOXES:  # anchored to the page, so that no paragraph is around it
                yield paragraph([beside("text box", self.parts(element))])
            elif name == "annotation":
                yield paragraph([self._comment(element)])
            elif name not in _DROPPED:
                yield from self.parts(element)

    def _rows(self, table: Any) -> Iterator[Row]:
        number = next(self._tables)
        for found in table.iter(f"{{{_NAMESPACES}table:1.0}}table-row"):
            if next(found.iterancestors(table.tag)) is table:
                cells = found.iterchildren("{*}table-cell", "{*}covered-table-cell")
                yield row((list(self.parts(cell)) for cell in cells), number)

    def _look(self, element: Any, family: str, around: Look) -> Look:
        return look_of(_key(family, element.get(f"{_TEXT}style-name", "")), self.styles).over(around)

    def _led(self, element: Any, look: Look) -> Iterator[Piece]:
        """Yield the pieces of a paragraph without the space that it may begin with, which is no part of it."""
        begun = False
        for one in self._pieces(element, look):
            yield one if begun or one.aside else replace(one, text=one.text.lstrip(" "))
            begun = begun or (not one.aside and one.text.strip(" ") != "")

    def _pieces(self, element: Any, look: Look) -> Iterator[Piece]:
        yield _text(element.text, look)
        for child in element.iterchildren("*"):
            yield from self._of_child(child, look)
            yield _text(child.tail, look)

    def _of_child(self, child: Any, look: Look) -> Iterator[Piece]:
        name = _name(child)
        if name in {"s", "tab", "line-break"}:
            yield piece(_blank(child, name), look)
        elif name == "span":
            yield from self._pieces(child, self._look(child, "text", look))
        elif name == "note":
            kind = "endnote" if child.get(f"{_TEXT}note-class") == "endnote" else "footnote"
            yield beside(kind, self.parts(child))
        elif name == "annotation":
            yield self._comment(child)
        elif name in _HIDDEN:
            yield from self._pieces(child, Look(hidden=True).over(look))
            yield piece(child.get(f"{_TEXT}string-value", ""), Look(hidden=True))
        elif name in _BOXES:
            yield beside("text box", self.parts(child))
        elif name not in _DROPPED:
            yield from self._pieces(child, look)

    def _comment(self, annotation: Any) -> Piece:
        """Return the words of a comment; who made it when stands in elements of its own and is none of them."""
        return beside("comment", self.parts(annotation))


def _text(text: str | None, look: Look) -> Piece:
    return piece(_SPACES.sub(" ", text or ""), look)


def _blank(element: Any, name: str) -> str:
    if name != "s":
        return "\t" if name == "tab" else "\n"
    said = element.get(f"{_TEXT}c", "1")
    return " " * (min(int(said[:9]), _MOST_SPACES) if said.isdecimal() else 1)
