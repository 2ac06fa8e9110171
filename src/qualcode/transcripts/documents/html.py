"""Web pages: paragraphs, lists and tables in order, without scripts and styles.

The title, comments, footnotes and hidden text are asides. Deleted words (``<del>``), picture descriptions, values of
form fields and the marks of notes are not read.
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
    READING,
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
from qualcode.transcripts.documents.zip_xml import MAX_DEPTH
from qualcode.transcripts.draft import Draft, ReadOptions, limit_lines
from qualcode.transcripts.file_type import check_file_type

MAX_BYTES = 40_000_000
"""Limit of the size of a page: its tree takes several times that in memory."""

MAX_ELEMENTS = 250_000
"""Limit of the elements and attributes of a page, counted roughly: each may begin a paragraph."""

_CHARSET = re.compile(rb"""<meta\b[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_.:-]{1,40})""", re.IGNORECASE)
_BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ARCHIVE = re.compile(rb"(?:From:|MIME-Version:|Content-Type:\s*multipart/related)", re.IGNORECASE)
_TOO_DEEP = etree.XPath(f"boolean({'/*' * (MAX_DEPTH + 1)})")
# "rp" has the brackets that browsers without ruby show around a reading.
_DROPPED = frozenset({"script", "style", "del", "rp"})
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
"""Runs, rows, and ``None`` where a paragraph ends."""


@dataclass(frozen=True, slots=True)
class _PageContext:
    """The data of a page that reading an element needs."""

    classes: Mapping[str, TextStyle]
    tables: Mapping[Any, int]
    """The number of each table."""
    notes: Mapping[Any, str]
    """The kind ("comment", "footnote") of each element that is a note."""


def read(content: bytes, options: ReadOptions) -> Draft:
    """Return the draft of a web page.

    Raises
    ------
    OperationError
        The page is damaged, too large, nested too deep, or not a web page.
    """
    check_file_type(content, path=options.path, expected="web page")
    if _ARCHIVE.match(content):
        raise OperationError(f"{options.path}: a web archive (.mht), not a web page: save it again as .html")
    if len(content) > MAX_BYTES or content.count(b"<") + content.count(b"=") > MAX_ELEMENTS:
        raise OperationError(f"{options.path}: over the size limit for a page: split the source, or save it as text")
    decoded = _decode(content, options)
    root = _parse_html(decoded.text, options.path)
    if root is None:
        return build_draft_from_parts([], options=options, notices=decoded.notices)
    tables = {table: number for number, table in enumerate(root.iter("table"), 1)}
    page = _PageContext(_class_styles(root), tables, find_notes(root))
    return build_draft_from_parts(
        limit_lines(_parts(_flow(root, TextStyle(), page)), options.path), options=options, notices=decoded.notices
    )


def _decode(content: bytes, options: ReadOptions) -> DecodedText:
    """Decode by byte-order mark, by the settings, by the encoding that the page names if it is valid, else as text."""
    declared = _CHARSET.search(content[:20_000])
    if declared and not options.encoding and not content.startswith(_BYTE_ORDER_MARKS):
        name = declared[1].decode("ascii")
        try:
            encoding = {"iso8859-1": "cp1252", "ascii": "cp1252"}.get(codecs.lookup(name).name, name)  # as browsers do
            content.decode(encoding)
        except (LookupError, UnicodeError, AttributeError):
            return decode_text(content, path=options.path)
        return decode_text(content, path=options.path, encoding=encoding)
    return decode_text(content, path=options.path, encoding=options.encoding)


def _parse_html(text: str, path: str) -> Any:
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True)
    try:
        # Encoded again, so that the parser does not use the encoding that the page declares.
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
    """Raise if the parser stopped before the end, which it only writes into its log."""
    if (root is not None and _TOO_DEEP(root)) or any("depth" in message for message in log):
        raise OperationError(
            f"{path}: elements nested over {MAX_DEPTH} deep (tables inside tables?): copy its text into a new source"
        )
    if any("limit" in message or "HUGE" in message for message in log):
        raise OperationError(
            f"{path}: an element is over the size limit of the parser: split the source, or save it as text"
        )


def _class_styles(root: Any) -> dict[str, TextStyle]:
    """Return the styles of the CSS classes in the page; style sheets that it links to are not read."""
    # Google Docs marks bold text by classes, not by <b>.
    sheets = (style.text or "" for style in root.iter("style"))
    rules = (rule for sheet in sheets for rule in _RULE.finditer(sheet))
    return {rule["name"]: style for rule in rules if (style := _parse_css(rule["body"])) != TextStyle()}


def _parse_css(css: str) -> TextStyle:
    match = _WEIGHT.search(css)
    bold = match["weight"].lower() in {"bold", "bolder", "600", "700", "800", "900"} if match else None
    return TextStyle(bold, True if _HIDDEN_STYLE.search(css) else None)


def _element_style(element: Any, parent: TextStyle, page: _PageContext) -> TextStyle:
    name = _name(element)
    own = _parse_css(element.get("style", ""))
    for name_of_class in element.get("class", "").split():
        own = own.with_defaults(page.classes.get(name_of_class, TextStyle()))
    hidden = True if element.get("hidden") is not None or name in _HIDDEN_TAGS else None
    return own.with_defaults(TextStyle(True if name in _BOLD else None, hidden)).with_defaults(parent)


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2].lower()


def _parts(flow: _Flow) -> Iterator[DocumentPart]:
    """Yield the paragraphs and rows of an element's flow; two line breaks in a row end a paragraph too."""
    runs: list[TextRun] = []
    for item in flow:
        if isinstance(item, TextRun):
            runs += [item] if item.text else []
            continue
        yield from _paragraphs(runs)
        runs = []
        if item is not None:
            yield item
    yield from _paragraphs(runs)


