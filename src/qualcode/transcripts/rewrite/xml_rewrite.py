"""XML and HTML changed in their text alone: every other byte stays as it is."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from qualcode.transcripts.rewrite.text_rewrite import EditFinder, Patch, Span, apply_patches

_TOKEN = re.compile(
    r"<!--(?P<comment>.*?)-->|<!\[CDATA\[(?P<cdata>.*?)\]\]>|<\?.*?\?>|<![^>]*>"
    r"|<(?P<close>/?)(?P<name>[^\s/>!?<]+)(?P<attributes>(?:\s+[^\s=>/]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'>]+))?)*)\s*"
    r"(?P<empty>/?)>|(?P<text>[^<]+)|<",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""(?P<name>[^\s=>/]+)\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)')""")
_VOID = frozenset("br hr img input meta link area base col embed source track wbr".split())
_ATOM = re.compile(r"&#?\w{1,31};|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class XmlDialect:
    """What a kind of XML calls a paragraph, and what in it stands for white space."""

    paragraphs: frozenset[str]
    breaks: dict[str, str] = field(default_factory=dict)
    aside: frozenset[str] = frozenset()
    """Elements whose text is no part of the paragraph around it."""
    attributes: frozenset[str] | None = None
    """Attributes with words; None: all."""
    text_elements: frozenset[str] | None = None
    """Elements in which the words of a paragraph stand; None: all."""


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
"""Every text of an element and every attribute for itself, as in ELAN's files."""


@dataclass
class _XmlParagraph:
    """The pieces of a paragraph: their words, and where their raw text stands (a break has no text of its own)."""

    pieces: list[str] = field(default_factory=list)
    spans: list[Span] = field(default_factory=list)
    raw: list[bool] = field(default_factory=list)

    def add(self, words: str, span: Span, *, raw: bool) -> None:
        self.pieces.append(words)
        self.spans.append(span)
        self.raw.append(raw)


def change_markup(text: str, change: EditFinder, fields: EditFinder, dialect: XmlDialect) -> str:
    """Return markup with its paragraphs changed; attributes and what stands aside are changed as ``fields``."""
    patches = [
        patch
        for paragraph, field in _paragraphs(text, dialect)
        for patch in _patches(text, paragraph, fields if field else change)
    ]
    return apply_patches(text, patches)


def _paragraphs(text: str, dialect: XmlDialect) -> Iterator[tuple[_XmlParagraph, bool]]:
    """Yield the paragraphs, and whether each is a field; a paragraph may lie in another one, as in a text box."""
    open_: list[_XmlParagraph] = [_XmlParagraph()]
    inside: list[str] = []
    for token in _TOKEN.finditer(text):
        name = token["name"]
        if token["text"] is not None or token["cdata"] is not None or token["comment"] is not None:
            yield from _text_paragraphs(token, open_[-1], inside[-1] if inside else "", dialect)
        elif name and not token["close"]:
            yield from _attribute_paragraphs(token, dialect)
            if name in dialect.breaks:
                open_[-1].add(dialect.breaks[name], token.span(), raw=False)
            elif name in dialect.paragraphs and not token["empty"]:
                yield from _open_paragraph(open_, nested=dialect is not HTML)
            if not token["empty"] and name not in _VOID:
                inside.append(name)
        elif name:
            if name in inside:
                while inside.pop() != name:
                    pass
            if name in dialect.paragraphs:
                yield open_[-1], False
                if len(open_) > 1:
                    open_.pop()
                open_[-1] = open_[-1] if dialect is not HTML else _XmlParagraph()
    yield from ((one, False) for one in open_)


def _open_paragraph(open_: list[_XmlParagraph], *, nested: bool) -> Iterator[tuple[_XmlParagraph, bool]]:
    if nested:
        open_.append(_XmlParagraph())
    else:
        yield open_[-1], False
        open_[-1] = _XmlParagraph()


def _text_paragraphs(
    token: re.Match[str], paragraph: _XmlParagraph, inside: str, dialect: XmlDialect
) -> Iterator[tuple[_XmlParagraph, bool]]:
    kind = "text" if token["text"] is not None else "cdata" if token["cdata"] is not None else "comment"
    local = _XmlParagraph()
    alone = not dialect.paragraphs or kind == "comment" or inside in dialect.aside
    if dialect.text_elements is not None and inside not in dialect.text_elements:
        alone = True
    (local if alone else paragraph).add(token[kind], token.span(kind), raw=True)
    if alone:
        yield local, inside in dialect.aside


def _attribute_paragraphs(token: re.Match[str], dialect: XmlDialect) -> Iterator[tuple[_XmlParagraph, bool]]:
    offset = token.start("attributes")
    for attribute in _ATTRIBUTE.finditer(token["attributes"]):
        if dialect.attributes is None or attribute["name"] in dialect.attributes:
            kind = "double" if attribute["double"] is not None else "single"
            one = _XmlParagraph()
            start, end = attribute.span(kind)
            one.add(attribute[kind], (start + offset, end + offset), raw=True)
            yield one, True


def _patches(text: str, paragraph: _XmlParagraph, change: EditFinder) -> Iterator[Patch]:
    """Yield what is to be put where in the raw text; a break inside a name is taken out."""
    if not any(map(str.strip, paragraph.pieces)):
        return
    atoms = [
        _decode_characters(words) if raw else None for words, raw in zip(paragraph.pieces, paragraph.raw, strict=True)
    ]
    pieces = [
        piece if one is None else "".join(character for character, _ in one)
        for piece, one in zip(paragraph.pieces, atoms, strict=True)
    ]
    for index, start, end, words in change(pieces):
        one, (begin, stop) = atoms[index], paragraph.spans[index]
        if one is None:
            if (start, end, words) == (0, len(pieces[index]), ""):
                yield begin, stop, ""
        else:
            places = [place for _, place in one] + [stop - begin]
            yield begin + places[start], begin + places[end], html.escape(words, quote=False).replace('"', "&quot;")


def _decode_characters(raw: str) -> list[tuple[str, int]]:
    """Return each character that a raw text stands for with the place of what it is written as."""
    if "&" not in raw:
        return [(character, place) for place, character in enumerate(raw)]
    return [
        (character, match.start())
        for match in _ATOM.finditer(raw)
        for character in (html.unescape(match[0]) if len(match[0]) > 1 else match[0])
    ]
