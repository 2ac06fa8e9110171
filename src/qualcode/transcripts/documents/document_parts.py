"""Paragraphs and table rows, as every word processor's source has them, with what stands beside their words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from qualcode.transcripts.labels.speaker_labels import clean_text

HIDDEN = "hidden text"
"""The name under which words are reported that the source itself does not show."""

_MOST_PARENTS = 50
"""Styles that may stand above a style: one that is its own parent must not be followed for ever."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """How text is set, as far as a style or a run says it."""

    bold: bool | None = None
    hidden: bool | None = None

    def with_defaults(self, other: TextStyle) -> TextStyle:
        """Return this look, with the other's where this one says nothing."""
        bold = other.bold if self.bold is None else self.bold
        return TextStyle(bold, other.hidden if self.hidden is None else self.hidden)


Styles = Mapping[str, tuple[TextStyle, str]]
"""Styles by id: what each says itself, and its parent."""


def resolve_style(style: str, styles: Styles) -> TextStyle:
    """Return what a style and its parents say."""
    look = TextStyle()
    for _ in range(_MOST_PARENTS):
        own, parent = styles.get(style, (TextStyle(), ""))
        look = look.with_defaults(own)
        if not parent:
            break
        style = parent
    return look


@dataclass(frozen=True, slots=True)
class TextRun:
    """Words of a paragraph that are set alike; with ``aside`` ("footnote") they stand beside its text."""

    text: str
    bold: bool = False
    aside: str = ""


def build_run(text: str, look: TextStyle) -> TextRun:
    """Return words as their look has them."""
    return TextRun(text, look.bold is True, HIDDEN if look.hidden else "")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph's text, what of its beginning is bold, and what stands beside it: "footnote: ..."."""

    text: str
    bold: str = ""
    asides: tuple[str, ...] = ()

    @property
    def is_all_bold(self) -> bool:
        """Tell whether the whole paragraph is bold."""
        return self.bold.strip() != "" and self.bold == self.text


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A table's row; ``table`` tells the tables of a source apart."""

    cells: tuple[str, ...]
    table: int
    asides: tuple[str, ...] = ()


DocumentPart = Paragraph | DocumentRow


def build_paragraph(pieces: Iterable[TextRun]) -> Paragraph:
    """Make a paragraph of its pieces."""
    held = [one for one in pieces if one.text]
    shown = [one for one in held if not one.aside]
    text = normalise_newlines("".join(one.text for one in shown)).rstrip()
    return Paragraph(text, normalise_newlines(_bold_lead(shown)), tuple(_asides(held)))


def build_row(cells: Iterable[Sequence[DocumentPart]], table: int) -> DocumentRow:
    """Make a row of its cells, each of one or more paragraphs; a table inside a cell is text."""
    held = list(cells)
    texts = ("\n\n".join(filter(str.strip, map(part_text, cell))) for cell in held)
    return DocumentRow(tuple(texts), table, tuple(aside for cell in held for part in cell for aside in part.asides))


def part_text(part: DocumentPart) -> str:
    """Return a part as text."""
    return part.text if isinstance(part, Paragraph) else "\t".join(part.cells)


def flatten_parts(parts: Iterable[DocumentPart]) -> str:
    """Return all words of parts, those beside the text among them, on one line."""
    return " ".join(clean_text(text) for part in parts for text in (part_text(part), *part.asides) if text.strip())


def build_aside(name: str, parts: Iterable[DocumentPart]) -> TextRun:
    """Return the words of parts as one piece that stands beside the text under a name such as "footnote"."""
    return TextRun(flatten_parts(parts), aside=name)


def format_aside(aside: str, text: str) -> str:
    """Return words with the name of what they stand in: "footnote: ..."."""
    return f"{aside}: {clean_text(text)}"


def _asides(pieces: Sequence[TextRun]) -> Iterator[str]:
    """Yield each aside; hidden words that follow each other are one, since programs cut them as they like."""
    for aside, group in groupby(pieces, key=lambda one: one.aside):
        held = [one.text for one in group]
        texts = ["".join(held)] if aside == HIDDEN else held
        yield from (format_aside(aside, text) for text in texts if aside and text.strip())


def _bold_lead(pieces: Sequence[TextRun]) -> str:
    """Return the text at the beginning that is set in bold."""
    lead = ""
    for one in pieces:
        if one.text.strip() and not one.bold:
            break
        lead += one.text
    return lead.rstrip()


def normalise_newlines(text: str) -> str:
    """Return a text with line ends as they are on Unix."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def repair_surrogates(text: str) -> str:
    """Return text with surrogate pairs made one character, and single ones, which no character is, replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