def _paragraphs(runs: list[TextRun]) -> Iterator[DocumentPart]:
    """Yield the paragraphs of the runs of one block."""
    if not any(run.text.strip() for run in runs):
        return
    paragraph: list[TextRun] = []
    for run in _collapse_spaces(runs):
        before, *after = _PARAGRAPH_BREAK.split(run.text) if not run.aside else [run.text]
        paragraph.append(replace(run, text=before))
        for text in after:
            yield from _nonblank_paragraph(paragraph)
            paragraph = [replace(run, text=text)]
    yield from _nonblank_paragraph(paragraph)


def _nonblank_paragraph(runs: list[TextRun]) -> Iterator[Paragraph]:
    paragraph = build_paragraph(runs)
    if paragraph.text.strip() or paragraph.asides:
        yield paragraph


def _collapse_spaces(runs: list[TextRun]) -> Iterator[TextRun]:
    """Yield runs with single spaces between them, and with adjacent line breaks in one run."""
    last = "\n"
    for run in _join_blank_runs(runs):
        text = run.text if run.aside else run.text.replace(" \n", "\n")
        text = text.lstrip(" ") if last in " \n" and not run.aside else text
        if not run.aside and text:
            last = text[-1]
        if text:
            yield replace(run, text=text)


def _join_blank_runs(runs: list[TextRun]) -> list[TextRun]:
    """Return runs with each blank one joined to the run before it, so that breaks with a space between are adjacent."""
    joined: list[TextRun] = []
    for run in runs:
        if joined and not run.aside and not joined[-1].aside and not run.text.strip():
            joined[-1] = replace(joined[-1], text=joined[-1].text + run.text)
        else:
            joined.append(run)
    return joined


def _flow(element: Any, parent: TextStyle, page: _PageContext, *, pre: bool = False) -> _Flow:
    """Yield what an element contributes; ``pre`` keeps its white space."""
    name = _name(element)
    style = _element_style(element, parent, page)
    pre = pre or name in {"pre", "textarea"}
    # In a page without notes, such a link is an ordinary one.
    if name in _DROPPED or (page.notes and name == "a" and is_note_mark(element)):
        return
    if element in page.notes:
        yield build_paragraph([build_aside(page.notes[element], list(_parts(_inner_flow(element, style, page, pre))))])
    elif name in {"rt", "rtc"}:
        yield build_aside(READING, list(_parts(_inner_flow(element, style, page, pre))))
    elif name == "br":
        yield build_run("\n", style)
    elif name == "title":
        yield build_paragraph([TextRun(element.text or "", aside="title")])
    # A row of one cell is layout: its content is read as paragraphs.
    elif name == "tr" and len(cells := element.xpath("td|th")) > 1:
        yield from _text_outside_cells(element, style, page)
        yield _row(cells, style, page)
    else:
        edge = [None] if name in _BLOCKS else []
        yield from edge
        yield from _inner_flow(element, style, page, pre)
        yield from edge


def _text_outside_cells(element: Any, style: TextStyle, page: _PageContext) -> _Flow:
    """Yield the words of a row outside its cells, which browsers show above the row."""
    yield _text(element.text, style, pre=False)
    for child in element.iterchildren("*"):
        if _name(child) not in {"td", "th"}:
            yield from _flow(child, style, page)
        yield _text(child.tail, style, pre=False)


def _row(cells: Sequence[Any], style: TextStyle, page: _PageContext) -> DocumentRow:
    table = next(cells[0].iterancestors("table"), None)
    return build_row((list(_parts(_flow(cell, style, page))) for cell in cells), page.tables.get(table, 0))


def _inner_flow(element: Any, style: TextStyle, page: _PageContext, pre: bool) -> _Flow:
    yield _text(element.text, style, pre)
    for child in element.iterchildren("*"):
        yield from _flow(child, style, page, pre=pre)
        yield _text(child.tail, style, pre)


def _text(text: str | None, style: TextStyle, pre: bool) -> TextRun:
    return build_run((text or "") if pre else _SPACES.sub(" ", text or ""), style)
