"""Word files: paragraphs and tables in their order, tracked insertions kept, deletions dropped.

Footnotes, endnotes, comments, text boxes, page headers and feet, and hidden text are reported beside the turns.
The instructions of fields, descriptions of pictures and numerals of lists are no words of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from qualcode.errors import Refused
from qualcode.model import Unplaced
from qualcode.transcripts.archives import Shape, parsed, unpacked
from qualcode.transcripts.draft import Draft, Told
from qualcode.transcripts.paragraphs import draft_of
from qualcode.transcripts.parts import (
    Look,
    Paragraph,
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

_SHAPE = Shape("Word file", "Word", ".docx")
_WANTED = re.compile(r"word/(?:document\d*|styles|footnotes|endnotes|comments|header\d*|footer\d*)\.xml")
_MAIN = re.compile(r"word/document\d*\.xml")
_EDGES = {"header": "page header", "footer": "page foot"}
_NOTES = {"footnote": "footnotes", "endnote": "endnotes", "comment": "comments"}
_REFERENCES = {"footnoteReference": "footnote", "endnoteReference": "endnote", "commentReference": "comment"}
_WRAPPERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml"})
_DROPPED = frozenset({"del", "moveFrom", "delText", "instrText", "delInstrText", "pPr", "rPr", "sectPr", "sdtPr"})
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_CHUNK = "this part was pasted in as a source of its own and is not read: save it again from Word"


@dataclass(frozen=True, slots=True)
class _Source:
    """What is known while a body is walked; notes are taken out as they are met, so that the rest can be reported."""

    styles: Styles = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    tables: Iterator[int] = field(default_factory=lambda: count(1))


def read(content: bytes, told: Told) -> Draft:
    """Read a Word source; a table with columns for speaker and text is a transcript, else labels are looked for."""
    members = unpacked(content, path=told.shown, shape=_SHAPE, wanted=_WANTED)
    roots = {name: parsed(raw, path=told.shown, name=name, shape=_SHAPE) for name, raw in members.items()}
    main = min(filter(_MAIN.fullmatch, roots), key=len, default=None)
    body = roots[main].find("{*}body") if main else None
    if body is None:
        raise Refused(f"{told.shown}: damaged, or not a Word file (it has no body): save it again as .docx from Word")
    source = _Source(_styles(roots.get("word/styles.xml")), _notes(roots))
    parts = list(_parts(body, source))
    return draft_of(parts, told=told, unplaced=_unmet(source), edges=_edges(roots))


def _styles(root: Any) -> Styles:
    if root is None:
        return {}
    return {style.get(_w(style, "styleId"), ""): _style(style) for style in root.iterfind("{*}style")}


def _style(style: Any) -> tuple[Look, str]:
    parent = style.find("{*}basedOn")
    return _own_look(style.find("{*}rPr")), "" if parent is None else parent.get(_w(parent, "val"), "")


def _w(element: Any, name: str) -> str:
    """Return an attribute's name in the namespace of its element, of which Word has two: usual and strict."""
    return f"{element.tag.rpartition('}')[0]}}}{name}"


def _own_look(properties: Any) -> Look:
    return Look() if properties is None else Look(_on(properties.find("{*}b")), _on(properties.find("{*}vanish")))


def _on(switch: Any) -> bool | None:
    return None if switch is None else switch.get(_w(switch, "val")) not in {"0", "false", "off"}


def _notes(roots: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return the words of all footnotes, endnotes and comments by kind and id."""
    return {
        (kind, note.get(_w(note, "id"), "")): words_of(_parts(note, _Source()))
        for kind, member in _NOTES.items()
        if (root := roots.get(f"word/{member}.xml")) is not None
        for note in root.iterfind(f"{{*}}{kind}")
    }


def _edges(roots: Mapping[str, Any]) -> list[str]:
    """Return the words of page headers and feet; a source may have several of each."""
    return [
        named(_EDGES[kind], text)
        for name, root in sorted(roots.items())
        if (kind := name.removeprefix("word/")[:6]) in _EDGES and (text := words_of(_parts(root, _Source())))
    ]


def _unmet(source: _Source) -> list[Unplaced]:
    return [Unplaced(0, named(kind, text)) for (kind, _), text in source.notes.items() if text]


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _parts(body: Any, source: _Source) -> Iterator[Part]:
    """Yield paragraphs and table rows, in order, whatever they are wrapped in."""
    for element in _chosen(body):
        name = _name(element)
        if name == "p":
            yield paragraph(_pieces(element, _paragraph_look(element, source), source))
        elif name == "tbl":
            yield from _rows(element, source)
        elif name == "altChunk":
            yield Paragraph("", asides=(_CHUNK,))
        elif name in {"r", "t"}:  # no paragraph around it: not Word's, but words all the same
            yield paragraph(_of_child(element, Look(), source))
        elif name not in _DROPPED:
            yield from _parts(element, source)


def _rows(table: Any, source: _Source) -> Iterator[Row]:
    number = next(source.tables)
    for found in _inside(table):
        if _name(found) == "tr" and found.find("{*}trPr/{*}del") is None:
            yield row((list(_parts(cell, source)) for cell in _inside(found) if _name(cell) == "tc"), number)


def _inside(element: Any) -> Iterator[Any]:
    """Yield the child elements, those in content controls and tracked insertions among them."""
    for child in _chosen(element):
        if _name(child) in _WRAPPERS:
            yield from _inside(child)
        else:
            yield child


def _chosen(element: Any) -> Iterator[Any]:
    """Yield the child elements; of alternatives for newer and older programs, which say the same, the first."""
    for child in element.iterchildren("*"):
        if _name(child) == "AlternateContent":
            yield from next((_chosen(one) for one in child.iterchildren("{*}Choice", "{*}Fallback")), ())
        else:
            yield child


def _paragraph_look(element: Any, source: _Source) -> Look:
    style = element.find("{*}pPr/{*}pStyle")
    name = "" if style is None else style.get(_w(style, "val"), "")
    return look_of(name, source.styles)


def _pieces(element: Any, look: Look, source: _Source) -> Iterator[Piece]:
    for child in _chosen(element):
        yield from _of_child(child, look, source)


def _of_child(child: Any, look: Look, source: _Source) -> Iterator[Piece]:
    name = _name(child)
    if name == "t":
        yield piece(child.text or "", look)
    elif name in _BREAKS:
        yield piece(_BREAKS[name], look)
    elif name == "r":
        yield from _pieces(child, _run_look(child, source).over(look), source)
    elif name in _REFERENCES:
        yield Piece(source.notes.pop((_REFERENCES[name], child.get(_w(child, "id"), "")), ""), aside=_REFERENCES[name])
    elif name == "txbxContent":
        yield beside("text box", _parts(child, source))
    elif name not in _DROPPED:
        yield from _pieces(child, look, source)


def _run_look(run: Any, source: _Source) -> Look:
    properties = run.find("{*}rPr")
    style = None if properties is None else properties.find("{*}rStyle")
    named_style = Look() if style is None else look_of(style.get(_w(style, "val"), ""), source.styles)
    return _own_look(properties).over(named_style)
