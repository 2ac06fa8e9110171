"""Edits of the text in XML and HTML; every other byte stays as it is."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qualcode.transcripts.rewrite.text_rewrite import EditFinder, Patch, Span, apply_patches

_TOKEN = re.compile(
    # What nothing closes goes on to the end, as HTML has it; it is not looked for again from each place that opens it.
    r"<!--(?P<comment>.*?)(?:-->|\Z)|<!\[CDATA\[(?P<cdata>.*?)(?:\]\]>|\Z)|<[!?](?:[^>]*>|(?P<rest>.*))"
    r"|<(?P<close>/?)(?P<name>[^\s/>!?<]+)(?P<attributes>(?:\s++[^\s=></]++(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'><]++))?)*)\s*+"
    r"(?P<empty>/?)>|(?P<text>[^<]+)|<",
    re.DOTALL,
)
_TEXT_KINDS = ("text", "cdata", "comment", "rest")
_ATTRIBUTE = re.compile(r"""(?P<name>[^\s=>/]+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""")
# HTML elements without an end tag: they must not stay among the open elements.
_VOID = frozenset("br hr img input meta link area base col embed source track wbr".split())
# An entity or one character; the longest name of an entity in HTML has 31 letters.
_CHARACTER = re.compile(r"&#?\w{1,31};|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class XmlDialect:
    """Which elements and attributes of an XML format are paragraphs, breaks and fields."""

    paragraphs: frozenset[str]
    breaks: dict[str, str] = field(default_factory=dict)
    """Elements that represent white space or a character."""
    aside: frozenset[str] = frozenset()
    """Elements whose text is a field and not part of the paragraph around it."""
    attributes: frozenset[str] | None = None
    """Attributes with text; None: all."""
    text_elements: frozenset[str] | None = None
    """Elements that contain the text of a paragraph; None: all."""


WORD = XmlDialect(
    frozenset({"w:p"}),
    {"w:tab": "\t", "w:br": "\n", "w:cr": "\n", "w:noBreakHyphen": "-"},
    frozenset({"dc:creator", "cp:lastModifiedBy", "Manager", "Company"}),
    frozenset({"w:author", "w:initials", "descr", "title", "w15:author", "w15:userId", "Target"}),
    frozenset({"w:t"}),
)
ODT = XmlDialect(
    frozenset({"text:p", "text:h"}),
    {"text:tab": "\t", "text:s": " ", "text:line-break": "\n"},
    frozenset({"dc:creator", "meta:creator-initials"}),
    frozenset({"text:title", "xlink:title"}),
)
HTML = XmlDialect(
    frozenset(
        "p div li td th tr h1 h2 h3 h4 h5 h6 blockquote pre section article body title dt dd table ul ol dl main "
        "header footer aside nav figure figcaption caption hr".split()
    ),
    {"br": "\n"},
    frozenset({"script", "style"}),
    frozenset("alt title content label value placeholder aria-label data-speaker data-name".split()),
)
XML = XmlDialect(frozenset(), {})
"""Each text of an element and each attribute is a paragraph of its own, as in ELAN's files."""


@dataclass
class _XmlParagraph:
    """The pieces of a paragraph, their spans in the source, and whether each is raw text (else it is a break)."""

    pieces: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    raw: list[bool] = field(default_factory=list)

    def add(self, text: str, span: Span, *, raw: bool) -> None:
        """Add a piece: raw text, or the characters of a break."""
        self.pieces.append(text)
        self.spans.append(span)
        self.raw.append(raw)


def change_markup(text: str, change: EditFinder, fields: EditFinder, dialect: XmlDialect) -> str:
    """Return markup with paragraphs changed by ``change``, and attributes and aside elements by ``fields``."""
    patches = [
        patch
        for paragraph, is_field in _paragraphs(text, dialect)
        for patch in _patches(paragraph, fields if is_field else change)
    ]
    return apply_patches(text, patches)


def _paragraphs(text: str, dialect: XmlDialect) -> Iterator[tuple[_XmlParagraph, bool]]:
    """Yield the paragraphs, and whether each is a field; paragraphs may be nested, as in a text box."""
    open_paragraphs: list[_XmlParagraph] = [_XmlParagraph()]
    open_elements: list[str] = []
    for token in _TOKEN.finditer(text):
        name = token["name"]
        if any(token[kind] is not None for kind in _TEXT_KINDS):
            yield from _add_text(token, open_paragraphs[-1], open_elements[-1] if open_elements else "", dialect)
        elif name and not token["close"]:
            yield from _attribute_paragraphs(token, dialect)
            if name in dialect.breaks:
                open_paragraphs[-1].add(dialect.breaks[name], token.span(), raw=False)
            elif name in dialect.paragraphs and not token["empty"]:
                yield from _open_paragraph(open_paragraphs, dialect)
            if not token["empty"] and name not in _VOID:
                open_elements.append(name)
        elif name:
            if name in open_elements:
                # In HTML, end tags of elements inside may be missing.
                while open_elements.pop() != name:
                    pass
            if name in dialect.paragraphs:
                yield _close_paragraph(open_paragraphs, dialect), False
    yield from ((paragraph, False) for paragraph in open_paragraphs)


def _open_paragraph(paragraphs: list[_XmlParagraph], dialect: XmlDialect) -> Iterator[tuple[_XmlParagraph, bool]]:
    """Open a nested paragraph; in HTML, where end tags may be missing, close the one before it."""
    if dialect is HTML:
        yield paragraphs[-1], False
        paragraphs[-1] = _XmlParagraph()
    else:
        paragraphs.append(_XmlParagraph())


def _close_paragraph(paragraphs: list[_XmlParagraph], dialect: XmlDialect) -> _XmlParagraph:
    closed = paragraphs[-1]
    if len(paragraphs) > 1:
        paragraphs.pop()
    if dialect is HTML:
        paragraphs[-1] = _XmlParagraph()
    return closed


def _add_text(
    token: re.Match[str], paragraph: _XmlParagraph, element: str, dialect: XmlDialect
) -> Iterator[tuple[_XmlParagraph, bool]]:
    """Add a text to the paragraph, or yield it as a paragraph of its own if it does not belong to one."""
    kind = next(kind for kind in _TEXT_KINDS if token[kind] is not None)
    is_separate = not dialect.paragraphs or kind == "comment" or element in dialect.aside
    is_separate |= dialect.text_elements is not None and element not in dialect.text_elements
    target = _XmlParagraph() if is_separate else paragraph
    target.add(token[kind], token.span(kind), raw=True)
    if is_separate:
        yield target, element in dialect.aside


def _attribute_paragraphs(token: re.Match[str], dialect: XmlDialect) -> Iterator[tuple[_XmlParagraph, bool]]:
    offset = token.start("attributes")
    for attribute in _ATTRIBUTE.finditer(token["attributes"]):
        if dialect.attributes is None or attribute["name"] in dialect.attributes:
            kind = "double" if attribute["double"] is not None else "single"
            start, end = attribute.span(kind)
            paragraph = _XmlParagraph()
            paragraph.add(attribute[kind], (start + offset, end + offset), raw=True)
            yield paragraph, True


def _patches(paragraph: _XmlParagraph, change: EditFinder) -> Iterator[Patch]:
    """Yield the edits of a paragraph as patches; a break inside a replaced name is removed."""
    if not any(map(str.strip, paragraph.pieces)):
        return
    decoded = [
        _decode_characters(piece) if raw else None for piece, raw in zip(paragraph.pieces, paragraph.raw, strict=True)
    ]
    pieces = [
        piece if characters is None else "".join(character for character, _ in characters)
        for piece, characters in zip(paragraph.pieces, decoded, strict=True)
    ]
    for index, first, last, words in change(pieces):
        characters, (start, end) = decoded[index], paragraph.spans[index]
        if characters is None:
            if (first, last, words) == (0, len(pieces[index]), ""):
                yield start, end, ""
        else:
            offsets = [offset for _, offset in characters] + [end - start]
            escaped = html.escape(words, quote=False).replace('"', "&quot;")
            yield start + offsets[first], start + offsets[last], escaped


def _decode_characters(raw: str) -> list[tuple[str, int]]:
    """Return each character of a raw text with the offset at which it is written, as itself or as an entity."""
    if "&" not in raw:
        return [(character, offset) for offset, character in enumerate(raw)]
    return [
        (character, match.start())
        for match in _CHARACTER.finditer(raw)
        for character in (html.unescape(match[0]) if len(match[0]) > 1 else match[0])
    ]
