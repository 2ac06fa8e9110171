"""Word files: paragraphs and tables in order, with tracked insertions and without deletions.

Footnotes, endnotes, comments, text boxes, page headers and footers, and hidden text are asides. Field instructions,
picture descriptions and list numbers are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from qualcode.errors import OperationError
from qualcode.model import UnplacedText
from qualcode.transcripts.documents.document_parts import (
    READING,
    DocumentPart,
    DocumentRow,
    Paragraph,
    Styles,
    TextRun,
    TextStyle,
    build_aside,
    build_paragraph,
    build_row,
    build_run,
    flatten_parts,
    format_aside,
    part_text,
    resolve_style,
)
from qualcode.transcripts.documents.turns_from_paragraphs import build_draft_from_parts
from qualcode.transcripts.documents.zip_xml import ArchiveFormat, parse_xml, unpack_members
from qualcode.transcripts.draft import Draft, ReadOptions, limit_lines

_FORMAT = ArchiveFormat("Word file", "Word", ".docx")
# Some versions of Word name the main part document2.xml.
_MEMBERS = re.compile(r"word/(?:document\d*|styles|footnotes|endnotes|comments|header\d*|footer\d*)\.xml")
_MAIN = re.compile(r"word/document\d*\.xml")
_HEADERS_AND_FOOTERS = {"header": "page header", "footer": "page foot"}
_NOTES = {"footnote": "footnotes", "endnote": "endnotes", "comment": "comments"}
_REFERENCES = {"footnoteReference": "footnote", "endnoteReference": "endnote", "commentReference": "comment"}
_WRAPPERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml"})
_DROPPED = frozenset({"del", "moveFrom", "delText", "instrText", "delInstrText", "pPr", "rPr", "sectPr", "sdtPr"})
_BREAKS = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
# altChunk refers to another file in the archive, which only Word itself merges into the text.
_CHUNK = "an embedded document here is not read: save the file again from Word"


@dataclass(frozen=True, slots=True)
class _DocxState:
    """State of reading a body; a note is removed when its reference is met, so that the others can be reported."""

    styles: Styles = field(default_factory=dict)
    notes: dict[tuple[str, str], str] = field(default_factory=dict)
    tables: Iterator[int] = field(default_factory=lambda: count(1))


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of a Word file.

    Raises
    ------
    OperationError
        The file is damaged, protected, too large, or not a Word file.
    """
    roots = read_roots(content, path=options.path, pattern=_MEMBERS)
    parts, unplaced = read_body(roots, options.path)
    return build_draft_from_parts(
        parts, options=options, unplaced=unplaced, headers_and_footers=_headers_and_footers(roots)
    )


def read_roots(content: bytes, *, path: str, pattern: re.Pattern[str]) -> dict[str, Any]:
    """Return the XML of the members of a Word file whose names match ``pattern``, by name.

    Raises
    ------
    OperationError
        The file is damaged, protected, too large, or not a Word file.
    """
    members = unpack_members(content, path=path, file_format=_FORMAT, pattern=pattern)
    return {name: parse_xml(raw, path=path, name=name, file_format=_FORMAT) for name, raw in members.items()}


def find_body(roots: Mapping[str, Any], path: str) -> Any:
    """Return the body of the document.

    Raises
    ------
    OperationError
        There is none.
    """
    main = min(filter(_MAIN.fullmatch, roots), key=len, default=None)
    body = roots[main].find("{*}body") if main else None
    if body is None:
        raise OperationError(
            f"{path}: damaged, or not a Word file (no document body): save it again from Word as .docx"
        )
    return body


def read_body(roots: Mapping[str, Any], path: str) -> tuple[list[DocumentPart], list[UnplacedText]]:
    """Return the paragraphs and rows of the document in order, and the notes that none of them refers to.

    Raises
    ------
    OperationError
        There is no body, or it has too many paragraphs.
    """
    state = _DocxState(_styles(roots.get("word/styles.xml")), _notes(roots))
    parts = limit_lines(_parts(find_body(roots, path), state), path)
    return parts, _unreferenced_notes(state)


def read_paragraphs(element: Any) -> list[str]:
    """Return the text of the paragraphs and rows inside an element, such as a comment."""
    return [part_text(part) for part in _parts(element, _DocxState())]


def _styles(root: Any) -> Styles:
    if root is None:
        return {}
    return {style.get(attribute_name(style, "styleId"), ""): _parse_style(style) for style in root.iterfind("{*}style")}


def _parse_style(style: Any) -> tuple[TextStyle, str]:
    parent = style.find("{*}basedOn")
    return _own_style(style.find("{*}rPr")), "" if parent is None else parent.get(attribute_name(parent, "val"), "")


def attribute_name(element: Any, name: str) -> str:
    """Return an attribute's name in the namespace of its element: Word has two, "transitional" and "strict"."""
    return f"{element.tag.rpartition('}')[0]}}}{name}"


def _own_style(properties: Any) -> TextStyle:
    return (
        TextStyle()
        if properties is None
        else TextStyle(_is_on(properties.find("{*}b")), _is_on(properties.find("{*}vanish")))
    )


def _is_on(switch: Any) -> bool | None:
    """Return the value of an on/off property, ``None`` if the element is missing."""
    # An element without a value is on.
    return None if switch is None else switch.get(attribute_name(switch, "val")) not in {"0", "false", "off"}


