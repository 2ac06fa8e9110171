"""Paragraphs and table rows of a document, with their asides: text outside the flow, such as footnotes and comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from qualcode.files import unify_line_ends
from qualcode.transcripts.labels.speaker_labels import clean_text

HIDDEN = "hidden text"
"""The name of an aside with words that the document does not show."""

READING = "reading"
"""The name of an aside with the reading above words (ruby), which nobody speaks in addition to them."""

_MAX_PARENTS = 50
"""Limit of the ancestors of a style, since a damaged document may have a style that is its own parent."""


@dataclass(frozen=True, slots=True)
class TextStyle:
    """Whether text is bold or hidden; ``None`` where a style or run does not set it."""

    bold: bool | None = None
    hidden: bool | None = None

    def with_defaults(self, other: TextStyle) -> TextStyle:
        """Return this style, with the values of the other one where this has none."""
        bold = other.bold if self.bold is None else self.bold
        return TextStyle(bold, other.hidden if self.hidden is None else self.hidden)


Styles = Mapping[str, tuple[TextStyle, str]]
"""Styles by id: the own values of each, and the id of its parent (empty if none)."""


def resolve_style(style: str, styles: Styles) -> TextStyle:
    """Return a style with the values that it inherits from its parents."""
    resolved = TextStyle()
    for _ in range(_MAX_PARENTS):
        own, parent = styles.get(style, (TextStyle(), ""))
        resolved = resolved.with_defaults(own)
        if not parent:
            break
        style = parent
    return resolved


@dataclass(frozen=True, slots=True)
class TextRun:
    """Words of a paragraph in one style; those with an ``aside`` ("footnote") are not part of its text."""

    text: str
    bold: bool = False
    aside: str = ""


def build_run(text: str, style: TextStyle) -> TextRun:
    """Return words in a style; hidden words are an aside."""
    return TextRun(text, style.bold is True, HIDDEN if style.hidden else "")


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph's text, the part of it at the beginning that is bold, and its asides ("footnote: ...")."""

    text: str
    bold: str = ""
    asides: tuple[str, ...] = ()

    @property
    def is_all_bold(self) -> bool:
        """Tell whether the whole paragraph is bold."""
        return self.bold.strip() != "" and self.bold == self.text


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A row of a table; ``table`` is the number of the table in the document."""

    cells: tuple[str, ...]
    table: int
    asides: tuple[str, ...] = ()


DocumentPart = Paragraph | DocumentRow


def build_paragraph(runs: Iterable[TextRun]) -> Paragraph:
    """Return a paragraph of runs."""
    runs = [run for run in runs if run.text]
    shown = [run for run in runs if not run.aside]
    text = normalise_newlines("".join(run.text for run in shown)).rstrip()
    return Paragraph(text, normalise_newlines(_bold_lead(shown)), tuple(_asides(runs)))


def build_row(cells: Iterable[Sequence[DocumentPart]], table: int) -> DocumentRow:
    """Return a row of cells, each with its paragraphs; a table inside a cell becomes text."""
    cells = list(cells)
    texts = ("\n\n".join(filter(str.strip, map(part_text, cell))) for cell in cells)
    return DocumentRow(tuple(texts), table, tuple(aside for cell in cells for part in cell for aside in part.asides))


def part_text(part: DocumentPart) -> str:
    """Return the text of a part; the cells of a row are separated by tabs."""
    return part.text if isinstance(part, Paragraph) else "\t".join(part.cells)


def flatten_parts(parts: Iterable[DocumentPart]) -> str:
    """Return all words of parts, with their asides, on one line."""
    return " ".join(clean_text(text) for part in parts for text in (part_text(part), *part.asides) if text.strip())


def build_aside(name: str, parts: Iterable[DocumentPart]) -> TextRun:
    """Return the words of parts as one aside with a name such as "footnote"."""
    return TextRun(flatten_parts(parts), aside=name)


def format_aside(aside: str, text: str) -> str:
    """Return words with the name of their aside: "footnote: ..."."""
    return f"{aside}: {clean_text(text)}"


def _asides(runs: Sequence[TextRun]) -> Iterator[str]:
    """Yield each aside; adjacent runs of hidden words are one, since programs divide text into runs anywhere."""
    for aside, group in groupby(runs, key=lambda run: run.aside):
        texts = [run.text for run in group]
        texts = ["".join(texts)] if aside == HIDDEN else texts
        yield from (format_aside(aside, text) for text in texts if aside and text.strip())


def _bold_lead(runs: Sequence[TextRun]) -> str:
    """Return the bold text at the beginning of runs."""
    lead = ""
    for run in runs:
        # Spaces between bold words are often not bold.
        if run.text.strip() and not run.bold:
            break
        lead += run.text
    return lead.rstrip()


def normalise_newlines(text: str) -> str:
    """Return a text with ``\\n`` as its only line end."""
    return unify_line_ends(text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text)


def repair_surrogates(text: str) -> str:
    """Return text with each surrogate pair as one character, and unpaired surrogates replaced."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
