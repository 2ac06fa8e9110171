"""Web pages: paragraphs, lists and tables in their order, with what is bold; scripts and styles are dropped.

A page's title, its comments and footnotes, and what it hides, are reported beside the turns. Deleted words (``<del>``),
descriptions of pictures, values of form fields and the marks of notes are no words of the text.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

from qualcode.errors import OperationError
from qualcode.files import DecodedText, decode_text
from qualcode.transcripts.documents.document_parts import (
    DocumentPart,
    DocumentRow,
    Paragraph,
    TextRun,
    TextStyle,
    build_aside,
    build_paragraph,
    build_row,
    build_run,
)
from qualcode.transcripts.documents.html_notes import find_notes, is_note_mark
from qualcode.transcripts.documents.turns_from_paragraphs import build_draft_from_parts
from qualcode.transcripts.documents.zip_xml import MOST_DEPTH
from qualcode.transcripts.draft import Draft, ReadOptions
from qualcode.transcripts.file_type import check_file_type

MOST_BYTES = 40_000_000
"""A page larger than this is refused: its tree takes several times its size in memory."""

MOST_ELEMENTS = 250_000
"""How many elements and attributes, counted roughly, a page may have: each may begin a paragraph."""

_CHARSET = re.compile(rb"""<meta\b[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ARCHIVE = re.compile(rb"(?:From:|MIME-Version:|Content-Type:\s*multipart/related)", re.IGNORECASE)
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MOST_DEPTH + 1)})")
_DROPPED = frozenset({"script", "style", "del"})
_HIDDEN_TAGS = frozenset("template noscript datalist iframe object audio video canvas svg".split())
_BLOCKS = frozenset(
    "html body p div section article main header footer aside nav address blockquote center dl dt dd ul ol li menu "
    "h1 h2 h3 h4 h5 h6 hr pre fieldset form legend details summary dialog figure figcaption caption table thead tbody "
    "tfoot tr td th title hgroup search option select optgroup textarea".split()
)
_BOLD = frozenset({"b", "strong", "th", "dt", "h1", "h2", "h3", "h4", "h5", "h6"})
_WEIGHT = re.compile(r"font-weight\s*:\s*(?P<weight>[\w-]+)", re.IGNORECASE)
_HIDDEN_STYLE = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_RULE = re.compile(r"\.(?P<name>[\w-]{1,80})\s*\{(?P<body>[^{}]{0,2000})\}")
_SPACES = re.compile(r"[ \t\r\n\f]+")
_PARAGRAPH_BREAK = re.compile(r"\n[^\S\n]*\n\s*")

_Flow = Iterator["TextRun | DocumentPart | None"]
"""Pieces, rows, and None where a paragraph ends."""


@dataclass(frozen=True, slots=True)
class _PageContext:
    """What has to be known while a page is walked."""

    classes: Mapping[str, TextStyle]
    tables: Mapping[Any, int]
    """The number of each table."""
    notes: Mapping[Any, str]


def read(content: bytes, told: ReadOptions) -> Draft:
    """Read a web page; a table with columns for speaker and text is a transcript, else labels are looked for."""
    check_file_type(content, path=told.path, expected="web page")
    if _ARCHIVE.match(content):
        raise OperationError(f"{told.path}: a web archive (.mht), not a web page: save it again as .html only")
    if len(content) > MOST_BYTES or content.count(b"<") + content.count(b"=") > MOST_ELEMENTS:
        raise OperationError(f"{told.path}: larger than a page may be: split the source, or save it as text")
    decoded = _decode(content, told)
    root = _parse_html(decoded.text, told.path)
    if root is None:
        return build_draft_from_parts([], options=told, notices=decoded.notices)
    tables = {table: number for number, table in enumerate(root.iter("table"), 1)}
    page = _PageContext(_class_styles(root), tables, find_notes(root))
    return build_draft_from_parts(list(_parts(_flow(root, TextStyle(), page))), options=told, notices=decoded.notices)