def _notes(roots: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return the words of all footnotes, endnotes and comments by kind and id."""
    return {
        (kind, note.get(attribute_name(note, "id"), "")): flatten_parts(_parts(note, _DocxState()))
        for kind, member in _NOTES.items()
        if (root := roots.get(f"word/{member}.xml")) is not None
        for note in root.iterfind(f"{{*}}{kind}")
    }


def _headers_and_footers(roots: Mapping[str, Any]) -> list[str]:
    """Return the words of page headers and footers; a document may have several of each."""
    return [
        format_aside(_HEADERS_AND_FOOTERS[kind], text)
        for name, root in sorted(roots.items())
        # header1.xml, footer2.xml: the first six letters are the kind.
        if (kind := name.removeprefix("word/")[:6]) in _HEADERS_AND_FOOTERS
        and (text := flatten_parts(_parts(root, _DocxState())))
    ]


def _unreferenced_notes(state: _DocxState) -> list[UnplacedText]:
    return [UnplacedText(0, format_aside(kind, text)) for (kind, _), text in state.notes.items() if text]


def local_name(element: Any) -> str:
    """Return an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def _parts(body: Any, state: _DocxState) -> Iterator[DocumentPart]:
    """Yield paragraphs and table rows in order, also those inside other elements."""
    open_runs: list[TextRun] = []
    for element in _children(body):
        name = local_name(element)
        if name == "p":
            open_runs += _runs(element, _paragraph_style(element, state), state)
            # A deleted mark joins a paragraph with the next; one without words stays a blank paragraph.
            if _has_deleted_mark(element) and any(run.text for run in open_runs):
                continue
            yield build_paragraph(open_runs)
            open_runs = []
            continue
        if open_runs:
            yield build_paragraph(open_runs)
            open_runs = []
        if name == "tbl":
            yield from _rows(element, state)
        elif name == "altChunk":
            yield Paragraph("", asides=(_CHUNK,))
        elif name in {"r", "t"}:  # words outside a paragraph, which Word itself never writes
            yield build_paragraph(_child_runs(element, TextStyle(), state))
        elif name not in _DROPPED:
            yield from _parts(element, state)
    if open_runs:
        yield build_paragraph(open_runs)


def _has_deleted_mark(paragraph: Any) -> bool:
    """Tell whether change tracking has deleted, or moved away, the mark at the end of a paragraph."""
    return any(paragraph.find(f"{{*}}pPr/{{*}}rPr/{{*}}{change}") is not None for change in ("del", "moveFrom"))


def _rows(table: Any, state: _DocxState) -> Iterator[DocumentRow]:
    number = next(state.tables)
    for row in _unwrapped_children(table):
        # A row with trPr/del was deleted with change tracking.
        if local_name(row) == "tr" and row.find("{*}trPr/{*}del") is None:
            cells = (cell for cell in _unwrapped_children(row) if local_name(cell) == "tc")
            yield build_row((list(_parts(cell, state)) for cell in cells), number)


def _unwrapped_children(element: Any) -> Iterator[Any]:
    """Yield the child elements, also those inside content controls and tracked insertions."""
    for child in _children(element):
        if local_name(child) in _WRAPPERS:
            yield from _unwrapped_children(child)
        else:
            yield child


def _children(element: Any) -> Iterator[Any]:
    """Yield the child elements; of alternatives for newer and older programs only the first, as all have one text."""
    for child in element.iterchildren("*"):
        if local_name(child) == "AlternateContent":
            yield from next((_children(choice) for choice in child.iterchildren("{*}Choice", "{*}Fallback")), ())
        else:
            yield child


def _paragraph_style(element: Any, state: _DocxState) -> TextStyle:
    style = element.find("{*}pPr/{*}pStyle")
    name = "" if style is None else style.get(attribute_name(style, "val"), "")
    return resolve_style(name, state.styles)


def _runs(element: Any, style: TextStyle, state: _DocxState) -> Iterator[TextRun]:
    for child in _children(element):
        yield from _child_runs(child, style, state)


def _child_runs(child: Any, style: TextStyle, state: _DocxState) -> Iterator[TextRun]:
    name = local_name(child)
    if name == "t":
        yield build_run(child.text or "", style)
    elif name in _BREAKS:
        yield build_run(_BREAKS[name], style)
    elif name == "r":
        yield from _runs(child, _run_style(child, state).with_defaults(style), state)
    elif name in _REFERENCES:
        yield TextRun(
            state.notes.pop((_REFERENCES[name], child.get(attribute_name(child, "id"), "")), ""),
            aside=_REFERENCES[name],
        )
    elif name == "rt":  # of ruby: how the words below it are read
        yield build_aside(READING, [build_paragraph(_runs(child, style, state))])
    elif name == "txbxContent":
        yield build_aside("text box", _parts(child, state))
    elif name not in _DROPPED:
        yield from _runs(child, style, state)


def _run_style(run: Any, state: _DocxState) -> TextStyle:
    properties = run.find("{*}rPr")
    style = None if properties is None else properties.find("{*}rStyle")
    named_style = (
        TextStyle() if style is None else resolve_style(style.get(attribute_name(style, "val"), ""), state.styles)
    )
    return _own_style(properties).with_defaults(named_style)