def _decode(content: bytes, told: ReadOptions) -> DecodedText:
    """Decode by byte-order mark, as told, as the page itself says if that is so, else as any text."""
    declared = _CHARSET.search(content[:20_000])
    if declared and not told.encoding and not content.startswith(_BYTE_ORDER_MARKS):
        name = declared[1].decode("ascii")
        try:
            encoding = {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(codecs.lookup(name).name, name)  # as browsers do
            content.decode(encoding)
        except (LookupError, UnicodeError, AttributeError):
            return decode_text(content, path=told.path)
        return decode_text(content, path=told.path, encoding=encoding)
    return decode_text(content, path=told.path, encoding=told.encoding)


def _parse_html(text: str, path: str) -> Any:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except etree.XMLSyntaxError as error:
        if "empty" in str(error).lower() or not text.strip():
            return None
        raise OperationError(f"{path}: damaged, or not a web page ({error.msg}): save it again as .html") from None
    except ValueError as error:
        raise OperationError(f"{path}: damaged, or not a web page ({error}): save it again as .html") from None
    _check_complete(root, [entry.message for entry in parser.error_log], path)
    return root


def _check_complete(root: Any, log: Sequence[str], path: str) -> None:
    """Refuse what the parser did not read to its end, which it tells by no more than a line in its log."""
    if (root is not None and _TOO_DEEP(root)) or any("depth" in message for message in log):
        raise OperationError(
            f"{path}: nested over {MOST_DEPTH} deep (tables within tables?): copy its text into a new source"
        )
    if any("limit" in message or "HUGE" in message for message in log):
        raise OperationError(
            f"{path}: a part of it is larger than a page may have: split the source, or save it as text"
        )


def _class_styles(root: Any) -> dict[str, TextStyle]:
    """Return how the classes of a page's own styles look; what a page loads is not read."""
    sheets = (style.text or "" for style in root.iter("style"))
    rules = (rule for sheet in sheets for rule in _RULE.finditer(sheet))
    return {rule["name"]: look for rule in rules if (look := _parse_css(rule["body"])) != TextStyle()}


def _parse_css(style: str) -> TextStyle:
    weight = _WEIGHT.search(style)
    said = weight["weight"].lower() if weight else ""
    bold = said in {"bold", "bolder", "600", "700", "800", "900"} if said else None
    return TextStyle(bold, True if _HIDDEN_STYLE.search(style) else None)


def _element_style(element: Any, around: TextStyle, page: _PageContext) -> TextStyle:
    name = _name(element)
    own = _parse_css(element.get("style", ""))
    for said in element.get("class", "").split():
        own = own.with_defaults(page.classes.get(said, TextStyle()))
    hidden = True if element.get("hidden") is not None or name in _HIDDEN_TAGS else None
    return own.with_defaults(TextStyle(True if name in _BOLD else None, hidden)).with_defaults(around)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _parts(flow: _Flow) -> Iterator[DocumentPart]:
    """Yield the paragraphs and rows of an element's flow; two line breaks in a row end a paragraph too."""
    pieces: list[TextRun] = []
    for one in flow:
        if isinstance(one, TextRun):
            pieces += [one] if one.text else []
            continue
        yield from _paragraphs(pieces)
        pieces = []
        if one is not None:
            yield one
    yield from _paragraphs(pieces)


def _paragraphs(pieces: list[TextRun]) -> Iterator[DocumentPart]:
    """Yield the paragraphs of pieces between which no block begins."""
    if not any(one.text.strip() for one in pieces):
        return
    held: list[TextRun] = []
    for one in _collapse_spaces(pieces):
        before, *after = _PARAGRAPH_BREAK.split(one.text) if not one.aside else [one.text]
        held.append(replace(one, text=before))
        for text in after:
            yield from _nonblank_paragraph(held)
            held = [replace(one, text=text)]
    yield from _nonblank_paragraph(held)


def _nonblank_paragraph(pieces: list[TextRun]) -> Iterator[Paragraph]:
    made = build_paragraph(pieces)
    if made.text.strip() or made.asides:
        yield made


def _collapse_spaces(pieces: list[TextRun]) -> Iterator[TextRun]:
    """Yield pieces with the spaces single that stand between them, and breaks that follow each other in one piece."""
    last = "\n"
    for one in _join_blank_runs(pieces):
        text = one.text if one.aside else one.text.replace(" \n", "\n")
        text = text.lstrip(" ") if last in " \n" and not one.aside else text
        if not one.aside and text:
            last = text[-1]
        if text:
            yield replace(one, text=text)


def _join_blank_runs(pieces: list[TextRun]) -> list[TextRun]:
    """Join blank pieces to what stands before them, so that two breaks with a space between are seen as two."""
    joined: list[TextRun] = []
    for one in pieces:
        if joined and not one.aside and not joined[-1].aside and not one.text.strip():
            joined[-1] = replace(joined[-1], text=joined[-1].text + one.text)
        else:
            joined.append(one)
    return joined


def _flow(element: Any, around: TextStyle, page: _PageContext, *, pre: bool = False) -> _Flow:
    name = _name(element)
    look = _element_style(element, around, page)
    pre = pre or name in {"pre", "textarea"}
    if name in _DROPPED or (page.notes and name == "a" and is_note_mark(element)):
        return
    if element in page.notes:
        yield build_paragraph([build_aside(page.notes[element], list(_parts(_inner_flow(element, look, page, pre))))])
    elif name == "br":
        yield build_run("\n", look)
    elif name == "title":
        yield build_paragraph([TextRun(element.text or "", aside="title")])
    elif name == "tr" and len(cells := element.xpath("td|th")) > 1:
        yield from _text_outside_cells(element, look, page)
        yield _row(cells, look, page)
    else:
        edge = [None] if name in _BLOCKS else []
        yield from edge
        yield from _inner_flow(element, look, page, pre)
        yield from edge


def _text_outside_cells(element: Any, look: TextStyle, page: _PageContext) -> _Flow:
    """Yield the words of a row that are in none of its cells, where browsers show them: above it."""
    yield _text(element.text, look, pre=False)
    for child in element.iterchildren("*"):
        if _name(child) not in {"td", "th"}:
            yield from _flow(child, look, page)
        yield _text(child.tail, look, pre=False)


def _row(cells: Sequence[Any], look: TextStyle, page: _PageContext) -> DocumentRow:
    table = next(cells[0].iterancestors("table"), None)
    return build_row((list(_parts(_flow(cell, look, page))) for cell in cells), page.tables.get(table, 0))


def _inner_flow(element: Any, look: TextStyle, page: _PageContext, pre: bool) -> _Flow:
    yield _text(element.text, look, pre)
    for child in element.iterchildren("*"):
        yield from _flow(child, look, page, pre=pre)
        yield _text(child.tail, look, pre)


def _text(text: str | None, look: TextStyle, pre: bool) -> TextRun:
    return build_run((text or "") if pre else _SPACES.sub(" ", text or ""), look)
